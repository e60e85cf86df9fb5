"""Resolved tickets as documents: what was asked, and what the ops team answered. Nobody's name, nothing private.

One document per ticket. What was said among colleagues on the ticket stays there: only comments that the asker could
read count, and of those only what somebody else than the asker wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256

from bot.people_words import without_people
from bot.triage_texts import CLOSED_FOR_NOW
from escalation.domain import Ticket, TicketComment
from escalation.errors import TrackerError
from escalation.protocols import Tracker
from escalation.resolved import ResolvedTicket, TicketStory
from knowledge.audience_json import audience_to_json
from knowledge.content_hash import content_hash
from knowledge.domain import Audience, Document, Section
from knowledge.errors import DocumentUnreadable, DocumentWithheld, SourceUnavailable
from knowledge.page import Page
from knowledge.protocols import DocumentRef

RULES = "1"
"""Raise it when tickets are told in another way, so that they are read again."""

LAST_WORDS = 3
"""How many of the last comments make the answer: the way there is of no use to others."""

LEAST_WORDS = 4
"""A shorter comment ("Done.", "Thanks, closing") answers nothing."""

GIVE_UP = 3
"""Failures in a row after which it is not that one ticket: the tracker is away."""

MAX_QUESTION, MAX_ANSWER = 300, 6_000
_NO_ANSWER = re.compile(
    r"won.?t|wont|declin|reject|cancel|withdrawn|abandon|duplicat|invalid|incomplete|can(?:no|.?)t reproduce|"
    r"not a bug|obsolete|no response|timed? ?out|known error",
    re.IGNORECASE,
)
"""In the name of a resolution or status: it ended, and answers nothing."""

_SIGN_OFF = re.compile(
    r"[\s,]*\b(?:(?:kind |best |warm )?regards|best wishes|best|cheers|many thanks|thanks)[\s,.!]*\Z", re.I
)
_BLANK = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class TicketSettings:
    """Which tickets: of ``project``, resolved within ``age``. ``audience`` is never wider than colleagues."""

    name: str
    project: str
    age: timedelta = timedelta(days=730)
    audience: Audience = field(default_factory=Audience.internal)


class JiraTickets:
    """Resolved tickets of one project as a Source; any Tracker will do. A document's path is the ticket's key.

    ``tracker`` is called once, when it is first needed. ``private`` are the markers of requests that were made where
    others could not read.
    """

    def __init__(
        self,
        settings: TicketSettings,
        tracker: Callable[[], Tracker],
        private: Callable[[], frozenset[str]],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._open = tracker
        self._private = private
        self._failures = 0
        self._clock = clock
        self._audience = settings.audience.narrowed(Audience.internal())
        setup = f"{RULES} {audience_to_json(self._audience)}"
        self._setup = sha256(setup.encode()).hexdigest()[:8]

    @property
    def name(self) -> str:
        """As set up."""
        return self._settings.name

    @cached_property
    def _tracker(self) -> Tracker:
        """Signed in once: it remembers what it learns of the site."""
        return self._open()

    def list(self) -> Iterable[DocumentRef]:
        """See Source. The oldest tickets first; those that answer nothing are not listed."""
        private, self._failures = self._private(), 0
        try:
            found = self._tracker.resolved_since(self._settings.project, self._clock() - self._settings.age)
        except TrackerError as exc:
            raise SourceUnavailable(str(exc)) from exc
        return [self._ref(one, private) for one in reversed(found) if is_answered(one.ticket)]

    def read(self, ref: DocumentRef) -> Document:
        """See Source. A ticket without an answer in it has no sections."""
        if ref.withheld:
            raise DocumentWithheld(ref.path, ref.withheld)
        story = self._story(ref.path)
        if story is None:
            raise DocumentWithheld(ref.path, "is open again, gone, or not for everybody any more")
        if story.private:
            raise DocumentWithheld(ref.path, _PRIVATE)
        return self._document(ref.path, story)

    def _story(self, key: str) -> TicketStory | None:
        try:
            story = self._tracker.story(key)
        except TrackerError as exc:
            self._failures += 1
            if self._failures >= GIVE_UP:
                raise SourceUnavailable(str(exc)) from exc
            raise DocumentUnreadable(key, str(exc)) from exc
        self._failures = 0
        return story

    def _ref(self, resolved: ResolvedTicket, private: frozenset[str]) -> DocumentRef:
        ticket = resolved.ticket
        if resolved.secured:
            return DocumentRef(ticket.key, "", withheld="has a security level")
        if not private.isdisjoint(ticket.labels):
            return DocumentRef(ticket.key, "", withheld=_PRIVATE)
        changed = ticket.updated_at.isoformat() if ticket.updated_at else ""
        return DocumentRef(ticket.key, f"{changed} {self._setup}")

    def _document(self, path: str, story: TicketStory) -> Document:
        ticket = story.ticket
        title = _line(without_people(ticket.summary, story.people)) or path
        question = _line(without_people(story.asked, story.people))[:MAX_QUESTION] or title
        answer = answer_in(story)
        sections = (Section(question, (), 1, answer, "", 1),) if answer else ()
        changed_at = ticket.updated_at.date() if ticket.updated_at else None
        page = Page(title, sections, changed_at=changed_at)
        return Document(
            source=self.name,
            path=path,
            title=title,
            sections=sections,
            content_hash=content_hash(page, ticket.url or None, self._audience),
            url=ticket.url or None,
            changed_at=changed_at,
            audience=self._audience,
        )


_PRIVATE = "was asked where others could not read"


def is_answered(ticket: Ticket) -> bool:
    """Whether a ticket that is done came to a good end: not declined, not a duplicate of another."""
    return ticket.done and not _NO_ANSWER.search(f"{ticket.resolution or ''} / {ticket.status}")


def answer_in(story: TicketStory) -> str:
    """The last words of ops that the asker could read, without people; "" when they say too little."""
    said = [
        _told(one.text, story.people)
        for one in story.comments
        if one.public and _is_answer(one, story) and not one.text.startswith(CLOSED_FOR_NOW)
    ]
    told = [words for words in said if len(words.split()) >= LEAST_WORDS]
    return "\n\n".join(dict.fromkeys(told[-LAST_WORDS:]))[:MAX_ANSWER]


def _is_answer(comment: TicketComment, story: TicketStory) -> bool:
    """Whether it was not the asker who said it. What the desk wrote is an answer, even where it made the ticket."""
    return comment.ours or comment.author not in story.askers


def _told(text: str, people: Iterable[str]) -> str:
    """A comment without people: each paragraph may begin with a greeting and the last one end with a name."""
    paragraphs = [without_people(part, people) for part in _BLANK.sub("\n\n", text).split("\n\n")]
    return _SIGN_OFF.sub("", "\n\n".join(part for part in paragraphs if part)).strip()


def _line(text: str) -> str:
    return " ".join(text.split())
