"""How fast the desk is, as ratios to the bare model in the same run: what `mops-desk benchmark` prints."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot import wiring
from bot.clock import now_utc
from bot.errors import DeskError
from bot.settings import Settings
from bot.stopwatch import Stopwatch
from knowledge.benchmark import SEED, Growth, Ingest, Spread, growth_in_child, ingest, resident_megabytes
from knowledge.benchmark_torch import TorchPlan, bare_forward
from knowledge.bulk_encoding import cores, multiplies_bf16
from knowledge.child_process import Child
from knowledge.domain import Audience, Question
from knowledge.faq_import import import_faq
from knowledge.ingest import ingest as take_in
from knowledge.model_encoder import ModelEncoder
from knowledge.model_files import ModelFiles

FRESH_STARTS = 5
REAL_VECTORS = 1_000
"""Of real passages, around which the others are made up."""

VERSIONS = ("torch", "onnxruntime", "sentence-transformers", "tokenizers", "faiss-cpu", "numpy")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Workload:
    """What the desk is measured on. ``texts``: how many of its passages the ingest is measured with; ``sizes``: of

    indexes of made-up vectors.
    """

    faq: Path | None
    docs: Path | None
    questions: tuple[tuple[str, ...], ...]
    texts: int
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000)


@dataclass(frozen=True)
class Serving:
    """Milliseconds of each question. ``bare`` is the bare torch forward; its p50 is F.

    ``paired`` is the median, over the questions, of a verdict's time to its own bare forward: of all the ratios the
    one that other programs disturb least.
    """

    bare: Spread
    verdict: Spread
    encoder: Spread
    rest: Spread
    paired: float

    @classmethod
    def of(cls, rows: Sequence[tuple[float, float, float]]) -> Serving:
        """From (bare, verdict, encoder) of each question; ``rest`` is what of the verdict is not the encoder."""
        bare, verdict, encoder = np.array(rows, dtype=np.float64).T
        paired = float(np.median(verdict / bare))
        rest = verdict - encoder
        return cls(_spread(bare), _spread(verdict), _spread(encoder), _spread(rest), paired)


@dataclass(frozen=True)
class Results:
    """Everything one run measured. ``serving`` is by the clock, ``work`` by the processor (other programs

    disturb it less). ``megabytes`` is the memory of a process that answers.
    """

    about: dict[str, str]
    build_seconds: float
    embedding_seconds: float
    again_seconds: float
    serving: Serving
    work: Serving
    megabytes: float
    fresh_seconds: tuple[float, ...]
    ingest: Ingest
    growth: tuple[Growth, ...]


def benchmark(work: Workload, settings: Settings, say: Say) -> Results:
    """Measure everything, in a desk of its own. Takes some minutes. Raises DeskError, KnowledgeError."""
    model = wiring.text_encoder(settings)
    say("Preparing the embedding model")
    model.prepare()
    if not model.is_exported:
        raise DeskError("The embedding model could not be exported, so there is nothing to compare. See the log.")
    with _desk_aside(settings) as aside:
        say("Building a desk")
        built, embedding, passages = _build(work, aside)
        say("Asking")
        serving, worked, megabytes = _serve(work, aside)
        say("Starting afresh")
        again = _again(work, aside)
        fresh = tuple(
            _fresh(aside, work.questions[number][-1]) for number in range(min(FRESH_STARTS, len(work.questions)))
        )
        say("Embedding many texts")
        chosen = np.random.default_rng(SEED).permutation(len(passages))[: work.texts]
        files = ModelFiles.of(settings.embedding_model)
        file = model.exported_file
        assert file is not None
        embedded = ingest(files, file, [passages[number] for number in chosen])
        say("Growing")
        grown = _grow(work, model, [passages[number] for number in chosen])
    about = _about(model) | {"questions": str(len(work.questions)), "embedded texts": str(len(passages))}
    return Results(about, built, embedding, again, serving, worked, megabytes, fresh, embedded, grown)


@contextmanager
def _desk_aside(settings: Settings) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="mops-desk-benchmark-") as folder:
        shutil.copytree(settings.models_dir, Path(folder) / "models")
        yield settings.model_copy(update={"data_dir": Path(folder), "database_url": ""})


def _build(work: Workload, settings: Settings) -> tuple[float, float, list[str]]:
    """Seconds from files to a desk that answers, those of them that went into embedding, and what was embedded."""
    watched = Stopwatch(wiring.text_encoder(settings))
    database = wiring.open_desk_database(settings)
    try:
        started = time.perf_counter()
        if work.faq:
            import_faq(work.faq, database, "benchmark", now_utc)
        if work.docs:
            take_in(wiring.folder_source(settings, work.docs), database, now_utc)
        base = wiring.knowledge_base(settings, database, watched)
        base.ensure_current()
        if base.is_empty:
            raise DeskError("There is nothing to measure with. Name --faq or --docs.")
        return time.perf_counter() - started, watched.seconds, watched.texts
    finally:
        database.close()


def _serve(work: Workload, settings: Settings) -> tuple[Serving, Serving, float]:
    """Desk and bare model take turns, each in its own process on one thread, so that both meet the same noise."""
    clock, processor = [], []
    megabytes = 0.0
    plan = TorchPlan(ModelFiles.of(settings.embedding_model), 1)
    with Child(bare_forward, plan) as torch, Child(_answering, settings) as desk:
        for texts in work.questions:
            bare, bare_work = torch.ask(texts[-1])
            (whole, encoder), (whole_work, encoder_work), megabytes = desk.ask(texts)
            clock.append((bare, whole, encoder))
            processor.append((bare_work, whole_work, encoder_work))
    return Serving.of(clock), Serving.of(processor), megabytes


Answered = tuple[tuple[float, float], tuple[float, float], float]
"""Milliseconds of all and of the encoder, by the clock and by the processor; megabytes."""


def _answering(settings: Settings) -> Callable[[tuple[str, ...]], Answered]:
    """In a child: a desk that answers, and says what it took."""
    watched = Stopwatch(wiring.text_encoder(settings))
    base = wiring.knowledge_base(settings, wiring.open_desk_database(settings), watched)
    base.ensure_current()

    def answer(texts: tuple[str, ...]) -> Answered:
        question = Question(texts[-1], texts[:-1], audience=Audience.internal())
        watched.reset()
        started, worked = time.perf_counter(), time.thread_time()
        base.verdict(question)
        whole, whole_work = time.perf_counter() - started, time.thread_time() - worked
        clock, processor = (whole * 1000, watched.seconds * 1000), (whole_work * 1000, watched.work * 1000)
        return clock, processor, resident_megabytes()

    for text in ("warm up", "where is the campaign calendar?", "warm up"):
        answer((text,))
    return answer


def _again(work: Workload, settings: Settings) -> float:
    """Seconds of a whole `ingest` process when nothing has changed."""
    return _timed(settings, "ingest", str(work.docs)) if work.docs else 0.0


def _fresh(settings: Settings, question: str) -> float:
    """Seconds from starting a process to the end of its answer."""
    return _timed(settings, "ask", question, "--json")


def _timed(settings: Settings, *arguments: str) -> float:
    environment = os.environ | {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": ""}
    started = time.perf_counter()
    program = [sys.executable, "-m", "bot.cli", *arguments]
    subprocess.run(program, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    return time.perf_counter() - started


def _grow(work: Workload, model: ModelEncoder, texts: Sequence[str]) -> tuple[Growth, ...]:
    vectors = model.encode(texts[:REAL_VECTORS])
    questions = model.encode([asked[-1] for asked in work.questions])
    measured = []
    for size in work.sizes:
        with Child(growth_in_child, (vectors, questions)) as child:
            measured.append(child.ask(size))
    return tuple(measured)


def _about(model: ModelEncoder) -> dict[str, str]:
    versions = {name: version(name) for name in VERSIONS}
    threads = {"threads serving": "1", "threads embedding": str(cores()), "threads of F": "1"}
    bf16 = "yes" if multiplies_bf16() else "no"
    about = {"model": model.name, "seed": str(SEED), "python": platform.python_version(), "bf16": bf16}
    return about | threads | versions


def _spread(times: NDArray[np.float64]) -> Spread:
    return Spread.of(times.tolist())


def as_json(results: Results) -> str:
    """The results as one JSON object."""
    return json.dumps(results, default=lambda value: value.__dict__, indent=1)
