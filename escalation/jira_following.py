"""What became of tickets in Jira: the issue, what was said on it, and which ones changed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from escalation.domain import DESK_LABEL, Ticket, TicketComment, TicketView
from escalation.errors import TrackerDenied, TrackerRejected
from escalation.jira_issues import INTERNAL, SHOWN, SOMEBODY, comment_of, our_comment, ticket_of
from escalation.jira_metadata import JiraMetadata
from escalation.jira_site import JiraCalls, JiraSite, Json, Params

COMMENTS_LOOKED_AT = 100
"""How many of the newest comments are read, and searched for a marker."""

MOST_CHANGED = 1000
"""How many changed tickets one look can find; the next look continues at the last one's time."""

_KEY = re.compile(r"[A-Za-z]\w{0,99}-\d{1,12}", re.ASCII)
_SLACK_MINUTES = 3  # JQL counts whole minutes, on Jira's clock


class JiraReading:
    """Reads tickets and comments through somebody's connection. ``clock`` is ours; Jira's may differ by minutes."""

    def __init__(self, site: JiraSite, metadata: JiraMetadata, clock: Callable[[], datetime]) -> None:
        self._site = site
        self._metadata = metadata
        self._clock = clock
        self._names: dict[str, str] = {}

    def ticket(self, calls: JiraCalls, key: str) -> Ticket | None:
        """The ticket as it is now, under its new key when it was moved; None when there is none."""
        if not _KEY.fullmatch(key):  # people type keys
            return None
        try:
            return self.as_ticket(calls.get(f"issue/{key}", {"fields": SHOWN}))
        except TrackerRejected:
            return None

    def found(self, calls: JiraCalls, marker: str) -> Ticket | None:
        """The oldest ticket with this label."""
        params: Params = {"jql": f'labels = "{marker}" ORDER BY created ASC', "fields": SHOWN, "maxResults": 1}
        issues = calls.get(search_path(calls), params)["issues"]
        return self.as_ticket(issues[0]) if issues else None

    def view(self, calls: JiraCalls, key: str) -> TicketView | None:
        """The ticket with its newest comments, oldest first."""
        ticket = self.ticket(calls, key)
        if ticket is None:
            return None
        return TicketView(ticket, self.comments(calls, ticket.key))

    def comments(self, calls: JiraCalls, key: str) -> tuple[TicketComment, ...]:
        """The newest comments as we tell of them, oldest first."""
        comments = self.newest_comments(calls, key)
        desk = bool(comments) and self.is_service_desk(calls, key)
        self._remember_names(comments)
        read = [comment_of(one, desk, lambda person: self.name(calls, person)) for one in comments]
        return tuple(sorted(read, key=_age))

    def changed(self, calls: JiraCalls, project: str, since: datetime) -> tuple[str, ...]:
        """Keys of our tickets that changed at ``since`` or later, oldest change first.

        JQL reads a date in the time zone of our account's profile, which nobody knows here; so it is asked for the
        last so many minutes, and the exact moment is compared here.
        """
        minutes = max(0, math.ceil((self._clock() - since).total_seconds() / 60)) + _SLACK_MINUTES
        jql = f'project = "{project}" AND labels = "{DESK_LABEL}" AND updated >= "-{minutes}m" ORDER BY updated ASC'
        issues = search(calls, jql, "updated", MOST_CHANGED)
        found = ((datetime.fromisoformat(one["fields"]["updated"]), one["key"]) for one in issues)
        return tuple(key for moment, key in sorted(found) if moment >= since.astimezone(UTC))

    def comment(self, calls: JiraCalls, key: str, text: str, marker: str, public: bool = False) -> None:
        """Add a comment once: one that carries ``marker`` is not added again. ``text`` is plain."""
        if any(f"({marker})" in str(one.get("body")) for one in self.newest_comments(calls, key)):
            return
        body: Json = {"body": our_comment(text, marker)}
        if not public:
            body["properties"] = INTERNAL
        elif not self.is_service_desk(calls, key):
            body["body"] = our_comment(text, marker, reply=True)
        calls.post(f"issue/{key}/comment", body)

    def newest_comments(self, calls: JiraCalls, key: str) -> list[Json]:
        """The newest comments, in any order. A Jira that ignores the order asked for is read from its end."""
        path, most = f"issue/{key}/comment", COMMENTS_LOOKED_AT
        params: Params = {"orderBy": "-created", "maxResults": most, "expand": "properties"}
        page = calls.get(path, params)
        comments: list[Json] = page["comments"]
        if page.get("total", 0) > len(comments) > 1 and comments[0]["created"] < comments[-1]["created"]:
            comments = calls.get(path, {**params, "startAt": max(0, page["total"] - len(comments))})["comments"]
        return comments

    def is_service_desk(self, calls: JiraCalls, key: str) -> bool:
        """Whether customers see public comments on this ticket; if we may not know, they don't."""
        try:
            return self._metadata.is_service_desk(calls, key.rpartition("-")[0])
        except (TrackerRejected, TrackerDenied):
            return False

    def as_ticket(self, issue: Mapping[str, Any]) -> Ticket:
        """An issue with the fields SHOWN."""
        return ticket_of(issue, self._site.browse(issue["key"]))

    def _remember_names(self, comments: Iterable[Json]) -> None:
        for author in (one.get("author") or {} for one in comments):
            for field in ("accountId", "name", "key"):
                if author.get(field) and author.get("displayName"):
                    self._names[str(author[field])] = str(author["displayName"])

    def name(self, calls: JiraCalls, person: str) -> str:
        """The name of somebody mentioned, looked up once."""
        if person not in self._names:
            with suppress(TrackerRejected, TrackerDenied):  # gone, or hidden from us
                found = calls.get("user", {"accountId" if calls.is_cloud else "username": person})
                self._names[person] = str(found.get("displayName") or SOMEBODY)
        return self._names.get(person, SOMEBODY)


def search_path(calls: JiraCalls) -> str:
    """Where JQL is asked: Cloud has taken the old place away."""
    return "search/jql" if calls.is_cloud else "search"


def search(calls: JiraCalls, jql: str, fields: str, most: int) -> Iterable[Json]:
    """The issues found with these fields, in pages: by token on Cloud, by count on Server."""
    params: Params = {"jql": jql, "fields": fields, "maxResults": 100}
    found = 0
    while found < most:
        page = calls.get(search_path(calls), params)
        yield from page["issues"]
        found += len(page["issues"])
        more = page.get("nextPageToken") if calls.is_cloud else found < page.get("total", 0)
        if not more or not page["issues"]:
            return
        params["nextPageToken" if calls.is_cloud else "startAt"] = more if calls.is_cloud else found


def _age(comment: TicketComment) -> tuple[datetime, int, str]:
    return comment.at, len(comment.id), comment.id
