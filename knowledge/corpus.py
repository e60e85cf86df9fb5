"""Everything that is searched, as it stood at one revision."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from knowledge.document_store import DocumentStore
from knowledge.domain import Document, Entry
from knowledge.entry_store import EntryStore
from knowledge.revision import current_revision

__all__ = ["Corpus", "current_revision", "load_corpus"]


@dataclass(frozen=True)
class Corpus:
    """Published entries in the order of first import, documents by source and path.

    ``content_id`` names the database, ``revision`` its state; both together name this content.
    """

    content_id: str
    revision: int
    entries: tuple[Entry, ...]
    documents: tuple[Document, ...]


def load_corpus(session: Session) -> Corpus:
    """All searchable content of one transaction: a consistent whole."""
    content_id, revision = current_revision(session)
    return Corpus(content_id, revision, EntryStore(session).published(), DocumentStore(session).documents())
