"""Meaning by the model, once it is there; nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from support_model import exported_encoder

from bot.clock import now_utc
from bot.meaning import TRIED_AGAIN_AFTER, EncoderSimilarity
from escalation.likeness import best_match
from escalation.testing import TableSimilarity
from escalation.word_similarity import WordSimilarity
from knowledge.errors import ModelUnavailable
from knowledge.protocols import Matrix
from knowledge.testing import HashingEncoder

SAME = [
    ("can you move our Pardot forms to HubSpot?", "our forms in Pardot should go to HubSpot, who can do that?"),
    ("Can you import the attendee list of the Berlin event?", "please upload the Berlin event attendees to the CRM"),
    ("the price list on our website is broken, can you fix it?", "price list page on the website shows an error"),
    ("Dashboard for webinar pipeline is empty since Monday", "webinar pipeline dashboard shows no data"),
    ("we need to merge duplicate accounts for Siemens", "Siemens is twice in the CRM, please merge"),
]
OTHER = [
    (
        "Can you import the attendee list of the Berlin event?",
        "Can you import the attendee list of the Munich event?",
    ),
    ("can you move our Pardot forms to HubSpot?", "which fields do our Pardot forms have?"),
    ("need a LinkedIn campaign set up in Marketo for Q2", "need a LinkedIn campaign set up in Marketo for Q3"),
    ("the demo form on the pricing page does not submit", "the newsletter form on the blog does not submit"),
]


class Slow(HashingEncoder):
    """A model that takes its time to load."""

    def __init__(self) -> None:
        super().__init__()
        self.may_load = threading.Event()
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.may_load.wait(5)
        self.seen += texts
        return super().encode(texts)


def test_words_are_compared_while_the_model_is_loading() -> None:
    encoder, until_then = Slow(), TableSimilarity({"forms": 0.25})
    similarity = EncoderSimilarity(encoder, now_utc, until_then)
    assert similarity.scores("pages", ["forms"]) == [0.25]
    assert not similarity.is_ready
    encoder.may_load.set()
    for _ in range(500):
        if similarity.is_ready:
            break
        threading.Event().wait(0.01)
    assert similarity.scores("pages", ["forms"]) != [0.25]


def test_a_text_is_encoded_once() -> None:
    encoder = Slow()
    encoder.may_load.set()
    similarity = EncoderSimilarity(encoder, now_utc)
    similarity.warm_up()
    for _ in range(3):
        similarity.scores("one", ["two", "three", "two"])
    assert sorted(encoder.seen) == ["one", "three", "two", "warm up"]


def test_a_model_that_does_not_load_is_tried_again_after_a_while() -> None:
    class Missing(HashingEncoder):
        tried = threading.Semaphore(0)

        def encode(self, texts: Sequence[str]) -> Matrix:
            self.tried.release()
            raise ModelUnavailable("There is no model.")

    now = datetime(2026, 11, 22, tzinfo=UTC)
    encoder = Missing()
    similarity = EncoderSimilarity(encoder, lambda: now, WordSimilarity())
    similarity.warm_up()
    assert encoder.tried.acquire(timeout=5)
    similarity.scores("a form", ["a form"])
    assert not encoder.tried.acquire(timeout=0.1)
    now += TRIED_AGAIN_AFTER + timedelta(seconds=1)
    assert similarity.scores("a form", ["a form"]) == [pytest.approx(1.0)]
    assert encoder.tried.acquire(timeout=5)


@pytest.mark.model
@pytest.mark.timeout(600)
def test_paraphrases_are_the_same_request_and_look_alikes_are_not() -> None:
    similarity = EncoderSimilarity(exported_encoder(), now_utc)
    similarity.warm_up()
    assert [best_match(one, [other], similarity) for one, other in SAME] == [0] * len(SAME)
    assert [best_match(one, [other], similarity) for one, other in OTHER] == [None] * len(OTHER)
