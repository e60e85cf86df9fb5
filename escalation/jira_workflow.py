"""Which way through a workflow is meant: transitions are named by whoever drew the workflow. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from escalation.jira_issues import category
from escalation.jira_site import Json

WITHDRAWN = ("withdrawn", "cancel", "won't", "wont", "declin", "reject", "invalid")
DECLINED = ("won't", "wont", "declin", "reject", "cancel", "withdrawn", "invalid")
DONE = ("done", "resolve", "complete", "fixed", "answered", "close")
"""Words in the names of fitting ends, best first."""

_BACK = ("new", "indeterminate")


def way_to_end(ways: Sequence[Json], words: Sequence[str]) -> Json | None:
    """The transition into a done status that fits the words best; None when there is none."""
    ends = [way for way in ways if category(way.get("to") or {}) == "done"]
    return min(ends, key=lambda way: (_demands(way), _fitness(_names(way), words)), default=None)


def way_back(ways: Sequence[Json]) -> Json | None:
    """The transition to where work begins, else to where it goes on; None when there is none."""
    back = [way for way in ways if category(way.get("to") or {}) in _BACK]
    return min(back, key=lambda way: (_demands(way), _BACK.index(category(way["to"]))), default=None)


def resolution_for(way: Json, words: Sequence[str]) -> dict[str, Any]:
    """The fields to send along: the fitting resolution where the way's screen has one."""
    values = ((way.get("fields") or {}).get("resolution") or {}).get("allowedValues") or []
    names = [str(value.get("name")) for value in values]
    return {"resolution": {"name": min(names, key=lambda name: _fitness(name, words))}} if names else {}


def _names(way: Json) -> str:
    return f"{way.get('name')} {way['to'].get('name')}"


def _fitness(names: str, words: Sequence[str]) -> int:
    """0 is best. Where done is meant, an end that says "won't do" is the last choice, although it says "do"."""
    lower = names.lower()
    if words is DONE and _first(lower, DECLINED) < len(DECLINED):
        return len(words) + 1
    return _first(lower, words)


def _first(names: str, words: Iterable[str]) -> int:
    listed = list(words)
    return next((rank for rank, word in enumerate(listed) if word in names), len(listed))


def _demands(way: Json) -> bool:
    """Whether it asks for a field we have no answer to."""
    fields = (way.get("fields") or {}).items()
    return any(f.get("required") and not f.get("hasDefaultValue") and name != "resolution" for name, f in fields)
