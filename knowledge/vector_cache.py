"""Vectors that have been computed before, in the database: a text is embedded once per model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from knowledge.protocols import Matrix
from knowledge.tables import VectorRow

CHUNK = 500
"""Keys per statement: SQLite allows some thousand bound values, PostgreSQL 65,535."""


def text_key(text: str) -> str:
    """The cache key of a text under any model."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def forget_texts(session: Session, texts: Iterable[str], ending: str) -> None:
    """Drop the vectors of these texts under every model whose name ends like this."""
    for chunk in _chunks(sorted({text_key(text) for text in texts})):
        theirs = VectorRow.model.endswith(ending, autoescape=True), VectorRow.text_hash.in_(chunk)
        session.execute(delete(VectorRow).where(*theirs))


class VectorCache:
    """The cache of one model's vectors. Every call works in the caller's session."""

    def __init__(self, model: str) -> None:
        self._model = model

    def get(self, session: Session, keys: Iterable[str]) -> dict[str, Matrix]:
        """The vectors there are for these keys, each of shape (dimension,)."""
        found: dict[str, Matrix] = {}
        for chunk in _chunks(sorted(set(keys))):
            rows = session.execute(
                select(VectorRow.text_hash, VectorRow.vector).where(
                    VectorRow.model == self._model, VectorRow.text_hash.in_(chunk)
                )
            )
            found.update((key, np.frombuffer(raw, dtype="<f4")) for key, raw in rows if len(raw) % 4 == 0)
        return found

    def known(self, session: Session, keys: Iterable[str]) -> frozenset[str]:
        """Which of these keys there are vectors for, without reading them."""
        found: set[str] = set()
        for chunk in _chunks(sorted(set(keys))):
            wanted = VectorRow.model == self._model, VectorRow.text_hash.in_(chunk)
            found.update(session.scalars(select(VectorRow.text_hash).where(*wanted)))
        return frozenset(found)

    def put(self, session: Session, vectors: Mapping[str, Matrix]) -> None:
        """Keep the vectors; whatever stood under the same keys is replaced."""
        statement = _replacing(session.get_bind().dialect.name == "sqlite")
        for chunk in _chunks(sorted(vectors)):  # sorted: two who keep the same must not wait for each other
            rows = [
                {"model": self._model, "text_hash": key, "vector": vectors[key].astype("<f4").tobytes()}
                for key in chunk
            ]
            session.execute(statement, rows)

    def stale(self, session: Session, keys: Iterable[str]) -> tuple[str, ...]:
        """The keys of this model's vectors that are not among ``keys``, sorted."""
        stored = session.scalars(select(VectorRow.text_hash).where(VectorRow.model == self._model))
        return tuple(sorted(set(stored).difference(keys)))

    def forget(self, session: Session, keys: Sequence[str]) -> None:
        """Remove the vectors of these keys; unknown keys are ignored."""
        for chunk in _chunks(keys):
            self._forget(session, chunk)

    def _forget(self, session: Session, keys: Sequence[str]) -> None:
        session.execute(delete(VectorRow).where(VectorRow.model == self._model, VectorRow.text_hash.in_(keys)))


@cache
def _replacing(is_sqlite: bool) -> Any:  # noqa: ANN401 - executable, of one dialect or the other
    """Two who embed the same texts at once keep them one after the other."""
    from sqlalchemy.dialects import postgresql, sqlite  # a twentieth of a second that no question needs

    table = VectorRow.metadata.tables[VectorRow.__tablename__]
    insert: Any = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return insert.on_conflict_do_update(
        index_elements=("model", "text_hash"), set_={"vector": insert.excluded.vector}
    )


def _chunks(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
