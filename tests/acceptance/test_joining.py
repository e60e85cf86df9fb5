"""Who needs what somebody asked for already joins that ticket instead of filing another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_desk import Room, running_desk

from bot.bell import Bell
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from bot.follow_places import FollowPlaces
from bot.inbox import Inbox
from bot.incoming import ButtonPressed, TicketChanged
from bot.outbox import Outbox
from bot.slack import ids
from escalation.domain import Close, RequestState
from escalation.follower_store import FollowerStore

ASKED = "can you move our Pardot forms to HubSpot?"
SAME = "please move the Pardot forms over to HubSpot, we need all forms there"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path) as room:
        yield room
        room.assert_clean()


def ask(room: Room, person: str, words: str, channel: str = "#ask-mops") -> str:
    """A question nobody can answer; returns its thread."""
    to = "" if channel.startswith("D") else "@MOPS Desk "
    ts = room.slack.say(person, channel, f"{to}{words}")
    room.slack.wait_for(lambda: room.replies(ts, channel))
    return ts


def offered(room: Room, words: str = SAME, person: str = "Jonas") -> tuple[str, Message]:
    """Maya has a ticket, somebody asks for the same; (their thread, the offer there)."""
    room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ask(room, "Maya", ASKED))
    ts = ask(room, person, words)
    return ts, room.slack.wait_for_message("#ask-mops", "looks the same", thread=ts)


def demand(room: Room, request_id: int = 1) -> int:
    with room.database.read() as session:
        return FollowerStore(session).demand(request_id)


def card_of_maya(room: Room) -> Message:
    """The card of the first ticket."""
    threads = [message.ts for message in room.slack.messages("#ask-mops")]
    return next(message for ts in threads for message in room.replies(ts) if "Not needed" in buttons(message))


def press_again(room: Room, offer: Message, action: str, key: str) -> None:
    """The same button once more: a double click whose second half came later, another device."""
    pressed = ButtonPressed("T0LARK", "C0ASKMOPS", "U0JONAS", action, "2:1", offer.ts, key)
    Inbox(room.database, Outbox(Bell(), room.clock), (), room.clock).record(pressed)
    room.settle()


def test_a_request_like_an_open_one_is_kept_and_that_ticket_offered(room: Room) -> None:
    _, offer = offered(room)
    assert "MOPS-1" in shown_text(offer)
    assert "Can you move our Pardot forms to HubSpot?" in shown_text(offer)
    assert "Maya" not in shown_text(offer)
    assert buttons(offer) == ["Join", "File mine"]
    room.settle()
    assert len(room.tickets()) == 1
    assert room.requests()[1].state is RequestState.HELD


def test_joining_adds_the_words_a_watcher_and_one_to_the_demand(room: Room) -> None:
    ts, offer = offered(room)
    room.slack.click("Jonas", offer, "Join")
    room.slack.wait_for(lambda: "your words are with" in shown_text(room.slack.message("#ask-mops", offer.ts)))
    room.settle()
    room.clock.skip(2000)
    room.settle()
    (ticket,) = room.tickets()
    assert f"Jonas Weber needs this too, in their words: {SAME}" in ticket.comments
    assert demand(room) == 2
    assert buttons(room.slack.message("#ask-mops", offer.ts)) == []
    with room.database.read() as session:
        (follower,) = FollowPlaces(session).of(1)
    assert (follower.person, follower.place.thread) == ("U0JONAS", ts)
    assert len(room.replies(ts)) == 1


def test_who_joined_hears_how_it_goes_where_they_asked_and_the_card_counts_them(room: Room) -> None:
    ts, offer = offered(room)
    card = card_of_maya(room)
    room.slack.click("Jonas", offer, "Join")
    room.slack.wait_for(lambda: "two people need this" in shown_text(room.slack.message("#ask-mops", card.ts)))
    room.tracker.change("MOPS-1", Close("All forms are in HubSpot now."), "closed-by-ops")
    Inbox(room.database, Outbox(Bell(), room.clock), (), room.clock).record(TicketChanged("MOPS-1", "hook:1"))
    room.slack.wait_for_message("#ask-mops", "All forms are in HubSpot now", thread=ts)


def test_joining_twice_is_one(room: Room) -> None:
    _, offer = offered(room)
    room.slack.click("Jonas", offer, "Join")
    press_again(room, offer, ids.JOIN, "again:1")
    press_again(room, offer, ids.FILE_MINE, "again:2")
    room.clock.skip(2000)
    room.settle()
    assert len(room.tickets()) == 1
    assert len(room.tickets()[0].comments) == 1
    assert demand(room) == 2


def test_file_mine_files_at_once_and_only_once(room: Room) -> None:
    ts, offer = offered(room)
    room.slack.click("Jonas", offer, "File mine")
    room.slack.wait_for_message("#ask-mops", "MOPS-2", thread=ts)
    press_again(room, offer, ids.JOIN, "again:1")
    press_again(room, offer, ids.FILE_MINE, "again:2")
    room.clock.skip(2000)
    room.settle()
    assert len(room.tickets()) == 2
    assert demand(room) == 1
    assert "settled already" in shown_text(room.slack.message("#ask-mops", offer.ts))


def test_who_does_not_choose_gets_their_own_ticket_after_half_an_hour(room: Room) -> None:
    ts, offer = offered(room)
    room.clock.skip(1700)
    room.settle()
    assert len(room.tickets()) == 1
    room.clock.skip(120)
    room.slack.wait_for_message("#ask-mops", "MOPS-2", thread=ts)
    room.slack.click("Jonas", offer, "Join")
    room.settle()
    assert demand(room) == 1


def test_what_is_closed_meanwhile_is_not_joined_but_filed(room: Room) -> None:
    ts, offer = offered(room)
    room.slack.click("Maya", card_of_maya(room), "Not needed")
    room.slack.wait_for(lambda: room.tickets()[0].ticket.done)
    room.settle()
    room.slack.click("Jonas", offer, "Join")
    room.slack.wait_for_message("#ask-mops", "MOPS-2", thread=ts)
    assert "closed by now" in shown_text(room.slack.message("#ask-mops", offer.ts))


def test_what_others_joined_stays_open_when_its_asker_no_longer_needs_it(room: Room) -> None:
    _, offer = offered(room)
    room.slack.click("Jonas", offer, "Join")
    room.settle()
    room.slack.click("Maya", card_of_maya(room), "Not needed")
    room.settle()
    (ticket,) = room.tickets()
    assert not ticket.ticket.done
    assert any("Maya Lindqvist no longer needs this" in comment for comment in ticket.comments)


def test_only_the_one_who_asked_may_choose(room: Room) -> None:
    ts, offer = offered(room)
    room.slack.click("Priya", offer, "Join")
    room.settle()
    assert demand(room) == 1
    assert room.requests()[1].state is RequestState.HELD
    assert buttons(room.slack.message("#ask-mops", offer.ts)) == ["Join", "File mine"]
    (told,) = [message for message in room.replies(ts) if message.ephemeral_for]
    assert "That choice is Jonas Weber's" in shown_text(told)


def test_what_the_joiner_says_afterwards_goes_onto_the_ticket_they_joined(room: Room) -> None:
    ts, offer = offered(room)
    room.slack.click("Jonas", offer, "Join")
    room.settle()
    room.slack.say("Jonas", "#ask-mops", "ours are 14 forms, all in the Nordics workspace", thread=ts)
    room.slack.wait_for_message("#ask-mops", "Added to", thread=ts)
    room.settle()
    assert "Jonas Weber in Slack: ours are 14 forms, all in the Nordics workspace" in room.tickets()[0].comments


def test_a_private_request_is_offered_to_nobody_else(room: Room) -> None:
    dm = room.slack.dm("Maya")
    ts = room.slack.say("Maya", dm, ASKED)
    room.slack.wait_for_message(dm, "MOPS-1", thread=ts)
    own = room.slack.say("Maya", dm, SAME)
    assert "MOPS-1" in shown_text(room.slack.wait_for_message(dm, "You asked for that already", thread=own))
    other = ask(room, "Jonas", SAME)
    room.slack.wait_for_message("#ask-mops", "MOPS-2", thread=other)


def test_a_named_thing_that_differs_is_another_request(room: Room) -> None:
    room.slack.wait_for_message(
        "#ask-mops", "MOPS-1", thread=ask(room, "Maya", "please import the list of the Berlin event")
    )
    ts = ask(room, "Jonas", "please import the list of the Madrid event")
    room.slack.wait_for_message("#ask-mops", "MOPS-2", thread=ts)


def test_a_form_that_asks_for_the_same_is_kept_and_offered_too(room: Room) -> None:
    offered_from = ask(room, "Maya", ASKED)
    room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=offered_from)
    room.slack.command("Jonas", "#ask-mops", "/ticket move our Pardot forms to HubSpot")
    room.slack.choose(
        "Jonas", room.slack.wait_for(lambda: room.slack.modal("Jonas")), ids.REQUEST_TYPE, "Something else"
    )
    room.slack.wait_for(lambda: "and why?" in shown_text(room.slack.modal("Jonas") or {}))
    typed = {
        "Title": "Move our Pardot forms to HubSpot",
        "What do you need, and why?": "Move our Pardot forms to HubSpot",
    }
    assert room.slack.submit("Jonas", typed).ok
    offer = room.slack.wait_for_message(room.slack.dm("Jonas"), "looks the same")
    room.slack.click("Jonas", offer, "Join")
    room.settle()
    assert len(room.tickets()) == 1
    assert demand(room) == 2
