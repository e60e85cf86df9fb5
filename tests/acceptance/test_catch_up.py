"""What was said while nobody listened is found afterwards and answered late, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from support_desk import Room, running_desk

from bot.catching_up import LOOK_BACK, CatchingUp
from bot.demo.slack_reading import shown_text
from bot.late_texts import AWAY, AWAY_HELPED
from bot.listening import HTTP_SILENT, LEASE, SOCKETS_SILENT
from bot.socket_health import SocketHealth
from bot.tables import InboxRow, ListeningRow

ASKED = "@MOPS Desk where are my MQLs?"
UNKNOWN = "@MOPS Desk can you move our Pardot forms to HubSpot?"
AT_ONCE = timedelta(0)


@contextmanager
def away(folder: Path, *, started: bool = False, **more: Any) -> Iterator[Room]:
    """A desk that Slack has reached, and does not reach any more. Its loops are off unless ``started``."""
    with running_desk(folder, started=started, **more) as room:
        room.desk.hearing.listening.heard()
        room.desk.hearing.listening.run_once()
        room.slack.connect(None)
        yield room


def heard_again(room: Room, after: timedelta = timedelta(hours=1)) -> None:
    """Slack reaches the desk again, so long after."""
    room.slack.wait_until_delivered()
    room.slack.connect(room.url)
    room.clock.skip(after.total_seconds())
    room.desk.hearing.listening.heard()
    room.desk.hearing.listening.run_once()


def look(room: Room) -> CatchingUp:
    """A whole look at what was missed."""
    looking = room.desk.catching_up(AT_ONCE)
    while looking.run_once():
        pass
    return looking


def caught_up(room: Room, after: timedelta = timedelta(hours=1)) -> None:
    """The desk is back, has looked, and has said what it has to say."""
    heard_again(room, after)
    look(room)
    room.desk.start()
    room.settle()


def silence(room: Room) -> bool:
    """Whether there is one to look through."""
    with room.database.read() as session:
        row = session.get(ListeningRow, "slack")
        return row is not None and row.missed_from is not None


def test_a_missed_mention_is_answered_once_and_says_that_it_is_late(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", ASKED)
        caught_up(room)
        (answer,) = room.replies(ts)
        assert shown_text(answer).startswith(AWAY)
        assert "synced" in shown_text(answer)
        assert not silence(room)
        look(room)  # and nothing more is found
        room.settle()
        assert len(room.replies(ts)) == 1


def test_a_missed_direct_message_is_answered(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        room.slack.say("Maya", "dm", "where are my MQLs?")
        caught_up(room)
        assert AWAY in shown_text(room.slack.wait_for_message(room.slack.dm("Maya"), "synced"))


def test_a_missed_request_becomes_one_ticket_and_the_thread_hears_why_it_took_so_long(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", UNKNOWN)
        caught_up(room)
        room.clock.skip(2)
        room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
        assert len([m for m in room.replies(ts) if shown_text(m) == AWAY]) == 1
        assert len(room.tickets()) == 1


def test_a_follow_up_in_a_thread_of_the_desks_is_found_without_a_mention(tmp_path: Path) -> None:
    with away(tmp_path, started=True) as room:
        room.slack.connect(room.url)
        ts = room.slack.say("Maya", "#ask-mops", ASKED)
        room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
        room.slack.connect(None)
        room.slack.say("Maya", "#ask-mops", "and for webinars?", thread=ts)
        heard_again(room)
        looking = room.desk.catching_up(AT_ONCE)

        def found() -> bool:
            room.clock.skip(1)  # the desk's own loop may have begun before us
            looking.run_once()
            return len(room.replies(ts)) == 2

        room.slack.wait_for(found)
        assert shown_text(room.replies(ts)[-1]).startswith(AWAY)


def test_a_mention_in_a_thread_that_began_meanwhile_is_found(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Jonas", "#ask-mops", "who knows where MQLs are counted?")
        room.slack.say("Maya", "#ask-mops", ASKED, thread=ts)
        caught_up(room)
        assert [AWAY in shown_text(message) for message in room.replies(ts)] == [True]


def test_what_slack_delivered_again_meanwhile_is_answered_as_if_in_time(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", ASKED)
        room.slack.wait_until_delivered()
        room.slack.connect(room.url)
        room.slack.redeliver(room.slack.deliveries[0])
        caught_up(room)
        assert [AWAY in shown_text(message) for message in room.replies(ts)] == [False]


def test_what_slack_delivers_again_afterwards_is_not_answered_twice(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", ASKED)
        caught_up(room)
        for delivery in list(room.slack.deliveries):
            room.slack.redeliver(delivery)
        room.settle()
        assert len(room.replies(ts)) == 1


def test_where_a_colleague_has_helped_a_ticket_is_offered_and_none_opened(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", UNKNOWN)
        room.slack.say("Jonas", "#ask-mops", "I can do that tomorrow", thread=ts)
        caught_up(room)
        assert [shown_text(message).startswith(AWAY_HELPED) for message in room.replies(ts)] == [True]
        assert room.tickets() == []


def test_the_words_of_today_count_and_a_deleted_question_is_let_be(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        gone = room.slack.say("Maya", "#ask-mops", ASKED)
        room.slack.delete("#ask-mops", gone)
        ts = room.slack.say("Jonas", "#ask-mops", "@MOPS Desk something else")
        room.slack.edit("#ask-mops", ts, ASKED)
        caught_up(room)
        assert room.replies(gone) == []
        assert ["synced" in shown_text(message) for message in room.replies(ts)] == [True]


def test_what_was_only_overheard_stays_unanswered(tmp_path: Path) -> None:
    with away(tmp_path, listen=frozenset({"C0ASKMOPS"})) as room:
        room.slack.say("Maya", "#ask-mops", "where are my MQLs?")
        caught_up(room)
        assert room.rows(InboxRow) == []


def test_a_silence_that_slack_bridges_itself_is_not_looked_through(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        heard_again(room, HTTP_SILENT - timedelta(seconds=1))
        assert not silence(room)
        look(room)
        assert [call for call in room.slack.calls if call.method == "users.conversations"] == []


def test_after_a_restart_a_shorter_silence_counts(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", ASKED)
        room.slack.wait_until_delivered()
        room.slack.connect(room.url)
        room.clock.skip(SOCKETS_SILENT.total_seconds() + 1)
        room.desk.hearing.listening.begin()
        room.desk.hearing.listening.run_once()
        look(room)
        room.desk.start()
        room.settle()
        assert len(room.replies(ts)) == 1


def test_sockets_that_were_down_leave_a_silence(tmp_path: Path) -> None:
    with running_desk(tmp_path, started=False) as room:
        health = [SocketHealth(2, 2, 1.0)]
        listening = room.desk.hearing.listening
        room.desk.watch_sockets(lambda: health[-1])
        listening.run_once()
        health.append(SocketHealth(2, 0, None))
        room.clock.skip(SOCKETS_SILENT.total_seconds() + 1)
        listening.run_once()
        assert not silence(room)
        health.append(SocketHealth(2, 1, 0.5))
        listening.run_once()
        assert silence(room)


def test_a_question_of_the_day_before_is_let_be(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", ASKED)
        caught_up(room, LOOK_BACK + timedelta(hours=1))
        assert room.replies(ts) == []
        assert not silence(room)


def test_a_look_that_ended_in_the_middle_is_done_again_and_answers_once(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        asked = [room.slack.say("Maya", channel, ASKED) for channel in ("#ask-mops", "#campaigns")]
        heard_again(room)
        begun = room.desk.catching_up(AT_ONCE)
        assert [begun.run_once() for _ in range(2)] == [True, True]  # its process ends here
        look(room)  # somebody has it
        assert silence(room)
        room.clock.skip(LEASE.total_seconds() + 1)
        look(room)
        assert not silence(room)
        while begun.run_once():  # or it was only slow
            pass
        room.desk.start()
        room.settle()
        assert [len(room.replies(asked[0])), len(room.replies(asked[1], "#campaigns"))] == [1, 1]


@pytest.mark.parametrize("method", ["users.conversations", "conversations.history", "conversations.replies"])
def test_slack_may_slow_the_look_down_or_fail_in_it(tmp_path: Path, method: str) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#ask-mops", ASKED)
        room.slack.say("Maya", "#ask-mops", "please", thread=ts)
        room.slack.faults.rate_limit(method, 30)
        room.slack.faults.drop_before(method)
        heard_again(room)
        looking = room.desk.catching_up(AT_ONCE)
        calls = len(room.slack.calls)
        while looking.run_once():
            pass
        assert room.slack.calls[-1].status == 429
        assert not looking.run_once()  # not before Slack wants it
        assert len(room.slack.calls) > calls
        for _ in range(30):
            room.clock.skip(31)
            look(room)
            looking.run_once()
        assert not silence(room)
        room.desk.start()
        room.settle()
        assert [shown_text(message).startswith(AWAY) for message in room.replies(ts)][:1] == [True]


def test_a_channel_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    with away(tmp_path) as room:
        ts = room.slack.say("Maya", "#campaigns", ASKED)
        room.slack.faults.refuse("conversations.history", "missing_scope")
        caught_up(room)
        assert len(room.replies(ts, "#campaigns")) == 1


def test_what_was_answered_before_a_backup_was_put_back_is_not_answered_again(tmp_path: Path) -> None:
    with away(tmp_path, started=True) as room:
        room.slack.connect(room.url)
        ts = room.slack.say("Maya", "#ask-mops", ASKED)
        room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
        room.settle()
        with room.database.write() as session:
            session.execute(delete(InboxRow))
        heard_again(room)
        looking = room.desk.catching_up(AT_ONCE)
        room.slack.wait_for(lambda: (room.clock.skip(1), looking.run_once(), not silence(room))[-1])
        room.settle()
        assert len(room.replies(ts)) == 1
