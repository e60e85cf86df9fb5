"""Which texts may be the same is told from rough prints, and no pair that is alike is missed."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest

from knowledge.prints import ALIKE, Prints, runs_of


def text(seed: int, changed: float = 0.0, words: int = 60) -> str:
    """Made-up words; another text of the same seed with this share of them changed."""
    said = [f"word{random.Random(seed * 1000 + place).randrange(200)}" for place in range(words)]
    lottery = random.Random(changed)
    return " ".join(f"other{place}" if lottery.random() < changed else word for place, word in enumerate(said))


TEXTS = [text(seed, changed, words) for seed in range(12) for changed in (0, 0.02, 0.05) for words in (40, 90, 400)]


def alike(one: str, other: str) -> bool:
    left, right = runs_of(one), runs_of(other)
    return len(left & right) >= ALIKE * len(left | right)


def test_no_texts_that_are_alike_are_missed_and_few_others_are_named() -> None:
    pairs = set(combinations(range(len(TEXTS)), 2))
    right = {(one, other) for one, other in pairs if alike(TEXTS[one], TEXTS[other])}
    near = Prints.build(TEXTS).near(range(len(TEXTS)))
    assert right <= near
    assert len(near - right) < len(pairs) / 100
    assert right


def test_pairs_come_in_the_order_given() -> None:
    prints = Prints.build(["unlike anything else here", "the very same few words", "the very same few words"])
    assert prints.near([2, 0, 1]) == {(2, 1)}


@pytest.mark.parametrize("short", ["", "one", "one two", "one two three"])
def test_short_texts_are_like_themselves(short: str) -> None:
    assert Prints.build([short, short, "another text altogether"]).near([0, 1, 2]) == {(0, 1)}


def test_prints_survive_their_file(tmp_path: Path) -> None:
    Prints.build(TEXTS).save(tmp_path / "prints.npz")
    loaded = Prints.load(tmp_path / "prints.npz")
    assert len(loaded) == len(TEXTS)
    assert loaded.near(range(20)) == Prints.build(TEXTS).near(range(20))
