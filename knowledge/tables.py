"""The tables knowledge owns. Rows never leave the stores."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, MetaData, String, Text, UniqueConstraint
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
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


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
