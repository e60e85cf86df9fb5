"""The part of JQL the stand-in for Jira understands: conditions joined by AND, one ORDER BY."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Searchable(Protocol):
    """What a search can see of an issue, as the index knows it."""

    @property
    def labels(self) -> list[str]: ...
    @property
    def is_done(self) -> bool: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def project(self) -> str: ...
    @property
    def resolved_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Query:
    """A search: every condition must hold; sorted by a moment."""

    conditions: tuple[Callable[[Searchable], bool], ...]
    order: Callable[[Searchable], datetime]
    descending: bool

    def matches(self, issue: Searchable) -> bool:
        """Whether an issue is among what is looked for."""
        return all(holds(issue) for holds in self.conditions)


_ORDER = re.compile(r"\s*\border\s+by\s+(created|updated)\s*(asc|desc)?\s*$", re.IGNORECASE)
_CONDITION = re.compile(r'^\s*(\w+)\s*(!=|>=|<=|=)\s*"?([^"]+?)"?\s*$')
_AGO = re.compile(r"^-(\d+)([mhdw])$")
_SPANS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse(jql: str, now: datetime, cloud: bool) -> Query:
    """A query. Raises ValueError for what is not understood."""
    order = _ORDER.search(jql)
    where = jql[: order.start()] if order else jql
    conditions = tuple(_condition(part, now, cloud) for part in re.split(r"\s+AND\s+", where, flags=re.IGNORECASE))
    by_update = order is not None and order[1].lower() == "updated"
    descending = order is not None and (order[2] or "").lower() == "desc"
    return Query(conditions, _updated if by_update else _created, descending)


def _condition(text: str, now: datetime, cloud: bool) -> Callable[[Searchable], bool]:
    found = _CONDITION.match(text)
    if found is None:
        raise ValueError(text)
    field, operator, value = found[1].lower(), found[2], found[3]
    match field, operator:
        case "labels", "=":
            return lambda issue: value in issue.labels
        case "project", "=":
            return lambda issue: value.upper() == issue.project
        case "statuscategory", "=" | "!=":
            return lambda issue: (issue.is_done == (value.lower() == "done")) == (operator == "=")
        case "created", "<=":
            until = now - _ago(value)
            return lambda issue: issue.created_at <= until
        case "updated", ">=":
            since = now - _ago(value)
            return lambda issue: issue.updated_at >= since.replace(second=0, microsecond=0)
        case ("resolved", ">=") | ("statuscategorychangeddate", ">=") if cloud or field == "resolved":
            since = now - _ago(value)
            return lambda issue: issue.resolved_at is not None and issue.resolved_at >= since
        case _:
            raise ValueError(text)


def _ago(value: str) -> timedelta:
    found = _AGO.match(value)
    if found is None:
        raise ValueError(value)
    return timedelta(**{_SPANS[found[2]]: int(found[1])})


def _created(issue: Searchable) -> datetime:
    return issue.created_at


def _updated(issue: Searchable) -> datetime:
    return issue.updated_at
