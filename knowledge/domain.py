"""The language of knowledge: what is known, what is asked, what is found, what is decided. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum


class Level(StrEnum):
    """How wide a circle of readers is."""

    PUBLIC = "public"
    INTERNAL = "internal"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True)
class Audience:
    """Who may read a text, or who will be able to read a reply.

    Of a text: ``GROUP`` and ``CHANNEL`` keep it for colleagues who are in any of ``groups`` or ``channels`` (both are
    ids; no ids: for nobody), and what ``also`` says holds besides.
    Of a reply: ``groups`` and ``channels`` are those that everyone who reads it is in; ``also`` are other
    readers, with theirs. Unknown readers count as external: the default is public, and strangers are in no group.
    """

    level: Level = Level.PUBLIC
    groups: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    also: tuple[Audience, ...] = ()

    @classmethod
    def internal(cls) -> Audience:
        """Everyone is a colleague."""
        return cls(Level.INTERNAL)

    @classmethod
    def nobody(cls) -> Audience:
        """A text that is shown to no one."""
        return cls(Level.GROUP)

    def may_read(self, text: Audience) -> bool:
        """Whether every reader in this audience may read a text kept for ``text``."""
        return all(reader._reads(part) for reader in self.parts for part in text.parts)

    def narrowed(self, other: Audience) -> Audience:
        """For those only who may read both: the narrower of the two, or both together where neither is."""
        if self._within(other):
            return self
        return other if other._within(self) else replace(self, also=(*self.also, *other.parts))

    @property
    def parts(self) -> tuple[Audience, ...]:
        """What holds of it, one by one."""
        return (self, *self.also)

    def _reads(self, text: Audience) -> bool:
        match text.level:
            case Level.PUBLIC:
                return True
            case Level.INTERNAL:
                return self.level is not Level.PUBLIC
            case Level.GROUP | Level.CHANNEL:
                shared = self.groups & text.groups or self.channels & text.channels
                return self.level is not Level.PUBLIC and bool(shared)

    def _within(self, wider: Audience) -> bool:
        """Whether whoever may read this text may read the other."""
        return all(any(mine._is_part_of(part) for mine in self.parts) for part in wider.parts)

    def _is_part_of(self, wider: Audience) -> bool:
        match wider.level:
            case Level.PUBLIC:
                return True
            case Level.INTERNAL:
                return self.level is not Level.PUBLIC
            case Level.GROUP | Level.CHANNEL:
                bound = self.level in (Level.GROUP, Level.CHANNEL)
                return bound and self.groups <= wider.groups and self.channels <= wider.channels


class EntryStatus(StrEnum):
    """Where an entry stands in its life; only published entries are searched."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class SourceLink:
    """A page that backs an answer."""

    title: str
    url: str


ANY_TICKET = "any"
"""An outcome's ``ticket`` where the request type is best guessed from the question."""


@dataclass(frozen=True)
class Outcome:
    """Where a checklist ends: ``text`` (Markdown) explains it, or people take over with a ticket of that type."""

    text: str = ""
    sources: tuple[SourceLink, ...] = ()
    ticket: str | None = None


@dataclass(frozen=True)
class Choice:
    """One answer to a step; it leads to the step ``next`` or to an outcome. ``note``: what is then known."""

    label: str
    next: str | None = None
    outcome: Outcome | None = None
    note: str = ""


@dataclass(frozen=True)
class Step:
    """One question of a checklist; ``help`` (Markdown) says where to look."""

    id: str
    ask: str
    choices: tuple[Choice, ...]
    help: str = ""


@dataclass(frozen=True)
class Checklist:
    """A small decision tree, asked from its first step on. ``intro`` is shown in place of the entry's answer."""

    steps: tuple[Step, ...]
    intro: str = ""


REVIEW_DAYS = 90
"""Days after which an entry is to be looked at again, where it says nothing else."""


@dataclass(frozen=True)
class Entry:
    """One curated FAQ item. ``answer`` is Markdown and may hold variables (see ``variables``).

    ``id`` is the curator's own and never changes. It is due for a review on ``review_by`` or, without one,
    ``review_days`` after ``reviewed_at``.
    """

    id: str
    question: str
    answer: str
    variants: tuple[str, ...] = ()
    sources: tuple[SourceLink, ...] = ()
    tags: tuple[str, ...] = ()
    owner: str | None = None
    reviewed_at: date | None = None
    review_by: date | None = None
    status: EntryStatus = EntryStatus.PUBLISHED
    audience: Audience = field(default_factory=Audience.internal)
    checklist: Checklist | None = None
    review_days: int = REVIEW_DAYS


@dataclass(frozen=True)
class Section:
    """One heading of a document and the text below it, up to the next heading.

    ``heading`` is the raw heading line without its #s; ``parents`` are the headings above it, outermost first.
    ``text`` is Markdown. A page's text before its first heading is a section with the page title as heading.
    """

    heading: str
    parents: tuple[str, ...]
    level: int
    text: str
    anchor: str
    line: int


class Standing(StrEnum):
    """What a page says about itself: whether it still, or already, counts."""

    CURRENT = "current"
    UNFINISHED = "unfinished"  # work in progress
    OUTDATED = "outdated"  # deprecated, superseded, archived


@dataclass(frozen=True)
class Document:
    """An ingested page. ``path`` is relative to the source's root, with forward slashes."""

    source: str
    path: str
    title: str
    sections: tuple[Section, ...]
    content_hash: str
    url: str | None = None
    owner: str | None = None
    changed_at: date | None = None
    audience: Audience = field(default_factory=Audience.internal)
    standing: Standing = Standing.CURRENT


class HitKind(StrEnum):
    """What a hit points at."""

    ENTRY = "entry"
    PASSAGE = "passage"


@dataclass(frozen=True)
class Citation:
    """What a reader needs to judge an answer: where it stands, whose it is, how fresh it is.

    ``place`` says where in a document that is no web page ("p. 4", "slide 7", "1:23"), else "".
    """

    sources: tuple[SourceLink, ...] = ()
    owner: str | None = None
    reviewed_at: date | None = None
    review_by: date | None = None
    changed_at: date | None = None
    standing: Standing = Standing.CURRENT
    place: str = ""


@dataclass(frozen=True)
class Hit:
    """An entry or passage with its scores for one question.

    ``text`` is the whole answer or section (Markdown), ``quote`` what would be shown of it, ``score`` the
    retriever's ranking score (higher is better, not a probability), ``features`` the numbers behind it.
    ``path``, ``heading`` are None for entries. ``matched`` is the variant or sentence that matched best.
    ``template`` is the answer with its variables, where it has any; ``text`` and ``quote`` then hold their fallbacks.
    ``audience`` is who may read it, its topics included; what does not say so is for colleagues.
    """

    kind: HitKind
    id: str
    title: str
    path: str | None
    heading: str | None
    url: str | None
    text: str
    quote: str
    score: float
    matched: str = ""
    features: dict[str, float] = field(default_factory=dict)
    citation: Citation = Citation()
    template: str = ""
    checklist: Checklist | None = None
    audience: Audience = field(default_factory=Audience.internal)

    @property
    def name(self) -> str:
        """The title, with its section for a passage."""
        return f"{self.title} › {self.heading}" if self.heading and self.heading != self.title else self.title


@dataclass(frozen=True)
class Question:
    """What a person asked. ``earlier`` are the asker's earlier questions in the thread, oldest first."""

    text: str
    earlier: tuple[str, ...] = ()
    addressed: bool = True
    audience: Audience = Audience()


class Band(StrEnum):
    """The decision on a question."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    ESCALATE = "escalate"
    QUIET = "quiet"


class Cause(StrEnum):
    """Why a band was chosen, for code; ``Verdict.reason`` says the same for people."""

    GOOD_MATCH = "good_match"
    CLOSE_MATCHES = "close_matches"
    NO_MATCH = "no_match"
    NOTHING_INDEXED = "nothing_indexed"
    SMALL_TALK = "small_talk"
    OFF_TOPIC = "off_topic"
    NOT_A_QUESTION = "not_a_question"


@dataclass(frozen=True)
class Verdict:
    """The decision on a question, with everything it rests on.

    ``confidence`` is the calibrated probability (0 to 1) that the first hit answers the question. ``hits`` are
    ranked best first, at least ten where there are as many. ``generation`` names the index that was searched.
    """

    band: Band
    confidence: float
    hits: tuple[Hit, ...]
    reason: str
    cause: Cause
    generation: str | None = None
    explanation: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class IndexState:
    """The index that answers: its name, when its build began, what it holds, and whether the content has moved on."""

    generation: str
    built_at: datetime | None
    entries: int
    passages: int
    is_current: bool
