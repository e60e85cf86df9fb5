"""What comes back in a button's value is believed only when it is the id of a row."""

from __future__ import annotations

import pytest

from bot.slack.message import clip, row_id


@pytest.mark.parametrize(("text", "found"), [("1", 1), ("007", 7), ("999999999", 999_999_999)])
def test_the_id_of_a_row_is_read(text: str, found: int) -> None:
    assert row_id(text) == found


@pytest.mark.parametrize("text", ["", "-1", "1.0", "²", "١", "1 ", "home", "9" * 30])
def test_what_is_no_id_of_ours_is_never_looked_up(text: str) -> None:
    assert row_id(text) == -1


def test_a_text_is_never_cut_inside_an_address() -> None:
    assert clip("The page https://go.example.com/lp-summit?utm_source=linkedin", 40) == "The page…"
