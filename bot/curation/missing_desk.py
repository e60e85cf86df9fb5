"""What curators do about what is missing: the list, a draft out of a gap, a definition. Checked at every press."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.curation.gaps import Gap, Gaps
from bot.curation.glossary_desk import GlossaryDesk
from bot.curation.known_issue_desk import BUTTONS as ISSUE_BUTTONS
from bot.curation.known_issue_desk import KnownIssueDesk
from bot.curation.refusals import CurationRefused, Refusal
from bot.curation.undefined import Radar
from bot.database import Database
from bot.incoming import ButtonPressed, MissingSubmitted
from bot.ops_people import OpsPeople
from bot.slack import faq_gaps, ids
from bot.slack.message import Message, row_id
from bot.speaking import Speaker
from knowledge.glossary import Term

Work = Callable[[Session], None]

BUTTONS = ISSUE_BUTTONS | {ids.GAP_DRAFT, ids.TERM_IGNORE}


def is_ours(action_id: str) -> bool:
    """Whether a button is handled here; the others of ours open a form first."""
    return action_id in BUTTONS or action_id.startswith(f"{ids.GAPS_PAGE}_")


class Missing:
    """The list, for `/faq gaps` and its pages."""

    def __init__(self, gaps: Gaps, radar: Radar, people: OpsPeople, database: Database) -> None:
        self._gaps = gaps
        self._radar = radar
        self._people = people
        self._database = database

    def shown(self, person: str, page: int = 0) -> Message:
        """One page, for curators. Raises DatabaseUnavailable."""
        if not self._people.may_publish(person):
            return faq_gaps.for_curators()
        with self._database.read() as session:
            return faq_gaps.gaps_message(self._gaps.listed(session), self._radar.listed(session), page)

    def gaps(self, session: Session) -> tuple[Gap, ...]:
        """The open gaps, the biggest first, for the curators' queue and App Home."""
        return self._gaps.listed(session).gaps


class MissingDesk:
    """Handles the buttons and forms of what is missing."""

    def __init__(
        self,
        missing: Missing,
        gaps: Gaps,
        radar: Radar,
        glossary: GlossaryDesk,
        issues: KnownIssueDesk,
        speaker: Speaker,
        database: Database,
    ) -> None:
        self._missing = missing
        self._gaps = gaps
        self._radar = radar
        self._glossary = glossary
        self._issues = issues
        self._speaker = speaker
        self._database = database

    def pressed(self, item: ButtonPressed) -> Work:
        """A button for which ``is_ours`` holds."""
        if item.action_id in ISSUE_BUTTONS:
            return self._issues.pressed(item)
        if item.action_id == ids.GAP_DRAFT:
            return self._answering(item, lambda session: self._draft(session, item))
        if item.action_id == ids.TERM_IGNORE:
            return self._answering(item, lambda session: self._ignore(session, item))
        return self._page(item)

    def submitted(self, item: MissingSubmitted) -> Work:
        """A form."""
        if item.action == ids.ISSUE_DECLARE:
            return self._issues.declared(item)
        handle = self._dismiss if item.action == ids.GAP_DISMISS else self._define

        def write(session: Session) -> None:
            try:
                with session.begin_nested():
                    message = handle(session, item)
            except CurationRefused as exc:
                message = _refused(exc)
            self._speaker.answer_form(session, item, message)

        return write

    def _answering(self, item: ButtonPressed, handle: Callable[[Session], Message]) -> Work:
        def write(session: Session) -> None:
            try:
                with session.begin_nested():
                    message = handle(session)
            except CurationRefused as exc:
                message = _refused(exc)
            self._speaker.answer_press(session, item, message)

        return write

    def _page(self, item: ButtonPressed) -> Work:
        message = self._missing.shown(item.user, max(row_id(item.value), 0))

        def write(session: Session) -> None:
            if item.response_url:
                key = f"gaps:{item.key}"
                self._speaker.whisper(session, key, item.response_url, item.user, message, replace=True)

        return write

    def _draft(self, session: Session, item: ButtonPressed) -> Message:
        proposal = self._gaps.draft(session, row_id(item.value), item.user)
        return faq_gaps.drafted(proposal.id, proposal.entry.question, with_answer=bool(proposal.entry.answer))

    def _ignore(self, session: Session, item: ButtonPressed) -> Message:
        self._radar.ignore(session, item.value, item.user)
        return faq_gaps.ignored(item.value)

    def _dismiss(self, session: Session, item: MissingSubmitted) -> Message:
        gap = self._gaps.get(session, row_id(item.about))
        if gap is None:
            raise CurationRefused(Refusal.GONE)
        self._gaps.dismiss(session, gap.id, item.user, item.values.get("why", ""))
        return faq_gaps.dismissed(gap.question)

    def _define(self, session: Session, item: MissingSubmitted) -> Message:
        given = item.values
        term = Term(given.get("term", ""), given.get("meaning", ""), definition=given.get("definition", ""))
        self._glossary.define(session, term, item.user)
        return faq_gaps.defined(" ".join(term.term.split()), " ".join(term.expansion.split()))


def _refused(exc: CurationRefused) -> Message:
    return faq_gaps.decided_already() if exc.refusal is Refusal.GONE else faq_gaps.refused(str(exc))
