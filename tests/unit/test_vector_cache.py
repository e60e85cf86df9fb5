from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support_database import database_with

from bot.database import Database
from knowledge.embedding import Embedding
from knowledge.tables import Base
from knowledge.testing import HashingEncoder
from knowledge.vector_cache import CHUNK, VectorCache, text_key


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return database_with(tmp_path / "d.sqlite3", Base.metadata)


def test_what_was_put_is_got_again_per_model(database: Database) -> None:
    vectors = {text_key(str(number)): np.full(4, number, dtype=np.float32) for number in range(CHUNK + 3)}
    with database.write() as session:
        VectorCache("a").put(session, vectors)
        VectorCache("a").put(session, vectors)
    with database.read() as session:
        found = VectorCache("a").get(session, [*vectors, "unknown"])
        assert VectorCache("b").get(session, vectors) == {}
    assert found.keys() == vectors.keys()
    assert all(np.array_equal(found[key], vectors[key]) for key in vectors)


def test_a_text_is_encoded_once(database: Database) -> None:
    encoder = HashingEncoder()
    embedding = Embedding(encoder, database)
    first = embedding.vectors(["b", "a", "b"])
    again = embedding.vectors(["b", "a", "b"])
    assert encoder.encoded == 2
    assert np.array_equal(first, again)
    assert np.array_equal(first, HashingEncoder().encode(["b", "a", "b"]))


def test_a_cut_vector_is_computed_anew(database: Database) -> None:
    with database.write() as session:
        VectorCache("hashing@1").put(session, {text_key("a"): np.ones(3, dtype=np.float32)})
    vectors = Embedding(HashingEncoder(), database).vectors(["a", "b"])
    assert np.array_equal(vectors, HashingEncoder().encode(["a", "b"]))


def test_progress_ends_at_all(database: Database) -> None:
    seen: list[tuple[int, int]] = []
    Embedding(HashingEncoder(), database).vectors(["a", "b"], lambda done, of: seen.append((done, of)))
    assert seen == [(0, 2), (2, 2)]


def test_vectors_of_texts_that_are_gone_can_be_forgotten(database: Database) -> None:
    embedding = Embedding(HashingEncoder(), database)
    embedding.vectors(["a", "b"])
    embedding.forget_all_but(["a"])
    with database.read() as session:
        assert VectorCache("hashing@1").get(session, [text_key("a"), text_key("b")]).keys() == {text_key("a")}
