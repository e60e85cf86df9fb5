"""An embedding model of the team's own: made by a command from the FAQ's phrasings, and kept only when it helps."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.adapting_torch import STEPS, Message, Phrasings, Pupil, Save, Train, Vectors
from knowledge.building import TRIAL, assembled
from knowledge.bulk_encoding import cores
from knowledge.child_process import Child, ChildStopped
from knowledge.corpus import Corpus
from knowledge.disk import sync
from knowledge.errors import NotAdapted
from knowledge.fitting import found, parted
from knowledge.generation import Generation, Origin
from knowledge.glossary import NO_GLOSSARY, Glossary
from knowledge.head import Learned
from knowledge.model_files import ModelFiles, checked_hash
from knowledge.protocols import Matrix, Positions
from knowledge.retriever import Retriever
from knowledge.targets import Target, targets_of
from knowledge.token_codes import PROJECTION, projection_for
from knowledge.units import Unit, UnitKind, units_of

ROUNDS = 3
"""The phrasings are held back by turns, a quarter at a time."""

LEAST_ASKED = 60
"""Phrasings that can be held back below which nothing can be told."""

MOST_PHRASINGS = 6_000
"""With more, the desk tells entries apart as well without (see docs), and learning takes hours."""

MOST_OTHERS = 1_000
"""Windows of the documents that are to stay where they are, an even sample."""

SLICE = 10
"""Steps between two signs of life."""

RESAMPLES, LEVEL, SEED = 2_000, 0.95, 7
RECORD = "adaptation.json"
Flags = NDArray[np.bool_]
Watch = Callable[[str, int, int], None]


class Learner(Protocol):
    """Whoever learns: the child, or a double of it."""

    def ask(self, message: Message) -> Any:  # noqa: ANN401 - what Pupil answers to that message
        """See Pupil. Raises ChildStopped."""


Begin = Callable[[Phrasings], AbstractContextManager[Learner]]


@dataclass(frozen=True)
class Adaptation:
    """What came of it. Of ``asked`` phrasings held back the shares ``before`` and ``after`` found their entry first;

    95 % of the resamples of the difference lie between ``low`` and ``high``. ``moved``: how far texts that nothing
    was learned from went (one less the mean cosine). ``folder`` is None when it did not help: nothing is kept.
    """

    asked: int
    before: float
    after: float
    low: float
    high: float
    moved: float
    folder: Path | None = None

    @property
    def helps(self) -> bool:
        """Whether more is found than by chance."""
        return self.low > 0


def in_child(plan: Phrasings) -> AbstractContextManager[Learner]:
    """The learner that counts: torch, on every core, in a process of its own."""
    return Child(Pupil, plan)


def adapt(
    files: ModelFiles,
    corpus: Corpus,
    models: Path,
    glossary: Glossary = NO_GLOSSARY,
    watch: Watch = lambda *_: None,
    begin: Begin = in_child,
) -> Adaptation:
    """Teach the model the FAQ's phrasings and keep it in a folder below ``models`` when it finds more by it.

    An adapted model's parent is taught, so that nothing piles up. Minutes of every core. ``watch`` gets (what is
    being done, done, in all). Raises NotAdapted when there is too little or too much to learn from or it could not
    be done, ModelUnavailable.
    """
    parent = parent_of(files)
    if parent.folder is None:
        raise NotAdapted("EMBEDDING_MODEL names a model that is downloaded. Set it to a folder with that model.")
    entries, passages = _targets(corpus)
    material = _Material(entries, units_of(entries), glossary)
    hidden = sum(len(parted(entry, part)[1]) for entry in entries for part in range(ROUNDS))
    if hidden < LEAST_ASKED:
        raise NotAdapted(
            f"Only {hidden} phrasings can be held back to see whether it helps; {LEAST_ASKED} are needed. "
            "Add phrasings to the entries: what people asked is in the curation desk."
        )
    if len(material.phrasings) > MOST_PHRASINGS:
        raise NotAdapted("With so many phrasings the desk tells entries apart as well without a model of its own.")
    windows = tuple(_windows(passages))
    plan = Phrasings(
        parent,
        tuple(unit.text for unit in material.phrasings),
        tuple(unit.span.target for unit in material.phrasings),
        (*(unit.text for unit in material.wholes), *windows),
        len(windows),
        cores(),
    )
    models.mkdir(parents=True, exist_ok=True)
    try:
        with begin(plan) as learner:
            return _taught(learner, material, parent, models, watch)
    except (ChildStopped, OSError) as exc:
        raise NotAdapted(
            f"The model could not be taught ({exc or type(exc).__name__}). Nothing has changed."
        ) from exc


def parent_of(files: ModelFiles) -> ModelFiles:
    """The model that an adapted one was made from; any other itself. Raises ModelUnavailable."""
    try:
        record = json.loads(((files.folder or Path()) / RECORD).read_text(encoding="utf-8"))
        return ModelFiles.of(str(record["parent"]))
    except (OSError, ValueError, KeyError, TypeError):
        return files


@dataclass(frozen=True)
class _Material:
    entries: tuple[Target, ...]
    units: tuple[Unit, ...]
    glossary: Glossary

    @property
    def phrasings(self) -> list[Unit]:
        return [unit for unit in self.units if unit.span.kind is UnitKind.PHRASING]

    @property
    def wholes(self) -> list[Unit]:
        return [unit for unit in self.units if unit.span.kind is UnitKind.WHOLE]

    def by_text(self, vectors: tuple[Matrix, Matrix]) -> Mapping[str, Matrix]:
        """The vector of each text of an entry, from those of the phrasings and of the others."""
        texts = [unit.text for unit in (*self.phrasings, *self.wholes)]
        return dict(zip(texts, np.concatenate(vectors), strict=False))

    def kept(self, part: int) -> Positions:
        """The places of the phrasings that stay."""
        stay = [set(parted(entry, part)[0]) for entry in self.entries]
        return np.array(
            [place for place, unit in enumerate(self.phrasings) if unit.text in stay[unit.span.target]],
            dtype=np.int64,
        )

    def found(self, part: int, by_text: Mapping[str, Matrix]) -> Flags:
        """Which of the phrasings held back find their entry first, in a desk without them."""
        split = [parted(entry, part) for entry in self.entries]
        trial = self._desk(
            tuple(replace(entry, phrasings=kept) for entry, (kept, _) in zip(self.entries, split, strict=True)),
            by_text,
        )
        retriever = Retriever(trial)
        asked = [(place, text) for place, (_, hidden) in enumerate(split) for text in hidden]
        ranked = (found(trial, retriever, text, by_text[text]) for _, text in asked)
        firsts = [bool(first) and first[0].target == place for (place, _), first in zip(asked, ranked, strict=True)]
        return np.array(firsts, dtype=np.bool_)

    def _desk(self, entries: tuple[Target, ...], by_text: Mapping[str, Matrix]) -> Generation:
        units = units_of(entries)
        vectors = np.stack([by_text[unit.text] for unit in units])
        learned = Learned.from_so_many(len(self.phrasings), len(entries))
        return assembled(TRIAL, Origin("", "", 0, ""), entries, units, vectors, self.glossary, learned)


def _taught(learner: Learner, material: _Material, parent: ModelFiles, models: Path, watch: Watch) -> Adaptation:
    """Held back by turns first; then, if that helps, taught everything and kept."""
    old = learner.ask(Vectors())
    before, after = [], []
    for part in range(ROUNDS):
        doing = f"Learning, a quarter held back ({part + 1} of {ROUNDS})"
        for done in _train(learner, material.kept(part)):
            watch(doing, done, STEPS)
        before.append(material.found(part, material.by_text(old)))
        after.append(material.found(part, material.by_text(learner.ask(Vectors()))))
    outcome = _gained(np.concatenate(before), np.concatenate(after))
    if not outcome.helps:
        return outcome
    for done in _train(learner, np.arange(len(material.phrasings))):
        watch("Learning from all", done, STEPS)
    others = (old[1] * learner.ask(Vectors())[1]).sum(axis=1)
    outcome = replace(outcome, moved=float(1 - others.mean()) if len(others) else 0.0)
    return replace(outcome, folder=_kept(learner, parent, models, outcome))


def _train(learner: Learner, rows: Positions) -> Iterator[int]:
    for first in range(0, STEPS, SLICE):
        learner.ask(Train(rows, first, min(SLICE, STEPS - first), SEED))
        yield first + SLICE


def _gained(before: Flags, after: Flags) -> Adaptation:
    """The shares and the interval of their difference (paired percentile bootstrap, Efron & Tibshirani 1993)."""
    difference = after.astype(np.float64) - before
    drawn = np.random.default_rng(SEED).integers(0, len(before), (RESAMPLES, len(before)))
    tail = (1 - LEVEL) / 2 * 100
    low, high = np.percentile(difference[drawn].mean(axis=1), [tail, 100 - tail])
    return Adaptation(len(before), float(before.mean()), float(after.mean()), float(low), float(high), 0.0)


def _kept(learner: Learner, parent: ModelFiles, models: Path, outcome: Adaptation) -> Path:
    """The model in its place, named by its weights. Raises OSError, ChildStopped."""
    unfinished = models / f".unfinished-{uuid.uuid4().hex}"
    try:
        learner.ask(Save(unfinished))
        projection = projection_for(parent)
        if projection is not None:
            np.save(unfinished / PROJECTION, projection, allow_pickle=False)
        record = {"parent": parent.model, "parent_weights": parent.weights_hash, "asked": outcome.asked}
        record |= {"before": outcome.before, "after": outcome.after, "between": [outcome.low, outcome.high]}
        (unfinished / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
        for file in unfinished.rglob("*"):
            sync(file)
        folder = models / f"adapted-{checked_hash(unfinished, str(unfinished))[:12]}"
        if not folder.exists():  # else the same was made before
            unfinished.rename(folder)
        sync(models)
        return folder
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _targets(corpus: Corpus) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    return targets_of(corpus.entries, ()), targets_of((), corpus.documents)


def _windows(passages: Sequence[Target]) -> Iterator[str]:
    windows = [unit.text for unit in units_of(passages) if unit.span.kind is UnitKind.WINDOW]
    step = max(len(windows) / MOST_OTHERS, 1.0)
    yield from (windows[int(place * step)] for place in range(min(len(windows), MOST_OTHERS)))
