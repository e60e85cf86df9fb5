"""What the stand-in for Jira knows and checks: issues, people, fields, workflow, and a search index that lags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

MAX_SUMMARY, MAX_TEXT = 255, 32_767
"""Jira's own limits, in characters (it counts UTF-16 code units)."""

STATUSES = {"To Do": "new", "In Progress": "indeterminate", "Done": "done", "Won't Do": "done"}
"""Every status with the key of its category; each can be reached from each."""

ISSUE_TYPES = ("Task", "Request", "Bug")
_STANDARD = (
    "project",
    "issuetype",
    "summary",
    "description",
    "labels",
    "reporter",
    "assignee",
    "duedate",
    "priority",
)
_REQUIRED = frozenset({"project", "issuetype", "summary"})
_BY_LABEL = re.compile(r'^\s*labels\s*=\s*"?([^"\s]+)"?\s*(ORDER\s+BY\s+created\s*(ASC|DESC)?\s*)?$', re.IGNORECASE)


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


@dataclass
class StandInIssue:
    """One issue. ``fields`` are as they were sent; ``comments`` are in Jira's own form."""

    id: str
    key: str
    fields: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    status: str = "To Do"
    assignee: str | None = None
    resolution: str | None = None
    comments: list[dict[str, Any]] = field(default_factory=list)
    watchers: list[str] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """The issue's labels."""
        return list(self.fields.get("labels") or [])


@dataclass(frozen=True)
class CustomField:
    """A further field of the create screen; ``type`` is its schema's: string, number, option, array, user, date."""

    id: str
    name: str
    type: str = "string"
    options: tuple[str, ...] = ()
    required: bool = True
    custom: str = ""


class JiraState:
    """One project on one site. Everything is deterministic: keys count up, time comes from ``clock``."""

    def __init__(self, cloud: bool, project: str, clock: Callable[[], datetime]) -> None:
        self.cloud = cloud
        self.project = project
        self.clock = clock
        self.lag_seconds = 0.0
        self.issues: dict[str, StandInIssue] = {}
        self.users: list[StandInUser] = []
        self.custom_fields: dict[str, CustomField] = {}
        self.off_screen: set[str] = set()
        self._next = 1

    def create(self, fields: Mapping[str, Any]) -> StandInIssue:
        """A new issue, or JiraRefuses with Jira's words for every wrong field."""
        if errors := self._field_errors(fields, creating=True):
            raise JiraRefuses(400, errors=errors)
        number, now = self._next, self.clock()
        self._next += 1
        issue = StandInIssue(str(10_000 + number), f"{self.project}-{number}", dict(fields), now, now)
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
        issue.fields.update(changed)
        issue.updated_at = self.clock()

    def find(self, key: str) -> StandInIssue:
        """An issue by key or id, as it is now."""
        for issue in self.issues.values():
            if key.upper() == issue.key or key == issue.id:
                return issue
        raise JiraRefuses(404, "Issue does not exist or you do not have permission to see it.")

    def search(self, jql: str) -> list[StandInIssue]:
        """By one label, oldest first, as the index knew it ``lag_seconds`` ago."""
        wanted = _BY_LABEL.match(jql)
        if wanted is None:
            raise JiraRefuses(400, f"The stand-in does not understand the JQL: {jql}")
        seen_until = self.clock() - timedelta(seconds=self.lag_seconds)
        known = [i for i in self.issues.values() if i.created_at <= seen_until and wanted[1] in i.labels]
        return known[::-1] if (wanted[3] or "").upper() == "DESC" else known

    def comment(self, issue: StandInIssue, body: Any, author: str, properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Add a comment; returns it in Jira's form."""
        if not isinstance(body, str) or not body.strip():
            raise JiraRefuses(400, errors={"comment": "Comment body can not be empty!"})
        if _length(body) > MAX_TEXT:
            raise JiraRefuses(400, errors={"comment": f"The entered text is too long. It exceeds {MAX_TEXT}."})
        internal = any(p.get("value", {}).get("internal") for p in properties or [] if isinstance(p, dict))
        comment = {
            "id": str(20_000 + sum(len(i.comments) for i in self.issues.values())),
            "author": {"displayName": author},
            "body": body,
            "created": jira_time(self.clock()),
            "jsdPublic": not internal,
        }
        issue.comments.append(comment)
        issue.updated_at = self.clock()
        return comment

    def transition(self, issue: StandInIssue, transition_id: str, fields: Mapping[str, Any]) -> None:
        """Move an issue along; unknown ways are refused."""
        targets = {way["id"]: way["to"]["name"] for way in self.transitions(issue)}
        if transition_id not in targets:
            raise JiraRefuses(400, f"Transition id '{transition_id}' is not valid for this issue.")
        issue.status = targets[transition_id]
        issue.resolution = (fields.get("resolution") or {}).get("name") or issue.resolution
        issue.updated_at = self.clock()

    def transitions(self, issue: StandInIssue) -> list[dict[str, Any]]:
        """The ways out of an issue's status; those to an end ask for a resolution."""
        resolution = {"resolution": {"required": True, "allowedValues": [{"name": "Done"}, {"name": "Won't Do"}]}}
        return [
            {
                "id": str(10 * number),
                "name": name,
                "to": {"name": name, "statusCategory": {"key": category}},
                "fields": resolution if category == "done" else {},
            }
            for number, (name, category) in enumerate(STATUSES.items(), 1)
            if name != issue.status
        ]

    def field_metas(self) -> list[dict[str, Any]]:
        """The create screen, as createmeta shows it."""
        standard = [
            {
                "fieldId": name,
                "name": name.capitalize(),
                "required": name in _REQUIRED,
                "hasDefaultValue": False,
                "operations": ["set"],
                "schema": {"type": "string", "system": name},
            }
            for name in _STANDARD
            if name not in self.off_screen
        ]
        return standard + [_custom_meta(one) for one in self.custom_fields.values()]

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

    def _field_errors(self, fields: Mapping[str, Any], creating: bool) -> dict[str, str]:
        errors: dict[str, str] = {}
        for name, value in fields.items():
            known = name in _STANDARD or name in self.custom_fields
            if not known or name in self.off_screen:
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
                return None if value.get("name") in ISSUE_TYPES else "valid issue type is required"
            case "summary":
                return _summary_error(value)
            case "description":
                return _text_error(value)
            case "labels":
                return _labels_error(value)
            case "reporter":
                return None if self.user_by_reference(value) else "The reporter specified is not a user."
            case _:
                custom = self.custom_fields.get(name)
                return _custom_error(custom, value) if custom else None


def jira_time(moment: datetime) -> str:
    """A moment as Jira writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _summary_error(value: Any) -> str | None:  # noqa: ANN401 - JSON
    if not isinstance(value, str) or not value.strip():
        return "You must specify a summary of the issue."
    if "\n" in value or "\r" in value:
        return "The summary is invalid because it contains newline characters."
    return f"Summary must be less than {MAX_SUMMARY} characters." if _length(value) > MAX_SUMMARY else None


def _text_error(value: Any) -> str | None:  # noqa: ANN401 - JSON
    if not isinstance(value, str):
        return "Operation value must be a string"
    return f"The entered text is too long. It exceeds {MAX_TEXT} characters." if _length(value) > MAX_TEXT else None


def _labels_error(value: Any) -> str | None:  # noqa: ANN401 - JSON
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        return "data was not an array of strings"
    spaced = next((label for label in value if re.search(r"\s", label)), None)
    return f"The label '{spaced}' contains spaces which is invalid." if spaced else None


def _custom_error(meta: CustomField, value: Any) -> str | None:  # noqa: ANN401 - JSON
    match meta.type:
        case "option":
            chosen = value.get("value") if isinstance(value, dict) else None
            return None if chosen in meta.options else f"Option value '{chosen}' is not valid"
        case "array":
            chosen_all = [one.get("value") for one in value] if isinstance(value, list) else [None]
            return None if set(chosen_all) <= set(meta.options) else "Option value is not valid"
        case "number":
            return None if isinstance(value, int | float) else "Operation value must be a number"
        case "user":
            return None if isinstance(value, dict) else "Operation value must be a user"
        case _:
            return None if isinstance(value, str) else "Operation value must be a string"


def _custom_meta(one: CustomField) -> dict[str, Any]:
    schema = {"type": one.type, "custom": one.custom, **({"items": "option"} if one.type == "array" else {})}
    meta = {
        "fieldId": one.id,
        "name": one.name,
        "required": one.required,
        "hasDefaultValue": False,
        "operations": ["set"],
        "schema": schema,
    }
    return {**meta, "allowedValues": [{"value": option} for option in one.options]} if one.options else meta
