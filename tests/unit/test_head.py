from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.head import Head, softmax, trained_head
from knowledge.protocols import Matrix
from knowledge.testing import HashingEncoder

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


def vectors() -> Matrix:
    return HashingEncoder().encode([text for asked in ASKED.values() for text in asked])


def test_a_new_way_of_asking_finds_its_entry() -> None:
    head = trained_head(vectors(), LABELS, 3)
    assert head is not None
    new = HashingEncoder().encode(["the mql dashboard is empty", "utm medium for email", "webinar deadline"])
    assert [int(head.logits(vector).argmax()) for vector in new] == [0, 1, 2]


def test_the_same_phrasings_give_the_same_head() -> None:
    first, second = (trained_head(vectors(), LABELS, 3) for _ in range(2))
    assert first is not None
    assert second is not None
    assert np.array_equal(first.weights, second.weights)


def test_few_phrasings_and_single_entries_teach_nothing() -> None:
    assert trained_head(vectors()[:6], np.arange(6, dtype=np.int64), 6) is None
    assert trained_head(vectors(), np.zeros(15, dtype=np.int64), 1) is None


def test_a_saved_head_is_the_same(tmp_path: Path) -> None:
    head = trained_head(vectors(), LABELS, 3)
    assert head is not None
    head.save(tmp_path / "head.npy")
    assert np.array_equal(Head.load(tmp_path / "head.npy").weights, head.weights)


def test_chances_add_up_to_one() -> None:
    assert softmax(np.array([1000.0, 0.0, -1000.0], dtype=np.float32)).tolist() == [1.0, 0.0, 0.0]
