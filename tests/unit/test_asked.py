from __future__ import annotations

import random
import time

import pytest
from support_knowledge import ask

from knowledge.asked import LONG, Asked, asked_in
from knowledge.query import query_of
from knowledge.testing import HashingEncoder

PROSE = (
    "The offsite was lovely and half of the team missed the flight back because of the fog.",
    "We are moving desks on Thursday, so the plants go into the grey boxes.",
    "Tomas sent three colour palettes and everybody likes the second one.",
    "The heating in the west wing is being repaired until the end of the month.",
    "It rained through the whole team photo and it still looks great.",
    "The budget talks took four hours and ended with pizza.",
    "Somebody left a blue umbrella in the large meeting room.",
    "The partner dinner was moved to the restaurant by the river.",
)
QUESTIONS = (
    "How long before a webinar should I open a request?",
    "which utm_medium do I use for a sponsored newsletter",
    "Can you import my badge scan list into the CRM?",
    "My form says INVALID_EMAIL_ADDRESS, what does that mean?",
)


def story(seed: int, characters: int) -> list[str]:
    chosen = random.Random(seed)
    found: list[str] = []
    while sum(map(len, found)) < characters:
        found.append(chosen.choice(PROSE))
    return found


@pytest.mark.parametrize("characters", [400, 1000, 4000])
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_question_is_found_wherever_it_stands_in_a_long_message(question: str, characters: int) -> None:
    parts = story(characters, characters)
    for place in (0, len(parts) // 2, len(parts)):
        text = "\n".join([*parts[:place], question, "", *parts[place:]] if place else [question, "", *parts])
        assert asked_in(f"Hi team! {text}") == Asked(question, reduced=True)


@pytest.mark.parametrize("text", [*QUESTIONS, "Short story. It has two parts. Where is the list?", "x" * LONG])
def test_short_messages_stay_as_they_are(text: str) -> None:
    assert asked_in(text) == Asked(text)


FOOTER = (
    "\n\nThanks a lot!\n\nBest regards,\nPetra Berg\nSenior Manager | Where to find us: Kungsgatan 1\n"
    + "Phone 1\n" * 3
)
THREAD = "\n\nOn Tue, 3 Nov 2026 at 10:12, Jo <jo@example.com> wrote:\n> What time is dinner?\n> " + "\n> ".join(
    PROSE
)
FORWARD = "\n\n-----Original Message-----\nFrom: Ana\nSent: Monday\nSubject: Dinner\n\nIs it booked? " + " ".join(
    PROSE
)
CODE = "\n```\nwhy = 'is this here?'\n" + "x = 1\n" * 80 + "```\n"


@pytest.mark.parametrize("around", [THREAD, FORWARD, CODE, CODE + FOOTER])
def test_mail_threads_signatures_and_code_are_not_what_is_asked(around: str) -> None:
    assert asked_in(f"Hello,\n\n{QUESTIONS[0]}{around}").text == QUESTIONS[0]


def test_a_signature_below_a_long_story_is_not_asked() -> None:
    text = "Hi,\n\n" + " ".join(story(5, 900)) + f"\n\n{QUESTIONS[1]}{FOOTER}"
    assert asked_in(text, lambda sentence: float("utm" in sentence)).text == QUESTIONS[1]


def test_an_answer_above_its_own_mail_head_is_not_lost() -> None:
    text = "From: Ana Silva\nTo: MOPS\nSubject: List\n\n" + " ".join(story(6, 500)) + "\n\nWhere does the list go?"
    assert asked_in(text).text == "Where does the list go?"


def test_a_question_that_points_back_keeps_what_it_points_at() -> None:
    text = " ".join(story(7, 600)) + " My badge scan list lacks the country. What do I do with it?"
    found = asked_in(text)
    assert found.text == "What do I do with it?"
    assert found.context == "My badge scan list lacks the country."


def test_several_real_questions_stay_together() -> None:
    text = " ".join(story(8, 600)) + f" {QUESTIONS[0]} {QUESTIONS[3]}"
    assert QUESTIONS[0] in asked_in(text).text
    assert QUESTIONS[3] in asked_in(text).text


def test_what_the_team_wrote_about_counts_where_nothing_is_marked_as_a_question() -> None:
    said = "lifecycle field shows a dash for half of my list."
    text = " ".join([*story(9, 700), said, *story(10, 300)])
    assert asked_in(text, lambda sentence: float("lifecycle" in sentence)).text == said


def test_a_long_message_is_searched_by_its_question() -> None:
    encoder = HashingEncoder()
    long = query_of(ask(" ".join(story(11, 2000)) + f"\n\n{QUESTIONS[1]}"), encoder)
    short = query_of(ask(QUESTIONS[1]), encoder)
    assert long.vector @ short.vector > 0.999
    assert long.terms == short.terms


@pytest.mark.parametrize(
    "text", ["> q\n" * 900, "```" * 1000, "a." * 20_000, "?" * 30_000, "\n" * 9000 + "x", "-- \n" * 999]
)
def test_odd_messages_are_read_quickly_and_never_to_nothing(text: str) -> None:
    begun = time.perf_counter()
    assert asked_in(text).text
    assert time.perf_counter() - begun < 1.0
