"""How people fare with a checklist: counted from the ways they took, once each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from support_checklists import CHECKLIST, ENTRY
from support_database import desk_database

from bot.checklist_report import Branch, checklist_reports, report_lines
from bot.checklist_runs import NOTHING_CHECKED, ChecklistRuns, RunState
from bot.conversations import Conversations
from bot.database import Database
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.testing import verdict
from knowledge.checklists import Walk, mark_of
from knowledge.domain import Band
from knowledge.entry_store import EntryStore

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MARK = mark_of(CHECKLIST)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = desk_database(tmp_path)
    with database.write() as session:
        EntryStore(session).import_entries([ENTRY], "curator", NOW)
    yield database
    database.close()


def goes(session: Session, *clicks: int, ends: RunState = RunState.OPEN, at: datetime = NOW) -> int:
    """Somebody asks, makes these choices (-1: back), and ends like this; the question's id."""
    asked = Asked("where are my MQLs?", "U1", Place("T1", "C1", Surface.CHANNEL), True)
    question = Conversations(session).record(asked, Reply(ReplyKind.ANSWER, verdict(Band.ANSWER)), at)
    runs, walk = ChecklistRuns(session), Walk(CHECKLIST)
    run = runs.begin(question, ENTRY.id, MARK, at)
    for click in clicks:
        walk = walk.back() if click < 0 else walk.choose(click)
        run = runs.stand(run, walk, at)
    if ends is not RunState.OPEN:
        runs.end(run, ends, at)
    return question


def test_every_way_counts_once_and_what_was_taken_back_does_not(database: Database) -> None:
    with database.write() as session:
        goes(session, 0, 1, ends=RunState.EXPLAINED)
        goes(session, 1, -1, 0, 0, ends=RunState.TICKET)
        goes(session, 0)
        goes(session)
        (report,) = checklist_reports(session)
    assert (report.started, report.explained, report.tickets, report.left) == (4, 1, 1, 2)
    assert report.branches == (
        Branch("synced", CHECKLIST.steps[0].ask, "Yes", 3, 1, 1),
        Branch("synced", CHECKLIST.steps[0].ask, "No", 0, 0, 0),
        Branch("status", CHECKLIST.steps[1].ask, "Yes", 1, 1, 1),
        Branch("status", CHECKLIST.steps[1].ask, "No", 1, 1, 0),
    )
    assert report_lines(report)[0].endswith(": 4 began, 1 settled by it, 1 with a ticket, 2 left on the way")


def test_branches_that_are_gone_stay_in_the_count(database: Database) -> None:
    with database.write() as session:
        goes(session, 0, 1, ends=RunState.EXPLAINED)
        EntryStore(session).import_entries([replace(ENTRY, checklist=None)], "curator", NOW)
        (report,) = checklist_reports(session)
    assert [(branch.ask, branch.label, branch.taken) for branch in report.branches] == [("", "No", 1), ("", "Yes", 1)]
    assert report_lines(report)[1] == "status No: 1 of 1"


def test_older_ones_can_be_left_out(database: Database) -> None:
    with database.write() as session:
        goes(session, 0, at=NOW - timedelta(days=8))
        assert checklist_reports(session, since=NOW - timedelta(days=7)) == ()
        assert len(checklist_reports(session)) == 1


def test_a_ticket_hears_what_was_ruled_out_in_words(database: Database) -> None:
    with database.write() as session:
        assert ChecklistRuns(session).checked(goes(session)) == NOTHING_CHECKED
        handed = ChecklistRuns(session).checked(goes(session, 0, 0))
        told = ChecklistRuns(session).checked(goes(session, 0, 1))
    assert handed.facts == ("Program is synced", "People have a success status")
    assert handed.form_id == "something_broken"
    assert told.facts[1:] == ("No success status", "Was told, and it didn't settle it: Only a success status counts.")
