"""What can never be done is told to the person and to ops, in the same transaction that gives it up."""

from __future__ import annotations

from pathlib import Path

from support_desk import running_desk

from bot.dispatcher import FAILURES
from bot.tables import OutboxRow
from escalation.domain import NewTicket, RequestState, Ticket
from escalation.testing import InMemoryTracker


class Broken(InMemoryTracker):
    """A tracker whose own code fails."""

    def create(self, new: NewTicket) -> Ticket:
        raise ZeroDivisionError

    def find_by_marker(self, marker: str) -> Ticket | None:
        raise ZeroDivisionError


def test_a_ticket_that_can_never_be_made_is_told_to_the_asker_and_to_ops(tmp_path: Path) -> None:
    with running_desk(tmp_path, tracker=Broken()) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk please move the Pardot forms")
        for _ in range(FAILURES + 1):
            room.settle()
            room.clock.skip(301)
        (request,) = room.requests()
        assert request.state is RequestState.DEAD
        told = room.slack.wait_for_message("#ask-mops", "I couldn't file your request", thread=ts)
        assert request.ref in told.text
        room.slack.wait_for_message("#ops-triage", "won't take a request")
        assert [row.state for row in room.rows(OutboxRow) if row.kind == "create_ticket"] == ["dead"]
