"""Many texts at once, in a spawned process on every core: what an ingest waits for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from knowledge.child_process import Child
from knowledge.errors import ModelUnavailable
from knowledge.model_files import ModelFiles
from knowledge.onnx_encoder import OnnxEncoder
from knowledge.protocols import Codes, Matrix, Positions
from knowledge.sentence_encoder import HalfPrecision

FROM = 300
"""Texts that are worth a process of their own: starting one takes as long as encoding about so many."""

HALF_FROM = 1500
"""Texts that are worth trying bf16, which loads torch in the other process (some seconds)."""

CHUNK = 512
"""Texts per message: a second or two of work, and what the caller gets at a time."""

HALF_COSINE = 0.999
"""bf16 vectors that differ more than this from fp32 are not used."""

SAMPLE, TIMED = 32, 24
"""About how many texts fp32 and bf16 are compared on: short and long ones for agreement, some at hand for speed."""

_HALF_FLAGS = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
_CPU_INFO = Path("/proc/cpuinfo")
Pieces = tuple[Positions, Matrix, list[Codes]]


@dataclass(frozen=True)
class Plan:
    """What the child needs to know. With a ``sample`` it tries bf16, and goes on with what is faster."""

    files: ModelFiles
    model: Path
    workers: int
    sample: tuple[str, ...] = ()

    @classmethod
    def of(cls, files: ModelFiles, model: Path, texts: Sequence[str]) -> Plan:
        """For these texts on this machine. The sample has short and long ones as they come."""
        plan = cls(files, model, cores())
        if len(texts) < HALF_FROM or not multiplies_bf16():
            return plan
        return replace(plan, sample=tuple(sorted(texts, key=len)[:: len(texts) // SAMPLE]))


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def multiplies_bf16(cpu_info: Path = _CPU_INFO) -> bool:
    """Whether the CPU says that it multiplies bf16 natively; emulated it is four times slower than fp32."""
    try:
        lines = cpu_info.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False  # not Linux: unknown, so fp32
    flags = next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
    return not _HALF_FLAGS.isdisjoint(flags.split())


class Encodes(Protocol):
    """What OnnxEncoder and HalfPrecision have in common."""

    def encode(self, texts: Sequence[str]) -> Matrix: ...
    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]: ...


def encode_in_child(plan: Plan, texts: Sequence[str], *, tokens: bool) -> Iterator[Pieces]:
    """See BulkEncoder; without ``tokens`` the codes are left out (an empty list).

    Raises ChildStopped when the other process ended; what was given out is good.
    """
    order = np.array(sorted(range(len(texts)), key=lambda position: len(texts[position])), dtype=np.int64)
    with Child(Bulk, plan) as child:
        for start in range(0, len(order), CHUNK):
            chosen = order[start : start + CHUNK]
            vectors, codes = child.ask((tokens, [texts[position] for position in chosen]))
            yield chosen, vectors, codes


class Bulk:
    """In the child: the function that answers.

    It begins in fp32. What bf16 needs takes seconds to load on one core; the other is at work meanwhile.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._whole = OnnxEncoder(plan.files, plan.model, plan.workers)
        self._serving: Encodes = self._whole
        self._half: Future[HalfPrecision] | None = None
        if plan.sample:
            self._serving = OnnxEncoder(plan.files, plan.model, max(1, plan.workers - 1))
            self._serving.encode(plan.sample[:1])  # two threads that import at a time might wait for one another
            self._half = Future()
            threading.Thread(target=self._load_half, args=(self._half,), daemon=True).start()  # nobody waits for it

    def _load_half(self, future: Future[HalfPrecision]) -> None:
        try:
            future.set_result(HalfPrecision(self._plan.files, self._plan.workers))
        except Exception as exc:  # noqa: BLE001 - what torch raises is told to whoever asks for the result
            future.set_exception(exc)

    @property
    def is_waiting(self) -> bool:
        """Whether bf16 is still to be tried."""
        return self._half is not None

    def __call__(self, message: tuple[bool, list[str]]) -> tuple[Matrix, list[Codes]]:
        """Vectors of the texts and, if it is asked for, their codes."""
        tokens, texts = message
        if self._half is not None and self._half.done():
            alike = texts[:: max(1, len(texts) // TIMED)]
            self._serving = fastest(self._whole, self._half.result, self._plan.sample, alike)
            self._half = None
        return self._serving.encode_tokens(texts) if tokens else (self._serving.encode(texts), [])


def fastest(whole: Encodes, half: Callable[[], Encodes], sample: Sequence[str], alike: Sequence[str]) -> Encodes:
    """bf16 when it can be had, agrees with fp32 on the sample and is faster on texts ``alike``; otherwise fp32.

    Speed is measured on texts of one length, as they come: bf16's larger passes would be padded much otherwise.
    """
    try:
        candidate = half()
        cosines = (candidate.encode(sample) * whole.encode(sample)).sum(axis=1)
        agrees = bool((cosines >= HALF_COSINE).all())
        return candidate if agrees and _seconds(candidate, alike) < _seconds(whole, alike) else whole
    except (ModelUnavailable, RuntimeError, ValueError, TypeError, KeyError):  # what torch raises for an odd model
        return whole


def _seconds(encoder: Encodes, texts: Sequence[str]) -> float:
    started = time.perf_counter()
    encoder.encode_tokens(texts)
    return time.perf_counter() - started
