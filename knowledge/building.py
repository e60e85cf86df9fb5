"""A generation from what is known: units, vectors, words and a calibration of their own."""

from __future__ import annotations

from knowledge.calibration import DEFAULT
from knowledge.embedding import Embedding, Progress
from knowledge.generation import Generation, Origin
from knowledge.lexical_index import LexicalIndex
from knowledge.lexical_texts import lexical_texts
from knowledge.targets import Target
from knowledge.units import units_of
from knowledge.vector_index import VectorIndex


def build_generation(
    generation_id: str,
    origin: Origin,
    targets: tuple[Target, ...],
    embedding: Embedding,
    progress: Progress | None = None,
) -> Generation:
    """Build everything in memory. Encodes only texts the cache does not know, and drops from it what is gone."""
    units = units_of(targets)
    embedded = [unit.text for unit in units]
    vectors = embedding.vectors(embedded, progress)
    embedding.forget_all_but(embedded)
    texts = list(lexical_texts(targets))
    return Generation(
        id=generation_id,
        origin=origin,
        targets=targets,
        units=tuple(unit.span for unit in units),
        vectors=VectorIndex(vectors),
        texts=tuple(text for text, _ in texts),
        lexical=LexicalIndex.build([words for _, words in texts]),
        calibration=DEFAULT,
    )
