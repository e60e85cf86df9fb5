"""What every Encoder guarantees; and that the exported model is the one it was made from."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from support_model import exported_encoder, least_cosine

from knowledge.bulk_encoding import HALF_COSINE, Bulk, Plan
from knowledge.model_encoder import ModelEncoder
from knowledge.model_files import ModelFiles
from knowledge.onnx_export import LEAST_COSINE, PROBES
from knowledge.protocols import Encoder
from knowledge.sentence_encoder import HalfPrecision, SentenceEncoder
from knowledge.testing import HashingEncoder

TEXTS = ["Where are my MQLs?", "where are my mqls", "The venue has parking for forty cars.", "", "x" * 5000]


MODEL = [pytest.mark.model, pytest.mark.timeout(600)]
REAL = [pytest.param(name, marks=MODEL) for name in ("sentence", "onnx")]


@cache
def sentence() -> SentenceEncoder:
    """With torch: the tests that need it stand in this file, since loading it takes seconds of each process."""
    return SentenceEncoder()


@cache
def exported() -> ModelEncoder:
    return exported_encoder()


@pytest.fixture(scope="module", params=["hashing", *REAL])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    match request.param:
        case "sentence":
            return sentence()
        case "onnx":
            return exported()
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


@pytest.mark.model
@pytest.mark.timeout(600)
def test_the_exported_model_agrees_with_sentence_transformers_and_has_its_name() -> None:
    assert exported().is_exported
    assert exported().name == sentence().name
    assert least_cosine(exported().encode(PROBES), sentence().encode(PROBES)) >= LEAST_COSINE


@pytest.mark.model
@pytest.mark.timeout(600)
def test_word_pieces_are_the_same_from_both() -> None:
    expected = sentence().encode_tokens(PROBES)[1]
    for positions, _, codes in exported().encode_tokens_all(PROBES):
        for position, ours in zip(positions, codes, strict=True):
            theirs = expected[position]
            assert ours.shape == theirs.shape
            assert int(np.abs(ours.astype(int) - theirs).max(initial=0)) <= 1


@pytest.mark.model
@pytest.mark.timeout(600)
def test_bf16_vectors_stay_close_to_fp32() -> None:
    texts = PROBES[:9]
    half = HalfPrecision(ModelFiles.of(), threads=1)
    assert least_cosine(half.encode(texts), exported().encode(texts)) >= 0.999


@pytest.mark.model
@pytest.mark.timeout(600)
def test_many_texts_begin_in_fp32_and_get_the_same_vectors_once_bf16_is_there() -> None:
    file = exported().exported_file
    assert file is not None
    bulk = Bulk(Plan(ModelFiles.of(), file, workers=2, sample=tuple(PROBES[:4])))
    first, expected = bulk((False, PROBES))[0], exported().encode(PROBES)
    assert least_cosine(first, expected) >= LEAST_COSINE
    until = time.monotonic() + 60
    while bulk.is_waiting and time.monotonic() < until:
        vectors, codes = bulk((True, PROBES))
        assert least_cosine(vectors, expected) >= HALF_COSINE
        assert len(codes) == len(PROBES)
    assert not bulk.is_waiting
