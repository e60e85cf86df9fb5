"""What people say against an answer in its thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_desk import Room, running_desk

from bot.demo.slack_larkfield import PRIYA
from bot.demo.slack_reading import buttons
from bot.tables import FeedbackRow, QuestionRow


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path, curators=frozenset({PRIYA})) as room:
        yield room
        room.assert_clean()


def test_an_objection_is_the_answers_thumb_down_with_its_words(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.slack.say("Maya", "#ask-mops", "that's wrong, it is 4 hours now", thread=ts)
    thanks = room.slack.wait_for_message("#ask-mops", "will see what you wrote", thread=ts)
    assert buttons(thanks) == ["Say what was wrong", "Ask the ops team"]
    (thumb,) = room.rows(FeedbackRow)
    asked = room.rows(QuestionRow)[0]
    assert (thumb.question_id, thumb.helpful, thumb.words) == (asked.id, False, "that's wrong, it is 4 hours now")
    assert room.tickets() == []


def test_after_a_chosen_suggestion_it_is_about_that_one(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk something about utm")
    offered = room.slack.wait_for_message("#ask-mops", "Which one is it?", thread=ts)
    room.slack.click("Maya", offered, "What is an MQL?")
    room.slack.wait_for_message("#ask-mops", "sales development", thread=ts)
    room.slack.say("Maya", "#ask-mops", "this is outdated", thread=ts)
    room.slack.wait_for_message("#ask-mops", "will see what you wrote", thread=ts)


def test_in_private_the_words_stay_private_until_their_writer_sends_them(room: Room) -> None:
    ts = room.slack.say("Maya", "dm", "where are my MQLs?")
    room.slack.wait_for_message(room.slack.dm("Maya"), "synced", thread=ts)
    room.slack.say("Maya", "dm", "that's wrong, the budget is 40,000", thread=ts)
    thanks = room.slack.wait_for_message(room.slack.dm("Maya"), "Thanks for telling me.", thread=ts)
    assert buttons(thanks) == ["Say what was wrong", "Ask the ops team"]
    assert [(thumb.helpful, thumb.words) for thumb in room.rows(FeedbackRow)] == [(False, "")]


def test_without_an_answer_in_the_thread_there_is_nothing_to_object_to(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk this is outdated")
    room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
    assert room.rows(FeedbackRow) == []


def test_in_a_tickets_thread_it_goes_to_the_people_on_it(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk move our forms to another tool")
    room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
    room.settle()
    room.slack.say("Maya", "#ask-mops", "that's not right", thread=ts)
    room.slack.wait_for_message("#ask-mops", "Added to", thread=ts)
