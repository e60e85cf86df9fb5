"""Several questions in one message."""

from __future__ import annotations

import time

import pytest

from bot.several_questions import separate_questions


def test_questions_that_have_nothing_to_do_with_each_other_are_told_apart() -> None:
    asked = "hi, where are my MQLs?\n- which utm_medium do I use for ads? And how long does an email take? thanks"
    assert separate_questions(asked) == (
        "where are my MQLs?",
        "which utm_medium do I use for ads?",
        "how long does an email take?",
    )


@pytest.mark.parametrize(
    "text",
    [
        "where are my MQLs?",
        "can you help me? where are my MQLs?",
        "where are my MQLs? did the sync fail?",
        "where do I find the brand assets? who owns the brand assets?",
        "where do I build a UTM link? how long does it take?",
        "why is my form broken?? what now?",
        "we launch on Monday. where are my MQLs? which budget code do I use?",
        "where are my MQLs? I can't see them in https://example.com/list?campaign=7",
    ],
)
def test_one_question_and_what_belongs_to_it_stay_together(text: str) -> None:
    assert separate_questions(text) == ()


@pytest.mark.parametrize("text", ["hi ", "where are my MQLs? ", "- ", "?"])
def test_a_very_long_message_is_judged_quickly(text: str) -> None:
    started = time.process_time()
    separate_questions((text * 40_000)[:40_000])
    separate_questions((text * 400)[:400])
    assert time.process_time() - started < 1
