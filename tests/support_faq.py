"""The FAQ on a running desk: entries in it, and curators who work on them in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support_desk import Room, running_desk

from bot.curation.findings import Findings
from bot.demo.slack_larkfield import NOOR, PRIYA
from bot.demo.slack_reading import shown_text
from bot.demo.slack_state import View
from bot.slack import ids
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore, EntryVersion
from knowledge.errors import KnowledgeError
from knowledge.proposals import Proposal, ProposalStore

UTM = Entry(
    "faq-utm", "How do I build a UTM link?", "With the *builder*.", variants=("utm link",), owner="ops", tags=("utm",)
)
MQL = Entry("faq-mql", "Where are my MQLs?", "In the dashboard.", tags=("leads",))


class Tried:
    """Checks that find what a test says."""

    def __init__(self, findings: Findings = Findings()) -> None:  # noqa: B008 - a frozen value
        self.findings = findings
        self.fails: KnowledgeError | None = None
        self.proposals: list[Proposal] = []

    def of(self, proposal: Proposal) -> Findings:
        """See Checks."""
        self.proposals.append(proposal)
        if self.fails is not None:
            raise self.fails
        return self.findings


class Faq:
    """What curators do and see."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.slack = room.slack

    def entries(self) -> dict[str, Entry]:
        """Every entry, by id."""
        with self.room.database.read() as session:
            return {entry.id: entry for entry in EntryStore(session).all()}

    def history(self, entry_id: str) -> tuple[EntryVersion, ...]:
        """An entry's versions."""
        with self.room.database.read() as session:
            return EntryStore(session).history(entry_id)

    def proposals(self) -> tuple[Proposal, ...]:
        """What is open."""
        with self.room.database.read() as session:
            return ProposalStore(session).open()

    def put(self, *entries: Entry) -> None:
        """Entries that are there already."""
        with self.room.database.write() as session:
            EntryStore(session).import_entries(entries, PRIYA, self.room.clock())

    def command(self, who: str, line: str) -> str:
        """A command, and what it is acknowledged with."""
        outcome = self.slack.command(who, "#ask-mops", line)
        assert outcome.ok, outcome.message
        return outcome.ack_text or ""

    def edit(self, who: str, line: str, **typed: Any) -> View:
        """Open the editor by a command, send it, and wait for what trying it out found."""
        self.command(who, line)
        return self.tried(who, **typed)

    def tried(self, who: str, **typed: Any) -> View:
        """Send the open editor and wait for what trying it out found."""
        outcome = self.slack.submit(who, typed)
        assert outcome.ok, outcome.errors or outcome.message
        return self.found(who)

    def found(self, who: str) -> View:
        """The view that shows what trying it out found."""
        self.room.settle()
        self.room.clock.skip(2)
        return self.slack.wait_for(lambda: self.shows(who, ids.VIEW_FAQ_FOUND))

    def shows(self, who: str, callback_id: str) -> View | None:
        """The open form, if it is that one."""
        view = self.slack.modal(who)
        return view if view is not None and view.content["callback_id"] == callback_id else None

    def form(self, who: str) -> str:
        """What is in front of somebody, as text."""
        view = self.slack.modal(who)
        assert view is not None, "no form is open"
        return text_of(view)

    def press(self, who: str, button: str) -> None:
        """A button in the open form."""
        view = self.slack.modal(who)
        assert view is not None, "no form is open"
        outcome = self.slack.click(who, view, button)
        assert outcome.ok, outcome.message


def text_of(view: View) -> str:
    """Everything a form says, with what is filled in."""
    return shown_text(view)


@contextmanager
def faq_room(folder: Path, *entries: Entry, **more: Any) -> Iterator[Faq]:
    """A desk whose curators are Priya and Noor, with these entries."""
    more.setdefault("curators", frozenset({PRIYA, NOOR}))
    with running_desk(folder, **more) as room:
        faq = Faq(room)
        faq.put(*entries)
        yield faq
        room.settle()
        room.assert_clean()
