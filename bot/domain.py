"""The language of the desk itself: who asks, where, and what the desk decides to do about it. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.domain import Audience, Hit, HitKind, Verdict


class Escalation(StrEnum):
    """What happens when the desk does not know: open a ticket at once, or offer to."""

    AUTO = "auto"
    OFFER = "offer"


class Surface(StrEnum):
    """The kind of place a question was asked in; decides where and to whom the reply is shown."""

    CHANNEL = "channel"  # in the thread of the message, everyone in the channel reads it
    DM = "dm"  # between the asker and the desk
    PRIVATE = "private"  # slash command: only the asker sees it, through a response_url


@dataclass(frozen=True)
class Place:
    """Where a question was asked. ``thread`` is the ts the reply goes under (None: no thread there)."""

    team: str
    channel: str
    surface: Surface
    message: str | None = None
    thread: str | None = None
    response_url: str | None = None

    @property
    def thread_key(self) -> str | None:
        """Identity of the thread across messages; None where there is none."""
        return f"{self.team}:{self.channel}:{self.thread}" if self.thread else None


@dataclass(frozen=True)
class Asked:
    """One question as it came in: the text without the mention, who, where, and what came before it."""

    text: str
    person: str
    place: Place
    addressed: bool
    earlier: tuple[str, ...] = ()
    on_behalf_of: str | None = None  # the author, when somebody used "Ask the desk" on another's message
    late: bool = False  # asked while nobody listened
    helped: bool = False  # late, and somebody else has said something to it since


@dataclass(frozen=True)
class Kept:
    """Something a message shows that not everyone may read: looked at again when the message is sent.

    ``kind`` and ``id`` name the hit it comes from, so that a text withdrawn meanwhile is not shown any more, unless
    ``even_withdrawn``; nor one whose audience has been narrowed.
    """

    audience: Audience
    kind: HitKind | None = None
    id: str = ""
    even_withdrawn: bool = False

    @classmethod
    def of(cls, *hits: Hit) -> tuple[Kept, ...]:
        """What to keep of hits that are shown, their titles included."""
        return tuple(cls(hit.audience, hit.kind, hit.id) for hit in hits)


class ReplyKind(StrEnum):
    """What the desk does about a question."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    KNOWN_ISSUE = "known_issue"  # what ops declared to be broken just now
    TICKET = "ticket"  # open a ticket at once
    OFFER = "offer"  # offer to open one
    SMALL_TALK = "small_talk"
    OFF_TOPIC = "off_topic"
    FRAGMENT = "fragment"  # a word or two that nobody can make a ticket of
    NOTHING_TO_LOOK_IN = "nothing_to_look_in"
    HELP = "help"
    ON_CALL = "on_call"
    PEOPLE = "people"  # wants people or a ticket: the form, and they say what for
    FORGET_ME = "forget_me"
    NOTE = "note"  # goes onto the ticket that the thread has
    STATUS = "status"  # how that ticket stands
    OBJECTION = "objection"  # the answer in this thread is not right
    LINK = "link"  # is this campaign link right?
    CLOSE = "close"  # whether that ticket may be closed
    SILENCE = "silence"


QUESTION_KINDS = (ReplyKind.ANSWER, ReplyKind.SUGGEST, ReplyKind.TICKET, ReplyKind.OFFER)
"""What the desk does about questions that are its business; remarks and small talk are none."""

ASKED_KINDS = (
    *QUESTION_KINDS,
    ReplyKind.KNOWN_ISSUE,
    ReplyKind.LINK,
    ReplyKind.OFF_TOPIC,
    ReplyKind.FRAGMENT,
    ReplyKind.NOTHING_TO_LOOK_IN,
)
"""What the desk does about anything that was asked, its business or not."""


@dataclass(frozen=True)
class Reply:
    """The desk's decision on a question: what to do, and the verdict it follows from.

    ``several``: more was asked than this is about; ``took`` is the question it is about, where that is known.
    """

    kind: ReplyKind
    verdict: Verdict
    several: bool = False
    took: str = ""


class Role(StrEnum):
    """Which half of the desk a process is."""

    ALL = "all"
    RECEIVER = "receiver"
    WORKER = "worker"
