"""Where people end up when they go through a checklist."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from bot.checklist_report import checklist_reports
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit

PERIODS = (30, 90, 365)
"""Days that can be looked back."""


class ChecklistsPage:
    """Reads only."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part."""
        return (Page("/checklists", self.report),)

    def report(self, visit: Visit) -> Response:
        """Every checklist of the last days, with its branches."""
        days = next((days for days in PERIODS if visit.asked("days") == str(days)), PERIODS[1])
        with self._tools.database.read() as session:
            reports = checklist_reports(session, self._tools.clock() - timedelta(days=days))
        return self._tools.shown.page(visit, "checklists.html", reports=reports, days=days, periods=PERIODS)
