"""From a query to ranked candidates: meaning (vectors) and words (BM25) over the same targets."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

import numpy as np
from numpy.typing import NDArray

from knowledge.candidates import LEXICAL_HALF, PIECES_GUESS, WEIGHTS, Candidate
from knowledge.domain import Audience, HitKind
from knowledge.generation import Generation
from knowledge.protocols import Positions
from knowledge.query import Query
from knowledge.softmax import softmax
from knowledge.topics import NO_TOPICS, Topics
from knowledge.units import KINDS, UnitKind
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

_FEATURE_OF_KIND = {
    UnitKind.PHRASING: "phrasing",
    UnitKind.WHOLE: "whole",
    UnitKind.WINDOW: "window",
    UnitKind.RUN: "run",
}


class Retriever:
    """Searches one generation. Immutable; searches may run in several threads."""

    def __init__(self, generation: Generation, topics: Topics = NO_TOPICS) -> None:
        self._generation = generation
        self.audiences = tuple(topics.narrowed(target.audience, target.tags) for target in generation.targets)
        """Who may read each target, its topics included."""
        self._place = {(target.kind, target.id): place for place, target in enumerate(generation.targets)}
        size = len(generation.targets)
        self._unit_target = generation.units.targets.astype(np.int64)
        self._unit_kind = generation.units.kinds.astype(np.int64)
        self._is_short = np.isin(self._unit_kind, (KINDS.index(UnitKind.PHRASING), KINDS.index(UnitKind.RUN)))
        self._unit_starts = np.searchsorted(self._unit_target, np.arange(size + 1))
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
        other._readable = {reader: _changed(mask, reader, changed) for reader, mask in self._readable.items()}
        other._place = dict(self._place)
        for place in withdrawn.gone:
            target = self._generation.targets[place]
            other._place.pop((target.kind, target.id), None)
        return other

    def candidates(self, query: Query, audience: Audience, count: int) -> tuple[Candidate, ...]:
        """The best candidates that the audience may read, best first: ``count`` of them where there are as many."""
        allowed = self._allowed(audience)
        if not allowed.any():
            return ()
        lexical, coverage, known = self._lexical(query)
        chosen = self._chosen(query, allowed, lexical, count)
        features, best = self._features(query, chosen)
        features["lexical"], features["coverage"] = lexical[chosen], coverage[chosen]
        features["known"] = np.full(chosen.size, known, dtype=np.float32)
        features["head"], features["leaning"] = self._leanings(query, chosen)
        features["pieces"] = self._pieces(query, chosen, features)
        similarity = self._similarity(chosen, features)
        calibration = self._generation.calibration
        rank = calibration.chances(similarity, self._is_entry[chosen])
        order = np.argsort(-rank, kind="stable")[:count]
        rows = np.stack(list(features.values()))[:, order].T.tolist()
        columns = (values[order].tolist() for values in (chosen, similarity, rank, best))
        ranked = zip(*columns, rows, strict=True)
        return tuple(
            Candidate(
                target=target,
                kind=self._generation.targets[target].kind,
                features=dict(zip(features, row, strict=True)),
                similarity=likeness,
                score=score,
                unit=unit,
            )
            for target, likeness, score, unit, row in ranked
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

    def units(self, target: int, kind: UnitKind) -> Positions:
        """Positions of a target's units of one kind."""
        start, end = int(self._unit_starts[target]), int(self._unit_starts[target + 1])
        found: Positions = start + np.flatnonzero(self._unit_kind[start:end] == KINDS.index(kind))
        return found

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

    def _leanings(self, query: Query, chosen: Positions) -> tuple[Floats, Floats]:
        """The head's chance of each chosen entry, and its log-odds; zeros for passages and without a head."""
        chances, leanings = np.zeros((2, chosen.size), dtype=np.float32)
        entries = self._is_entry[chosen]
        if self._generation.head is not None and entries.any():
            logits = self._generation.head.logits(query.vector, query.asked.text)
            places = self._entry_place[chosen[entries]]
            chances[entries] = softmax(logits)[places]
            leanings[entries] = logits[places] / LEANING
        return chances, leanings

    def _pieces(self, query: Query, chosen: Positions, features: dict[str, Floats]) -> Floats:
        """How well the best passages hold the question's word pieces; guessed from the vectors without any."""
        passages = np.flatnonzero(~self._is_entry[chosen])
        found: Floats = np.zeros(chosen.size, dtype=np.float32)
        guessed = PIECES_GUESS[0] + PIECES_GUESS[1] * (features["window"] + features["run"]) / 2
        if not len(passages) or query.pieces is None or self._generation.tokens is None:
            found[passages] = guessed[passages]
            return found
        others = {name: weight for name, weight in WEIGHTS[HitKind.PASSAGE].items() if name != "pieces"}
        rough = sum(weight * features[name][passages] for name, weight in others.items())
        best = np.argsort(-rough, kind="stable")[:COMPARED]
        compared = self._generation.tokens.matches(query.pieces, chosen[passages[best]])
        compared = np.where(compared > 0, compared, guessed[passages[best]])
        found[passages] = compared.min() - BELOW
        found[passages[best]] = compared
        return found

    def _chosen(self, query: Query, allowed: Mask, lexical: Floats, count: int) -> Positions:
        """Positions of the targets worth a closer look, in target order; at least ``count`` where there are."""
        wanted = min(count, int(allowed.sum()))
        nearest = NEAREST
        while True:
            units = self._generation.vectors.nearest(query.vector, nearest)
            chosen = np.zeros_like(allowed)
            chosen[self._unit_target[units]] = True
            words = np.argpartition(-lexical, min(LEXICAL, lexical.size - 1))[:LEXICAL]
            chosen[words[lexical[words] > 0]] = True
            chosen &= allowed
            if int(chosen.sum()) >= wanted or nearest >= self._generation.vectors.size:
                return np.flatnonzero(chosen)
            nearest *= 8

    def _features(self, query: Query, chosen: Positions) -> tuple[dict[str, Floats], Positions]:
        """Dense features of the chosen targets, and each one's best phrasing or run."""
        starts, ends = self._unit_starts[chosen], self._unit_starts[chosen + 1]
        lengths = ends - starts
        local = np.repeat(np.arange(chosen.size), lengths)
        offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        positions = np.repeat(starts, lengths) + offsets
        products = self._generation.vectors.products(query.vector, positions)
        kinds = self._unit_kind[positions]
        table = np.zeros((len(KINDS), chosen.size), dtype=np.float32)
        np.maximum.at(table.reshape(-1), kinds * chosen.size + local, products)
        features: dict[str, Floats] = {_FEATURE_OF_KIND[kind]: best for kind, best in zip(KINDS, table, strict=True)}
        asked = kinds == KINDS.index(UnitKind.PHRASING)
        features["centroid"] = self._centroid(chosen, local[asked], products[asked])
        return features, self._best(chosen.size, local, products, positions)

    def _centroid(self, chosen: Positions, local: Positions, products: Floats) -> Floats:
        """Cosine to the centre of an entry's phrasings, from the phrasings' own products."""
        sums = np.bincount(local, products, minlength=chosen.size)
        counts = np.maximum(np.bincount(local, minlength=chosen.size), 1)
        centroid: Floats = np.clip(sums / counts / self._norms[chosen], 0.0, 1.0).astype(np.float32)
        return centroid

    def _best(self, size: int, local: Positions, products: Floats, positions: Positions) -> Positions:
        short = np.flatnonzero(self._is_short[positions])
        order = short[np.argsort(products[short], kind="stable")]
        best = np.full(size, -1, dtype=np.int64)
        best[local[order]] = positions[order]  # the last assignment, so the highest product, stays
        return best

    def _similarity(self, chosen: Positions, features: dict[str, Floats]) -> Floats:
        """The weighted mean of each target's features, by its kind."""
        by_kind = []
        for kind in (HitKind.ENTRY, HitKind.PASSAGE):
            weights = WEIGHTS[kind]
            total = sum(weight * features[name] for name, weight in weights.items())
            by_kind.append(total / sum(weights.values()))
        combined: Floats = np.where(self._is_entry[chosen], by_kind[0], by_kind[1]).astype(np.float32)
        return combined

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
