from __future__ import annotations

import numpy as np

from knowledge.benchmark import Spread, around, growth, resident_megabytes
from knowledge.testing import HashingEncoder

REAL = HashingEncoder().encode([f"passage {number} about lists and forms" for number in range(50)])


def test_made_up_vectors_stand_around_the_real_ones_always_the_same() -> None:
    vectors = around(REAL, 400)
    assert np.allclose(vectors[:50], REAL, atol=1e-6)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert float((vectors @ REAL.T).max(axis=1).min()) > 0.7
    assert np.array_equal(vectors, around(REAL, 400))


def test_growth_measures_one_size() -> None:
    found = growth(REAL, REAL[:5])(300)
    assert (found.count, found.is_exact, found.recall) == (300, True, 1.0)
    assert 0 < found.search.p50 <= found.search.p99


def test_a_spread_is_median_and_tail() -> None:
    assert Spread.of([1.0] * 99 + [100.0]).p50 == 1.0


def test_memory_is_what_a_python_process_needs() -> None:
    assert 10 < resident_megabytes() < 10_000
