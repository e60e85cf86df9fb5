"""What the desk does to a ticket in Jira after it was filed: each change once, in words Jira understands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import assert_never

from escalation.domain import (
    Assign,
    Attachment,
    Close,
    Label,
    Person,
    Reopen,
    Retype,
    Ticket,
    TicketChange,
    Watch,
)
from escalation.errors import TrackerDenied, TrackerRejected
from escalation.jira_following import JiraReading
from escalation.jira_metadata import JiraMetadata
from escalation.jira_site import JiraCalls, Json
from escalation.jira_workflow import DECLINED, DONE, WITHDRAWN, resolution_for, way_back, way_to_end


class JiraChanges:
    """Changes tickets through somebody's connection. Looks before it writes, so that each change may be repeated."""

    def __init__(self, reading: JiraReading, metadata: JiraMetadata) -> None:
        self._reading = reading
        self._metadata = metadata

    def apply(self, calls: JiraCalls, key: str, change: TicketChange, marker: str) -> Ticket:
        """Make the change; the ticket afterwards."""
        ticket = self._there(calls, key)
        match change:
            case Assign(person=person):
                self._assign(calls, ticket.key, person)
            case Close(reason=reason, declined=declined):
                self._close(calls, ticket, reason, marker, DECLINED if declined else DONE)
            case Reopen(reason=reason):
                self._reopen(calls, ticket, reason, marker)
            case Retype(issue_type=issue_type):
                self._retype(calls, ticket, issue_type)
            case Watch(person=person):
                self._watch(calls, ticket.key, person)
            case Label(add=add, remove=remove):
                self._label(calls, ticket.key, add, remove)
            case _:
                assert_never(change)
        return self._there(calls, ticket.key)

    def withdraw(self, calls: JiraCalls, key: str, reason: str, marker: str) -> Ticket:
        """Say why nobody needs it (internally) and end it where there is a way; else it stays as it is."""
        ticket = self._there(calls, key)
        self._reading.comment(calls, ticket.key, reason, marker)
        way = None if ticket.done else way_to_end(self._ways(calls, ticket.key), WITHDRAWN)
        if way is None:
            return ticket
        self._go(calls, ticket.key, way, WITHDRAWN)
        return self._reading.ticket(calls, ticket.key) or ticket

    def attach(self, calls: JiraCalls, key: str, file: Attachment) -> None:
        """Upload the file unless one of its name and size is there."""
        kept = Attachment(_file_name(file.name), file.content, file.content_type)
        there = calls.get(f"issue/{key}", {"fields": "attachment"})["fields"].get("attachment") or []
        if (kept.name, len(kept.content)) not in {(one.get("filename"), one.get("size")) for one in there}:
            calls.upload(f"issue/{key}/attachments", kept)

    def _there(self, calls: JiraCalls, key: str) -> Ticket:
        ticket = self._reading.ticket(calls, key)
        if ticket is None:
            raise TrackerRejected(f"There is no ticket {key} in Jira. It may have been deleted.")
        return ticket

    def _assign(self, calls: JiraCalls, key: str, person: Person | None) -> None:
        nobody: Json = {"accountId" if calls.is_cloud else "name": None}
        user = self._user(calls, person) if person else nobody
        if user is None:
            name = person.name if person else ""
            raise TrackerRejected(f"Jira has no single account with {name}'s email. Assign {key} in Jira itself.")
        calls.put(f"issue/{key}/assignee", user)

    def _close(self, calls: JiraCalls, ticket: Ticket, reason: str, marker: str, words: Sequence[str]) -> None:
        way = None if ticket.done else way_to_end(self._ways(calls, ticket.key), words)
        if way is None and not ticket.done:
            raise TrackerRejected(
                f"From {ticket.status} {ticket.key} has no way to an end that our account may take. Close it in Jira."
            )
        self._reading.comment(calls, ticket.key, reason, marker, public=True)
        if way is not None:
            self._go(calls, ticket.key, way, words)

    def _reopen(self, calls: JiraCalls, ticket: Ticket, reason: str, marker: str) -> None:
        way = way_back(self._ways(calls, ticket.key)) if ticket.done else None
        if way is None and ticket.done:
            raise TrackerRejected(
                f"From {ticket.status} {ticket.key} has no way back that our account may take. Reopen it in Jira."
            )
        self._reading.comment(calls, ticket.key, reason, marker)
        if way is not None:
            self._go(calls, ticket.key, way, ())

    def _retype(self, calls: JiraCalls, ticket: Ticket, issue_type: str) -> None:
        if ticket.issue_type.lower() == issue_type.lower():
            return
        project = ticket.key.rpartition("-")[0]
        types = self._metadata.issue_types(calls, project)
        wanted = next((one["id"] for one in types if str(one.get("name")).lower() == issue_type.lower()), None)
        if wanted is None:
            names = ", ".join(str(one.get("name")) for one in types)
            raise TrackerRejected(f"{project} has no issue type {issue_type}. It has: {names}.")
        calls.put(f"issue/{ticket.key}", {"fields": {"issuetype": {"id": wanted}}})

    def _watch(self, calls: JiraCalls, key: str, person: Person) -> None:
        user = self._user(calls, person)
        if user is None:
            return
        with suppress(TrackerDenied, TrackerRejected):  # managing watchers is a permission of its own
            calls.post(f"issue/{key}/watchers", next(iter(user.values())))

    def _label(self, calls: JiraCalls, key: str, add: Sequence[str], remove: Sequence[str]) -> None:
        steps = [{"add": _label_name(one)} for one in add] + [{"remove": _label_name(one)} for one in remove]
        if steps:
            calls.put(f"issue/{key}", {"update": {"labels": steps}})

    def _user(self, calls: JiraCalls, person: Person) -> dict[str, str] | None:
        return calls.user(person.email) if person.email else None

    def _ways(self, calls: JiraCalls, key: str) -> list[Json]:
        ways: list[Json] = calls.get(f"issue/{key}/transitions", {"expand": "transitions.fields"})["transitions"]
        return ways

    def _go(self, calls: JiraCalls, key: str, way: Json, words: Sequence[str]) -> None:
        body: Json = {"transition": {"id": str(way["id"])}}
        if fields := resolution_for(way, words):
            body["fields"] = fields
        calls.post(f"issue/{key}/transitions", body)


def _label_name(label: str) -> str:
    return re.sub(r"\s+", "-", label.strip())


def _file_name(name: str) -> str:
    """A name Jira keeps as it is, so that it is known again: no folders, nothing a file system refuses."""
    return re.sub(r'[\\/:*?"<>|%\x00-\x1f\x7f]+', "_", name).strip()[-200:] or "file"
