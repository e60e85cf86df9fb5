"""What every Encoder guarantees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support_model import exported_encoder

from knowledge.protocols import Encoder
from knowledge.sentence_encoder import SentenceEncoder
from knowledge.testing import HashingEncoder

TEXTS = ["Where are my MQLs?", "where are my mqls", "The venue has parking for forty cars.", "", "x" * 5000]


REAL = [pytest.param(name, marks=[pytest.mark.model, pytest.mark.timeout(600)]) for name in ("sentence", "onnx")]


@pytest.fixture(scope="module", params=["hashing", *REAL])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    match request.param:
        case "sentence":
            return SentenceEncoder()
        case "onnx":
            return exported_encoder()
        case _:
            return HashingEncoder()


def test_vectors_are_unit_length_float32_rows(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_order_and_company_do_not_change_a_vector(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.vstack([encoder.encode([text]) for text in reversed(TEXTS)])[::-1]
    assert np.allclose(together, alone, atol=1e-4)


def test_similar_words_are_closer_than_other_words(encoder: Encoder) -> None:
    first, same, other = encoder.encode(TEXTS[:3])
    assert first @ same > 0.8
    assert first @ other < 0.4


def test_threads_share_an_encoder(encoder: Encoder) -> None:
    expected = encoder.encode(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: encoder.encode(TEXTS), range(8)):
            assert np.allclose(vectors, expected, atol=1e-4)


def test_the_name_tells_encoders_apart(encoder: Encoder) -> None:
    assert encoder.name
    assert encoder.name != HashingEncoder("hashing@2").name
