"""What the desk's encoder is compared with: torch alone, and sentence-transformers as it comes. Runs in a child."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.model_files import ModelFiles
from knowledge.sentence_encoder import load_transformer
from knowledge.tokenizing import Tokenizing


@dataclass(frozen=True)
class TorchPlan:
    """Which model, on how many threads."""

    files: ModelFiles
    threads: int


def bare_forward(plan: TorchPlan) -> Callable[[str], tuple[float, float]]:
    """In the child: one question in fp32: tokenize, forward, mean, normalise, no library around it.

    Answers with milliseconds by the clock and of the processor.
    """
    import torch

    model = load_transformer(plan.files, threads=plan.threads)[0].auto_model
    assert plan.files.folder is not None
    tokenizing = Tokenizing(plan.files.folder, plan.files.max_length)

    def forward(text: str) -> tuple[float, float]:
        started, worked = time.perf_counter(), time.thread_time()
        with torch.inference_mode():
            ids = torch.tensor(tokenizing.pieces([text]))
            states = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            torch.nn.functional.normalize(states.mean(dim=1), dim=-1).numpy()
        return (time.perf_counter() - started) * 1000, (time.thread_time() - worked) * 1000

    forward("warm up")
    return forward


def plain_encode(plan: TorchPlan) -> Callable[[Sequence[str]], float]:
    """In the child: seconds that ``SentenceTransformer.encode`` takes for the texts, as it comes."""
    model: Any = load_transformer(plan.files, threads=plan.threads)

    def encode(texts: Sequence[str]) -> float:
        started = time.perf_counter()
        model.encode(list(texts), show_progress_bar=False)
        return time.perf_counter() - started

    encode(["warm up"] * 8)
    return encode
