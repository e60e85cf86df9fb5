"""Vectors searched by inner product: the one module of faiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.protocols import Matrix

MATRIX = 2  # dimensions of an array of vectors
Positions = NDArray[np.int64]


class VectorIndex:
    """Exact search over unit vectors, on one thread. Immutable: faiss crashes when it is added to while searched."""

    def __init__(self, vectors: Matrix) -> None:
        """``vectors`` has shape (count, dimension); faiss keeps its own copy."""
        import faiss

        faiss.omp_set_num_threads(1)
        self._pointer = faiss.swig_ptr
        self.dimension = int(vectors.shape[1])
        self._index: Any = faiss.IndexFlatIP(max(self.dimension, 1))
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def vectors(self) -> Matrix:
        """A copy of all vectors, shape (count, dimension)."""
        if not self.size:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.asarray(self._index.reconstruct_n(0, self.size), dtype=np.float32)

    def nearest(self, vector: Matrix, count: int) -> Positions:
        """Positions of the ``count`` vectors with the highest inner product, best first; fewer if there are fewer."""
        count = min(count, self.size)
        if count == 0:
            return np.zeros(0, dtype=np.int64)
        _, positions = self._index.search(_row(vector), count)
        found: Positions = positions[0].astype(np.int64)
        return found

    def products(self, vector: Matrix, positions: Positions) -> Matrix:
        """Inner products of one vector with the vectors at the positions, in their order."""
        products: Matrix = np.empty(len(positions), dtype=np.float32)
        labels = np.ascontiguousarray(positions, dtype=np.int64)
        row = _row(vector)
        # faiss reads the chosen rows in place; copying them out first took five times as long
        self._index.compute_distance_subset(
            1, self._pointer(row), len(labels), self._pointer(products), self._pointer(labels)
        )
        return products


def _row(vector: Matrix) -> Matrix:
    return np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)


def save_vectors(vectors: Matrix, file: Path) -> None:
    """Write the vectors as .npy."""
    np.save(file, np.ascontiguousarray(vectors, dtype=np.float32), allow_pickle=False)


def load_vectors(file: Path) -> Matrix:
    """Read what ``save_vectors`` wrote. Raises ValueError or OSError when it is not a float32 matrix."""
    vectors = np.load(file, allow_pickle=False)
    if vectors.ndim != MATRIX or vectors.dtype != np.float32:
        raise ValueError(f"{file.name} holds no vectors")
    return np.asarray(vectors, dtype=np.float32)
