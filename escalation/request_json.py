"""Drafts, tickets and tracker fields as the JSON their rows hold, and back. Never leaves the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from escalation.domain import Answer, Closest, Draft, FieldType, Origin, Person, Ticket, TrackerField


def draft_to_json(draft: Draft) -> dict[str, Any]:
    """A draft as JSON; ``asdict`` turns tuples into lists when written."""
    return asdict(draft)


def draft_from_json(body: Mapping[str, Any]) -> Draft:
    """The draft of a row."""
    return Draft(
        summary=body["summary"],
        requester=Person(**body["requester"]),
        origin=Origin(**body["origin"]),
        question=body["question"],
        form_id=body["form_id"],
        answers=answers_from_json(body["answers"]),
        thread=tuple(body["thread"]),
        closest=tuple(Closest(**one) for one in body["closest"]),
        labels=tuple(body["labels"]),
        extra=answers_from_json(body["extra"]),
        names=dict(body.get("names", {})),
        to_confirm=tuple(body.get("to_confirm", ())),
        checked=tuple(body.get("checked", ())),
    )


def answers_from_json(body: Mapping[str, Any]) -> dict[str, Answer]:
    """Answers with their several choices as tuples again."""
    return {key: tuple(value) if isinstance(value, list | tuple) else str(value) for key, value in body.items()}


def ticket_to_json(ticket: Ticket) -> dict[str, Any]:
    """A ticket as JSON."""
    updated, due = ticket.updated_at, ticket.due
    return {
        **asdict(ticket),
        "updated_at": updated.isoformat() if updated else None,
        "due": due.isoformat() if due else None,
    }


def ticket_from_json(body: Mapping[str, Any]) -> Ticket:
    """The ticket of a row."""
    moment, due = body["updated_at"], body.get("due")
    read = {
        "updated_at": datetime.fromisoformat(moment) if moment else None,
        "due": date.fromisoformat(due) if due else None,
        "labels": tuple(body.get("labels", ())),
    }
    return Ticket(**{**body, **read})


def field_to_json(field: TrackerField) -> dict[str, Any]:
    """A tracker field as JSON."""
    return asdict(field)


def field_from_json(body: Mapping[str, Any]) -> TrackerField:
    """The tracker field of a row."""
    kind, options = FieldType(body["type"]), tuple(body["options"])
    return TrackerField(body["id"], body["name"], kind, options, body.get("problem", ""))


def as_utc(moment: datetime) -> datetime:
    """A moment in UTC; SQLite hands them back without a zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
