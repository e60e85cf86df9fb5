"""The tables of what is missing: gaps, words that are no abbreviations, spikes and known issues."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.tables import Base, Moment


class GapRow(Base):
    """Questions that belong together and had no good answer. Whole texts stay with the questions themselves."""

    __tablename__ = "desk_gaps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    medoid: Mapped[int | None]  # the question that stands for the others; None when all were asked in private
    terms: Mapped[list[str]] = mapped_column(JSON)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)  # what is asked later brings it back
    decided_by: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    proposal: Mapped[int | None]
    updated_at: Mapped[datetime] = mapped_column(Moment)


class GapQuestionRow(Base):
    """A question without a good answer, and the gap it belongs to. ``near``: its cosine to the one in the middle."""

    __tablename__ = "desk_gap_questions"

    question_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gap_id: Mapped[int] = mapped_column(ForeignKey("desk_gaps.id"), index=True)
    near: Mapped[float]
    private: Mapped[bool]  # its words are shown to nobody
    shown: Mapped[str] = mapped_column(Text)  # the title of what the desk showed instead; "" for nothing


class UndefinedTermRow(Base):
    """A word that looks like an abbreviation nobody defined, as last counted."""

    __tablename__ = "desk_undefined_terms"

    term: Mapped[str] = mapped_column(String(40), primary_key=True)
    asked: Mapped[int]
    askers: Mapped[int]
    examples: Mapped[list[int]] = mapped_column(JSON)  # questions whose words may be shown
    ignored_by: Mapped[str | None] = mapped_column(String(60))  # who said that it is none


class SpikeRow(Base):
    """Far more similar questions than usual, as the ops team was told once."""

    __tablename__ = "desk_spikes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    questions: Mapped[list[int]] = mapped_column(JSON)
    found_at: Mapped[datetime] = mapped_column(Moment, index=True)
    decided_by: Mapped[str | None] = mapped_column(String(60))


class KnownIssueRow(Base):
    """Something that is known to be wrong: one answer for everybody who asks about it, until it is over."""

    __tablename__ = "desk_known_issues"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    spike_id: Mapped[int] = mapped_column(unique=True)  # declared once, however often the form is sent
    request_id: Mapped[int] = mapped_column(index=True)  # its ticket
    state: Mapped[str] = mapped_column(String(12), index=True)
    title: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    questions: Mapped[list[int]] = mapped_column(JSON)  # who asks like one of these gets the answer
    place: Mapped[dict[str, Any]] = mapped_column(JSON)  # where the ops team speaks of it
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    declared_by: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
