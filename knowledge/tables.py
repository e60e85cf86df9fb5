"""The tables knowledge owns. Rows never leave the stores."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base of this package."""

    metadata = MetaData(naming_convention=NAMING)


class EntryRow(Base):
    """One entry as it stands now."""

    __tablename__ = "knowledge_entries"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int]  # order of first import; ties in ranking and exports follow it
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class EntryVersionRow(Base):
    """Every version an entry ever had, the current one included."""

    __tablename__ = "knowledge_entry_versions"
    __table_args__ = (UniqueConstraint("entry_id", "version"),)

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    entry_id: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text, default="", server_default=literal_column("''"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ProposalRow(Base):
    """A change to the entries that somebody works on or proposes; nothing in it is searched."""

    __tablename__ = "knowledge_proposals"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    entry_id: Mapped[str] = mapped_column(String(200), index=True)
    base_version: Mapped[int | None]  # None: the entry is new
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    author: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    origin: Mapped[dict[str, Any]] = mapped_column(JSON)
    findings: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # of this very body
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(String(200))


class CitedRow(Base):
    """What a page said where an entry cites it, at the entry's last review, and what it says since it changed."""

    __tablename__ = "knowledge_cited"

    entry_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    url_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    now_text: Mapped[str | None] = mapped_column(Text)  # None: as it was, or gone


class DocumentRow(Base):
    """One ingested document. ``version`` is the source's own cheap change mark."""

    __tablename__ = "knowledge_documents"
    __table_args__ = (UniqueConstraint("source", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(1000))
    version: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)  # url, owner, changed_at, audience
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lasting_id: Mapped[str | None] = mapped_column(String(300))  # the source's own name for it, kept when it moves
    text_hash: Mapped[str | None] = mapped_column(String(64))  # of its texts alone: the same wherever it lies
    revision: Mapped[int] = mapped_column(default=0, server_default="0", index=True)  # at which it last changed


class SectionRow(Base):
    """One section of a document, in page order."""

    __tablename__ = "knowledge_sections"
    __table_args__ = (Index(None, "document_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("knowledge_documents.id", ondelete="CASCADE"))
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(Text)
    parents: Mapped[list[str]] = mapped_column(JSON)
    level: Mapped[int]
    anchor: Mapped[str] = mapped_column(Text)
    line: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(String(64))  # of all but its place on the page


class FormerPathRow(Base):
    """Where a document was before it moved, so that what once cited it still finds it."""

    __tablename__ = "knowledge_former_paths"

    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    path: Mapped[str] = mapped_column(String(1000), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("knowledge_documents.id", ondelete="CASCADE"), index=True)


class SourceRow(Base):
    """How a source was last read, and who reads it now."""

    __tablename__ = "knowledge_sources"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # the last sync, well or not
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # when it was last read to its end
    error: Mapped[str | None] = mapped_column(Text)
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    doubt: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # what a listing lacked all at once
    holder: Mapped[str | None] = mapped_column(String(36))
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class FailureRow(Base):
    """A document that could not be read, until it can or is gone."""

    __tablename__ = "knowledge_failures"

    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    path: Mapped[str] = mapped_column(String(1000), primary_key=True)
    version: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    tried_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class VectorRow(Base):
    """The vector cache: one text's vector under one model, little-endian float32 bytes."""

    __tablename__ = "knowledge_vectors"

    model: Mapped[str] = mapped_column(String(200), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class RevisionRow(Base):
    """A single row: how often the searchable content has changed. Generations name the revision they hold."""

    __tablename__ = "knowledge_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    content_id: Mapped[str] = mapped_column(String(36))  # which database this is; tells foreign generations


class GlossaryTermRow(Base):
    """A term of the glossary as people wrote it; it wins over the file's. ``body`` is NULL for one taken out."""

    __tablename__ = "knowledge_glossary_terms"

    term_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    version: Mapped[int]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    author: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class GlossaryVersionRow(Base):
    """Every version such a term ever had, the current one included."""

    __tablename__ = "knowledge_glossary_versions"
    __table_args__ = (UniqueConstraint("term_key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    term_key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    author: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
