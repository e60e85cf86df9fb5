"""A reply somebody marked in a thread, as the first draft of an entry: without the people it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.audiences import is_dm
from bot.clock import Clock
from bot.curation import faq_texts as words
from bot.curation import faq_views as views
from bot.curation.curation import Curation
from bot.curation.faq_blocks import View
from bot.curation.faq_context import About
from bot.database import Database
from bot.entry_drafts import without_people
from bot.errors import DeskError, SlackOutcomeUnknown, SlackUnavailable
from bot.incoming import FaqAsked
from bot.logs import get_logger
from bot.people import Directory
from bot.slack import mrkdwn
from bot.slack.client import SlackClient, ThreadMessage
from bot.slack.parse import plain_text
from bot.tables import ConversationRow, QuestionRow
from knowledge.domain import Entry, SourceLink
from knowledge.proposals import Origin, OriginKind, Proposal, ProposalState, ProposalStore

log = get_logger(__name__)

_MENTIONED = re.compile(r"<@([UW][A-Z0-9]+)")
_THREAD_LIMIT = 200
_MESSAGE_LINK = re.compile(r"\s*\(?https?://[\w.-]+/archives/[\w/?=&.-]+\)?")


@dataclass(frozen=True)
class Saved:
    """A draft: its entry, where it comes from, and the place it was found in, ready to be said."""

    entry: Entry
    origin: Origin
    where: str


class Saving:
    """Reads the thread in Slack; whoever calls is a worker."""

    def __init__(
        self,
        curation: Curation,
        directory: Directory,
        slack: SlackClient,
        database: Database,
        clock: Clock,
        team: str,
        desk_user: str,
    ) -> None:
        self._curation = curation
        self._directory = directory
        self._slack = slack
        self._database = database
        self._clock = clock
        self._team = team
        self._desk_user = desk_user

    def draft(self, item: FaqAsked) -> Saved | str:
        """The draft, or why there is none. ``item.subject`` is "<channel>:<thread>:<message>".

        Raises SlackUnavailable: try again.
        """
        channel, _, rest = item.subject.partition(":")
        thread, _, ts = rest.partition(":")
        try:
            said = self._slack.thread(channel, thread, _THREAD_LIMIT)
            if said and said[0].thread not in (None, thread):  # what was marked is a reply
                thread = said[0].thread or thread
                said = self._slack.thread(channel, thread, _THREAD_LIMIT)
        except (SlackUnavailable, SlackOutcomeUnknown):
            raise
        except DeskError as exc:
            log.warning("thread_not_read", channel=channel, error=str(exc))
            return words.SAVE_NOTHING
        chosen = next((message for message in said if message.ts == ts), None)
        if chosen is None or not said:
            return words.SAVE_OWN if said else words.SAVE_NOTHING
        return self._saved(item, channel, thread, said, chosen)

    def keep(self, session: Session, item: FaqAsked, saved: Saved) -> Proposal:
        """Keep it as a draft of whoever marked it; what they marked before is that draft still."""
        for known in ProposalStore(session).open((ProposalState.DRAFT,)):
            if (
                known.author == item.user
                and known.origin == saved.origin
                and known.entry.answer == saved.entry.answer
            ):
                return known
        return self._curation.propose(session, saved.entry, item.user, origin=saved.origin)

    def editor(self, proposal: Proposal, *, curator: bool) -> View:
        """The editor on it."""
        note = words.FROM_PRIVATE if proposal.origin.needs_ok_of else ""
        return views.editor_view(proposal.entry, About(proposal=proposal.id), curator=curator, note=note)

    def _saved(
        self, item: FaqAsked, channel: str, thread: str, said: tuple[ThreadMessage, ...], chosen: ThreadMessage
    ) -> Saved:
        info, first = self._directory.channel(channel), said[0]
        private = info.is_private or is_dm(channel)
        names = self._names(said)
        known, number = self._asked(channel, thread)
        asked = known or (self._plain(first.text) if first.ts != chosen.ts else "")
        question = without_people(asked, names)
        answer = without_people(self._plain(chosen.text), names)
        if private:
            question, answer = _MESSAGE_LINK.sub("", question), _MESSAGE_LINK.sub("", answer)
        sources = () if private else self._source(channel, chosen.ts, info.name)
        author = chosen.user if chosen.user != item.user else first.user
        origin = Origin(
            OriginKind.MESSAGE,
            link=sources[0].url if sources else "",
            questions=(number,) if number is not None else (),
            needs_ok_of=author if private and author != item.user else "",
        )
        where = words.A_PRIVATE_THREAD if private else mrkdwn.channel(channel)
        return Saved(Entry("", " ".join(question.split())[:2_000], answer, sources=sources), origin, where)

    def _asked(self, channel: str, thread: str) -> tuple[str, int | None]:
        """What the desk was asked in that thread first, if it was: cleaner than the message itself."""
        with self._database.read() as session:
            row = session.execute(
                select(QuestionRow.text, QuestionRow.id)
                .join(ConversationRow, ConversationRow.id == QuestionRow.conversation_id)
                .where(ConversationRow.thread_key == f"{self._team}:{channel}:{thread}", QuestionRow.text != "")
                .order_by(QuestionRow.id)
                .limit(1)
            ).first()
        return (row[0], row[1]) if row else ("", None)

    def _source(self, channel: str, ts: str, name: str) -> tuple[SourceLink, ...]:
        try:
            url = self._slack.permalink(channel, ts)
        except DeskError as exc:
            log.warning("permalink_unknown", channel=channel, error=str(exc))
            return ()
        return (SourceLink(words.SAVED_FROM.format(channel=name), url),)

    def _names(self, said: tuple[ThreadMessage, ...]) -> tuple[str, ...]:
        """Everybody who wrote in the thread or was mentioned in it."""
        people = {message.user for message in said}
        people |= {person for message in said for person in _MENTIONED.findall(message.text)}
        return tuple(sorted({self._directory.person(person).name for person in people - {self._desk_user}}))

    def _plain(self, text: str) -> str:
        return plain_text(text, self._desk_user, lambda person: self._directory.person(person).name)
