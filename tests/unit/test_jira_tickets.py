"""Resolved tickets as documents: who is in them (nobody), which are left out, and what goes away again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support_trackers import new_ticket_for

from bot.sources.jira_tickets import JiraTickets, TicketSettings, answer_in
from bot.triage_texts import close_reason
from escalation.description import describe
from escalation.domain import Assign, Close, Draft, Origin, Person, Reopen, Ticket
from escalation.testing import Fault, InMemoryTracker
from knowledge.domain import Audience, Document, Level
from knowledge.errors import DocumentUnreadable, DocumentWithheld, SourceUnavailable
from knowledge.protocols import DocumentRef

ANN = Person("U1", "Ann Lee", "ann@example.com")
PRIYA = Person("U2", "Priya Nair", "priya@example.com")
ANSWER = "They are in the MQL dashboard; filter by campaign."


class Desk:
    """A tracker, its tickets, and the source over it."""

    def __init__(self, audience: Audience | None = None) -> None:
        self.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
        self.tracker = InMemoryTracker(clock=lambda: self.now)
        self.private: set[str] = set()
        settings = TicketSettings("tickets", "OPS", audience=audience or Audience.internal())
        self.source = JiraTickets(
            settings, lambda: self.tracker, lambda: frozenset(self.private), clock=lambda: self.now
        )

    def closed(self, answer: str = ANSWER, question: str = "Where are my MQLs?", **more: Any) -> str:
        """A ticket that is done."""
        declined, private = more.pop("declined", False), more.pop("private", False)
        draft = Draft("MQLs", ANN, Origin("#ask-mops", private=private), question, thread=("Zed: ask Yvonne",))
        marker = f"mops-desk-{len(self.tracker.tickets):012x}"
        new = new_ticket_for(marker, description=describe(draft, None, "7F3K", marker), **{"summary": "MQLs", **more})
        key = self.tracker.create(new).key
        self.tracker.change(key, Assign(PRIYA), "a")
        if answer:
            self.tracker.change(key, Close(answer, declined), "c")
        else:
            self.tracker.update(key, status="Done", done=True)
        return key

    @property
    def refs(self) -> list[DocumentRef]:
        return list(self.source.list())

    @property
    def shown(self) -> list[str]:
        return [ref.path for ref in self.refs if not ref.withheld]

    def document(self, key: str) -> Document:
        (ref,) = (ref for ref in self.refs if ref.path == key)
        return self.source.read(ref)

    def text(self, key: str) -> str:
        return self.document(key).sections[0].text


def test_a_ticket_becomes_its_question_and_the_answer_to_it() -> None:
    desk = Desk()
    document = desk.document(desk.closed(summary="Missing MQLs"))
    (section,) = document.sections
    assert (document.path, document.title, document.url) == ("OPS-1", "Missing MQLs", "https://tracker.example/OPS-1")
    assert (section.heading, section.text) == ("Where are my MQLs?", ANSWER)
    assert (document.audience, document.owner) == (Audience.internal(), None)


def test_what_people_said_in_the_thread_or_who_asked_is_not_in_it() -> None:
    desk = Desk()
    document = desk.document(desk.closed())
    told = f"{document.title} {document.sections}"
    for word in ("Zed", "Yvonne", "Ann", "Priya", "#ask-mops", "7F3K"):
        assert word not in told


PEOPLE = {
    "Hi Ann,\n\nthe list is in the shared folder now.\n\nBest,\nPriya": "The list is in the shared folder now.",
    "Priya Nair set the field; ask @Tom Berg or write tom@example.com.": "Set the field; ask or write.",
    "Call +49 30 1234567 if the import fails again.": "Call if the import fails again.",
    "Done by <@U0123ABCD> in the shared folder today.": "Done by in the shared folder today.",
    "I asked [~accountid:557058:aaaa] to open the form.": "I asked to open the form.",
    "ann can see it in the dashboard again.": "Can see it in the dashboard again.",
    "Thanks! It works with the new field.": "Thanks! It works with the new field.",
}


@pytest.mark.parametrize("said", PEOPLE)
def test_nobody_is_named_in_an_answer(said: str) -> None:
    desk = Desk()
    assert desk.text(desk.closed(said)) == PEOPLE[said]


def test_nobody_is_named_in_a_question() -> None:
    desk = Desk()
    document = desk.document(desk.closed(question="Hi Priya, where did Ann's MQLs go? ann@example.com"))
    assert document.sections[0].heading == "Where did MQLs go?"


def test_what_colleagues_said_among_themselves_stays_there() -> None:
    desk = Desk()
    key = desk.closed()
    desk.tracker.say(key, "Tom Berg", "Between us: the vendor broke it again.", public=False)
    desk.tracker.comment(key, "Ann Lee in Slack: thanks, I see them all now", "c-9")
    assert desk.text(key) == ANSWER


def test_what_the_asker_wrote_is_no_answer() -> None:
    desk = Desk()
    key = desk.closed()
    desk.tracker.say(key, "Ann Lee", "It works now, many thanks to all of you.", public=True)
    assert desk.text(key) == ANSWER


def test_what_the_desk_wrote_is_an_answer_even_where_its_account_made_the_ticket() -> None:
    desk = Desk()
    key = desk.closed()
    story = desk.tracker.story(key)
    assert story is not None
    ours = tuple(replace(one, author="MOPS Desk") for one in story.comments)
    assert answer_in(replace(story, askers=("Ann Lee", "MOPS Desk"), comments=ours)) == ANSWER


def test_the_last_words_make_the_answer() -> None:
    desk = Desk()
    key = desk.closed("Looking into it this afternoon.")
    for step in range(4):
        desk.tracker.say(key, "Priya Nair", f"Step {step}: do what it says there.", public=True)
    assert desk.text(key).split("\n\n") == [f"Step {step}: do what it says there." for step in (1, 2, 3)]


@pytest.mark.parametrize("answer", ["", "Done.", "Thanks, closing this.", close_reason(3)])
def test_a_ticket_that_says_nothing_has_no_passage_and_is_not_read_again(answer: str) -> None:
    desk = Desk()
    assert desk.document(desk.closed(answer)).sections == ()
    assert len({ref.version for ref in (*desk.refs, *desk.refs)}) == 1


BAD_ENDS = ["Won't Do", "Won\N{RIGHT SINGLE QUOTATION MARK}t fix", "Declined", "Duplicate", "Cannot Reproduce"]


@pytest.mark.parametrize("resolution", BAD_ENDS)
def test_what_was_declined_or_is_a_duplicate_is_not_listed(resolution: str) -> None:
    desk = Desk()
    desk.tracker.update(desk.closed(), resolution=resolution)
    assert desk.refs == []


@pytest.mark.parametrize("status", ["Won't do", "Declined", "Cancelled", "Withdrawn"])
def test_a_status_can_say_so_as_well(status: str) -> None:
    desk = Desk()
    desk.tracker.update(desk.closed(), status=status, resolution=None)
    assert desk.refs == []


@pytest.mark.parametrize("resolution", ["Done", "Fixed", "Resolved", None])
def test_every_good_end_counts(resolution: str | None) -> None:
    desk = Desk()
    desk.tracker.update(desk.closed(), resolution=resolution)
    assert desk.shown == ["OPS-1"]


def test_private_requests_are_withheld_by_their_marker() -> None:
    desk = Desk()
    key, _ = desk.closed(), desk.closed()
    before = desk.refs[0]
    desk.private.add("mops-desk-000000000000")
    assert desk.shown == ["OPS-2"]
    assert desk.source.read(before).path == key  # listed before anybody knew
    with pytest.raises(DocumentWithheld, match="others could not read"):
        desk.document(key)


def test_private_requests_are_withheld_by_their_ticket_too() -> None:
    desk = Desk()
    with pytest.raises(DocumentWithheld, match="others could not read"):
        desk.document(desk.closed(private=True))


def test_a_secured_ticket_is_withheld() -> None:
    desk = Desk()
    desk.closed(security="Ops only")
    (ref,) = desk.refs
    assert "security level" in ref.withheld


def test_a_ticket_that_is_open_again_vanishes() -> None:
    desk = Desk()
    key = desk.closed()
    (before,) = desk.refs
    desk.tracker.change(key, Reopen("Half of them are missing."), "r-1")
    assert desk.refs == []
    with pytest.raises(DocumentWithheld, match="open again"):
        desk.source.read(before)


def test_a_ticket_that_was_deleted_vanishes() -> None:
    desk = Desk()
    desk.closed()
    desk.tracker.tickets.clear()
    assert desk.refs == []


def test_a_change_to_a_ticket_is_another_version() -> None:
    desk = Desk()
    key = desk.closed()
    (before,) = desk.refs
    assert desk.refs == [before]
    desk.now += timedelta(minutes=1)
    desk.tracker.say(key, "Priya Nair", "One more thing: the old report is off.", public=True)
    (after,) = desk.refs
    assert after.version != before.version
    assert "the old report is off" in desk.text(key)


def test_tickets_of_long_ago_are_not_listed() -> None:
    desk = Desk()
    desk.closed()
    desk.now += timedelta(days=731)
    assert desk.refs == []


@pytest.mark.parametrize(
    ("wanted", "level"),
    [
        (Audience(), Level.INTERNAL),
        (Audience.internal(), Level.INTERNAL),
        (Audience(Level.GROUP, frozenset({"S1"})), Level.GROUP),
    ],
)
def test_the_audience_is_never_wider_than_colleagues(wanted: Audience, level: Level) -> None:
    desk = Desk(wanted)
    assert desk.document(desk.closed()).audience.level is level


def test_another_audience_is_another_version() -> None:
    first, second = Desk(), Desk(Audience(Level.GROUP, frozenset({"S1"})))
    first.closed()
    second.closed()
    assert first.refs[0].version != second.refs[0].version


def test_a_tracker_that_is_away_changes_nothing() -> None:
    desk = Desk()
    desk.closed()
    desk.tracker.fail("resolved_since", Fault.UNAVAILABLE)
    with pytest.raises(SourceUnavailable, match="does not answer"):
        list(desk.source.list())


def test_one_ticket_that_fails_fails_alone_and_three_in_a_row_mean_the_tracker() -> None:
    desk = Desk()
    for _ in range(5):
        desk.closed()
    refs = desk.refs
    desk.tracker.fail("story", Fault.DENIED, None, *[Fault.UNAVAILABLE] * 3)
    with pytest.raises(DocumentUnreadable, match="refused us"):
        desk.source.read(refs[0])
    assert desk.source.read(refs[1]).path == "OPS-2"
    for ref in refs[2:4]:
        with pytest.raises(DocumentUnreadable, match="does not answer"):
            desk.source.read(ref)
    with pytest.raises(SourceUnavailable, match="does not answer"):
        desk.source.read(refs[4])


def test_a_ticket_without_a_question_is_called_by_its_summary() -> None:
    desk = Desk()
    document = desk.document(desk.closed(question="", summary="List import for Ann Lee's Berlin event"))
    assert (document.title, document.sections[0].heading) == ("List import for Berlin event",) * 2


def test_an_embedded_ticket_has_no_address() -> None:
    desk = Desk()
    key = desk.closed()
    desk.tracker.update(key, url="")
    assert desk.document(key).url is None
    assert isinstance(desk.tracker.get(key), Ticket)
