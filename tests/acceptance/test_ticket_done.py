"""A ticket that is done: who waited hears how it ended and says whether that solved it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support_life import Own, jira_life, own_life

from bot.conversations import Conversations
from bot.demo.slack_larkfield import MAYA
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from bot.effects import ChangeTicket
from bot.follow_places import FollowPlaces
from bot.tables import OutboxRow
from bot.ticket_news import NewsStore
from escalation.domain import Close

ENDED = "The forms are in HubSpot; 12 of 14 came over, two were empty."


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Own]:
    with own_life(tmp_path) as life:
        yield life


def close(life: Own, words: str = ENDED) -> None:
    """Ops closes it in the tracker, with a public word, and the desk looks."""
    life.tracker.change("MOPS-1", Close(words), "closed-by-hand")
    life.look()


def done(life: Own, ts: str, channel: str = "#ask-mops") -> Message:
    return life.room.slack.wait_for_message(life.where(channel), "Did that solve it?", thread=ts)


def test_the_thread_gets_the_resolution_and_a_question(life: Own) -> None:
    ts, card = life.ask("MOPS-1")
    close(life)
    message = done(life, ts)
    assert f"is done: {ENDED} Did that solve it?" in shown_text(message)
    assert buttons(message) == ["Yes, thanks", "Not yet"]
    assert buttons(life.room.slack.fresh(card)) == []
    assert len([text for text in life.said(ts) if "12 of 14" in text]) == 1


def test_yes_is_recorded_and_thanked_for(life: Own) -> None:
    ts, _ = life.ask("MOPS-1")
    close(life)
    message = done(life, ts)
    life.room.slack.click("Maya", message, "Yes, thanks")
    life.room.slack.wait_for(lambda: "Maya Lindqvist: solved. Thanks for telling." in life.shown(message))
    assert buttons(life.room.slack.fresh(message)) == []
    with life.room.database.read() as session:
        assert NewsStore(session).answers(1) == ((MAYA, True),)


def test_not_yet_reopens_it_with_the_reason_and_ops_hear(life: Own) -> None:
    ts, card = life.ask("MOPS-1")
    close(life)
    message = done(life, ts)
    life.room.slack.click("Maya", message, "Not yet")
    assert life.room.slack.submit("Maya", {"What is still missing?": "The thank-you pages."}).ok
    life.after_a_moment()
    ticket = life.room.tickets()[0]
    assert not ticket.ticket.done
    assert "Maya Lindqvist in Slack: not solved yet. The thank-you pages." in ticket.comments
    assert "not yet. It goes back to the ops team." in life.shown(message)
    life.after_a_moment(30)
    assert "To do" in life.shown(card)
    assert "is open again." in life.shown(card)
    assert "I couldn't find this" not in life.shown(card)
    back = life.room.slack.wait_for_message("#ops-triage", "is back")
    assert "Maya Lindqvist says it isn't solved yet: “The thank-you pages.”" in shown_text(back)


def test_ops_read_the_words_escaped_and_short(life: Own) -> None:
    ts, _ = life.ask("MOPS-1")
    close(life)
    life.room.slack.click("Maya", done(life, ts), "Not yet")
    life.room.slack.submit("Maya", {"What is still missing?": "<!channel> two pages " + "and more " * 60})
    life.after_a_moment()
    shown = shown_text(life.room.slack.wait_for_message("#ops-triage", "is back"))
    assert "“&lt;!channel&gt; two pages and more" in shown
    assert "and…”" in shown


@pytest.mark.parametrize("why", ["The salary list is missing.", ""])
def test_the_words_of_a_private_request_stay_out_of_the_ops_channel(life: Own, why: str) -> None:
    ts, _ = life.ask("MOPS-1", "dm")
    close(life)
    life.room.slack.click("Maya", done(life, ts, "dm"), "Not yet")
    life.room.slack.submit("Maya", {"What is still missing?": why} if why else {})
    life.after_a_moment()
    back = life.room.slack.wait_for_message("#ops-triage", "is back")
    assert shown_text(back).startswith("*<https://tracker.example.com/MOPS-1|MOPS-1>* is back: ")
    assert "says it isn't solved yet." in shown_text(back)


def test_a_second_closing_asks_once_more_and_each_closing_asks_once(life: Own) -> None:
    ts, _ = life.ask("MOPS-1")
    close(life)
    life.room.slack.click("Maya", done(life, ts), "Not yet")
    life.room.slack.submit("Maya")
    life.after_a_moment()
    life.tracker.change("MOPS-1", Close("Now all 14 are there."), "closed-again")
    for _ in range(2):
        life.look()
    asked = [text for text in life.said(ts) if "is done:" in text]
    assert len(asked) == 2
    assert "Now all 14 are there." in asked[1]


def test_somebody_else_may_not_say_whether_it_is_solved(life: Own) -> None:
    ts, _ = life.ask("MOPS-1")
    close(life)
    message = done(life, ts)
    life.room.slack.click("Jonas", message, "Yes, thanks")
    life.room.slack.wait_for_message("#ask-mops", "This is Maya Lindqvist's request", thread=ts, seen_by="Jonas")
    life.room.slack.click("Jonas", message, "Not yet")
    life.after_a_moment()
    assert life.room.slack.modal("Jonas") is None
    assert life.room.tickets()[0].ticket.done
    assert buttons(life.room.slack.fresh(message)) == ["Yes, thanks", "Not yet"]


def joins(life: Own) -> str:
    """Jonas needs it too, in a thread of his own."""
    theirs = life.room.slack.say("Jonas", "#campaigns", "our Pardot forms too")
    with life.room.database.write() as session:
        place = Conversations(session).request_place(1)
        assert place is not None
        there = replace(place.place, channel=life.room.slack.place("#campaigns"), message=theirs, thread=theirs)
        FollowPlaces(session).add(1, life.room.slack.person("Jonas"), there)
    return theirs


def test_who_joined_hears_how_it_ended_in_their_own_thread_and_may_say_so(life: Own) -> None:
    life.ask("MOPS-1")
    theirs = joins(life)
    close(life)
    message = life.room.slack.wait_for_message("#campaigns", "Did that solve it?", thread=theirs)
    life.room.slack.click("Jonas", message, "Yes, thanks")
    life.room.slack.wait_for(lambda: "Jonas Weber: solved" in life.shown(message))


def test_yes_of_one_does_not_say_done_while_it_is_open_again_for_another(life: Own) -> None:
    ts, _ = life.ask("MOPS-1")
    theirs = joins(life)
    close(life)
    message = life.room.slack.wait_for_message("#campaigns", "Did that solve it?", thread=theirs)
    life.room.slack.click("Maya", done(life, ts), "Not yet")
    life.room.slack.submit("Maya")
    life.after_a_moment()
    life.room.slack.click("Jonas", message, "Yes, thanks")
    life.room.slack.wait_for(lambda: "Jonas Weber: solved for me." in life.shown(message))
    assert "is open again, with the ops team." in life.shown(message)
    assert "is done" not in life.shown(message)
    assert not life.room.tickets()[0].ticket.done


def test_a_ticket_the_asker_withdrew_asks_nothing(life: Own) -> None:
    ts, card = life.ask("MOPS-1")
    life.room.slack.click("Maya", card, "Not needed")
    life.room.slack.wait_for(lambda: "is closed" in life.shown(card))
    life.look()
    assert len(life.said(ts)) == 1


def test_a_ticket_closed_long_ago_is_no_news(life: Own) -> None:
    ts, card = life.ask("MOPS-1")
    life.tracker.change("MOPS-1", Close(ENDED), "closed-by-hand")
    life.room.clock.skip(8 * 24 * 3600)
    life.look()
    assert len(life.said(ts)) == 1
    assert "is done" in life.shown(card)


def test_a_word_that_said_how_it_ended_is_not_said_again_later(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        ts, _ = life.ask("OPS-1")
        life.jira.standin.say("OPS-1", "Priya", ENDED)
        life.jira.standin.update("OPS-1", status="Done")
        life.hook()
        life.after_a_moment()
        life.jira.standin.update("OPS-1", status="To Do")
        life.jira.standin.say("OPS-1", "Priya", "One more try.")
        for _ in range(2):
            life.hook()
            life.after_a_moment(2)
        said = "".join(text for text in life.said(ts) if "Last from ops" not in text)
        assert said.count("12 of 14") == 1
        assert said.count("One more try.") == 1


def test_jira_that_does_not_reopen_is_told_to_the_asker_and_ops(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        ts, _ = life.ask("OPS-1")
        life.jira.standin.say("OPS-1", "Priya", ENDED)
        life.jira.standin.update("OPS-1", status="Done")
        life.hook()
        life.after_a_moment()
        for status in ("To Do", "In Progress"):
            life.jira.standin.close_way(status)
        message = life.room.slack.wait_for_message("#ask-mops", "Did that solve it?", thread=ts)
        life.room.slack.click("Maya", message, "Not yet")
        assert life.room.slack.submit("Maya", {"What is still missing?": "All of it."}).ok
        life.after_a_moment()
        told = life.room.slack.wait_for_message(life.room.slack.dm("Maya"), "I couldn't reopen")
        assert "The ops team knows" in shown_text(told)
        life.room.slack.wait_for_message("#ops-triage", "isn't solved, says the asker")
        changes = [row for row in life.room.rows(OutboxRow) if row.kind == ChangeTicket.kind]
        assert [row.state for row in changes] == ["dead"]
