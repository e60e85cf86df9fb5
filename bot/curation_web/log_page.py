"""Who changed what, when and why; and where people end up in checklists."""

from __future__ import annotations

from starlette.responses import Response

from bot.curation.audit import AuditLog, as_csv
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit

SHOWN = 200
EXPORTED = 100_000


class LogPage:
    """Reads only."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part."""
        return Page("/log", self.log), Page("/log.csv", self.export)

    def log(self, visit: Visit) -> Response:
        """The newest changes, of one subject if the address names it."""
        about = visit.asked("about")
        with self._tools.database.read() as session:
            noted = AuditLog(session).newest(SHOWN, about or None)
        return self._tools.shown.page(visit, "log.html", noted=noted, about=about, most=SHOWN)

    def export(self, visit: Visit) -> Response:
        """All of them, safe to open in a spreadsheet."""
        with self._tools.database.read() as session:
            noted = AuditLog(session).newest(EXPORTED, visit.asked("about") or None)
        headers = {"Content-Disposition": 'attachment; filename="changes.csv"', "Cache-Control": "no-store"}
        return Response(as_csv(noted).encode("utf-8-sig"), media_type="text/csv", headers=headers)
