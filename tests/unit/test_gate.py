from __future__ import annotations

import time

import pytest

from knowledge.gate import Speech, reports_trouble, speech_of


@pytest.mark.parametrize(
    "text",
    [
        "where are my MQLs?",
        "hey team 👋 who do I ask for a Marketo seat",
        "utm for newsletters",
        "Heads up, our booth lead list is messy. What do I have to file?",
        "my landing page keeps redirecting somewhere else 😩",
        "need a new value in the source dropdown",
        "@here does anyone know the webinar lead time?",
        "thanks! and how do I import the list?",
    ],
)
def test_questions_are_questions(text: str) -> None:
    assert speech_of(text) is Speech.QUESTION


@pytest.mark.parametrize(
    "text", ["hi", "Hello team!", "thanks a lot 🙏", "ok cool", "👍", ":tada:", "got it, will do", ""]
)
def test_greetings_thanks_and_emoji_are_small_talk(text: str) -> None:
    assert speech_of(text) is Speech.SMALL_TALK


@pytest.mark.parametrize(
    ("text", "speech"),
    [
        ("@jonas can you look at my list?", Speech.DIRECTED),
        ("<@U02ABC> did the venue call back?", Speech.DIRECTED),
        ("Priya, could you swap shifts with me?", Speech.DIRECTED),
        ("never mind, found it in the wiki", Speech.RESOLVED),
        ("solved! I was in the sandbox", Speech.RESOLVED),
        ("Reminder: the calendar sync moves to Wednesday.", Speech.STATEMENT),
        ("The new template is live since this morning.", Speech.STATEMENT),
        ("is it just me or is this week endless?", Speech.STATEMENT),
        ("[jira] OPS-12 moved to Done", Speech.STATEMENT),
        ("Slides from today: https://example.com/a?b=c", Speech.STATEMENT),
    ],
)
def test_what_asks_nothing_of_the_desk_is_not_a_question(text: str, speech: Speech) -> None:
    assert speech_of(text) is speech


@pytest.mark.parametrize("text", ["?", "a ", "ok ", "hi, ", "no", "who named ", "is it ", "! ", "!", " -"])
def test_odd_input_is_judged_quickly(text: str) -> None:
    started = time.process_time()
    assert speech_of((text * 40_000)[:39_999] + "x") in Speech  # as much as Slack takes
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("text", "reports"),
    [
        ("landing page is down!!!", True),
        ("the whole form is broken again", True),
        ("emails are not sending", True),
        ("registration page gives a 500 error", True),
        ("what do I do when a landing page is down?", False),
        ("how to report that something is broken", False),
        ("where do I see how many leads are down the funnel", False),
        ("I need a landing page", False),
    ],
)
def test_a_report_of_trouble_is_told_from_a_question(text: str, reports: bool) -> None:
    assert reports_trouble(text) is reports
