"""A source whose documents are stored, searched and shown without some of their words."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from knowledge.domain import Document
from knowledge.protocols import DocumentRef, KnowsMoves, Rests, Skips, Source


class RedactedSource:
    """Another source (``inner``) through ``redact``, which takes words out of a text, the same ones each time.

    ``rules`` names what it takes out: other rules are another version, so that everything is read again.
    """

    def __init__(self, source: Source, redact: Callable[[str], str], rules: str) -> None:
        self.inner = source
        self._redact = redact
        self._mark = f"-{sha256(rules.encode()).hexdigest()[:6]}"

    @property
    def name(self) -> str:
        """The source's."""
        return self.inner.name

    @property
    def skipped(self) -> Sequence[tuple[str, str]]:
        """See Skips."""
        return self.inner.skipped if isinstance(self.inner, Skips) else ()

    def list(self) -> Iterable[DocumentRef]:
        """See Source."""
        return [replace(ref, version=f"{ref.version}{self._mark}") for ref in self.inner.list()]

    def read(self, ref: DocumentRef) -> Document:
        """See Source."""
        document = self.inner.read(replace(ref, version=ref.version.removesuffix(self._mark)))
        sections = tuple(
            replace(one, heading=self._redact(one.heading), text=self._redact(one.text)) for one in document.sections
        )
        title = self._redact(document.title)
        if (title, sections) == (document.title, document.sections):
            return document
        content = json.dumps([document.content_hash, title, [[one.heading, one.text] for one in sections]])
        digest = sha256(content.encode()).hexdigest()
        return replace(document, title=title, sections=sections, content_hash=digest)

    def moved(self, gone: Collection[str], new: Collection[str]) -> Mapping[str, str]:
        """See KnowsMoves."""
        return self.inner.moved(gone, new) if isinstance(self.inner, KnowsMoves) else {}

    def rest(self) -> None:
        """See Rests."""
        if isinstance(self.inner, Rests):
            self.inner.rest()
