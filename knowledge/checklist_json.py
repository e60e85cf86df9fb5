"""How a checklist looks inside JSON: in an entry's row and in a generation's file."""

from __future__ import annotations

from typing import Any

from knowledge.domain import Checklist, Choice, Outcome, SourceLink, Step


def checklist_to_json(checklist: Checklist) -> dict[str, Any]:
    """The checklist as JSON-ready values."""
    return {"intro": checklist.intro, "steps": [_step_to_json(step) for step in checklist.steps]}


def checklist_from_json(body: dict[str, Any] | None) -> Checklist | None:
    """The checklist back; None for None. Raises KeyError, TypeError or ValueError when it is not one."""
    return None if body is None else Checklist(tuple(_step_from_json(step) for step in body["steps"]), body["intro"])


def _step_to_json(step: Step) -> dict[str, Any]:
    choices = [
        {
            "label": choice.label,
            "next": choice.next,
            "outcome": _outcome_to_json(choice.outcome) if choice.outcome else None,
            "note": choice.note,
        }
        for choice in step.choices
    ]
    return {"id": step.id, "ask": step.ask, "help": step.help, "choices": choices}


def _outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    sources = [[source.title, source.url] for source in outcome.sources]
    return {"text": outcome.text, "sources": sources, "ticket": outcome.ticket}


def _step_from_json(body: dict[str, Any]) -> Step:
    choices = tuple(
        Choice(one["label"], one["next"], _outcome_from_json(one["outcome"]) if one["outcome"] else None, one["note"])
        for one in body["choices"]
    )
    return Step(body["id"], body["ask"], choices, body["help"])


def _outcome_from_json(body: dict[str, Any]) -> Outcome:
    sources = tuple(SourceLink(title, url) for title, url in body["sources"])
    return Outcome(body["text"], sources, body["ticket"])
