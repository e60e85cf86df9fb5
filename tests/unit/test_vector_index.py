from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.vector_index import COARSE_FROM, VectorIndex, load_index, load_vectors, save_vectors

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
    assert index.nearest(VECTORS[0], 5).size == index.around(VECTORS[0], 5).size == 0
    assert index.products(VECTORS[0], np.zeros(0, dtype=np.int64)).size == 0
    assert index.vectors.shape == (0, 16)


def test_vectors_survive_their_file(tmp_path: Path) -> None:
    save_vectors(VECTORS, tmp_path / "v.npy")
    assert np.array_equal(load_vectors(tmp_path / "v.npy"), VECTORS)
    assert np.array_equal(VectorIndex(VECTORS).vectors, VECTORS)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array(["a"]))
    with pytest.raises(ValueError, match="holds no vectors"):
        load_vectors(tmp_path / "v.npy")


def clustered(count: int) -> np.ndarray:
    """Unit vectors in loose groups, as texts make them."""
    random = np.random.default_rng(3)
    centres = random.standard_normal((200, 64))
    vectors = centres[random.integers(200, size=count)] + 0.6 * random.standard_normal((count, 64))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_a_large_index_looks_at_few_vectors_and_finds_the_same() -> None:
    vectors = clustered(COARSE_FROM + 1000)
    index = VectorIndex.build(vectors)
    assert not index.is_exact
    assert index.recall() >= 0.99
    found = index.nearest(vectors[5], 200)
    assert found[0] == 5
    assert np.all(np.diff(index.products(vectors[5], found)) <= 0)
    assert set(index.around(vectors[5], 200).tolist()) == set(found.tolist())
    assert set(index.nearest(vectors[5], len(vectors)).tolist()) == set(range(len(vectors)))


def test_a_small_index_stays_exact() -> None:
    assert VectorIndex.build(VECTORS).is_exact


def test_vectors_that_codes_cannot_tell_apart_are_searched_exactly() -> None:
    same = np.full((COARSE_FROM, 16), 0.25, dtype=np.float32)
    noise = np.random.default_rng(1).standard_normal(same.shape).astype(np.float32) * 1e-6
    assert VectorIndex.build(same + noise).is_exact


def test_a_large_index_survives_its_files(tmp_path: Path) -> None:
    index = VectorIndex.build(clustered(COARSE_FROM))
    save_vectors(index.vectors, tmp_path / "v.npy")
    index.save_coarse(tmp_path / "c.faiss")
    loaded = load_index(tmp_path / "v.npy", tmp_path / "c.faiss")
    assert not loaded.is_exact
    assert np.array_equal(loaded.nearest(VECTORS[0].repeat(4), 50), index.nearest(VECTORS[0].repeat(4), 50))


def test_a_coarse_part_of_other_vectors_is_refused(tmp_path: Path) -> None:
    VectorIndex.build(clustered(COARSE_FROM)).save_coarse(tmp_path / "c.faiss")
    save_vectors(VECTORS, tmp_path / "v.npy")
    with pytest.raises(ValueError, match="other vectors"):
        load_index(tmp_path / "v.npy", tmp_path / "c.faiss")
    (tmp_path / "c.faiss").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="no index"):
        load_index(tmp_path / "v.npy", tmp_path / "c.faiss")
