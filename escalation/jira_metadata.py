"""What a Jira project takes: its issue types and their fields, remembered for an hour."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from escalation.errors import TrackerRejected
from escalation.jira_site import JiraCalls, Json

KEPT_SECONDS = 3600.0


class JiraMetadata:
    """Reads a project's metadata through somebody's connection and remembers it. ``clock``: seconds, only forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def issue_types(self, calls: JiraCalls, project: str) -> list[Json]:
        """The types a ticket can have there. Cloud names the list by its content, Server calls it ``values``."""
        path = f"issue/createmeta/{project}/issuetypes"
        types: list[Json] = self._remembered(project, path, lambda: calls.pages(path, "issueTypes", "values"))
        return types

    def fields(self, calls: JiraCalls, project: str, issue_type: str) -> list[Json]:
        """The fields of the create screen. Raises TrackerRejected when there is no such type."""
        path = f"issue/createmeta/{project}/issuetypes/{self.type_id(calls, project, issue_type)}"
        fields: list[Json] = self._remembered(project, path, lambda: calls.pages(path, "fields", "values"))
        return fields

    def type_id(self, calls: JiraCalls, project: str, issue_type: str) -> str:
        """The id of the type with this name, in any case of letters. Raises TrackerRejected when there is none."""
        for one in self.issue_types(calls, project):
            if str(one.get("name")).lower() == issue_type.lower():
                return str(one["id"])
        self.forget(project)  # somebody will add it
        words = f"Project {project} has no issue type {issue_type}. Check issue_type in the forms file."
        raise TrackerRejected(words, {"issuetype": words})

    def is_service_desk(self, calls: JiraCalls, project: str) -> bool:
        """Whether customers see tickets of this project (Jira Service Management)."""
        path = f"project/{project}"
        found = self._remembered(project, path, lambda: calls.get(path))
        return bool(found.get("projectTypeKey") == "service_desk")

    def forget(self, project: str) -> None:
        """Read it all again: Jira refused a field."""
        with self._lock:
            self._known = {key: value for key, value in self._known.items() if key[0] != project}

    def _remembered(self, project: str, path: str, read: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        with self._lock:
            until, value = self._known.get((project, path), (0.0, None))
        if value is None or self._clock() >= until:
            value = read()
            with self._lock:
                self._known[project, path] = (self._clock() + KEPT_SECONDS, value)
        return value
