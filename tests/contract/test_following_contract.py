"""Every tracker tells alike what became of a ticket, and takes the same changes: embedded, Jira, service desks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support_trackers import KINDS, Staffed, new_ticket_for, staffed

from escalation.domain import (
    Assign,
    Attachment,
    Close,
    Label,
    Person,
    Reopen,
    Retype,
    TicketChange,
    TicketComment,
    TicketView,
    Watch,
    Workload,
)
from escalation.errors import TrackerRejected

PRIYA = Person("U1", "Priya Nair", "priya@example.com")
CLOSE = Close("The list is in: 486 of 500.")
CHANGES: tuple[TicketChange, ...] = (
    Assign(PRIYA),
    Retype("Bug"),
    Label(add=("x",)),
    Watch(PRIYA),
    CLOSE,
    Reopen("Half of them are missing."),
    Close("No.", declined=True),
)


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Staffed]:
    with staffed(request.param, tmp_path) as made:
        made.employ("Priya Nair", "priya@example.com")
        yield made


def filed(desk: Staffed, marker: str = "mops-desk-0123456789ab") -> str:
    key = desk.tracker.create(new_ticket_for(marker=marker)).key
    desk.wait(minutes=1)
    return key


def comments(desk: Staffed, key: str) -> tuple[TicketComment, ...]:
    view = desk.tracker.read(key)
    assert view is not None
    return view.comments


def test_a_new_ticket_is_read_without_comments(desk: Staffed) -> None:
    key = filed(desk)
    assert desk.tracker.read(key) == TicketView(desk.tracker.get(key), ())  # type: ignore[arg-type]


def test_a_ticket_that_is_gone_reads_as_none(desk: Staffed) -> None:
    assert desk.tracker.read("OPS-404") is None


def test_a_ticket_carries_its_labels(desk: Staffed) -> None:
    ticket = desk.tracker.get(filed(desk, "mops-desk-00000000000a"))
    assert ticket is not None
    assert ticket.labels == ("mops-desk", "mops-desk-00000000000a")


def test_what_people_say_is_public_or_not_as_they_meant(desk: Staffed) -> None:
    key = filed(desk)
    desk.say(key, "Priya", "Got the list.", True)
    desk.wait(seconds=5)
    desk.say(key, "Tom", "Consent is missing, careful.", False)
    said = [(one.author, one.text, one.public, one.ours) for one in comments(desk, key)]
    assert said == [
        ("Priya", "Got the list.", True, False),
        ("Tom", "Consent is missing, careful.", False, False),
    ]


def test_comments_come_oldest_first_with_the_moment_they_were_made(desk: Staffed) -> None:
    key = filed(desk)
    moments = []
    for number in range(3):
        desk.say(key, "Priya", f"Step {number}", True)
        moments.append(desk.now[0])
        desk.wait(minutes=7)
    assert [(one.text, one.at) for one in comments(desk, key)] == [
        (f"Step {number}", at) for number, at in enumerate(moments)
    ]
    assert len({one.id for one in comments(desk, key)}) == 3


def test_our_own_comments_come_back_as_ours_and_internal(desk: Staffed) -> None:
    key = filed(desk)
    desk.tracker.comment(key, "Ann Lee in Slack: any news?\n#reply or not", "c-1")
    (ours,) = comments(desk, key)
    assert (ours.text, ours.public, ours.ours) == ("Ann Lee in Slack: any news?\n#reply or not", False, True)


def test_what_changed_is_listed_oldest_change_first(desk: Staffed) -> None:
    first, second = filed(desk, "mops-desk-00000000000a"), filed(desk, "mops-desk-00000000000b")
    since = desk.wait(minutes=10)
    assert desk.tracker.changed_since("OPS", since) == ()
    desk.say(second, "Priya", "Looking.", True)
    desk.wait(minutes=2)
    desk.say(first, "Priya", "Done.", True)
    assert desk.tracker.changed_since("OPS", since) == (second, first)
    assert desk.tracker.changed_since("OPS", desk.now[0]) == (first,)


def test_a_change_of_long_ago_is_found_too(desk: Staffed) -> None:
    since = desk.now[0]
    keys = [filed(desk, f"mops-desk-{number:012x}") for number in range(3)]
    desk.wait(days=12)
    assert desk.tracker.changed_since("OPS", since) == tuple(keys)


def test_tickets_of_another_project_are_not_among_the_changed(desk: Staffed) -> None:
    since = desk.now[0]
    filed(desk)
    assert desk.tracker.changed_since("WEB", since) == ()


def test_a_ticket_is_given_to_a_person_and_taken_away(desk: Staffed) -> None:
    key = filed(desk)
    assert desk.tracker.change(key, Assign(PRIYA), "m-1").assignee == "Priya Nair"
    assert desk.tracker.change(key, Assign(None), "m-2").assignee is None


@pytest.mark.parametrize(("declined", "resolution"), [(False, "done"), (True, "won't do")])
def test_closing_tells_the_asker_how_it_ended(desk: Staffed, declined: bool, resolution: str) -> None:
    key = filed(desk)
    closed = desk.tracker.change(key, Close("Fixed in the CRM.", declined), "m-1")
    assert closed.done
    assert str(closed.resolution).lower() == resolution
    (reason,) = comments(desk, key)
    assert (reason.text, reason.public, reason.ours) == ("Fixed in the CRM.", True, True)


def test_done_and_declined_are_different_ends(desk: Staffed) -> None:
    done = desk.tracker.change(filed(desk, "mops-desk-00000000000a"), Close("Here it is."), "m-1")
    declined = desk.tracker.change(filed(desk, "mops-desk-00000000000b"), Close("Try X.", declined=True), "m-2")
    assert done.status == "Done"
    assert declined.status in ("Declined", "Won't Do")


def test_reopening_goes_back_to_where_work_begins(desk: Staffed) -> None:
    key = filed(desk)
    desk.tracker.change(key, CLOSE, "m-1")
    desk.wait(minutes=1)
    again = desk.tracker.change(key, Reopen("Half of them are missing."), "m-2")
    assert (again.done, again.status.lower(), again.resolution) == (False, "to do", None)
    assert [one.public for one in comments(desk, key)] == [True, False]


def test_a_ticket_becomes_another_type(desk: Staffed) -> None:
    assert desk.tracker.change(filed(desk), Retype("Bug"), "m-1").issue_type == "Bug"


def test_labels_are_added_and_taken_away(desk: Staffed) -> None:
    key = filed(desk)
    desk.tracker.change(key, Label(add=("needs-info",)), "m-1")
    changed = desk.tracker.change(key, Label(add=("paid-social",), remove=("needs-info",)), "m-2")
    assert changed.labels == ("mops-desk", "mops-desk-0123456789ab", "paid-social")


def test_watching_leaves_the_ticket_as_it_is(desk: Staffed) -> None:
    key = filed(desk)
    before = desk.tracker.get(key)
    for person in (PRIYA, PRIYA, Person("U9", "Somebody Else")):
        assert before is not None
        assert desk.tracker.change(key, Watch(person), "m-1").status == before.status


def test_a_change_made_twice_is_made_once(desk: Staffed) -> None:
    key = filed(desk)
    for number, change in enumerate(CHANGES):
        first = desk.tracker.change(key, change, f"m-{number}")
        said = len(comments(desk, key))
        second = desk.tracker.change(key, change, f"m-{number}")
        assert (second.status, second.assignee, second.labels) == (first.status, first.assignee, first.labels)
        assert len(comments(desk, key)) == said


def test_changing_a_ticket_that_is_gone_is_refused(desk: Staffed) -> None:
    for change in CHANGES:
        with pytest.raises(TrackerRejected):
            desk.tracker.change("OPS-404", change, "m-1")


def test_closing_what_is_closed_adds_only_the_reason(desk: Staffed) -> None:
    key = filed(desk)
    first = desk.tracker.change(key, CLOSE, "m-1")
    second = desk.tracker.change(key, Close("One more thing.", declined=True), "m-2")
    assert (second.status, second.resolution) == (first.status, first.resolution)
    assert len(comments(desk, key)) == 2


def test_a_file_is_attached_once(desk: Staffed) -> None:
    key = filed(desk)
    for content in (b"a,b\n1,2\n", b"a,b\n1,2\n", b"a,b\n1,2\n3,4\n"):
        desk.tracker.attach(key, Attachment("leads.csv", content, "text/csv"))
    assert desk.files(key) == ["leads.csv", "leads.csv"]


def test_a_file_for_a_ticket_that_is_gone_is_refused(desk: Staffed) -> None:
    with pytest.raises(TrackerRejected):
        desk.tracker.attach("OPS-404", Attachment("leads.csv", b"x"))


def test_a_changed_ticket_says_when(desk: Staffed) -> None:
    key = filed(desk)
    at = desk.wait(hours=1)
    assert desk.tracker.change(key, Assign(PRIYA), "m-1").updated_at == at.astimezone(UTC)


def closes(desk: Staffed, first: int, count: int) -> None:
    for number in range(first, first + count):
        desk.tracker.change(filed(desk, f"mops-desk-{number:012x}"), CLOSE, f"close-{number}")


@pytest.mark.parametrize("desk", ["embedded", "cloud", "server"], indirect=True)
def test_the_workload_counts_what_is_open_and_how_fast_it_goes(desk: Staffed) -> None:
    for number in range(3):
        filed(desk, f"mops-desk-{number:012x}")
    desk.wait(days=30)
    closes(desk, 3, 12)
    assert desk.tracker.workload("OPS") == Workload(ahead=3, done_per_business_day=0.6, sprint_ends=None)
    desk.wait(days=30)
    assert desk.tracker.workload("OPS") == Workload(ahead=3)


@pytest.mark.parametrize("desk", ["embedded", "cloud", "server"], indirect=True)
def test_a_young_desk_tells_no_pace_and_then_one_of_the_days_it_has_seen(desk: Staffed) -> None:
    filed(desk)
    closes(desk, 1, 12)
    assert desk.tracker.workload("OPS") == Workload(ahead=1)  # twelve within minutes say nothing about a day
    desk.wait(days=15)
    closes(desk, 20, 10)
    assert desk.tracker.workload("OPS") == Workload(ahead=1, done_per_business_day=1.0)


@pytest.mark.parametrize("desk", ["embedded", "cloud", "server"], indirect=True)
def test_a_handful_of_done_tickets_tells_no_pace(desk: Staffed) -> None:
    filed(desk)
    desk.wait(days=30)
    closes(desk, 1, 9)
    assert desk.tracker.workload("OPS") == Workload(ahead=1)


def test_nothing_is_ahead_where_there_are_no_tickets(desk: Staffed) -> None:
    assert desk.tracker.workload("OPS") in (Workload(0), Workload())


def test_a_moment_in_another_zone_is_the_same_moment(desk: Staffed) -> None:
    since = datetime.fromisoformat("2026-11-23T12:00:30+02:00")
    key = filed(desk)  # made at 10:00:00 UTC, before that
    assert desk.tracker.changed_since("OPS", since) == ()
    desk.say(key, "Priya", "Hello", True)
    assert desk.tracker.changed_since("OPS", since) == (key,)
