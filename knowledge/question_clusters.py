"""Questions that ask for the same, found by their vectors; what stands for each group, and what it is about. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.lexical_index import stems_of
from knowledge.protocols import Matrix
from knowledge.stopwords import STOPWORDS

SMALLEST = 3
"""Questions that make a group; fewer are listed one by one. Among thousands it takes more (see ``_smallest``)."""

NEAR = 0.45
"""Least cosine of a question to the one in the middle of its group.

HDBSCAN alone lets groups grow along chains of questions; cut here, 9 of 10 questions of a group ask for the same
(chosen on public sets, figures in docs/RELIABILITY.md).
"""

FEW = 20
"""Fewer questions have no densities to speak of: groups are then what lies NEAR the question with most neighbours."""

DIRECTIONS = 50
"""Principal directions that densities are looked for in: in all of them every question is far from every other."""

TERMS = 4

_WORD = re.compile(r"[^\W_](?:[\w'’/&.-]*\w)?")

Labels = Callable[[Matrix, int], Sequence[int]]
"""Which group each vector belongs to (from 0; below 0: none), for groups of so many or more."""


@dataclass(frozen=True)
class Cluster:
    """A group. ``members`` are positions among the questions, nearest to the middle first: ``members[0]`` is the

    medoid. ``near`` are their cosines to it.
    """

    members: tuple[int, ...]
    near: tuple[float, ...]

    @property
    def medoid(self) -> int:
        """The question that stands for the others."""
        return self.members[0]


def clusters_of(vectors: Matrix, labels: Labels) -> tuple[Cluster, ...]:
    """The groups among questions, given by their vectors (unit length), largest first. Deterministic.

    Raises whatever ``labels`` raises.
    """
    if len(vectors) < FEW:
        found = _around_the_middle(vectors)
    else:
        found = _by_label(labels(_main_directions(vectors), _smallest(len(vectors))))
    clusters = (_cut(vectors, members) for members in found)
    whole = [cluster for cluster in clusters if len(cluster.members) >= SMALLEST]
    return tuple(sorted(whole, key=lambda cluster: (-len(cluster.members), cluster.medoid)))


def top_terms(groups: Sequence[Sequence[str]], most: int = TERMS) -> tuple[tuple[str, ...], ...]:
    """The words that tell each group of texts from the others, most telling first, as they were written.

    Class-based TF-IDF: tf(t, group) * log(1 + A / f(t)), A the mean number of words per group, f(t) how often all
    groups use t (Grootendorst 2022, "BERTopic", section 3.3). Words of one stem count as one.
    """
    counted = [_counted(texts) for texts in groups]
    total: Counter[str] = Counter()
    for stems, _ in counted:
        total.update(stems)
    mean = sum(total.values()) / max(len(groups), 1)
    return tuple(_telling(stems, written, total, mean, most) for stems, written in counted)


def _telling(
    stems: Counter[str], written: dict[str, Counter[str]], total: Counter[str], mean: float, most: int
) -> tuple[str, ...]:
    size = max(sum(stems.values()), 1)
    weights = {stem: count / size * math.log(1 + mean / total[stem]) for stem, count in stems.items()}
    best = sorted(weights, key=lambda stem: (-weights[stem], stem))[:most]
    return tuple(min(written[stem], key=lambda word: (-written[stem][word], word)) for stem in best)


def _counted(texts: Iterable[str]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    stems: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for text in texts:
        words = [word for word in _WORD.findall(text) if word.lower() not in STOPWORDS and len(word) > 1]
        for word, stem in zip(words, stems_of(words), strict=True):
            stems[stem] += 1
            written.setdefault(stem, Counter())[word if word.isupper() else word.lower()] += 1
    return stems, written


def _smallest(count: int) -> int:
    """Seven of 5,000, three up to 1,200: with three of 5,000 one question in many words falls into pieces."""
    return max(SMALLEST, round(math.sqrt(count) / 10))


def _main_directions(vectors: Matrix) -> Matrix:
    """The vectors along the directions in which they differ most, at unit length again."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    kept = centred @ directions[:, ::-1][:, : min(DIRECTIONS, len(vectors) - 1)]
    lengths = np.linalg.norm(kept, axis=1, keepdims=True)
    return np.asarray(kept / np.maximum(lengths, 1e-9), dtype=np.float32)


def _by_label(labels: Sequence[int]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for position, label in enumerate(labels):
        if label >= 0:
            found.setdefault(label, []).append(position)
    return list(found.values())


def _around_the_middle(vectors: Matrix) -> list[list[int]]:
    """Again and again the question with most neighbours, with them."""
    left, found = list(range(len(vectors))), []
    near = vectors @ vectors.T >= NEAR
    while left:
        counts = near[np.ix_(left, left)].sum(axis=1)
        middle = left[int(counts.argmax())]
        members = [position for position in left if near[middle, position]]
        found.append(members)
        left = [position for position in left if position not in set(members)]
    return found


def _cut(vectors: Matrix, members: Sequence[int]) -> Cluster:
    """A group around its medoid, the member with the largest sum of cosines, without those that are far from it."""
    own = vectors[list(members)]
    medoid = int((own @ own.sum(axis=0)).argmax())
    cosines = own @ own[medoid]
    cosines[medoid] = 2.0  # first, whatever else is said in the same words
    order = [place for place in np.argsort(-cosines, kind="stable") if cosines[place] >= NEAR]
    near = (min(float(cosines[place]), 1.0) for place in order)
    return Cluster(tuple(members[place] for place in order), tuple(near))
