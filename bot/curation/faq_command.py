"""`/faq`: answered in the acknowledgement, or with a form; what takes longer goes to the inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bot.clock import Clock
from bot.commands import DidYouMean
from bot.curation import faq_lists as lists
from bot.curation import faq_texts as words
from bot.curation.entry_search import found, near_ids
from bot.curation.faq_context import About
from bot.curation.faq_opening import NotShown, Opening
from bot.curation.faq_pages import FaqPages
from bot.curation.faq_readers import Readers
from bot.database import Database
from bot.errors import DatabaseUnavailable, DeskError
from bot.faq_commands import Faq, Takes, Verb, parse_faq
from bot.incoming import FaqAsked
from bot.logs import get_logger
from bot.slack import mrkdwn, replies
from bot.slack.client import SlackClient
from bot.slack.message import Message, say
from bot.slack.parse import plain_text
from bot.slack.slash import Records
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore
from knowledge.proposals import ProposalStore

log = get_logger(__name__)

Body = Mapping[str, Any]


class ShowsGaps(Protocol):
    """Who knows what is missing. Raises DatabaseUnavailable."""

    def shown(self, person: str, page: int = 0) -> Message:
        """A page of it, for whoever may see it."""


class FaqCommand:
    """Answers the command. Raises DatabaseUnavailable."""

    def __init__(
        self,
        readers: Readers,
        pages: FaqPages,
        opening: Opening,
        database: Database,
        slack: SlackClient,
        records: Records,
        clock: Clock,
        gaps: ShowsGaps | None = None,
    ) -> None:
        self._readers = readers
        self._pages = pages
        self._opening = opening
        self._database = database
        self._slack = slack
        self._records = records
        self._clock = clock
        self._gaps = gaps

    def command(self, body: Body) -> Message | None:
        """What is acknowledged; None when a form opened."""
        meant, person = parse_faq(plain_text(str(body.get("text", "")))), str(body["user_id"])
        if isinstance(meant, DidYouMean):
            return replies.did_you_mean("/faq", meant.typed, meant.meant)
        try:
            return self._answer(meant, person, body)
        except NotShown as exc:
            return say(mrkdwn.escape(str(exc)))
        except DatabaseUnavailable:
            raise
        except DeskError as exc:
            log.warning("faq_form_not_opened", error=str(exc))
            return say(words.NOT_OPENED)

    def _answer(self, meant: Faq, person: str, body: Body) -> Message | None:
        handlers: dict[str, Callable[[str, str, Body], Message | None]] = {
            Verb.HELP: self._help,
            Verb.LIST: lambda person, _rest, _body: self._pages.page(person, "", 0),
            Takes.SEARCH: lambda person, rest, _body: self._pages.page(person, rest, 0),
            Takes.ADD: self._add,
            Takes.EDIT: self._edit,
            Takes.ARCHIVE: self._archive,
            Verb.REVIEW: lambda person, _rest, body: self._later(person, "queue", body, words.LOOKING),
            Verb.GAPS: lambda person, _rest, _body: self._gaps.shown(person) if self._gaps else say(words.GAPS_LATER),
            Verb.IMPORT: self._import,
            Verb.EXPORT: self._export,
        }
        return handlers[meant.verb](person, meant.rest, body)

    def _import(self, person: str, _rest: str, _body: Body) -> Message:
        return say(words.IMPORT_HOW if self._readers.is_curator(person) else words.IMPORT_ONLY)

    def _help(self, person: str, _rest: str, _body: Body) -> Message:
        with self._database.read() as session:
            mine = [proposal for proposal in ProposalStore(session).open() if proposal.author == person]
        return lists.help_text(mine, self._clock(), curator=self._readers.is_curator(person))

    def _add(self, person: str, question: str, body: Body) -> None:
        view = self._opening.blank(person, question)
        self._slack.open_view(str(body.get("trigger_id", "")), view)

    def _edit(self, person: str, typed: str, body: Body) -> Message | None:
        entry = self._named(person, typed)
        if isinstance(entry, Message):
            return entry
        view = self._opening.editor(person, About(entry=entry.id))
        self._slack.open_view(str(body.get("trigger_id", "")), view)
        return None

    def _archive(self, person: str, typed: str, body: Body) -> Message | None:
        if not self._readers.is_curator(person):
            return say(words.CURATORS_ONLY)
        entry = self._named(person, typed)
        if isinstance(entry, Message):
            return entry
        self._slack.open_view(str(body.get("trigger_id", "")), self._opening.archive(person, entry.id))
        return None

    def _named(self, person: str, typed: str) -> Entry | Message:
        """The entry with that id in whatever case, or what to type instead."""
        wanted = typed.strip("`\"' ")
        with self._database.read() as session:
            every = EntryStore(session).all()
        entries = self._readers.visible(person, every)
        entry = next((entry for entry in entries if entry.id.casefold() == wanted.casefold()), None)
        if entry is not None:
            return entry
        near = near_ids(entries, wanted) or found(entries, wanted)[:3]
        curator = self._readers.is_curator(person)
        return lists.no_such_entry(wanted, near, self._clock().date(), curator=curator)

    def _export(self, person: str, _rest: str, body: Body) -> Message:
        if not self._readers.is_curator(person):
            return say(words.CURATORS_ONLY)
        return self._later(person, "export", body, words.EXPORTING)

    def _later(self, person: str, what: str, body: Body, said: str) -> Message:
        """Recorded for a worker, whose answer comes in the place of this one."""
        key = f"faq:{what}:{body.get('trigger_id')}"
        url = str(body.get("response_url", "")) or None
        self._records.record(FaqAsked(person, what, key, response_url=url))
        return say(said)
