"""The language of knowledge: what is known, what is asked, what is found, what is decided. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Level(StrEnum):
    """How wide a circle of readers is."""

    PUBLIC = "public"
    INTERNAL = "internal"
    GROUP = "group"


@dataclass(frozen=True)
class Audience:
    """Who may read a text, or who will be able to read a reply.

    ``groups`` is set only for ``Level.GROUP``. Unknown readers count as external: the default is public.
    """

    level: Level = Level.PUBLIC
    groups: frozenset[str] = frozenset()

    @classmethod
    def internal(cls) -> Audience:
        """Everyone is a colleague."""
        return cls(Level.INTERNAL)

    def may_read(self, text: Audience) -> bool:
        """Whether every reader in this audience may read a text kept for ``text``."""
        match text.level:
            case Level.PUBLIC:
                return True
            case Level.INTERNAL:
                return self.level is not Level.PUBLIC
            case Level.GROUP:
                return self.level is Level.GROUP and bool(self.groups) and self.groups <= text.groups


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


@dataclass(frozen=True)
class Entry:
    """One curated FAQ item. ``answer`` is Markdown; ``id`` is the curator's own and never changes."""

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
