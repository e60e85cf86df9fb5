"""Jira (Cloud, Server and Data Center) as a Tracker: REST API v2, where rich text is wiki markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from escalation import jira_boards
from escalation.domain import (
    Attachment,
    NewTicket,
    Ticket,
    TicketChange,
    TicketView,
    TrackerField,
    Workload,
)
from escalation.errors import TrackerDenied, TrackerError, TrackerRejected
from escalation.jira_changes import JiraChanges
from escalation.jira_fields import demanded, field_id, typed, unfillable
from escalation.jira_following import JiraReading
from escalation.jira_metadata import JiraMetadata
from escalation.jira_permissions import require_permissions
from escalation.jira_resolutions import JiraResolutions
from escalation.jira_site import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Flavour, JiraCalls, JiraSite
from escalation.jira_watch import Watch, nobody
from escalation.resolved import ResolvedTicket, TicketStory

SECURITY = "security"
"""The field that holds a ticket's security level."""


class JiraTracker:
    """A Tracker on a Jira site; see JiraSite for the ways to sign in.

    ``timeout`` is (connect, read) in seconds. ``timezone``: of date answers without an offset.
    """

    def __init__(
        self,
        url: str,
        token: str,
        email: str | None = None,
        *,
        flavour: str = Flavour.AUTO,
        timeout: tuple[float, float] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        timezone: str = "UTC",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        watch: Watch = nobody,
    ) -> None:
        self.site = JiraSite(url, token, email, flavour, timeout, watch)
        self._metadata = JiraMetadata()
        self._reading = JiraReading(self.site, self._metadata, clock)
        self._changes = JiraChanges(self._reading, self._metadata)
        self._resolutions = JiraResolutions(self._reading, clock)
        self._timezone = timezone

    def create(self, new: NewTicket) -> Ticket:
        """As the protocol says. The reporter is set only when the e-mail finds exactly one person."""
        with self.site.connect() as calls:
            fields = self._fields(calls, new)
            try:
                key = self._post(calls, new.project, fields)
            except TrackerRejected as exc:
                if "reporter" not in exc.field_errors or fields.pop("reporter", None) is None:
                    raise
                key = self._post(calls, new.project, fields)  # nothing was created; the description names the person
            with suppress(TrackerError):  # it exists: whatever happens now must not look like a failure
                if ticket := self._reading.ticket(calls, key):
                    return ticket
        return Ticket(key, self.site.browse(key), new.summary, "To Do", new.issue_type, labels=tuple(new.labels))

    def find_by_marker(self, marker: str) -> Ticket | None:
        """As the protocol says; of several, the oldest."""
        with self.site.connect() as calls:
            return self._reading.found(calls, marker)

    def get(self, key: str) -> Ticket | None:
        """As the protocol says; a moved ticket comes back under its new key."""
        with self.site.connect() as calls:
            return self._reading.ticket(calls, key)

    def describe(self, key: str, description: str, labels: Sequence[str]) -> None:
        """As the protocol says."""
        body: dict[str, Any] = {"fields": {"description": description}}
        if labels:
            body["update"] = {"labels": [{"add": label} for label in labels]}
        with self.site.connect() as calls:
            calls.put(f"issue/{key}", body)

    def comment(self, key: str, text: str, marker: str) -> None:
        """As the protocol says. ``text`` is plain: its markup stays dead."""
        with self.site.connect() as calls:
            self._reading.comment(calls, key, text, marker)

    def withdraw(self, key: str, reason: str, marker: str) -> Ticket:
        """As the protocol says."""
        with self.site.connect() as calls:
            return self._changes.withdraw(calls, key, reason, marker)

    def required_fields(self, project: str, issue_type: str) -> tuple[TrackerField, ...]:
        """As the protocol says; remembered for an hour, or until Jira refuses a field."""
        with self.site.connect() as calls:
            return demanded(self._metadata.fields(calls, project, issue_type))

    def read(self, key: str) -> TicketView | None:
        """As the protocol says."""
        with self.site.connect() as calls:
            return self._reading.view(calls, key)

    def changed_since(self, project: str, since: datetime) -> tuple[str, ...]:
        """As the protocol says: tickets with the label ``mops-desk``, a thousand at most."""
        with self.site.connect() as calls:
            return self._reading.changed(calls, project, since)

    def resolved_since(self, project: str, since: datetime) -> tuple[ResolvedTicket, ...]:
        """As the protocol says. On Server only tickets with a resolution: nothing else there says when."""
        with self.site.connect() as calls:
            return self._resolutions.since(calls, project, since)

    def story(self, key: str) -> TicketStory | None:
        """As the protocol says."""
        with self.site.connect() as calls:
            return self._resolutions.story(calls, key)

    def change(self, key: str, change: TicketChange, marker: str) -> Ticket:
        """As the protocol says."""
        with self.site.connect() as calls:
            return self._changes.apply(calls, key, change, marker)

    def attach(self, key: str, file: Attachment) -> None:
        """As the protocol says. Characters no file system takes are replaced in the name."""
        with self.site.connect() as calls:
            self._changes.attach(calls, key, file)

    def workload(self, project: str) -> Workload:
        """As the protocol says."""
        try:
            with self.site.connect() as calls:
                return jira_boards.workload(calls, project)
        except TrackerError:  # a hint: its absence is enough
            return Workload()

    def check(self, project: str, issue_types: Sequence[str] = ()) -> str:
        """As the protocol says; nothing remembered is relied on."""
        self._metadata.forget(project)
        with self.site.connect() as calls:
            me = calls.get("myself").get("displayName") or "somebody"
            kind = "Cloud" if calls.is_cloud else "Server/Data Center"
            try:
                name = calls.get(f"project/{project}").get("name") or project
            except TrackerRejected as exc:
                words = f"Jira has no project {project} that our account can see. Check JIRA_PROJECT and the forms."
                raise TrackerRejected(words) from exc
            types = [str(one.get("name")) for one in self._metadata.issue_types(calls, project)]
            if not types:
                raise TrackerDenied(
                    f"Our account may not create tickets in {project}. Give it the permission in Jira."
                )
            require_permissions(calls, project)
            self._require_fillable(calls, project, issue_types)
        return f"Jira {kind}, signed in as {me}; project {project} ({name}) takes: {', '.join(types)}."

    def _require_fillable(self, calls: JiraCalls, project: str, issue_types: Sequence[str]) -> None:
        """Raise TrackerRejected for every field Jira demands and nobody could be asked for."""
        troubles = [
            f"{kind}: {trouble}"
            for kind in dict.fromkeys(issue_types)
            for trouble in unfillable(self._metadata.fields(calls, project, kind))
        ]
        if troubles:
            raise TrackerRejected(
                f"Jira would refuse tickets in {project}. {' '.join(troubles)} "
                "Make these fields optional there, or give them a default."
            )

    def _fields(self, calls: JiraCalls, new: NewTicket) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "project": {"key": new.project},
            "issuetype": {"name": new.issue_type},
            "summary": new.summary,
            "description": new.description,
            "labels": list(new.labels),
        }
        if new.fields or new.security:
            metas = {field_id(meta): meta for meta in self._metadata.fields(calls, new.project, new.issue_type)}
            for key, answer in new.fields.items():
                if key in metas:  # a field taken off the screen meanwhile would make Jira refuse all
                    fields[key] = typed(metas[key], answer, self._timezone, calls.user)
            if new.security:
                fields[SECURITY] = self._level(metas.get(SECURITY, {}), new)
        if new.reporter_email and (user := calls.user(new.reporter_email)):
            fields["reporter"] = user
        return fields

    def _level(self, meta: Mapping[str, Any], new: NewTicket) -> dict[str, str]:
        """The security level by its id. A private request waits rather than being filed for all to see."""
        for level in meta.get("allowedValues") or ():
            if str(level.get("name")).lower() == str(new.security).lower():
                return {"id": str(level["id"])}
        self._metadata.forget(new.project)  # somebody will add it
        raise TrackerRejected(
            f"{new.project} has no security level {new.security} that our account may set on a {new.issue_type}. "
            "Check JIRA_SECURITY_LEVEL, the project's levels, and our permission to set them."
        )

    def _post(self, calls: JiraCalls, project: str, fields: Mapping[str, Any]) -> str:
        try:
            return calls.create("issue", {"fields": dict(fields)})
        except TrackerRejected as exc:
            if exc.field_errors:
                self._metadata.forget(project)  # the screen is not what we remember
            raise
