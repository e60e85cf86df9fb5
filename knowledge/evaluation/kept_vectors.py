"""Vectors carried from one measurement of the same content to the next, so that the second one is quick."""

from __future__ import annotations

from itertools import islice

from sqlalchemy import insert, select, tuple_

from knowledge.protocols import Transactions
from knowledge.tables import Base, VectorRow

CHUNK = 400
"""Vectors per statement; SQLite allows some thousand bound values, and each key has two."""


def make_vector_table(database: Transactions) -> None:
    """Make the vector cache's table, and no other, in a database that may lack it."""
    with database.write() as session:
        Base.metadata.create_all(session.connection(), tables=[Base.metadata.tables[VectorRow.__tablename__]])


def copy_vectors(source: Transactions, target: Transactions) -> None:
    """Give ``target`` every cached vector of ``source`` that it lacks, of whatever model and sort."""
    key = tuple_(VectorRow.model, VectorRow.text_hash)
    missing = iter(sorted(_keys(source) - _keys(target)))
    while chunk := list(islice(missing, CHUNK)):
        with source.read() as session:
            rows = session.execute(
                select(VectorRow.model, VectorRow.text_hash, VectorRow.vector).where(key.in_(chunk))
            )
            found = [row._asdict() for row in rows]
        with target.write() as session:
            session.execute(insert(VectorRow), found)


def _keys(database: Transactions) -> set[tuple[str, str]]:
    with database.read() as session:
        return {
            (model, text_hash) for model, text_hash in session.execute(select(VectorRow.model, VectorRow.text_hash))
        }
