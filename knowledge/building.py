"""A generation from what is known: units, vectors, words, a head and a calibration of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from knowledge.calibration import default_calibration
from knowledge.domain import HitKind
from knowledge.embedding import Embedding, Progress
from knowledge.fitting import fitted
from knowledge.generation import Generation, Origin
from knowledge.glossary import NO_GLOSSARY, Glossary
from knowledge.head import Head, Learned, trained_head
from knowledge.lexical_index import LexicalIndex
from knowledge.lexical_texts import lexical_texts
from knowledge.prints import Prints
from knowledge.protocols import Matrix
from knowledge.reading import Readings
from knowledge.targets import Target
from knowledge.token_embedding import TokenEmbedding
from knowledge.token_index import TokenIndex
from knowledge.units import Sections, Spans, Unit, UnitKind, sections_of, units_of
from knowledge.vector_index import VectorIndex

TRIAL = "trial"
"""The name of generations that are thrown away."""

ALREADY_SEEN = 0.4
"""The part of a window that the section's window before it holds too (they overlap by about half)."""


def build_generation(
    generation_id: str,
    origin: Origin,
    targets: tuple[Target, ...],
    embedding: Embedding,
    progress: Progress | None = None,
    token_embedding: TokenEmbedding | None = None,
    glossary: Glossary = NO_GLOSSARY,
) -> Generation:
    """Build everything in memory. Encodes only texts the cache does not know, and drops from it what is gone."""
    sections = sections_of(targets)
    units = units_of(targets, sections)
    embedded = [unit.text for unit in units]
    tokens = _tokens(units, len(targets), token_embedding, progress)  # first: it leaves the windows' vectors behind
    vectors = embedding.vectors(embedded, progress)
    embedding.forget_all_but(embedded)
    if token_embedding is not None:
        token_embedding.forget_all_but([window.text for window in _windows(units)])
    generation = assembled(generation_id, origin, targets, units, vectors, glossary)
    generation = replace(_readable(generation, sections), tokens=tokens)
    by_text = dict(zip(embedded, vectors, strict=True))

    def without(kept: tuple[Target, ...]) -> Generation:
        left = units_of(kept)
        rows = np.stack([by_text[unit.text] for unit in left])
        return assembled(TRIAL, origin, kept, left, rows, glossary, Learned.like(generation.head))

    return replace(generation, calibration=fitted(generation, without, by_text))


def build_trial(
    like: Generation, targets: tuple[Target, ...], embedding: Embedding, token_embedding: TokenEmbedding | None
) -> Generation:
    """What ``build_generation`` would make of other targets, to be tried and thrown away.

    Judged by ``like``'s calibration, so that only the content differs. The cache keeps new texts and all others.
    """
    sections = sections_of(targets)
    units = units_of(targets, sections)
    tokens = _tokens(units, len(targets), token_embedding, None)
    vectors = embedding.vectors([unit.text for unit in units])
    generation = assembled(TRIAL, like.origin, targets, units, vectors, like.glossary)
    return replace(_readable(generation, sections), tokens=tokens, calibration=like.calibration)


def assembled(
    generation_id: str,
    origin: Origin,
    targets: tuple[Target, ...],
    units: tuple[Unit, ...],
    vectors: Matrix,
    glossary: Glossary = NO_GLOSSARY,
    learned: Learned | None = None,
) -> Generation:
    """A generation of units whose vectors are known, the shipped calibration, no word pieces, nothing to show.

    ``learned``: what its head learns from, where that is not for the number of phrasings to say.
    """
    texts = list(lexical_texts(targets))
    head = _head(targets, units, vectors, learned)
    return Generation(
        id=generation_id,
        origin=origin,
        targets=targets,
        units=Spans.of(unit.span for unit in units),
        vectors=VectorIndex.build(vectors),
        texts=tuple(text for text, _ in texts),
        lexical=LexicalIndex.build([words for _, words in texts], glossary.index_terms),
        calibration=default_calibration(with_head=head is not None),
        readings=Readings(()),
        prints=Prints.build(()),
        head=head,
        glossary=glossary,
    )


def _readable(generation: Generation, sections: Sections) -> Generation:
    """With what showing its targets takes, besides finding them."""
    readings = Readings.build(sections, generation.glossary.index_terms)
    return replace(generation, readings=readings, prints=Prints.build(target.text for target in generation.targets))


def _tokens(
    units: tuple[Unit, ...], targets: int, embedding: TokenEmbedding | None, progress: Progress | None
) -> TokenIndex | None:
    if embedding is None:
        return None
    windows = _windows(units)
    codes = embedding.codes([window.text for window in windows], progress)
    owners = [window.span.target for window in windows]
    fresh = [
        pieces[int(ALREADY_SEEN * len(pieces)) :] if place and owners[place - 1] == owner else pieces
        for place, (owner, pieces) in enumerate(zip(owners, codes, strict=True))
    ]
    return TokenIndex.build(owners, fresh, targets)


def _windows(units: tuple[Unit, ...]) -> list[Unit]:
    return [unit for unit in units if unit.span.kind is UnitKind.WINDOW]


def _head(
    targets: tuple[Target, ...], units: tuple[Unit, ...], vectors: Matrix, learned: Learned | None
) -> Head | None:
    """Entries come first among the targets, so an entry's position is its label."""
    entries = sum(target.kind is HitKind.ENTRY for target in targets)
    asked = [place for place, unit in enumerate(units) if unit.span.kind is UnitKind.PHRASING]
    if not asked:
        return None
    labels = np.array([units[place].span.target for place in asked], dtype=np.int64)
    return trained_head(vectors[asked], [units[place].text for place in asked], labels, entries, learned)
