"""The desk while Slack takes no more calls: who reads is not guessed, who waits gets a sign, public text is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support_desk import Room, running_desk

from bot.bell import Bell
from bot.demo.slack_larkfield import ASK_MOPS, DESK, larkfield
from bot.demo.slack_reading import shown_text
from bot.demo.slack_state import User
from bot.outbox import Outbox
from bot.signs import LateSigns, Signs
from bot.tables import InboxRow, OutboxRow, TierRow
from bot.testing import HITS, entry_hit, verdict
from bot.tiers import INFO, PER_MINUTE, POST, REACTION, SHARE, Tiers
from knowledge.domain import Audience, Band

ASKED = "@MOPS Desk where are my MQLs?"
PUBLIC = replace(entry_hit(9, "How do I get help?", "Ask in the channel."), audience=Audience())
INTERNAL = replace(entry_hit(8, "What is our budget?", "The text is canary-8."), audience=Audience.internal())
SCRIPT = {
    "mql": verdict(Band.ANSWER, HITS),
    "help": verdict(Band.ANSWER, (PUBLIC,)),
    "budget": verdict(Band.ANSWER, (INTERNAL,)),
}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    workspace = larkfield()
    workspace.add_user(User("U0GUEST", "gil", "Gil Guest", "999999", guest=True))
    with running_desk(tmp_path, workspace=workspace, script=SCRIPT) as found:
        yield found


def used(room: Room, method: str, calls: int) -> None:
    """So many calls of a method were made by other processes just now."""
    with room.database.write() as session:
        session.merge(TierRow(method=method, calls=[room.clock().timestamp()] * calls))


def seen(room: Room, ts: str) -> bool:
    """Whether the desk put its sign on a message."""
    return "eyes" in dict(room.slack.message("#ask-mops", ts).reactions)


def said(room: Room) -> str:
    """Everything the desk has said in the channel."""
    return str([m for m in room.slack.workspace.messages(ASK_MOPS) if m.user == DESK])


def late_signs(room: Room) -> LateSigns:
    """One more look for those who wait."""
    tiers, outbox = Tiers(room.database, room.clock), Outbox(Bell(), room.clock)
    return LateSigns(Signs(outbox, tiers), tiers, room.database, room.clock)


def test_a_guest_who_joins_while_calls_run_short_gets_nothing_internal(room: Room) -> None:
    first = room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for_message("#ask-mops", "canary-8", thread=first)
    used(room, INFO, 40)
    stamp = room.slack.workspace.stamp()
    channel = room.slack.workspace.channels[ASK_MOPS]
    room.slack.change_channel(replace(channel, members=(*channel.members, "U0GUEST")))
    room.slack.wait_until_delivered()
    room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for_message(room.slack.dm("Maya"), "canary-8")
    room.settle()
    assert "canary-8" not in str([m for m in room.slack.workspace.messages(ASK_MOPS) if m.ts > stamp])


def test_while_calls_run_short_a_channel_that_was_just_asked_about_is_answered_in(room: Room) -> None:
    first = room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for_message("#ask-mops", "canary-8", thread=first)
    asked = len([call for call in room.slack.calls if call.method == INFO])
    used(room, INFO, 40)
    second = room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for_message("#ask-mops", "canary-8", thread=second)
    assert len([call for call in room.slack.calls if call.method == INFO]) == asked


def test_a_public_answer_waits_for_nobody(room: Room) -> None:
    for look in (INFO, "conversations.members", "users.conversations", "users.info"):
        room.slack.faults.rate_limit(look, 300, times=50)
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk how do I get help?")
    internal = room.slack.say("Maya", "#ask-mops", "@MOPS Desk what is our budget?")
    room.slack.wait_for_message("#ask-mops", "Ask in the channel", thread=ts, timeout=4)
    room.slack.wait_for(lambda: [row for row in room.rows(InboxRow) if row.state == "retry"])
    assert room.replies(internal) == []
    room.slack.faults.clear()
    room.clock.skip(301)
    room.slack.wait_for_message("#ask-mops", "canary-8", thread=internal)


def test_whose_answer_comes_at_once_needs_no_sign_when_reactions_run_short(room: Room) -> None:
    used(room, REACTION, 30)
    ts = room.slack.say("Maya", "#ask-mops", ASKED)
    room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.settle()
    late_signs(room).run_once()
    room.settle()
    assert not seen(room, ts)


def test_messages_wait_while_slack_takes_no_more_of_them_in_this_minute(room: Room) -> None:
    used(room, POST, PER_MINUTE[POST])
    ts = room.slack.say("Maya", "#ask-mops", ASKED)
    room.slack.wait_for(lambda: [row for row in room.rows(OutboxRow) if row.state == "retry"])
    assert [call for call in room.slack.calls if call.method == POST] == []
    room.clock.skip(62)
    room.slack.wait_for_message("#ask-mops", "synced", thread=ts)


def test_a_turn_in_a_channel_that_could_not_be_used_in_time_is_given_back(room: Room) -> None:
    used(room, POST, int(PER_MINUTE[POST] * SHARE) - 1)  # one is left, and the other one's turn is in a second
    first, second = (room.slack.say("Maya", "#ask-mops", f"{ASKED} {number}") for number in range(2))
    room.slack.wait_for(lambda: room.replies(first) or room.replies(second))
    (waits,) = room.slack.wait_for(lambda: [row for row in room.rows(OutboxRow) if "slow down" in (row.error or "")])
    assert "turn" not in waits.memo  # somebody else may have got the moment at which it tries again
    room.clock.skip(62)
    room.slack.wait_for(lambda: room.replies(first) and room.replies(second))


def test_who_waits_gets_a_sign_the_newest_first(tmp_path: Path) -> None:
    with running_desk(tmp_path, started=False) as room:
        used(room, REACTION, 46)
        asked = []
        for number in range(3):
            asked.append(room.slack.say("Maya", "#ask-mops", f"{ASKED} {number}"))
            room.slack.wait_until_delivered()  # deliveries side by side may overtake one another
        signs = late_signs(room)
        signs.run_once()
        assert room.rows(OutboxRow) == []  # they have only just asked
        room.clock.skip(3)
        signs.run_once()
        assert [row.payload["ts"] for row in room.rows(OutboxRow)] == [asked[2]]
        room.clock.skip(60)
        signs.run_once()
        assert [row.payload["ts"] for row in room.rows(OutboxRow)] == [asked[2], asked[1], asked[0]]


def test_who_waits_for_the_pace_of_their_channel_gets_a_sign_too(room: Room) -> None:
    used(room, REACTION, 30)
    asked = [room.slack.say("Maya", "#ask-mops", f"{ASKED} {number}") for number in range(7)]
    room.slack.wait_for(lambda: all(room.replies(ts) for ts in asked))
    first, *_, last = sorted(asked, key=lambda ts: room.replies(ts)[0].ts)  # deliveries may overtake one another
    assert not seen(room, first)
    assert seen(room, last)


def test_a_sign_that_could_not_be_put_in_time_is_left_out_once_the_answer_is_there(room: Room) -> None:
    room.slack.faults.rate_limit("reactions.add", 90)
    ts = room.slack.say("Maya", "#ask-mops", ASKED)
    room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.slack.wait_for(lambda: [row for row in room.rows(OutboxRow) if row.state == "retry"])
    room.clock.skip(91)
    room.slack.wait_for(lambda: not [row for row in room.rows(OutboxRow) if row.finished_at is None])
    assert not seen(room, ts)


def test_further_hits_of_a_shared_answer_go_to_whoever_asks_for_them(room: Room) -> None:
    room.slack.command("Maya", "#ask-mops", "/mops where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", "synced", seen_by="Maya")
    room.slack.click("Maya", answer, "Share in channel")
    shared = room.slack.wait_for_message("#ask-mops", "Shared by", seen_by="Jonas")
    room.slack.click("Jonas", shared, "Not what I meant")
    further = room.slack.wait_for_message("#ask-mops", HITS[1].title, seen_by="Jonas")
    assert further.ephemeral_for == room.slack.person("Jonas")
    assert HITS[1].title not in "".join(shown_text(m) for m in room.slack.messages("#ask-mops", seen_by="Maya"))
