"""What a curation form shows when it opens: read from the records, checked against who asks. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from sqlalchemy.orm import Session

from bot import ops_texts
from bot.audiences import is_for_one
from bot.clock import Clock
from bot.conversations import AskedQuestion, Conversations
from bot.curation import faq_texts as words
from bot.curation import faq_views as views
from bot.curation.curation import Curation
from bot.curation.faq_blocks import View, age
from bot.curation.faq_context import About
from bot.curation.faq_readers import Readers
from bot.curation.findings import findings_from
from bot.database import Database
from bot.entry_drafts import as_entry, first_draft, without_people
from bot.errors import DeskError
from bot.people import Directory
from bot.ticket_news import NewsStore
from escalation.request_store import RequestStore
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore
from knowledge.proposals import Origin, OriginKind, Proposal, ProposalStore


class NotShown(DeskError):
    """A form is not opened; the message is what the person is told."""


@dataclass(frozen=True)
class Start:
    """What an editor begins with: the entry, where it comes from, and what was said about it."""

    entry: Entry
    about: About
    origin: Origin = Origin()
    reason: str = ""


class Opening:
    """All methods raise NotShown and DatabaseUnavailable. ``desk_url``: the desk's own address, if it has one."""

    def __init__(
        self,
        curation: Curation,
        readers: Readers,
        directory: Directory,
        database: Database,
        clock: Clock,
        desk_url: str = "",
    ) -> None:
        self._curation = curation
        self._readers = readers
        self._directory = directory
        self._database = database
        self._clock = clock
        self._desk_url = desk_url

    def editor(self, person: str, about: About) -> View:
        """The editor on whatever it is about."""
        start = self.start(person, about)
        curator = self._readers.is_curator(person)
        where = f"{self._desk_url}/desk/entry?id={quote(start.entry.id)}" if self._desk_url else ""
        return views.editor_view(start.entry, start.about, curator=curator, reason=start.reason, desk_url=where)

    def blank(self, person: str, question: str) -> View:
        """The editor on a question somebody typed."""
        entry = Entry("", " ".join(question.split())[:2_000], "")
        return views.editor_view(entry, About(), curator=self._readers.is_curator(person))

    def start(self, person: str, about: About) -> Start:
        """The entry an editor is about, as it is now; asked again when the form comes back."""
        with self._database.read() as session:
            if about.proposal is not None:
                proposal = self._own(session, person, about.proposal)
                about = replace(about, entry=proposal.entry.id if proposal.base_version else None)
                base = replace(about, base=proposal.base_version)
                return Start(proposal.entry, base, proposal.origin, proposal.reason)
            if about.request is not None:
                return self._of_ticket(session, person, about)
            if about.question is not None:
                return self._of_question(session, person, about)
            if about.entry is None:
                return Start(Entry("", "", ""), about)
            entry = EntryStore(session).get(about.entry)
            version = EntryStore(session).version(about.entry)
        if entry is None:
            raise NotShown(words.GONE_ENTRY)
        if not self._readers.may_see(person, entry):
            raise NotShown(words.NOT_FOR_YOU)
        return Start(entry, replace(about, base=about.base or version))

    def found(self, person: str, number: int) -> tuple[View, bool]:
        """What trying a proposal out found; while nobody has looked, the view that says so, and False."""
        with self._database.read() as session:
            proposal = self._own(session, person, number)
        return self.outcome(person, proposal), proposal.findings is not None

    def outcome(self, person: str, proposal: Proposal) -> View:
        """The decision about a proposal, as this person can make it."""
        today = self._clock().date()
        if proposal.findings is None:
            return views.trying_view(proposal, today)
        findings = findings_from(proposal.findings)
        return views.found_view(proposal, findings, may_publish=self.may_publish(person, proposal), today=today)

    def may_publish(self, person: str, proposal: Proposal) -> bool:
        """Whether this person's press publishes it; otherwise it hands it to the curators."""
        return self._curation.publishes(person, proposal)

    def conflict(self, number: int) -> View:
        """What changed in an entry since a proposal about it was begun."""
        with self._database.read() as session:
            proposal = ProposalStore(session).get(number)
            history = EntryStore(session).history(proposal.entry.id) if proposal else ()
        if proposal is None or not history:
            raise NotShown(words.GONE_DRAFT)
        last = history[-1]
        before = next((each.entry for each in history if each.version == proposal.base_version), history[0].entry)
        who = self._directory.person(last.author).name
        return views.conflict_view(proposal, before, last.entry, who, age(last.created_at, self._clock()))

    def entry(self, person: str, entry_id: str, *, due: bool = False) -> View:
        """An entry to read; ``due``: a curator is asked whether it is still right."""
        entry = self._entry(person, entry_id)
        curator = self._readers.is_curator(person)
        return views.entry_view(entry, self._clock().date(), curator=curator, due=due)

    def archive(self, person: str, entry_id: str) -> View:
        """Why it should go."""
        if not self._readers.is_curator(person):
            raise NotShown(words.CURATORS_ONLY)
        return views.reason_view(self._entry(person, entry_id), About(entry=entry_id))

    def _entry(self, person: str, entry_id: str) -> Entry:
        with self._database.read() as session:
            entry = EntryStore(session).get(entry_id)
        if entry is None:
            raise NotShown(words.GONE_ENTRY)
        if not self._readers.may_see(person, entry):
            raise NotShown(words.NOT_FOR_YOU)
        return entry

    def _own(self, session: Session, person: str, number: int) -> Proposal:
        """An open proposal: its author's, or any for curators."""
        proposal = ProposalStore(session).get(number)
        if proposal is None or not proposal.is_open:
            raise NotShown(words.GONE_DRAFT)
        if person != proposal.author and not self._readers.is_curator(person):
            raise NotShown(words.NOT_YOURS)
        return proposal

    def _of_ticket(self, session: Session, person: str, about: About) -> Start:
        """A finished ticket as a first draft; publishing the same ticket again changes its entry."""
        request = RequestStore(session).get(about.request or -1)
        if request is None:
            raise NotShown(words.GONE_DRAFT)
        if not self._readers.is_curator(person):
            raise NotShown(ops_texts.NOT_CURATOR)
        if request.draft.origin.private:
            raise NotShown(ops_texts.PRIVATE_NO_ENTRY)
        origin = Origin(OriginKind.TICKET, (request.ticket.url if request.ticket else None) or "")
        draft = first_draft(request, NewsStore(session).of(request.id))
        entry = as_entry(request, draft["question"], draft["answer"], self._clock().date())
        return Start(entry, about, origin)

    def _of_question(self, session: Session, person: str, about: About) -> Start:
        """A question that needs an entry of its own."""
        question = Conversations(session).question(about.question or -1)
        if question is None or not question.text:
            raise NotShown(words.GONE_DRAFT)
        if not self.may_read_question(person, question):
            raise NotShown(words.PRIVATE_QUESTION)
        asker = self._directory.person(question.person).name
        entry = Entry("", without_people(question.text, (asker,)), "")
        return Start(entry, about, Origin(OriginKind.ANSWER, questions=(question.id,)))

    def may_read_question(self, person: str, question: AskedQuestion) -> bool:
        """What was asked in private only those pass on who were there."""
        if person == question.person or not is_private(question, self._directory):
            return True
        try:
            members = self._directory.members(question.place.channel)
        except DeskError:
            return False
        return members is not None and person in members


def is_private(question: AskedQuestion, directory: Directory) -> bool:
    """Whether a question was asked where not every colleague can read it."""
    channel = question.place.channel
    if question.place.surface.value != "channel" or is_for_one(channel):
        return True
    return directory.channel(channel).is_private
