"""A source some of whose paths are for fewer readers than the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from hashlib import sha256

from knowledge.audience_json import audience_to_json
from knowledge.domain import Audience, Document
from knowledge.protocols import Source
from knowledge.wrapped_source import WrappedSource, hashed


@dataclass(frozen=True)
class PathLimit:
    """Who at most may read documents whose path fits a pattern (``hr/*``: everything below hr)."""

    pattern: str
    audience: Audience

    def binds(self, path: str) -> bool:
        """Whether it is about this path; small and capital letters are the same."""
        return fnmatchcase(path.casefold(), self.pattern.casefold())


class BoundedSource(WrappedSource):
    """Another source (``inner``), its documents for fewer readers where a limit binds their path; never for more."""

    def __init__(self, source: Source, limits: Sequence[PathLimit]) -> None:
        super().__init__(source)
        self._limits = tuple(limits)

    def _mark(self, path: str) -> str:
        """Names the limits that bind a path; "" without any."""
        bound = [audience_to_json(limit.audience) for limit in self._limits if limit.binds(path)]
        return f"-{sha256(json.dumps(bound).encode()).hexdigest()[:8]}" if bound else ""

    def _changed(self, document: Document) -> Document:
        audience = document.audience
        for limit in self._limits:
            audience = audience.narrowed(limit.audience) if limit.binds(document.path) else audience
        if audience == document.audience:
            return document
        return replace(document, audience=audience, content_hash=hashed(document, audience_to_json(audience)))
