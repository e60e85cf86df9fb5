"""The audit log: every change of what the desk knows, who made it, when and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.tables import AuditRow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the start of a cell (OWASP, "CSV Injection")."""

COLUMNS = ("when", "who", "action", "what", "version", "why")


@dataclass(frozen=True)
class Noted:
    """One change. ``subject`` names what was changed: ``entry:<id>``, ``proposal:<n>``, ``glossary:<term>``, …"""

    at: datetime
    person: str
    action: str
    subject: str
    version: int | None
    reason: str


class AuditLog:
    """Works in the caller's transaction, so that no change is without its note and no note without its change."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def note(
        self, at: datetime, person: str, action: str, subject: str, *, version: int | None = None, reason: str = ""
    ) -> None:
        """Add a line."""
        row = AuditRow(at=at, person=person, action=action, subject=subject, version=version, reason=reason)
        self._session.add(row)

    def newest(self, most: int = 100, subject: str | None = None) -> tuple[Noted, ...]:
        """The last changes (of one subject), newest first."""
        wanted = select(AuditRow).order_by(AuditRow.id.desc()).limit(most)
        if subject is not None:
            wanted = wanted.where(AuditRow.subject == subject)
        return tuple(
            Noted(row.at, row.person, row.action, row.subject, row.version, row.reason)
            for row in self._session.scalars(wanted)
        )


def as_csv(noted: Iterable[Noted]) -> str:
    """The lines as CSV. No cell is taken for a formula by a spreadsheet: such cells begin with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in noted:
        version = "" if each.version is None else str(each.version)
        cells = (each.at.isoformat(timespec="seconds"), each.person, each.action, each.subject, version, each.reason)
        writer.writerow([harmless(cell) for cell in cells])
    return file.getvalue()


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows instead of running it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
