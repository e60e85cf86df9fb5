"""What Jira's finished tickets tell: which there are, and the question and answer in one."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from escalation.errors import TrackerRejected
from escalation.jira_following import JiraReading, search
from escalation.jira_issues import SHOWN, plain_text
from escalation.jira_site import JiraCalls
from escalation.resolved import ResolvedTicket, TicketStory, story_of

MOST_RESOLVED = 10_000
_DAY_SECONDS = 86_400


class JiraResolutions:
    """Reads resolved tickets through somebody's connection. ``clock`` is ours; a day more or less does not matter."""

    def __init__(self, reading: JiraReading, clock: Callable[[], datetime]) -> None:
        self._reading = reading
        self._clock = clock

    def since(self, calls: JiraCalls, project: str, since: datetime) -> tuple[ResolvedTicket, ...]:
        """As ``Tracker.resolved_since``. By the day of making, which never changes while one turns the pages."""
        days = max(1, math.ceil((self._clock() - since).total_seconds() / _DAY_SECONDS))
        ended = "statusCategoryChangedDate" if calls.is_cloud else "resolved"  # as in jira_boards
        jql = f'project = "{project}" AND statusCategory = Done AND {ended} >= -{days}d ORDER BY created DESC'
        issues = search(calls, jql, f"{SHOWN},security", MOST_RESOLVED)
        return tuple(ResolvedTicket(self._reading.as_ticket(one), _is_secured(one)) for one in issues)

    def story(self, calls: JiraCalls, key: str) -> TicketStory | None:
        """As ``Tracker.story``."""
        try:
            issue = calls.get(f"issue/{key}", {"fields": f"{SHOWN},security,description,reporter,creator"})
        except TrackerRejected:  # gone, or closed to us
            return None
        ticket = self._reading.as_ticket(issue)
        if not ticket.done or _is_secured(issue):
            return None
        fields = issue["fields"]
        description = str(fields.get("description") or "").replace("\r\n", "\n")
        words = plain_text(description, lambda person: self._reading.name(calls, person))
        people = [(fields.get(who) or {}).get("displayName") for who in ("reporter", "creator")]
        return story_of(ticket, description, words, people, self._reading.comments(calls, ticket.key))


def _is_secured(issue: dict[str, Any]) -> bool:
    return bool(issue["fields"].get("security"))
