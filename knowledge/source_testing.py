"""A source in memory, for tests and the demo."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from knowledge.content_hash import content_hash
from knowledge.domain import Audience, Document
from knowledge.errors import DocumentUnreadable, SourceUnavailable
from knowledge.page_kinds import parse
from knowledge.protocols import DocumentRef


class MemorySource:
    """Documents from texts by path, parsed as their suffix says. Change ``texts`` to change the source.

    Paths in ``broken`` are listed but cannot be read, those in ``withheld`` must not be shown; ``ids`` are lasting
    names by path, ``audiences`` who may read them. ``away`` makes the whole source unavailable. ``reads`` holds the
    path of every read, in order, ``rests`` how often it was let go.
    """

    def __init__(self, name: str, texts: dict[str, str]) -> None:
        self._name = name
        self.texts = texts
        self.broken: set[str] = set()
        self.withheld: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.audiences: dict[str, Audience] = {}
        self.rests = 0
        self.away = False
        self.reads: list[str] = []

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    def list(self) -> Iterable[DocumentRef]:
        """See Source. A version is the hash of text and audience."""
        if self.away:
            raise SourceUnavailable(f"{self._name} is away.")
        return [self._ref(path, text) for path, text in sorted(self.texts.items())]

    def rest(self) -> None:
        """See Rests."""
        self.rests += 1

    def _ref(self, path: str, text: str) -> DocumentRef:
        version = sha256(f"{text}{self.audiences.get(path)}".encode()).hexdigest()
        return DocumentRef(path, version, self.ids.get(path, ""), self.withheld.get(path, ""))

    def read(self, ref: DocumentRef) -> Document:
        """See Source."""
        self.reads.append(ref.path)
        if ref.path in self.broken or ref.path not in self.texts:
            raise DocumentUnreadable(ref.path, "cannot be read (made so by a test)")
        page = parse(self.texts[ref.path].encode(), ref.path, b"")
        audience = page.audience or self.audiences.get(ref.path) or Audience.internal()
        return Document(
            source=self._name,
            path=ref.path,
            title=page.title,
            sections=page.sections,
            content_hash=content_hash(page, None, audience),
            owner=page.owner,
            changed_at=page.changed_at,
            audience=audience,
        )
