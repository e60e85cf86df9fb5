"""Many texts at once, in a spawned process on every core: what an ingest waits for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

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

SAMPLE = 64
"""About how many texts fp32 and bf16 are compared on, for speed and agreement: one to two seconds each."""

_HALF_FLAGS = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
_CPU_INFO = Path("/proc/cpuinfo")
Pieces = tuple[Positions, Matrix, list[Codes]]


@dataclass(frozen=True)
class Plan:
    """What the child needs to know. With a ``sample`` it compares bf16 with fp32 on it, and uses what is faster."""

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


class _Encodes(Protocol):
    """What OnnxEncoder and HalfPrecision have in common."""

    def encode(self, texts: Sequence[str]) -> Matrix: ...
    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]: ...


def encode_in_child(plan: Plan, texts: Sequence[str], *, tokens: bool) -> Iterator[Pieces]:
    """See BulkEncoder; without ``tokens`` the codes are left out (an empty list).

    Raises ChildStopped when the other process ended; what was given out is good.
    """
    order = np.array(sorted(range(len(texts)), key=lambda position: len(texts[position])), dtype=np.int64)
    with Child(prepare, plan) as child:
        for start in range(0, len(order), CHUNK):
            chosen = order[start : start + CHUNK]
            vectors, codes = child.ask((tokens, [texts[position] for position in chosen]))
            yield chosen, vectors, codes


def prepare(plan: Plan) -> Callable[[Any], Any]:
    """In the child: the function that answers."""
    whole = OnnxEncoder(plan.files, plan.model, plan.workers)
    chosen = fastest(whole, lambda: HalfPrecision(plan.files, plan.workers), plan.sample) if plan.sample else whole

    def answer(message: tuple[bool, list[str]]) -> tuple[Matrix, list[Codes]]:
        tokens, texts = message
        return chosen.encode_tokens(texts) if tokens else (chosen.encode(texts), [])

    return answer


def fastest(whole: _Encodes, half: Callable[[], _Encodes], sample: Sequence[str]) -> _Encodes:
    """bf16 when it can be had, agrees with fp32 and is faster on the sample; otherwise fp32."""
    try:
        candidate = half()
        rough, rough_time = _timed(candidate, sample)
    except (ModelUnavailable, RuntimeError, ValueError, TypeError, KeyError):  # what torch raises for an odd model
        return whole
    exact, exact_time = _timed(whole, sample)
    agrees = bool(((rough * exact).sum(axis=1) >= HALF_COSINE).all())
    return candidate if agrees and rough_time < exact_time else whole


def _timed(encoder: _Encodes, texts: Sequence[str]) -> tuple[Matrix, float]:
    """Vectors, and how long they took once the first pass, which is slower than the rest, is over."""
    encoder.encode(texts[:4])
    started = time.perf_counter()
    vectors = encoder.encode(texts)
    return vectors, time.perf_counter() - started
