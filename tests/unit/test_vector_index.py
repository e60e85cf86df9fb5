from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.vector_index import VectorIndex, load_vectors, save_vectors

RANDOM = np.random.default_rng(7)
VECTORS = RANDOM.standard_normal((300, 16)).astype(np.float32)


def test_search_is_exact() -> None:
    expected = np.argsort(-(VECTORS @ VECTORS[5]))[:10]
    assert VectorIndex(VECTORS).nearest(VECTORS[5], 10).tolist() == expected.tolist()


def test_products_come_in_the_order_they_were_asked_for() -> None:
    positions = np.array([7, 3, 3, 299])
    products = VectorIndex(VECTORS).products(VECTORS[0], positions)
    assert np.allclose(products, VECTORS[positions] @ VECTORS[0], atol=1e-4)


def test_fewer_vectors_than_asked_for_are_all_found() -> None:
    assert VectorIndex(VECTORS[:3]).nearest(VECTORS[0], 10).shape == (3,)


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex(np.zeros((0, 16), dtype=np.float32))
    assert index.nearest(VECTORS[0], 5).size == 0
    assert index.vectors.shape == (0, 16)


def test_vectors_survive_their_file(tmp_path: Path) -> None:
    save_vectors(VECTORS, tmp_path / "v.npy")
    assert np.array_equal(load_vectors(tmp_path / "v.npy"), VECTORS)
    assert np.array_equal(VectorIndex(VECTORS).vectors, VECTORS)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array(["a"]))
    with pytest.raises(ValueError, match="holds no vectors"):
        load_vectors(tmp_path / "v.npy")
