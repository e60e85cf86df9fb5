"""From a query to ranked candidates: meaning (vectors) and words (BM25) over the same targets."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

import numpy as np
from numpy.typing import NDArray

from knowledge.candidates import FEATURES, LEXICAL_HALF, PIECES_GUESS, WEIGHTS, Candidate
from knowledge.domain import Audience, HitKind
from knowledge.generation import Generation
from knowledge.protocols import Positions
from knowledge.query import Query
from knowledge.softmax import softmax
from knowledge.topics import NO_TOPICS, Topics
from knowledge.units import KINDS
from knowledge.visibility import Withdrawn

NEAREST = 200
"""Vectors looked at first; all features of the targets they stand for are then computed exactly."""

LEXICAL = 40
"""Targets that word matches may add."""

COMPARED = 24
"""Passages compared word piece by word piece, the best ones by all other features."""

BELOW = 0.05
"""How far a passage that was not compared stands below the worst that was."""

MASKS = 256
"""Audiences whose readable targets are remembered: there are as many as people differ in their groups."""

LEANING = 10.0
"""What the head's log-odds are divided by."""

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_PHRASING, _CENTROID, _HEAD, _LEANING, _WINDOW, _RUN, _PIECES, _LEXICAL, _COVERAGE, _KNOWN = map(
    FEATURES.index,
    ("phrasing", "centroid", "head", "leaning", "window", "run", "pieces", "lexical", "coverage", "known"),
)

_FEATURES_OF_KINDS = [FEATURES.index(kind.value) for kind in KINDS]
"""A unit's best cosine is the feature of its kind's name."""

_WEIGHED = np.array(
    [[WEIGHTS[kind].get(name, 0.0) for name in FEATURES] for kind in (HitKind.ENTRY, HitKind.PASSAGE)]
)
_SHARES = (_WEIGHED / _WEIGHED.sum(axis=1, keepdims=True)).astype(np.float32)
"""What each feature counts in a similarity, for entries and for passages."""

_PIECES_SHARE = _SHARES[1, _PIECES]

LEAST = -1.0
"""No cosine is below."""


class Retriever:
    """Searches one generation. Immutable; searches may run in several threads."""

    def __init__(self, generation: Generation, topics: Topics = NO_TOPICS) -> None:
        self._generation = generation
        self.audiences = tuple(topics.narrowed(target.audience, target.tags) for target in generation.targets)
        """Who may read each target, its topics included."""
        self._place = {(target.kind, target.id): place for place, target in enumerate(generation.targets)}
        size = len(generation.targets)
        self._unit_target = generation.units.targets.astype(np.int64)
        self._unit_feature = np.array(_FEATURES_OF_KINDS)[generation.units.kinds]
        self._unit_starts = np.searchsorted(self._unit_target, np.arange(size + 1))
        self._unit_counts = np.diff(self._unit_starts)
        text_target = np.array([text.target for text in generation.texts], dtype=np.int64)
        self._text_starts = np.searchsorted(text_target, np.arange(size + 1))
        self._is_entry = np.array([target.kind is HitKind.ENTRY for target in generation.targets], dtype=np.bool_)
        self._entry_place = np.cumsum(self._is_entry) - 1
        self._norms = self._centroid_norms()
        self._readable: dict[Audience, Mask] = {}

    def restricted(self, withdrawn: Withdrawn) -> Retriever:
        """The same search without what has been withdrawn since, or was bound to fewer readers."""
        changed = dict.fromkeys(withdrawn.gone, Audience.nobody())
        changed |= {place: self.audiences[place].narrowed(bound) for place, bound in withdrawn.bound.items()}
        audiences = list(self.audiences)
        for place, audience in changed.items():
            audiences[place] = audience
        other = copy(self)
        other.audiences = tuple(audiences)
        other._readable = {reader: _changed(mask, reader, changed) for reader, mask in self._readable.copy().items()}
        other._place = dict(self._place)
        for place in withdrawn.gone:
            target = self._generation.targets[place]
            other._place.pop((target.kind, target.id), None)
        return other

    def candidates(self, query: Query, audience: Audience, count: int) -> tuple[Candidate, ...]:
        """The best candidates that the audience may read, best first: ``count`` of them where there are as many."""
        allowed = self._allowed(audience)
        lexical, coverage, known = self._lexical(query)
        chosen = self._chosen(query, allowed, lexical, count)
        if not chosen.size:
            return ()
        features = np.full((len(FEATURES), chosen.size), LEAST, dtype=np.float32)
        best = self._measure(query, chosen, features)
        features[_LEXICAL], features[_COVERAGE], features[_KNOWN] = lexical[chosen], coverage[chosen], known
        self._lean(query, chosen, features)
        as_entry, as_passage = _SHARES @ features  # without pieces
        self._compare(query, chosen, features, as_passage)
        is_entry = self._is_entry[chosen]
        similarity = np.where(is_entry, as_entry, as_passage + _PIECES_SHARE * features[_PIECES])
        rank = self._generation.calibration.chances(similarity, is_entry)
        order = np.argsort(-rank, kind="stable")[:count]
        columns = (values[order].tolist() for values in (chosen, similarity, rank, best))
        ranked = zip(*columns, features.T[order].tolist(), strict=True)
        return tuple(
            Candidate(target, self._generation.targets[target].kind, dict(zip(FEATURES, row, strict=True)), *others)
            for target, *others, row in ranked
        )

    def place_of(self, kind: HitKind, id_: str) -> int | None:
        """Where a target stands among the targets; None when there is none of that name."""
        return self._place.get((kind, id_))

    def familiarity(self, text: str) -> float:
        """How much of a text's words one target holds, 0 to 1: saturated BM25 of the best one."""
        best = float(
            self._generation.lexical.scores(self._generation.glossary.query_terms(text)).bm25.max(initial=0.0)
        )
        return best / (best + LEXICAL_HALF)

    def last_units(self, target: int, count: int) -> Positions:
        """Positions of a target's last units."""
        end = int(self._unit_starts[target + 1])
        return np.arange(end - count, end)

    def products(self, query: Query, units: Positions) -> Floats:
        """Cosines of units (by position) to the query."""
        return self._generation.vectors.products(query.vector, units)

    def _allowed(self, audience: Audience) -> Mask:
        mask = self._readable.get(audience)
        if mask is None:
            if len(self._readable) >= MASKS:
                self._readable = {}
            readable = {text: audience.may_read(text) for text in set(self.audiences)}
            mask = np.array([readable[text] for text in self.audiences], dtype=np.bool_)
            self._readable[audience] = mask
        return mask

    def _lexical(self, query: Query) -> tuple[Floats, Floats, float]:
        """Saturated BM25 and coverage of every target (the best of its texts), and the share of known terms."""
        scores = self._generation.lexical.scores(query.terms)
        starts = self._text_starts[:-1]
        best: Floats = np.maximum.reduceat(scores.bm25, starts)
        return best / (best + LEXICAL_HALF), np.maximum.reduceat(scores.coverage, starts), scores.known

    def _lean(self, query: Query, chosen: Positions, features: Floats) -> None:
        """The head's chance of each chosen entry, and its log-odds; zeros for passages and without a head."""
        entries = np.flatnonzero(self._is_entry[chosen])
        if self._generation.head is not None and len(entries):
            logits = self._generation.head.logits(query.vector, query.asked.text)
            places = self._entry_place[chosen[entries]]
            features[_HEAD, entries] = softmax(logits)[places]
            features[_LEANING, entries] = logits[places] / LEANING

    def _compare(self, query: Query, chosen: Positions, features: Floats, rough: Floats) -> None:
        """How well the passages that are best so far hold the question's word pieces.

        Guessed from the vectors where there are none.
        """
        passages = np.flatnonzero(~self._is_entry[chosen])
        if not len(passages):
            return
        guessed = PIECES_GUESS[0] + PIECES_GUESS[1] * (features[_WINDOW] + features[_RUN]) / 2
        if query.pieces is None or self._generation.tokens is None:
            features[_PIECES, passages] = guessed[passages]
            return
        best = passages[np.argsort(-rough[passages], kind="stable")[:COMPARED]]
        compared = self._generation.tokens.matches(query.pieces, chosen[best])
        compared = np.where(compared > 0, compared, guessed[best])
        features[_PIECES, passages] = compared.min() - BELOW
        features[_PIECES, best] = compared

    def _chosen(self, query: Query, allowed: Mask, lexical: Floats, count: int) -> Positions:
        """Positions of the targets worth a closer look, in target order; at least ``count`` where there are."""
        wanted = min(count, int(np.count_nonzero(allowed)))
        nearest = NEAREST
        while True:
            units = self._generation.vectors.around(query.vector, nearest)
            chosen = np.zeros_like(allowed)
            chosen[self._unit_target[units]] = True
            words = np.argpartition(-lexical, min(LEXICAL, lexical.size - 1))[:LEXICAL]
            chosen[words[lexical[words] > 0]] = True
            chosen &= allowed
            if int(np.count_nonzero(chosen)) >= wanted or nearest >= self._generation.vectors.size:
                return np.flatnonzero(chosen)
            nearest *= 8

    def _measure(self, query: Query, chosen: Positions, features: Floats) -> Positions:
        """The dense features of the chosen targets; returns each one's best phrasing or run, -1 without any."""
        starts, lengths = self._unit_starts[chosen], self._unit_counts[chosen]
        begins = np.cumsum(lengths) - lengths
        local = np.repeat(np.arange(chosen.size), lengths)
        positions = np.arange(len(local)) + (starts - begins)[local]
        products = self._generation.vectors.products(query.vector, positions)
        kinds = self._unit_feature[positions]
        np.maximum.at(features.reshape(-1), kinds * chosen.size + local, products)
        is_best = products == np.maximum(features[_PHRASING], features[_RUN])[local]
        found = np.flatnonzero(is_best & ((kinds == _PHRASING) | (kinds == _RUN)))
        best = np.full(chosen.size, -1, dtype=np.int64)
        best[local[found]] = positions[found]
        np.maximum(features, 0.0, out=features)
        asked = kinds == _PHRASING
        if asked.any():
            features[_CENTROID] = self._centroid(chosen, local[asked], products[asked])
        return best

    def _centroid(self, chosen: Positions, local: Positions, products: Floats) -> NDArray[np.float64]:
        """Cosine to the centre of an entry's phrasings, from the phrasings' own products."""
        sums = np.bincount(local, products, minlength=chosen.size)
        counts = np.maximum(np.bincount(local, minlength=chosen.size), 1)
        centroid: NDArray[np.float64] = np.minimum(np.maximum(sums / counts / self._norms[chosen], 0.0), 1.0)
        return centroid

    def _centroid_norms(self) -> Floats:
        """Length of the mean of each entry's phrasing vectors; 1 for passages."""
        norms = np.ones(len(self._generation.targets), dtype=np.float32)
        entries = np.flatnonzero(self._is_entry)
        vectors = self._generation.vectors.first(int(self._unit_starts[entries[-1] + 1]) if len(entries) else 0)
        for position in entries:
            start = int(self._unit_starts[position])
            count = len(self._generation.targets[position].phrasings)
            norms[position] = np.linalg.norm(vectors[start : start + count].mean(axis=0))
        return np.maximum(norms, 1e-6)


def _changed(mask: Mask, reader: Audience, audiences: Mapping[int, Audience]) -> Mask:
    """What a reader may read, some targets being for others now."""
    found = mask.copy()
    for place, audience in audiences.items():
        found[place] = reader.may_read(audience)
    return found
