"""How many texts become vectors: here or in another process, in fp32 or bf16."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from support_database import database_with

from knowledge.bulk_encoding import fastest, multiplies_bf16
from knowledge.embedding import Embedding
from knowledge.errors import ModelUnavailable
from knowledge.protocols import Codes, Matrix, Positions
from knowledge.tables import Base
from knowledge.testing import HashingEncoder

TEXTS = [f"text number {number} about lists" for number in range(20)]


class Timed(HashingEncoder):
    """Vectors at a pace of one's own, turned by an angle."""

    def __init__(self, seconds: float, angle: float = 0.0) -> None:
        super().__init__()
        self._seconds, self._angle = seconds, angle

    def encode(self, texts: Sequence[str]) -> Matrix:
        time.sleep(self._seconds)
        vectors = super().encode(texts)
        vectors = vectors + self._angle * np.roll(vectors, 1, axis=1)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        return self.encode(texts), []


def test_bf16_serves_where_it_is_faster_and_agrees() -> None:
    slow, quick = Timed(0.05), Timed(0.0, angle=0.01)
    assert fastest(slow, lambda: quick, TEXTS, TEXTS) is quick


def test_bf16_that_is_slower_or_differs_is_not_used() -> None:
    slow, quick = Timed(0.05), Timed(0.0)
    assert fastest(quick, lambda: slow, TEXTS, TEXTS) is quick
    assert fastest(slow, lambda: Timed(0.0, angle=0.2), TEXTS, TEXTS) is slow


def test_bf16_that_cannot_be_had_does_not_matter() -> None:
    def missing() -> Timed:
        raise ModelUnavailable("no torch here")

    whole = Timed(0.0)
    assert fastest(whole, missing, TEXTS, TEXTS) is whole


@pytest.mark.parametrize(
    ("line", "expected"),
    [("flags\t\t: fpu avx512f avx512_bf16 sse", True), ("flags : avx512f", False), ("Features : fp bf16", True)],
)
def test_the_cpu_says_whether_it_multiplies_bf16(line: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{line}\n", encoding="utf-8")
    assert multiplies_bf16(tmp_path / "cpuinfo") is expected


class InPieces(HashingEncoder):
    """Gives vectors out in pieces of its own, in an order of its own."""

    def encode_all(self, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix]]:
        for position in reversed(range(len(texts))):
            yield np.array([position]), self.encode([texts[position]])

    def encode_tokens_all(self, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix, list[Codes]]]:
        raise NotImplementedError


def test_an_encoders_own_way_for_many_texts_is_taken_and_its_order_does_not_matter(tmp_path: Path) -> None:
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    seen: list[tuple[int, int]] = []
    vectors = Embedding(InPieces(), database).vectors(TEXTS, lambda done, of: seen.append((done, of)))
    assert np.array_equal(vectors, HashingEncoder().encode(TEXTS))
    assert seen[0] == (0, len(TEXTS))
    assert seen[-1] == (len(TEXTS), len(TEXTS))
    assert len(seen) == len(TEXTS) + 1
