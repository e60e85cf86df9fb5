"""Curation's slow half: trying a proposal out, putting a queue together, exports, and the buttons of its messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, TypeGuard

from sqlalchemy.orm import Session

from bot.asking import Work, nothing
from bot.clock import Clock
from bot.curation import faq_texts as words
from bot.curation import faq_views as views
from bot.curation.checks import Checks
from bot.curation.curation import Curation
from bot.curation.faq_blocks import View, bold, name, preview
from bot.curation.faq_import import FaqImport
from bot.curation.faq_opening import Opening
from bot.curation.faq_pages import FaqPages
from bot.curation.faq_queue import Queues
from bot.curation.faq_queue_view import queue_message
from bot.curation.faq_readers import Readers
from bot.curation.faq_saving import Saving
from bot.curation.refusals import CurationRefused
from bot.database import Database
from bot.effects import Post, SendFaq, ShowView
from bot.incoming import ButtonPressed, FaqAsked, MessageIn
from bot.missing import Gap
from bot.outbox import Outbox
from bot.people import Directory
from bot.slack import ids, mrkdwn
from bot.slack.message import Message, actions, button, row_id, say
from bot.speaking import Speaker
from bot.texts import counted
from knowledge.entry_store import EntryStore
from knowledge.errors import KnowledgeError
from knowledge.proposals import Proposal, ProposalStore

AFTER_THE_ACK = timedelta(seconds=1)
"""Slack may apply our answer to a submission later than an update we send at once: the outcome waits a moment."""

_PAGES = frozenset({f"{ids.FAQ_PAGE}_back", f"{ids.FAQ_PAGE}_on"})
_IMPORTS = frozenset({ids.FAQ_IMPORT, ids.FAQ_IMPORT_CANCEL})
BUTTONS = frozenset({ids.FAQ_AGREE, ids.FAQ_DISAGREE}) | _PAGES | _IMPORTS
"""Buttons in messages that a worker handles."""


class ListsGaps(Protocol):
    """Who knows what is missing."""

    def shown(self, person: str, page: int = 0) -> Message:
        """The gaps, for whoever may see them."""

    def gaps(self, session: Session) -> tuple[Gap, ...]:
        """The open ones, the biggest first."""


class FaqWork:
    """Handles what curation recorded, and its buttons in messages."""

    def __init__(
        self,
        curation: Curation,
        checks: Checks,
        readers: Readers,
        opening: Opening,
        pages: FaqPages,
        queues: Queues,
        saving: Saving,
        imports: FaqImport,
        directory: Directory,
        speaker: Speaker,
        outbox: Outbox,
        database: Database,
        clock: Clock,
        gaps: ListsGaps | None = None,
    ) -> None:
        self._curation = curation
        self._checks = checks
        self._readers = readers
        self._opening = opening
        self._pages = pages
        self._queues = queues
        self._saving = saving
        self._imports = imports
        self._directory = directory
        self._speaker = speaker
        self._outbox = outbox
        self._database = database
        self._clock = clock
        self._gaps = gaps

    def handle(self, item: FaqAsked) -> Work:
        """What was asked for."""
        handlers: dict[str, Callable[[FaqAsked], Work]] = {
            "try": self._try,
            "save": self._save,
            "queue": self._queue,
            "gaps": self._missing,
            "export": self._export,
        }
        handler = handlers.get(item.what)
        return handler(item) if handler else nothing

    def is_file(self, item: object) -> TypeGuard[MessageIn]:
        """Whether it is a message that brings an FAQ file to import."""
        return isinstance(item, MessageIn) and self._imports.is_one(item)

    def file(self, item: MessageIn) -> Work:
        """What it would do."""
        return self._imports.offered(item)

    def pressed(self, item: ButtonPressed) -> Work:
        """A button in one of our messages."""
        if item.action_id in _PAGES:
            page, _, searched = item.value.partition(":")
            message = self._pages.page(item.user, searched, max(0, row_id(page)))
            return lambda session: self._speaker.replace_pressed(session, item, message)
        if item.action_id in _IMPORTS:
            return self._imports.pressed(item)
        return self._agreed(item)

    def _try(self, item: FaqAsked) -> Work:
        with self._database.read() as session:
            proposal = ProposalStore(session).get(row_id(item.subject))
        if proposal is None or not proposal.is_open:
            return lambda session: self._show(session, item, views.said_view(words.GONE_DRAFT), say(words.GONE_DRAFT))
        try:
            findings = self._checks.of(proposal)
        except KnowledgeError as exc:
            view = views.not_tried_view(proposal, str(exc))
            told = say(words.NOT_TRIED.format(why=mrkdwn.escape(str(exc))), _open(proposal))
            return lambda session: self._show(session, item, view, told)

        def write(session: Session) -> None:
            found = self._curation.found(session, proposal.id, proposal.entry, findings)
            if found is None:
                return  # its words changed meanwhile: another try is on its way
            self._ask_author(session, found, item.user)
            view = self._opening.outcome(item.user, found)
            told = words.TRIED_OUT.format(question=bold(found.entry.question))
            self._show(session, item, view, say(told, actions(_look(found))))

        return write

    def _save(self, item: FaqAsked) -> Work:
        if item.view_id is None and not self._readers.is_curator(item.user):
            return nothing  # anybody may put emoji on messages
        saved = self._saving.draft(item)
        if isinstance(saved, str):
            return lambda session: self._tell(session, item, say(saved), views.said_view(saved))

        def write(session: Session) -> None:
            proposal = self._saving.keep(session, item, saved)
            view = self._saving.editor(proposal, curator=self._readers.is_curator(item.user))
            told = say(words.SAVE_READY.format(where=saved.where), _open(proposal))
            self._tell(session, item, told, view)

        return write

    def _queue(self, item: FaqAsked) -> Work:
        if not self._readers.is_curator(item.user):
            return lambda session: self._tell(session, item, say(words.CURATORS_ONLY))
        gaps: tuple[Gap, ...] = ()
        if self._gaps is not None:
            with self._database.read() as session:
                gaps = self._gaps.gaps(session)
        queue = self._queues.of(item.user, gaps)
        names = {one.author: self._directory.person(one.author).name for one in queue.to_review}
        message = queue_message(queue, self._clock(), names)
        return lambda session: self._tell(session, item, message)

    def _missing(self, item: FaqAsked) -> Work:
        message = self._gaps.shown(item.user) if self._gaps else say(words.GAPS_LATER)
        return lambda session: self._tell(session, item, message)

    def _export(self, item: FaqAsked) -> Work:
        if not self._readers.is_curator(item.user):
            return lambda session: self._tell(session, item, say(words.CURATORS_ONLY))
        with self._database.read() as session:
            count = EntryStore(session).count()
        comment = words.EXPORT_SAYS.format(count=counted(count, "entry", "entries"))
        effect = SendFaq(item.user, comment, words.EXPORT_NOT_SENT)
        return lambda session: self._outbox.put(session, f"export:{item.key}", effect)

    def _agreed(self, item: ButtonPressed) -> Work:
        """Whose private words they are says yes or no."""
        number, yes = row_id(item.value), item.action_id == ids.FAQ_AGREE

        def write(session: Session) -> None:
            try:
                decide = self._curation.agreed if yes else self._curation.declined
                proposal = decide(session, number, item.user)
            except CurationRefused as exc:
                self._speaker.answer_press(session, item, say(mrkdwn.escape(str(exc))))
                return
            self._speaker.replace_pressed(session, item, say(words.OK_THANKS if yes else words.OK_DECLINED))
            news = words.AUTHOR_AGREED if yes else words.AUTHOR_DECLINED
            told = say(
                news.format(question=bold(proposal.entry.question)), *([actions(_look(proposal))] if yes else [])
            )
            self._outbox.put(
                session, f"ok-said:{number}", Post(proposal.author, told.text, told.blocks, kept=told.kept)
            )

        return write

    def _ask_author(self, session: Session, proposal: Proposal, by: str) -> None:
        """Once per proposal: may these private words be published?"""
        if not proposal.origin.waits_for_ok:
            return
        who, number = name(self._directory.person(by).name), str(proposal.id)
        row = actions(
            button(words.ASK_OK_YES, ids.FAQ_AGREE, number, primary=True),
            button(words.ASK_OK_NO, ids.FAQ_DISAGREE, number),
        )
        shown = preview(proposal.entry, self._clock().date())
        asked = say(words.ASK_OK.format(who=who), views.bold_question(proposal.entry), *shown, row)
        post = Post(proposal.origin.needs_ok_of, asked.text, asked.blocks, kept=asked.kept)
        self._outbox.put(session, f"ok:{number}", post)

    def _tell(self, session: Session, item: FaqAsked, message: Message, view: View | None = None) -> None:
        """In the open form, in the place of the acknowledgement, or in their DM."""
        if item.view_id and view is not None:
            self._show(session, item, view, message, timedelta(0))
        elif item.response_url:
            self._speaker.whisper(
                session, f"told:{item.key}", item.response_url, item.user, message, thread=item.thread_ts
            )
        else:
            self._outbox.put(
                session, f"told:{item.key}", Post(item.user, message.text, message.blocks, kept=message.kept)
            )

    def _show(
        self, session: Session, item: FaqAsked, view: View, instead: Message, delay: timedelta = AFTER_THE_ACK
    ) -> None:
        if item.view_id is None:
            self._outbox.put(
                session, f"view:{item.key}", Post(item.user, instead.text, instead.blocks, kept=instead.kept)
            )
            return
        effect = ShowView(item.view_id, view, item.user, instead.text, instead.blocks)
        self._outbox.put(session, f"view:{item.key}", effect, delay)


def _open(proposal: Proposal) -> dict[str, object]:
    return actions(button(words.OPEN_DRAFT, ids.FAQ_EDIT_PROPOSAL, str(proposal.id), primary=True))


def _look(proposal: Proposal) -> dict[str, object]:
    return button(words.LOOK_AT_IT, ids.FAQ_FOUND, str(proposal.id), primary=True)
