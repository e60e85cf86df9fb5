"""Vectors searched by inner product: the one module of faiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.protocols import Matrix

Positions = NDArray[np.int64]


class VectorIndex:
    """Exact search over unit vectors, on one thread. Immutable: faiss crashes when it is added to while searched."""

    def __init__(self, vectors: Matrix) -> None:
        """``vectors`` has shape (count, dimension) and is not copied; the caller must not change it."""
        import faiss

        faiss.omp_set_num_threads(1)
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._index: Any = faiss.IndexFlatIP(max(self.vectors.shape[1], 1))
        if self.size:
            self._index.add(self.vectors)

    @property
    def size(self) -> int:
        """How many vectors there are."""
        return int(self.vectors.shape[0])

    def nearest(self, vector: Matrix, count: int) -> Positions:
        """Positions of the ``count`` vectors with the highest inner product, best first (fewer if there are fewer)."""
        count = min(count, self.size)
        if count == 0:
            return np.zeros(0, dtype=np.int64)
        _, positions = self._index.search(vector.reshape(1, -1).astype(np.float32), count)
        found: Positions = positions[0].astype(np.int64)
        return found

    def products(self, vector: Matrix, positions: Positions) -> Matrix:
        """Inner products of one vector with the vectors at the positions, in their order."""
        products: Matrix = self.vectors[positions] @ vector.reshape(-1).astype(np.float32)
        return products


def save_vectors(vectors: Matrix, file: Path) -> None:
    """Write the vectors as .npy."""
    np.save(file, np.ascontiguousarray(vectors, dtype=np.float32), allow_pickle=False)


def load_vectors(file: Path) -> Matrix:
    """Read what ``save_vectors`` wrote. Raises ValueError or OSError when it is not a float32 matrix."""
    vectors = np.load(file, allow_pickle=False)
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"{file.name} holds no vectors")
    return np.asarray(vectors, dtype=np.float32)
