"""A source whose documents are stored, searched and shown without some of their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from knowledge.domain import Document
from knowledge.protocols import Source
from knowledge.wrapped_source import WrappedSource, hashed


class RedactedSource(WrappedSource):
    """Another source (``inner``) through ``redact``, which takes words out of a text, the same ones each time.

    ``rules`` names what it takes out: other rules are another version, so that everything is read again.
    """

    def __init__(self, source: Source, redact: Callable[[str], str], rules: str) -> None:
        super().__init__(source)
        self._redact = redact
        self._rules = f"-{sha256(rules.encode()).hexdigest()[:6]}"

    def _mark(self, _path: str) -> str:
        return self._rules

    def _changed(self, document: Document) -> Document:
        sections = tuple(
            replace(one, heading=self._redact(one.heading), text=self._redact(one.text)) for one in document.sections
        )
        title = self._redact(document.title)
        if (title, sections) == (document.title, document.sections):
            return document
        digest = hashed(document, title, [[one.heading, one.text] for one in sections])
        return replace(document, title=title, sections=sections, content_hash=digest)
