from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.head import Head, trained_head
from knowledge.protocols import Matrix
from knowledge.softmax import softmax
from knowledge.testing import HashingEncoder
from knowledge.word_head import DIMENSIONS, WordHead, trained_word_head

ASKED = {
    0: (
        "where are my mqls",
        "mql report is empty",
        "my campaign shows no mqls",
        "mqls missing",
        "mql dashboard blank",
    ),
    1: ("utm for newsletters", "which utm medium", "name utm campaign", "utm source for email", "utm content rules"),
    2: ("webinar lead time", "when to open a webinar", "webinar request deadline", "webinar setup", "plan a webinar"),
}
LABELS = np.array([entry for entry, asked in ASKED.items() for _ in asked], dtype=np.int64)


TEXTS = [text for asked in ASKED.values() for text in asked]
MANY = [f"{text} {more}" for text in TEXTS for more in ("please", "today")]


def vectors(texts: list[str] = TEXTS) -> Matrix:
    return HashingEncoder().encode(texts)


def learned() -> Head:
    """A head with words: ten phrasings per entry."""
    head = trained_head(vectors(MANY), MANY, np.repeat(LABELS, 2), 3)
    assert head is not None
    return head


def test_a_new_way_of_asking_finds_its_entry() -> None:
    head = trained_head(vectors(), TEXTS, LABELS, 3)
    assert head is not None
    new = ["the mql dashboard is empty", "utm medium for email", "webinar deadline"]
    found = [int(head.logits(vector, text).argmax()) for vector, text in zip(vectors(new), new, strict=True)]
    assert found == [0, 1, 2]


def test_the_same_phrasings_give_the_same_head() -> None:
    first, second = (trained_head(vectors(), TEXTS, LABELS, 3) for _ in range(2))
    assert first is not None
    assert second is not None
    assert np.array_equal(first.weights, second.weights)


def test_few_phrasings_and_single_entries_teach_nothing() -> None:
    assert trained_head(vectors()[:6], TEXTS[:6], np.arange(6, dtype=np.int64), 6) is None
    assert trained_head(vectors(), TEXTS, np.zeros(15, dtype=np.int64), 1) is None


def test_a_saved_head_is_the_same(tmp_path: Path) -> None:
    head = learned()
    head.save(tmp_path)
    vector, text = vectors(["mql"])[0], "mql"
    assert np.array_equal(Head.load(tmp_path).logits(vector, text), head.logits(vector, text))


def test_few_phrasings_per_entry_teach_vectors_and_no_words(tmp_path: Path) -> None:
    head = trained_head(vectors(), TEXTS, LABELS, 3)
    assert head is not None
    assert head.words is None
    head.save(tmp_path)
    assert Head.load(tmp_path).words is None


def words() -> WordHead:
    found = learned().words
    assert found is not None
    return found


def test_names_that_no_vector_knows_decide_by_their_letters() -> None:
    texts = [f"{name} {text}" for name in ("zzqx-17", "kkvw-42") for text in MANY[:10]]
    head = trained_word_head(texts, np.repeat(np.arange(2), 10), 2)
    assert head is not None
    assert head.logits("what about kkvw 42?").argmax() == 1
    assert head.logits("what about zzqx17?").argmax() == 0


def test_a_text_without_words_leans_nowhere() -> None:
    assert not words().logits("").any()
    assert not words().logits("👍 ?!").any()


def test_words_are_learned_in_the_same_way_every_time() -> None:
    assert np.array_equal(words().weights, words().weights)
    assert words().weights.shape == (DIMENSIONS, 3)


def test_chances_add_up_to_one() -> None:
    assert softmax(np.array([1000.0, 0.0, -1000.0], dtype=np.float32)).tolist() == [1.0, 0.0, 0.0]
