"""`kind: jira`: resolved tickets of the desk's project, in Jira or in the desk's own tracker."""

from __future__ import annotations

from datetime import timedelta

from bot.sources.jira_tickets import JiraTickets, TicketSettings
from bot.sources.listed import ListedSource, Outside
from escalation.request_store import RequestStore
from knowledge.protocols import Source

YEAR = timedelta(days=365)


def build(listed: ListedSource, outside: Outside) -> Source:
    """``project`` (JIRA_PROJECT when left out) and ``years``: how far back, two when left out."""
    options = listed.options
    project = options.text("project") or outside.settings.jira_project
    if not project and outside.settings.has_jira:
        options.problem("project", f"{listed.name} names no `project:`. Write its key, or set JIRA_PROJECT in .env.")
    years = options.whole("years", default=2, least=1, most=20)

    def private() -> frozenset[str]:
        with outside.database.read() as session:
            return RequestStore(session).private_markers()

    settings = TicketSettings(listed.name, project, years * YEAR, listed.audience)
    return JiraTickets(settings, outside.tracker, private, outside.clock)
