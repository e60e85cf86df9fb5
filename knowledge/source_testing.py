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

    Paths in ``broken`` are listed but cannot be read; ``away`` makes the whole source unavailable. ``reads`` holds
    the path of every read, in order.
    """

    def __init__(self, name: str, texts: dict[str, str]) -> None:
        self._name = name
        self.texts = texts
        self.broken: set[str] = set()
        self.away = False
        self.reads: list[str] = []

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    def list(self) -> Iterable[DocumentRef]:
        """See Source. A version is the text's hash."""
        if self.away:
            raise SourceUnavailable(f"{self._name} is away.")
        return [DocumentRef(path, sha256(text.encode()).hexdigest()) for path, text in sorted(self.texts.items())]

    def read(self, ref: DocumentRef) -> Document:
        """See Source."""
        self.reads.append(ref.path)
        if ref.path in self.broken or ref.path not in self.texts:
            raise DocumentUnreadable(ref.path, "cannot be read (made so by a test)")
        page = parse(self.texts[ref.path].encode(), ref.path, b"")
        audience = page.audience or Audience.internal()
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
