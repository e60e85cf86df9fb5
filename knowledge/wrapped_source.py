"""A source around another, whose documents it changes: what it does to them is part of their version."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from knowledge.domain import Document
from knowledge.protocols import DocumentRef, KnowsMoves, Rests, Skips, Source


class WrappedSource(ABC):
    """Another source (``inner``), seen through ``_changed``; documents whose mark changes are read again."""

    def __init__(self, source: Source) -> None:
        self.inner = source

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
        return [replace(ref, version=f"{ref.version}{self._mark(ref.path)}") for ref in self.inner.list()]

    def read(self, ref: DocumentRef) -> Document:
        """See Source."""
        return self._changed(self.inner.read(replace(ref, version=ref.version.removesuffix(self._mark(ref.path)))))

    def moved(self, gone: Collection[str], new: Collection[str]) -> Mapping[str, str]:
        """See KnowsMoves."""
        return self.inner.moved(gone, new) if isinstance(self.inner, KnowsMoves) else {}

    def rest(self) -> None:
        """See Rests."""
        if isinstance(self.inner, Rests):
            self.inner.rest()

    @abstractmethod
    def _mark(self, path: str) -> str:
        """Names what is done to the document at a path; "" for nothing."""

    @abstractmethod
    def _changed(self, document: Document) -> Document:
        """The document as it is given out; its content hash differs when it does (``hashed``)."""


def hashed(document: Document, *changes: object) -> str:
    """A content hash for a document that was changed, from JSON values that say how."""
    return sha256(json.dumps([document.content_hash, *changes]).encode()).hexdigest()
