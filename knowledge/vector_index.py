"""Vectors searched by inner product: the one module of faiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from knowledge.protocols import Matrix
from knowledge.protocols import Positions as Positions

MATRIX = 2  # dimensions of an array of vectors

COARSE_FROM = 5_000
"""Vectors from which a coarse index is worth its building (a second): exact search then takes 0.7 ms and grows.

Measured on one core, the nearest 200 of 10,000 / 100,000 vectors of 384 numbers: exact 1.4 / 15 ms; the coarse index
with re-ranking 0.15 / 1.1 ms at recall@10 of 1.000 / 0.9996. HNSW: 29 s to build 100,000, recall 0.99 at 1 ms.
Inverted lists: recall 0.987 at 2 ms, and worse for questions unlike the texts. 8-bit scalars: slower than exact.
"""

WIDER = 2
"""The coarse index proposes this many times what is asked for; exact inner products put them in order."""

TRAINED_ON = 4_096
TRAINING_ROUNDS = 8
"""Vectors and k-means rounds for the 16 centroids of each pair of dimensions; more changed no recall."""

LEAST_RECALL = 0.99
PROBES = 100
"""A coarse index that finds less of the exact ten nearest, on this many of its own vectors blurred, is not used."""

_BLUR = 0.7
"""Length of the noise on a probe, next to 1 for the vector: about as far as a question is from its passage."""


class VectorIndex:
    """Search over unit vectors, on one thread. Immutable: faiss crashes when it is added to while searched.

    All inner products are exact. So is the search of small collections; from COARSE_FROM on, 4-bit product codes
    (Jégou 2011; André 2015) propose what is looked at, when that keeps a recall@10 of LEAST_RECALL.
    """

    def __init__(self, vectors: Matrix, coarse: Any = None) -> None:  # noqa: ANN401 - faiss has no types
        """``vectors`` has shape (count, dimension); faiss keeps its own copy. ``coarse``: see ``build``."""
        import faiss

        faiss.omp_set_num_threads(1)
        self._pointer = faiss.swig_ptr
        self.dimension = int(vectors.shape[1])
        self._index: Any = faiss.IndexFlatIP(max(self.dimension, 1))
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        self._coarse = coarse
        self.size = len(vectors)

    @classmethod
    def build(cls, vectors: Matrix) -> VectorIndex:
        """An index with the coarse part where it is worth it: a second for 10,000 vectors, three for 100,000."""
        exact = cls(vectors)
        if exact.size < COARSE_FROM or exact.dimension % 2:
            return exact
        found = cls(vectors, _train(vectors))
        return found if found.recall() >= LEAST_RECALL else exact

    @property
    def is_exact(self) -> bool:
        """Whether every vector is looked at in full."""
        return self._coarse is None

    @property
    def vectors(self) -> Matrix:
        """A copy of all vectors, shape (count, dimension)."""
        return self.first(self.size)

    def first(self, count: int) -> Matrix:
        """A copy of the first vectors, shape (count, dimension)."""
        if not count:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.asarray(self._index.reconstruct_n(0, count), dtype=np.float32)

    def nearest(self, vector: Matrix, count: int) -> Positions:
        """Positions of the ``count`` vectors with the highest inner product, best first; fewer if there are fewer."""
        positions = self.around(vector, count)
        return positions[np.argsort(-self.products(vector, positions), kind="stable")]

    def around(self, vector: Matrix, count: int) -> Positions:
        """The same in no order, which is quicker."""
        count = min(count, self.size)
        if count == 0:
            return np.zeros(0, dtype=np.int64)
        if self._coarse is None or count * WIDER >= self.size // 4:
            return self._nearest_exactly(vector, count)
        _, proposed = self._coarse.search(_row(vector), count * WIDER)
        positions: Positions = proposed[0][proposed[0] >= 0].astype(np.int64)
        if len(positions) <= count:
            return positions
        return positions[np.argpartition(-self.products(vector, positions), count)[:count]]

    def products(self, vector: Matrix, positions: Positions) -> Matrix:
        """Inner products of one vector with the vectors at the positions, in their order."""
        products: Matrix = np.empty(len(positions), dtype=np.float32)
        if not len(positions):
            return products
        labels = np.ascontiguousarray(positions, dtype=np.int64)
        row = _row(vector)
        # faiss reads the chosen rows in place; copying them out first took five times as long
        self._index.compute_distance_subset(
            1, self._pointer(row), len(labels), self._pointer(products), self._pointer(labels)
        )
        return products

    def recall(self, probes: int = PROBES, count: int = 10) -> float:
        """Share of the exact ``count`` nearest that ``nearest`` finds, for vectors of its own with noise (seeded)."""
        random = np.random.default_rng(7)
        chosen = random.choice(self.size, size=min(probes, self.size), replace=False)
        found = 0
        for position in chosen:
            vector = self._index.reconstruct(int(position))
            vector += random.standard_normal(self.dimension).astype(np.float32) * _BLUR / self.dimension**0.5
            vector /= np.linalg.norm(vector)
            exact = self._nearest_exactly(vector, count)
            found += len(set(exact.tolist()) & set(self.nearest(vector, count * 20)[:count].tolist()))
        return found / (len(chosen) * min(count, self.size))

    def save_coarse(self, file: Path) -> None:
        """Write the coarse part, when there is one."""
        import faiss

        if self._coarse is not None:
            faiss.write_index(self._coarse, str(file))

    def _nearest_exactly(self, vector: Matrix, count: int) -> Positions:
        _, positions = self._index.search(_row(vector), count)
        found: Positions = positions[0].astype(np.int64)
        return found


def _train(vectors: Matrix) -> Any:  # noqa: ANN401
    """4-bit codes of pairs of dimensions, scanned by table look-ups in registers. Seeded: the same every time."""
    import faiss

    faiss.omp_set_num_threads(1)
    dimension = vectors.shape[1]
    index = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
    index.pq.cp.niter = TRAINING_ROUNDS
    chosen = np.random.default_rng(7).choice(len(vectors), size=min(TRAINED_ON, len(vectors)), replace=False)
    index.train(np.ascontiguousarray(vectors[chosen], dtype=np.float32))
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index


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


def load_index(vectors: Path, coarse: Path) -> VectorIndex:
    """Both parts from their files, whose hashes the caller has checked: faiss itself loads damaged ones silently.

    Raises ValueError or OSError when they are not what they should be.
    """
    matrix = load_vectors(vectors)
    if not coarse.exists():
        return VectorIndex(matrix)
    import faiss

    try:
        found = faiss.read_index(str(coarse))
    except RuntimeError as exc:
        raise ValueError(f"{coarse.name} is no index") from exc
    if (found.ntotal, found.d) != matrix.shape:
        raise ValueError(f"{coarse.name} belongs to other vectors")
    return VectorIndex(matrix, found)
