"""What the stand-in for Jira knows: issues, people, workflow, and a search index that lags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.demo import jira_standin_jql
from bot.demo.jira_standin_fields import (
    MAX_TEXT,
    STANDARD_FIELDS,
    CustomField,
    custom_error,
    custom_meta,
    labels_error,
    length,
    security_meta,
    standard_metas,
    summary_error,
    text_error,
    type_named,
)

STATUSES = {"To Do": "new", "In Progress": "indeterminate", "Done": "done", "Won't Do": "done"}
"""Every status with the key of its category; each can be reached from each that is not ``closed_ways``."""

SERVICE_DESK = "service_desk"


class JiraRefuses(Exception):
    """An answer in Jira's error form."""

    def __init__(self, status: int, message: str = "", errors: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.body = {"errorMessages": [message] if message else [], "errors": dict(errors or {})}
        super().__init__(message)


@dataclass
class StandInUser:
    """Somebody with a login. ``email_shown`` is False where privacy settings hide the address from us."""

    name: str
    email: str
    active: bool = True
    email_shown: bool = True

    @property
    def account_id(self) -> str:
        """Cloud's opaque id."""
        return f"acc-{self.email.partition('@')[0]}"

    @property
    def username(self) -> str:
        """Server's login name."""
        return self.email.partition("@")[0]


@dataclass(frozen=True)
class StandInFile:
    """An attachment."""

    id: str
    name: str
    content: bytes
    content_type: str
    created_at: datetime


@dataclass
class StandInIssue:
    """One issue. ``fields`` are as they were sent; ``comments`` as they are stored; ``assignee`` is a name."""

    id: str
    key: str
    fields: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    status: str = "To Do"
    assignee: str | None = None
    resolution: str | None = None
    resolved_at: datetime | None = None
    comments: list[dict[str, Any]] = field(default_factory=list)
    watchers: list[str] = field(default_factory=list)
    files: list[StandInFile] = field(default_factory=list)
    updates: list[datetime] = field(default_factory=list)
    former_keys: list[str] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """The issue's labels."""
        return list(self.fields.get("labels") or [])

    @property
    def is_done(self) -> bool:
        """Whether its status is an end."""
        return STATUSES[self.status] == "done"

    @property
    def project(self) -> str:
        """The key of its project."""
        return self.key.rpartition("-")[0]

    def touch(self, now: datetime) -> None:
        """It changed just now."""
        self.updated_at = now
        self.updates.append(now)


class JiraState:
    """One project on one site. Everything is deterministic: keys count up, time comes from ``clock``."""

    def __init__(self, cloud: bool, project: str, clock: Callable[[], datetime]) -> None:
        self.cloud = cloud
        self.project = project
        self.project_type = "software"
        self.clock = clock
        self.lag_seconds = 0.0
        self.issues: dict[str, StandInIssue] = {}
        self.users: list[StandInUser] = []
        self.custom_fields: dict[str, CustomField] = {}
        self.security_levels: dict[str, str] = {}
        self.off_screen: set[str] = set()
        self.closed_ways: set[str] = set()
        self.denied: set[str] = set()
        self.sprint_ends: datetime | None = None
        self._next = 1
        self._next_comment = 20_000

    def create(self, fields: Mapping[str, Any]) -> StandInIssue:
        """A new issue, or JiraRefuses with Jira's words for every wrong field."""
        if errors := self._field_errors(fields, creating=True):
            raise JiraRefuses(400, errors=errors)
        number, now = self._next, self.clock()
        self._next += 1
        kept = {**fields, "issuetype": {"name": type_named(fields["issuetype"])}}
        issue = StandInIssue(str(10_000 + number), f"{self.project}-{number}", kept, now, now, updates=[now])
        self.issues[issue.key] = issue
        return issue

    def edit(self, issue: StandInIssue, fields: Mapping[str, Any], update: Mapping[str, Any]) -> None:
        """Set fields, and add or remove labels."""
        labels = issue.labels
        for step in update.get("labels", []):
            if "add" in step and step["add"] not in labels:
                labels.append(step["add"])
            if step.get("remove") in labels:
                labels.remove(step["remove"])
        changed = {**fields, "labels": fields.get("labels", labels)}
        if errors := self._field_errors(changed, creating=False):
            raise JiraRefuses(400, errors=errors)
        if "issuetype" in changed:
            changed["issuetype"] = {"name": type_named(changed["issuetype"])}
        issue.fields.update(changed)
        issue.touch(self.clock())

    def find(self, key: str) -> StandInIssue:
        """An issue by key, by a key it had before it was moved, or by id."""
        for issue in self.issues.values():
            if key.upper() in (issue.key, *issue.former_keys) or key == issue.id:
                return issue
        raise JiraRefuses(404, "Issue does not exist or you do not have permission to see it.")

    def search(self, jql: str) -> list[StandInIssue]:
        """By JQL, as the index knew the issues ``lag_seconds`` ago."""
        try:
            query = jira_standin_jql.parse(jql, self.clock(), self.cloud)
        except ValueError as exc:
            raise JiraRefuses(400, f"The stand-in does not understand the JQL: {jql}") from exc
        known = [(issue, seen) for issue in self.issues.values() if (seen := self._indexed(issue))]
        known.sort(key=lambda pair: query.order(pair[1]), reverse=query.descending)
        return [issue for issue, seen in known if query.matches(seen)]

    def comment(
        self,
        issue: StandInIssue,
        body: Any,  # noqa: ANN401 - JSON
        author: Mapping[str, Any],
        properties: Any,  # noqa: ANN401 - JSON
    ) -> dict[str, Any]:
        """Add a comment; ``internal`` counts where the project is a service desk."""
        if not isinstance(body, str) or not body.strip():
            raise JiraRefuses(400, errors={"comment": "Comment body can not be empty!"})
        if length(body) > MAX_TEXT:
            raise JiraRefuses(400, errors={"comment": f"The entered text is too long. It exceeds {MAX_TEXT}."})
        self._next_comment += 1
        given = [p for p in properties or [] if isinstance(p, dict)]
        internal = any((p.get("value") or {}).get("internal") for p in given)
        comment = {
            "id": str(self._next_comment),
            "author": dict(author),
            "body": body,
            "created": jira_time(self.clock()),
            "updated": jira_time(self.clock()),
            "jsdPublic": not (internal and self.project_type == SERVICE_DESK),
            "properties": given,
        }
        issue.comments.append(comment)
        issue.touch(self.clock())
        return comment

    def attach(self, issue: StandInIssue, name: str, content: bytes, content_type: str) -> StandInFile:
        """Keep a file; names are not unique."""
        number = str(30_000 + sum(len(one.files) for one in self.issues.values()))
        issue.files.append(StandInFile(number, name, content, content_type, self.clock()))
        issue.touch(self.clock())
        return issue.files[-1]

    def assign(self, issue: StandInIssue, reference: Any) -> None:  # noqa: ANN401 - JSON
        """Give it to somebody; a reference to nobody takes it away."""
        if not isinstance(reference, dict) or ("accountId" if self.cloud else "name") not in reference:
            raise JiraRefuses(400, "The user to assign was not given.")
        user = self.user_by_reference(reference)
        if user is None and reference["accountId" if self.cloud else "name"] is not None:
            raise JiraRefuses(400, errors={"assignee": "The user does not exist or cannot be assigned issues."})
        issue.assignee = user.name if user else None
        issue.touch(self.clock())

    def transition(self, issue: StandInIssue, transition_id: str, fields: Mapping[str, Any]) -> None:
        """Move an issue along; unknown ways are refused."""
        way = next((one for one in self.transitions(issue) if one["id"] == transition_id), None)
        if way is None:
            raise JiraRefuses(400, f"Transition id '{transition_id}' is not valid for this issue.")
        resolution = (fields.get("resolution") or {}).get("name")
        if "resolution" in way["fields"] and not resolution:
            raise JiraRefuses(400, errors={"resolution": "Resolution is required."})
        self.set_status(issue, way["to"]["name"], resolution)

    def set_status(self, issue: StandInIssue, status: str, resolution: str | None = None) -> None:
        """It has this status from now on; one that is no end takes the resolution away."""
        was_done, issue.status = issue.is_done, status
        issue.resolution = (resolution or issue.resolution) if issue.is_done else None
        issue.resolved_at = (issue.resolved_at if was_done else self.clock()) if issue.is_done else None
        issue.touch(self.clock())

    def set_due(self, issue: StandInIssue, due: date | None) -> None:
        """It is due on this day."""
        issue.fields["duedate"] = due.isoformat() if due else None
        issue.touch(self.clock())

    def transitions(self, issue: StandInIssue) -> list[dict[str, Any]]:
        """The ways out of an issue's status; those to an end ask for a resolution."""
        resolution = {
            "resolution": {
                "required": True,
                "name": "Resolution",
                "key": "resolution",
                "operations": ["set"],
                "schema": {"type": "resolution", "system": "resolution"},
                "allowedValues": [{"name": "Done"}, {"name": "Won't Do"}],
            }
        }
        return [
            {
                "id": str(10 * number),
                "name": name,
                "to": status_json(name),
                "fields": resolution if category == "done" else {},
            }
            for number, (name, category) in enumerate(STATUSES.items(), 1)
            if name != issue.status and name not in self.closed_ways
        ]

    def field_metas(self) -> list[dict[str, Any]]:
        """The create screen, as createmeta shows it."""
        metas = standard_metas(self.off_screen) + [custom_meta(one) for one in self.custom_fields.values()]
        return [*metas, security_meta(self.security_levels)] if self.security_levels else metas

    def user_matches(self, text: str) -> list[StandInUser]:
        """People whose address, login or name starts with the text, as Jira's search does; inactive ones stay out."""
        start = text.lower()
        return [
            u
            for u in self.users
            if u.active and any(v.lower().startswith(start) for v in (u.email, u.username, *u.name.split()))
        ]

    def user_by_reference(self, reference: Any) -> StandInUser | None:  # noqa: ANN401 - JSON
        """The user a reporter field means: by accountId on Cloud, by name on Server."""
        wanted = reference.get("accountId" if self.cloud else "name") if isinstance(reference, dict) else None
        known = {(u.account_id if self.cloud else u.username): u for u in self.users}
        return known.get(str(wanted))

    def _indexed(self, issue: StandInIssue) -> StandInIssue | None:
        """The issue with the last change the index has seen; None when it has not seen it at all."""
        seen_until = self.clock() - timedelta(seconds=self.lag_seconds)
        seen = [moment for moment in issue.updates if moment <= seen_until]
        return replace(issue, updated_at=seen[-1]) if issue.created_at <= seen_until and seen else None

    def _field_errors(self, fields: Mapping[str, Any], creating: bool) -> dict[str, str]:
        errors: dict[str, str] = {}
        settable = {*STANDARD_FIELDS, *self.custom_fields, *(["security"] if self.security_levels else [])}
        for name, value in fields.items():
            if name not in settable or name in self.off_screen:
                errors[name] = f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            elif trouble := self._value_error(name, value):
                errors[name] = trouble
        if creating:
            for name in ("project", "issuetype", "summary"):
                if not fields.get(name):
                    errors[name] = f"{name} is required."
            for one in self.custom_fields.values():
                if one.required and not fields.get(one.id):
                    errors[one.id] = f"{one.name} is required."
        return errors

    def _value_error(self, name: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
        match name:
            case "project":
                return None if value.get("key") == self.project else "valid project is required"
            case "issuetype":
                return None if type_named(value) else "valid issue type is required"
            case "summary":
                return summary_error(value)
            case "description":
                return text_error(value)
            case "labels":
                return labels_error(value)
            case "reporter":
                return None if self.user_by_reference(value) else "The reporter specified is not a user."
            case "security":
                return None if value.get("id") in self.security_levels.values() else "Security level is not valid."
            case _:
                custom = self.custom_fields.get(name)
                return custom_error(custom, value) if custom else None


def status_json(name: str) -> dict[str, Any]:
    """A status as Jira shows it."""
    ids = {"new": 2, "indeterminate": 4, "done": 3}
    names = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}
    key = STATUSES[name]
    number = str(list(STATUSES).index(name) + 1)
    return {"id": number, "name": name, "statusCategory": {"id": ids[key], "key": key, "name": names[key]}}


def jira_time(moment: datetime) -> str:
    """A moment as Jira writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
