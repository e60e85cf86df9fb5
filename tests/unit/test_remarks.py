"""What is said to the desk and is no question."""

from __future__ import annotations

import time

import pytest

from bot.remarks import Remark, is_foreign, is_fragment, is_objection, is_work, remark_of


@pytest.mark.parametrize(
    ("remark", "texts"),
    [
        (
            Remark.HELP,
            (
                "",
                "?",
                "help",
                "Help!",
                "hi, help me please",
                "what can you do?",
                "how does this work?",
                "are you a bot?",
                "can someone help me?",
            ),
        ),
        (Remark.ON_CALL, ("oncall", "who is on triage today?", "Who's on call?", "on duty")),
        (
            Remark.HUMAN,
            (
                "talk to a human",
                "can I talk to someone?",
                "create a ticket",
                "I need a person",
                "could you open a ticket for me please",
                "ask the ops team",
                "a new ticket",
                "I want to file a request",
                "sure? please open a ticket for this",
                "then just open a ticket for this",
                "open a ticket with ops about this please",
                "can you turn this into a ticket?",
                "pass it on to the ops team",
            ),
        ),
        (Remark.FORGET_ME, ("forget me",)),
        (
            Remark.STATUS,
            ("any news?", "is there an update yet?", "what's the status of my ticket?", "is it done yet?"),
        ),
        (
            Remark.NEVER_MIND,
            (
                "ok never mind",
                "never mind, it works now",
                "nvm",
                "I found it myself, thanks",
                "please close the ticket",
                "it works now",
            ),
        ),
    ],
)
def test_a_remark_is_recognised_when_the_whole_text_fits(remark: Remark, texts: tuple[str, ...]) -> None:
    assert {text: remark_of(text) for text in texts} == dict.fromkeys(texts, remark)


@pytest.mark.parametrize(
    "text",
    [
        "where are my MQLs?",
        "how do I open a ticket for a webinar?",
        "can somebody help me with a broken form?",
        "who is on triage when Priya is on holiday?",
        "any news on the lead scoring change?",
        "create a landing page",
        "I need a list of people",
        "is the CRM sync fixed?",
        "help with UTM links",
        "hi",
        "thanks!",
        "ticket for the Berlin event",
        "open a ticket for this webinar",
        "how do I pass it on to sales?",
        "sure, but where are they?",
        "send this to the newsletter list",
    ],
)
def test_everything_else_is_a_question(text: str) -> None:
    assert remark_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "can you rename the Pardot folder?",
        "could somebody please also set up a second inbox",
        "the countdown on our page is broken",
        "the chat window doesn’t load",
    ],
)
def test_work_for_people_is_told_from_wishes_to_know_or_to_chat(text: str) -> None:
    assert is_work(text)
    assert not is_work("what's the lunch menu today?")
    assert not is_work("can you tell me a joke?")


@pytest.mark.parametrize("text", ["Wo sind meine MQLs?", "Où sont mes leads ?", "¿Dónde están mis leads?"])
def test_other_languages_are_noticed(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text", ["where are my MQLs?", "utm for paid social", "how do I reach el equipo de ops?", "das"]
)
def test_english_and_single_words_are_not_foreign(text: str) -> None:
    assert not is_foreign(text)


@pytest.mark.parametrize("text", ["please ", "can you please ", "pls also ", "the team "])
def test_a_very_long_plea_is_judged_quickly(text: str) -> None:
    started = time.process_time()
    is_work((text * 40_000)[:39_999] + "x")  # as much as Slack takes
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "that's wrong, it is 4 hours now",
        "that’s not right",
        "this is outdated",
        "no, that is wrong",
        "sorry, this answer is no longer correct: it moved to HubSpot",
        "wrong",
        "not true any more",
        "this isn't right",
        "the page is out of date since May",
        "that didn't help",
    ],
)
def test_an_objection_to_an_answer_is_recognised(text: str) -> None:
    assert is_objection(text)


@pytest.mark.parametrize(
    "text",
    [
        "that's wrong, how do I fix it?",
        "what if the status is wrong",
        "the UTM link is wrong",
        "it is wrong in the report",
        "wrong form on our landing page",
        "that's right",
        "this is outdated content on our website, can somebody change it?",
    ],
)
def test_trouble_and_questions_are_no_objections(text: str) -> None:
    assert not is_objection(text)


def test_a_word_or_two_that_name_a_thing_are_a_fragment() -> None:
    assert all(map(is_fragment, ("link", "the link?", "Pardot access")))
    assert not any(
        map(is_fragment, ("HubSpot down", "error 503", "link for the webinar", "please fix", "リードはどこですか"))
    )


@pytest.mark.parametrize("text", ["that's wrong, ", "no, ", "this is just ", "that "])
def test_a_very_long_objection_is_judged_quickly(text: str) -> None:
    started = time.process_time()
    is_objection((text * 40_000)[:39_999] + "x")
    is_objection((text * 1_000)[:999] + "x")
    assert time.process_time() - started < 1
