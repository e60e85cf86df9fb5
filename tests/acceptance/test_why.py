"""Curators look behind an answer; nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support_desk import Room, running_desk

from bot.demo.slack_larkfield import PRIYA
from bot.demo.slack_reading import shown_text
from bot.testing import verdict
from knowledge.domain import Band

TOLD = {"similarity": "0.857", "answer from": "0.70", "suggest from": "0.25", "matched": "<!channel> `x`"}
SCRIPT = {
    "mql": replace(verdict(Band.ANSWER), explanation=TOLD),
    "utm": replace(verdict(Band.SUGGEST), explanation=TOLD),
}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path, script=SCRIPT, curators=frozenset({PRIYA})) as room:
        yield room
        room.settle()
        room.assert_clean()


@pytest.mark.parametrize(
    ("question", "words", "band"), [("mql", "synced", "answer"), ("utm", "close to that", "suggest")]
)
def test_a_curator_sees_what_an_answer_rests_on(room: Room, question: str, words: str, band: str) -> None:
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk where is my {question}?")
    reply = room.slack.wait_for_message("#ask-mops", words, thread=ts)
    room.slack.shortcut("Priya", "why_this_answer", "#ask-mops", reply.ts)
    told = shown_text(room.slack.wait_for_message("#ask-mops", "The numbers behind it", seen_by="Priya"))
    assert f"{band}, confidence" in told
    assert "answers from 0.70, offers from 0.25" in told
    assert "Where are the MQLs from my campaign?" in told
    assert "similarity: 0.857" in told
    assert "<!channel>" not in told
    for_maya = room.slack.messages("#ask-mops", ts, seen_by="Maya")
    assert not any("numbers behind" in shown_text(message) for message in for_maya)


def test_others_are_told_what_to_do_instead(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    reply = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.slack.shortcut("Maya", "why_this_answer", "#ask-mops", reply.ts)
    room.slack.wait_for_message("#ask-mops", "Only curators look behind an answer", seen_by="Maya")


def test_a_message_that_answers_nothing_is_said_to(room: Room) -> None:
    ts = room.slack.say("Jonas", "#ask-mops", "lunch?")
    room.slack.shortcut("Priya", "why_this_answer", "#ask-mops", ts)
    room.slack.wait_for_message("#ask-mops", "doesn't answer a question", seen_by="Priya")
