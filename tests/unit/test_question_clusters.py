"""Questions that ask for the same are found together; what stands for them, and what they are about."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.density import labels_in_child
from knowledge.protocols import Matrix
from knowledge.question_clusters import FEW, NEAR, clusters_of, top_terms


def around(seed: int, *sizes: int, spread: float = 0.02, dimension: int = 64) -> Matrix:
    """Unit vectors in groups of these sizes, each around a direction of its own."""
    rng = np.random.default_rng(seed)
    rows = [rng.normal(size=dimension) + spread * rng.normal(size=(size, dimension)) * 10 for size in sizes]
    vectors = np.concatenate(rows)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def nobody(_vectors: Matrix, _smallest: int) -> list[int]:
    raise AssertionError("a handful of questions needs no densities")


def test_groups_are_found_largest_first_and_single_questions_are_left_alone() -> None:
    vectors = around(1, 12, 5, 7, 1, 1)
    assert len(vectors) >= FEW
    found = clusters_of(vectors, labels_in_child)
    assert [sorted(cluster.members) for cluster in found] == [
        list(range(12)),
        list(range(17, 24)),
        list(range(12, 17)),
    ]


def test_the_medoid_comes_first_and_the_others_follow_by_nearness() -> None:
    (cluster,) = clusters_of(around(2, 9, 1, 1), nobody)
    own = around(2, 9, 1, 1)[:9]
    assert cluster.medoid == int((own @ own.T).sum(axis=1).argmax())
    assert list(cluster.near) == sorted(cluster.near, reverse=True)
    assert cluster.near[0] == pytest.approx(1.0, abs=1e-5)
    assert min(cluster.near) >= NEAR


def test_a_few_questions_all_alike_are_one_group() -> None:
    assert [len(cluster.members) for cluster in clusters_of(around(3, 4), nobody)] == [4]
    assert clusters_of(around(3, 1, 1, 1), nobody) == ()
    assert clusters_of(np.zeros((0, 8), dtype=np.float32), nobody) == ()


def test_two_alike_are_no_group_yet() -> None:
    assert clusters_of(around(4, 2, 1, 1), nobody) == ()


def test_terms_tell_groups_apart_and_read_as_people_write_them() -> None:
    consent = ["Where is the consent history?", "export consent history", "consent histories per country"]
    tokens = ["rotate the API token", "my API tokens expired", "new API token please"]
    first, second = top_terms([consent, tokens], most=2)
    assert first == ("consent", "history")
    assert set(second) == {"API", "token"}


def test_a_group_without_words_has_no_terms() -> None:
    assert top_terms([["how do I?"], []]) == ((), ())
