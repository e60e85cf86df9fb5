"""What lies ahead of a new ticket in Jira: open tickets, how fast they get done, and when the sprint ends."""

from __future__ import annotations

from datetime import date, datetime

from escalation.domain import Workload
from escalation.errors import TrackerError, TrackerUnavailable
from escalation.jira_site import AGILE, JiraCalls, Json
from escalation.pace_of_work import per_business_day, window_seen


def workload(calls: JiraCalls, project: str) -> Workload:
    """What can be found out. A project without boards, or one we may not count in, has None in its place."""
    ahead = pace = ends = None
    try:
        ahead = _count(calls, f'project = "{project}" AND statusCategory != Done')
        pace = _pace(calls, project)
        ends = _sprint_ends(calls, project)
    except TrackerUnavailable:
        pass  # a hint is not worth waiting for
    return Workload(ahead, pace, ends)


def _pace(calls: JiraCalls, project: str) -> float | None:
    """Tickets done a business day. Simple Cloud projects set no resolution, Server keeps no other date."""
    window = window_seen(lambda span: bool(_count(calls, f'project = "{project}" AND created <= -{span.days}d')))
    if window is None:
        return None
    ended = "statusCategoryChangedDate" if calls.is_cloud else "resolved"
    done = _count(calls, f'project = "{project}" AND statusCategory = Done AND {ended} >= -{window.days}d')
    return per_business_day(done or 0, window)


def _count(calls: JiraCalls, jql: str) -> int | None:
    try:
        if calls.is_cloud:
            return int(calls.ask("search/approximate-count", {"jql": jql})["count"])
        return int(calls.get("search", {"jql": jql, "maxResults": 0, "fields": "updated"})["total"])
    except TrackerUnavailable:
        raise
    except TrackerError:
        return None


def _sprint_ends(calls: JiraCalls, project: str) -> date | None:
    """The last day of the sprint that ends first; None without boards, sprints, or the right to see them."""
    try:
        boards = calls.get("board", {"projectKeyOrId": project, "type": "scrum", "maxResults": 10}, AGILE)["values"]
        days = [day for board in boards for day in _ends(calls, board)]
    except TrackerUnavailable:
        raise
    except TrackerError:
        return None
    return min(days, default=None)


def _ends(calls: JiraCalls, board: Json) -> list[date]:
    sprints = calls.get(f"board/{board['id']}/sprint", {"state": "active"}, AGILE)["values"]
    return [datetime.fromisoformat(one["endDate"]).date() for one in sprints if one.get("endDate")]
