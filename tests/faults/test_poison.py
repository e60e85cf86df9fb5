"""Rows that can never work out: given up, told to somebody, and no others wait for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support_desk import Room, running_desk

from bot.demo.slack_larkfield import ASK_MOPS
from bot.demo.slack_reading import shown_text
from bot.errors import DatabaseUnavailable
from bot.queue import Queue
from bot.tables import InboxRow, OutboxRow
from bot.testing import verdict
from knowledge.domain import Band, Verdict


def breaks() -> Verdict:
    """A bug of ours."""
    raise ZeroDivisionError("launch plans of Larkfield")


POISON = {"boom": breaks, "mql": verdict(Band.ANSWER)}


def states(room: Room, table: type[InboxRow | OutboxRow]) -> list[str]:
    """The states of a table's rows, in order."""
    return [row.state for row in room.rows(table)]


def test_a_question_that_breaks_three_times_is_given_up_and_both_asker_and_ops_hear(tmp_path: Path) -> None:
    with running_desk(tmp_path, script=POISON) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk boom?")
        other = room.slack.say("Jonas", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.slack.wait_for_message("#ask-mops", "synced", thread=other)
        room.live_through(20, 5)
        said = room.slack.wait_for_message("#ask-mops", "Something broke on my side", thread=ts)
        (poisoned,) = (row for row in room.rows(InboxRow) if (row.message_key or "").endswith(ts))
        assert (poisoned.state, poisoned.attempts) == ("dead", 3)
        assert f"Q{poisoned.id}" in shown_text(said)
        assert len(room.replies(ts)) == 1
        told = shown_text(room.slack.wait_for_message("#ops-triage", "couldn't handle"))
        assert f"(ref *Q{poisoned.id}*), and its sender knows: ZeroDivisionError" in told
        assert "Larkfield" not in told
        assert len(room.slack.messages("#ops-triage")) == 1


def test_a_broken_remark_nobody_addressed_to_the_desk_stays_between_the_desk_and_ops(tmp_path: Path) -> None:
    with running_desk(tmp_path, script=POISON, listen=frozenset({ASK_MOPS})) as room:
        ts = room.slack.say("Maya", "#ask-mops", "boom went the campaign")
        room.live_through(20, 5)
        told = room.slack.wait_for_message("#ops-triage", "its sender doesn't know")
        assert "campaign" not in shown_text(told)
        assert room.replies(ts) == []


def poison(room: Room, table: type[InboxRow | OutboxRow], **more: Any) -> None:
    """A row nobody can read (left by a newer version, say)."""
    now = room.clock()
    values = {"key": "odd", "lane": None, "kind": "odd", "payload": {"kind": "of 2031"}, "state": "ready", **more}
    with room.database.write() as session:
        session.add(table(**values, next_at=now, created_at=now))


@pytest.mark.parametrize("table", [InboxRow, OutboxRow])
def test_a_row_nobody_can_read_dies_and_ops_hears_of_it(tmp_path: Path, table: type[InboxRow | OutboxRow]) -> None:
    with running_desk(tmp_path) as room:
        poison(room, table)
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
        room.live_through(3600, 300)
        assert states(room, table)[0] == "dead"
        room.slack.wait_for_message("#ops-triage", "ref *Q1*" if table is InboxRow else "ref *O1*")


def test_a_question_that_kills_its_worker_three_times_is_given_up(tmp_path: Path) -> None:
    with running_desk(tmp_path, started=False) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.slack.wait_until_delivered()
        for _ in range(3):  # claimed, and never heard of again
            with room.database.write() as session:
                assert Queue(InboxRow).claim(session, room.clock())
            room.clock.skip(61)
        room.desk.start()
        room.slack.wait_for_message("#ask-mops", "Something broke on my side", thread=ts)
        room.slack.wait_for_message("#ops-triage", "its sender knows: RuntimeError")
        assert states(room, InboxRow) == ["dead"]


def test_a_question_whose_database_is_away_for_long_is_not_given_up(tmp_path: Path) -> None:
    away = [DatabaseUnavailable("The disk is full: the database cannot grow.") for _ in range(6)]

    def answer() -> Verdict:
        if away:
            raise away.pop()
        return verdict(Band.ANSWER)

    with running_desk(tmp_path, script={"mql": answer}) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.live_through(300, 30)
        assert len(room.replies(ts)) == 1
        assert [(row.state, row.attempts) for row in room.rows(InboxRow)] == [("done", 1)]
        assert room.slack.messages("#ops-triage") == []
