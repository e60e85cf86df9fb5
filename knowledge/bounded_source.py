"""A source some of whose paths are for fewer readers than the rest."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from hashlib import sha256

from knowledge.audience_json import audience_to_json
from knowledge.domain import Audience, Document
from knowledge.protocols import DocumentRef, KnowsMoves, Rests, Skips, Source


@dataclass(frozen=True)
class PathLimit:
    """Who at most may read documents whose path fits a pattern (``hr/*``: everything below hr)."""

    pattern: str
    audience: Audience

    def binds(self, path: str) -> bool:
        """Whether it is about this path; small and capital letters are the same."""
        return fnmatchcase(path.casefold(), self.pattern.casefold())


class BoundedSource:
    """Another source (``inner``), its documents for fewer readers where a limit binds their path; never for more."""

    def __init__(self, source: Source, limits: Sequence[PathLimit]) -> None:
        self.inner = source
        self._limits = tuple(limits)

    @property
    def name(self) -> str:
        """The source's."""
        return self.inner.name

    @property
    def skipped(self) -> Sequence[tuple[str, str]]:
        """See Skips."""
        return self.inner.skipped if isinstance(self.inner, Skips) else ()

    def list(self) -> Iterable[DocumentRef]:
        """See Source. Another limit means another version."""
        return [self._bound(ref) for ref in self.inner.list()]

    def read(self, ref: DocumentRef) -> Document:
        """See Source."""
        mark = self._mark(ref.path)
        document = self.inner.read(replace(ref, version=ref.version.removesuffix(mark)) if mark else ref)
        audience = document.audience
        for limit in self._limits:
            audience = audience.narrowed(limit.audience) if limit.binds(document.path) else audience
        if audience == document.audience:
            return document
        content = json.dumps([document.content_hash, audience_to_json(audience)])
        return replace(document, audience=audience, content_hash=sha256(content.encode()).hexdigest())

    def moved(self, gone: Collection[str], new: Collection[str]) -> Mapping[str, str]:
        """See KnowsMoves."""
        return self.inner.moved(gone, new) if isinstance(self.inner, KnowsMoves) else {}

    def rest(self) -> None:
        """See Rests."""
        if isinstance(self.inner, Rests):
            self.inner.rest()

    def _bound(self, ref: DocumentRef) -> DocumentRef:
        return replace(ref, version=f"{ref.version}{self._mark(ref.path)}")

    def _mark(self, path: str) -> str:
        """Names the limits that bind a path; "" without any."""
        bound = [audience_to_json(limit.audience) for limit in self._limits if limit.binds(path)]
        return f"-{sha256(json.dumps(bound).encode()).hexdigest()[:8]}" if bound else ""
