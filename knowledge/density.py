"""Where vectors lie close together: HDBSCAN. The one module of scikit-learn, which comes with sentence-transformers.

Used in a process of its own (``labels_in_child``): what serves answers never loads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from knowledge.child_process import Child
from knowledge.protocols import Matrix

NOBODY = -1
"""The label of a vector that belongs to no cluster."""

_NEIGHBOURS = 2  # a point and the one next to it: rare questions are what we look for


def labels_in_child(vectors: Matrix, smallest: int) -> list[int]:
    """``labels`` in a spawned process, which ends afterwards. Raises ChildStopped."""
    with Child(_prepare, smallest) as child:
        found: list[int] = child.ask(np.ascontiguousarray(vectors, dtype=np.float64))
        return found


def labels(vectors: Matrix, smallest: int) -> list[int]:
    """A label per row, from 0; NOBODY for what lies alone. Clusters have ``smallest`` rows or more.

    HDBSCAN (Campello, Moulavi, Sander 2013), excess of mass. Deterministic.
    """
    from sklearn.cluster import HDBSCAN

    found = HDBSCAN(min_cluster_size=smallest, min_samples=_NEIGHBOURS, copy=True).fit_predict(vectors)
    return [int(label) for label in found]


def _prepare(smallest: int) -> Callable[[Any], list[int]]:
    return lambda vectors: labels(vectors, smallest)
