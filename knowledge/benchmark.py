"""Measurements of knowledge's parts: how search grows, how fast many texts are embedded. Times are wall times."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.benchmark_torch import TorchPlan, plain_encode
from knowledge.bulk_encoding import Plan, cores, encode_in_child
from knowledge.child_process import Child
from knowledge.model_files import ModelFiles
from knowledge.protocols import Matrix
from knowledge.vector_index import VectorIndex

SEED = 7
NEAREST = 200
"""Vectors per search, as the retriever asks for."""

SEARCHES = 200
"""Searches per size."""

SPREAD = 0.5
"""Length of the noise on a made-up vector, next to 1 for the real one it stands beside."""


@dataclass(frozen=True)
class Spread:
    """Of many times, in milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Spread:
        """From the times themselves."""
        p50, p99 = np.percentile(times, [50, 99])
        return cls(float(p50), float(p99))


@dataclass(frozen=True)
class Growth:
    """Search over ``count`` vectors. ``megabytes`` is what the process holds more with the index than without."""

    count: int
    is_exact: bool
    build_seconds: float
    search: Spread
    recall: float
    megabytes: float


@dataclass(frozen=True)
class Ingest:
    """Seconds for the same texts on the same number of threads; ``ours`` includes ``starting`` the other process."""

    texts: int
    threads: int
    plain: float
    ours: float
    starting: float


def resident_megabytes() -> float:
    """What this process holds in memory now; its highest mark where the system does not tell the present."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * 4096 / 1e6
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def growth(vectors: Matrix, questions: Matrix) -> Callable[[int], Growth]:
    """In a child: measures one size. Vectors beyond the real ones stand around them, seeded."""

    def measured(count: int) -> Growth:
        content = around(vectors, count)
        before = resident_megabytes()
        started = time.perf_counter()
        index = VectorIndex.build(content)
        seconds = time.perf_counter() - started
        held = resident_megabytes() - before
        times = []
        for number in range(SEARCHES):
            began = time.perf_counter()
            index.around(questions[number % len(questions)], NEAREST)
            times.append((time.perf_counter() - began) * 1000)
        return Growth(count, index.is_exact, seconds, Spread.of(times), _recall(index, questions), held)

    return measured


def growth_in_child(plan: tuple[Matrix, Matrix]) -> Callable[[int], Growth]:
    """``growth`` as a child's preparation."""
    return growth(*plan)


def around(vectors: Matrix, count: int) -> Matrix:
    """So many unit vectors: the real ones, then real ones with noise."""
    if count <= len(vectors):
        return vectors[:count]
    random = np.random.default_rng(SEED)
    more = vectors[random.integers(len(vectors), size=count - len(vectors))]
    noise = random.standard_normal(more.shape, dtype=np.float32) * np.float32(SPREAD / vectors.shape[1] ** 0.5)
    made = np.vstack([vectors, more + noise])
    unit: Matrix = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _recall(index: VectorIndex, questions: Matrix) -> float:
    """Recall@10 of real questions against exact search."""
    exact = VectorIndex(index.vectors)
    pairs = [(index.nearest(question, NEAREST)[:10], exact.nearest(question, 10)) for question in questions]
    return float(np.mean([len(np.intersect1d(found, right)) / len(right) for found, right in pairs]))


def ingest(files: ModelFiles, model: Path, texts: Sequence[str]) -> Ingest:
    """Embed the texts as an ingest does, and as sentence-transformers does by itself."""
    threads = cores()
    with Child(plain_encode, TorchPlan(files, threads)) as child:
        plain = float(child.ask(list(texts)))
    plan = Plan.of(files, model, texts)
    started = time.perf_counter()
    for _ in encode_in_child(plan, texts[:1], tokens=False):
        pass
    starting = time.perf_counter() - started
    started = time.perf_counter()
    for _ in encode_in_child(plan, texts, tokens=False):
        pass
    return Ingest(len(texts), threads, plain, time.perf_counter() - started, starting)
