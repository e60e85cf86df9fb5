"""The embedding model learns how this team asks: its last layers, trained on the FAQ's phrasings. Runs in a child.

Phrasings of one entry are drawn together and those of others apart (supervised contrastive loss, Khosla et al. 2020).
Texts that are no phrasings keep their vectors: that is part of the loss. Half of what was learned is taken over, as
an average of the weights (Wortsman et al. 2022): most of the gain, and half of what any other text moves.
"""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.model_files import ModelFiles
from knowledge.protocols import Matrix, Positions
from knowledge.sentence_encoder import load_transformer
from knowledge.tokenizing import Tokenizing, padded

LAYERS = 2
"""The last ones are trained; what goes into them is worked out once for every text."""

STEPS, BATCH, KEPT = 150, 96, 32
"""Steps, phrasings in each, and other texts in each that are to stay where they are."""

RATE, WARM_STEPS, DECAY = 5e-5, 20, 0.01
TEMPERATURE = 0.07
"""What cosines are divided by (Khosla et al. 2020, section 4)."""

STAYING = 20.0
"""What a moved text costs: times one less its cosine to where it was."""

SHARE = 0.5
"""How far the weights go from the old ones to the learned ones."""

LONGEST = 96
"""Word pieces of a text that are looked at."""

PASS = 128
"""Texts per pass where nothing is learned."""


@dataclass(frozen=True)
class Phrasings:
    """What is learned from: texts with their entries' positions.

    Of the ``others`` the last ``staying`` are to stay where they are; the first are only asked for their vectors.
    """

    files: ModelFiles
    texts: tuple[str, ...]
    entries: tuple[int, ...]
    others: tuple[str, ...]
    staying: int
    threads: int


@dataclass(frozen=True)
class Train:
    """Asks for ``count`` steps from ``first`` on, on the phrasings at ``rows``; from 0 on it begins anew."""

    rows: Positions = field(repr=False)
    first: int
    count: int
    seed: int = 0


@dataclass(frozen=True)
class Vectors:
    """Asks for the phrasings' vectors and for the others', by what has been learned."""


@dataclass(frozen=True)
class Save:
    """Asks for the model as a folder that sentence-transformers reads."""

    folder: Path


Message = Train | Vectors | Save
Labels = NDArray[np.int64]


class Pupil:
    """In the child: the function that answers. Raises ValueError for a model that is no such transformer."""

    def __init__(self, plan: Phrasings) -> None:
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        self._model = load_transformer(plan.files, threads=plan.threads)
        bert: Any = getattr(self._model[0], "auto_model", None)
        if not hasattr(getattr(bert, "encoder", None), "layer") or not _means(self._model[1]):
            raise ValueError("no BERT-like model whose vectors are means")
        self._bert = bert
        self._labels = np.array(plan.entries, dtype=np.int64)
        assert plan.files.folder is not None
        tokenizing = Tokenizing(plan.files.folder, min(plan.files.max_length, LONGEST))
        self._phrasings = self._before_last(tokenizing.pieces(plan.texts))
        self._others = self._before_last(tokenizing.pieces(plan.others))
        self._staying_from = len(plan.others) - plan.staying
        self._old = self._bert.encoder.layer[-LAYERS:]
        self._others_stay = self._vectors(self._old, self._others)
        self._begin()

    def __call__(self, message: Message) -> tuple[Matrix, Matrix] | None:
        """Do what is asked; vectors of shape (texts, dimension) are the answer to Vectors."""
        match message:
            case Train():
                self._train(message)
                return None
            case Vectors():
                layers = self._taken_over()
                return self._vectors(layers, self._phrasings), self._vectors(layers, self._others)
            case Save(folder):
                self._save(folder)
                return None

    def _begin(self) -> None:
        import torch

        self._new = copy.deepcopy(self._old)
        self._optimizer = torch.optim.AdamW(self._new.parameters(), lr=RATE, weight_decay=DECAY)

    def _train(self, asked: Train) -> None:
        import torch

        if asked.first == 0:
            torch.manual_seed(asked.seed)
            self._begin()
        by_entry = [asked.rows[self._labels[asked.rows] == entry] for entry in np.unique(self._labels[asked.rows])]
        several = [rows for rows in by_entry if len(rows) > 1]
        for step in range(asked.first, asked.first + asked.count):
            random = np.random.default_rng((asked.seed, step))
            for group in self._optimizer.param_groups:
                group["lr"] = RATE * min(1.0, (step + 1) / WARM_STEPS) * (1 - step / STEPS)
            rows = drawn(several, random)
            others = random.permutation(np.arange(self._staying_from, len(self._others)))[:KEPT]
            loss = self._drawing_together(rows) + self._staying(others)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()

    def _drawing_together(self, rows: Labels) -> Any:  # noqa: ANN401 - torch has no usable types
        """The supervised contrastive loss of some phrasings."""
        import torch

        vectors = self._run(self._new, [self._phrasings[row] for row in rows])
        labels = torch.from_numpy(self._labels[rows])
        itself = torch.eye(len(rows), dtype=torch.bool)
        close = (vectors @ vectors.T / TEMPERATURE).masked_fill(itself, -1e9)
        same = (labels[:, None] == labels[None]) & ~itself
        odds = close - torch.logsumexp(close, dim=1, keepdim=True)
        return -((odds * same).sum(1) / same.sum(1)).mean()

    def _staying(self, others: Labels) -> Any:  # noqa: ANN401
        import torch

        if not len(others):
            return torch.zeros(())
        vectors = self._run(self._new, [self._others[row] for row in others])
        return STAYING * (1 - (vectors * torch.from_numpy(self._others_stay[others])).sum(1)).mean()

    def _taken_over(self) -> Any:  # noqa: ANN401
        """The layers with the weights' average."""
        layers = copy.deepcopy(self._new)
        for weight, old in zip(layers.parameters(), self._old.parameters(), strict=True):
            weight.data = SHARE * weight.data + (1 - SHARE) * old.data
        return layers

    def _before_last(self, pieces: Sequence[Sequence[int]]) -> list[Any]:
        """What goes into the last layers, per text of shape (word pieces, dimension)."""
        import torch

        found: list[Any] = [None] * len(pieces)
        order = sorted(range(len(pieces)), key=lambda place: len(pieces[place]))
        with torch.inference_mode():
            for start in range(0, len(order), PASS):
                chosen = order[start : start + PASS]
                ids, mask = padded([pieces[place] for place in chosen])
                states = self._bert(
                    input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask), output_hidden_states=True
                ).hidden_states[-1 - LAYERS]
                for place, state in zip(chosen, states, strict=True):
                    found[place] = state[: len(pieces[place])].clone()
        return found

    def _vectors(self, layers: Any, states: Sequence[Any]) -> Matrix:  # noqa: ANN401
        import torch

        found = np.zeros((len(states), self._bert.config.hidden_size), dtype=np.float32)
        order = sorted(range(len(states)), key=lambda place: len(states[place]))
        with torch.inference_mode():
            for start in range(0, len(order), PASS):
                chosen = order[start : start + PASS]
                found[chosen] = self._run(layers, [states[place] for place in chosen]).numpy()
        return found

    def _run(self, layers: Any, states: Sequence[Any]) -> Any:  # noqa: ANN401
        """Unit vectors: the last layers, then the mean of the word pieces."""
        import torch

        lengths = torch.tensor([len(state) for state in states])
        inputs = torch.nn.utils.rnn.pad_sequence(list(states), batch_first=True)
        held = torch.arange(inputs.shape[1])[None] < lengths[:, None]
        hidden = torch.zeros(len(states), 1, 1, inputs.shape[1])
        hidden = hidden.masked_fill(~held[:, None, None], torch.finfo(torch.float32).min)
        for layer in layers:
            found = layer(inputs, attention_mask=hidden)
            inputs = found[0] if isinstance(found, tuple) else found
        mean = (inputs * held[..., None]).sum(1) / lengths[:, None]
        return torch.nn.functional.normalize(mean, dim=-1)

    def _save(self, folder: Path) -> None:
        for layer, learned in zip(self._old, self._taken_over(), strict=True):
            layer.load_state_dict(learned.state_dict())
        self._model.save(str(folder), create_model_card=False)


def drawn(several: Sequence[Labels], random: np.random.Generator) -> Labels:
    """The phrasings of a step: of as many entries as fit, two or more of each."""
    chosen = random.permutation(len(several))[: BATCH // 2]
    each = max(2, BATCH // len(chosen))
    return np.concatenate([random.permutation(several[entry])[:each] for entry in chosen])


def _means(pooling: Any) -> bool:  # noqa: ANN401
    """Whether a text's vector is the mean of its word pieces'."""
    mode = getattr(pooling, "get_pooling_mode_str", None)  # its name until sentence-transformers 5
    return bool((mode() if mode else getattr(pooling, "pooling_mode", None)) == "mean")
