"""The rotation from a YAML file: every problem with its line and what to do, or who takes turns and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from escalation.errors import RotationInvalid
from escalation.holiday_calendar import holiday_problem
from escalation.rotation import Member, Rotation, Turn
from escalation.working_hours import WorkingHours
from escalation.yaml_nodes import Node, YamlFile, suggestion

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_FILE_KEYS = frozenset(
    ["version", "timezone", "turns", "handover", "start", "people"]
    + ["working_hours", "working_days", "holidays", "owner_within_hours", "digest_at"]
)
_PERSON_KEYS = frozenset({"id", "name", "email"})
_MEMBER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])(?::([0-5][0-9]))?")

_LONGEST_LIMIT_H = 200


def load_rotation(path: Path) -> Rotation:
    """The rotation of a file. Raises RotationInvalid naming every problem."""
    file = YamlFile(path)
    root = file.root()
    rotation = _RotationReader(file).rotation(root) if root is not None else Rotation(())
    if file.problems:
        raise RotationInvalid(file.problems)
    return rotation


@dataclass(frozen=True)
class _Handover:
    day: int = 0
    hour: time = time(9)


class _RotationReader:
    """Reads one file's nodes into a rotation, noting problems in the file."""

    def __init__(self, file: YamlFile) -> None:
        self._file = file

    def rotation(self, root: Node) -> Rotation:
        found = self._known(root, "a rotation file", _FILE_KEYS)
        if "version" in found and self._file.text(found["version"], "version") != "1":
            self._file.problem(found["version"], "This version of the desk reads `version: 1` only.")
        turn = self._turn(found["turns"]) if "turns" in found else Turn.WEEKLY
        handover = self._handover(found["handover"], turn) if "handover" in found else _Handover()
        if "start" not in found:
            self._file.problem(root, "There is no start. Add `start: 2027-01-04`, the day of the first turn.")
        return Rotation(
            members=self._members(root, found),
            start=(self._day(found["start"], "start") if "start" in found else None) or date.min,
            turn=turn,
            handover=handover.hour,
            handover_day=handover.day,
            hours=self._hours(found),
            owner_within=self._limit(found["owner_within_hours"]) if "owner_within_hours" in found else None,
            digest_at=self._hour(found["digest_at"], "digest_at") if "digest_at" in found else None,
        )

    def _members(self, root: Node, found: Mapping[str, Node]) -> tuple[Member, ...]:
        nodes = self._file.items(found["people"], "people") if "people" in found else []
        if not nodes:
            self._file.problem(
                found.get("people", root), "Nobody takes turns. Add `people:` with at least one Slack member id."
            )
        members = [self._member(node) for node in nodes]
        seen: set[str] = set()
        for node, member in zip(nodes, members, strict=True):
            if member.id and member.id in seen:
                self._file.problem(node, f"{member.id} stands here twice. Remove one.")
            seen.add(member.id)
        return tuple(members)

    def _member(self, node: Node) -> Member:
        """``U0PRIYA`` or ``{id: U0PRIYA, name: Priya Raman, email: priya@example.com}``."""
        if isinstance(node.value, str):
            member = Member(self._file.text(node, "a person"))
        else:
            found = self._known(node, "a person", _PERSON_KEYS)
            texts = {key: self._file.text(found[key], key) for key in found if key in _PERSON_KEYS}
            member = Member(texts.get("id", ""), texts.get("name", ""), texts.get("email", ""))
        if not _MEMBER_ID.fullmatch(member.id):
            what = repr(member.id) if member.id else "This"
            advice = "It looks like U0123ABCD; a person's Slack profile has it under ⋯, Copy member ID."
            self._file.problem(node, f"{what} is no Slack member id. {advice}")
        return member

    def _limit(self, node: Node) -> timedelta | None:
        hours = self._file.number(node, "owner_within_hours") or 0
        if not 0 <= hours <= _LONGEST_LIMIT_H:
            self._file.problem(node, f"owner_within_hours must lie between 0 (never) and {_LONGEST_LIMIT_H}.")
        return timedelta(hours=hours) if hours > 0 else None

    def _turn(self, node: Node) -> Turn:
        name = self._file.text(node, "turns").lower()
        if name in frozenset(Turn):
            return Turn(name)
        self._file.problem(node, f"There are no {name!r} turns. {suggestion(name, frozenset(Turn))}")
        return Turn.WEEKLY

    def _handover(self, node: Node, turn: Turn) -> _Handover:
        """``mon 09:00``; daily turns need the hour alone."""
        words = self._file.text(node, "handover").lower().split()
        hour = _parse_hour(words[-1]) if words else None
        named = words[0][:3] if len(words) > 1 else "mon"
        if hour is None or named not in DAYS or len(words) != (1 if turn is Turn.DAILY else len(("mon", "09:00"))):
            example = "`handover: 09:00`" if turn is Turn.DAILY else "`handover: mon 09:00`"
            self._file.problem(node, f"handover must look like {example}.")
            return _Handover()
        return _Handover(DAYS.index(named), hour)

    def _hours(self, found: Mapping[str, Node]) -> WorkingHours:
        opens, closes = self._span(found["working_hours"]) if "working_hours" in found else (time(9), time(17))
        nodes = self._file.items(found["holidays"], "holidays") if "holidays" in found else []
        return WorkingHours(
            self._zone(found["timezone"]) if "timezone" in found else "UTC",
            self._weekdays(found["working_days"]) if "working_days" in found else frozenset(range(5)),
            opens,
            closes,
            tuple(filter(None, map(self._holiday, nodes))),
        )

    def _holiday(self, node: Node) -> str:
        entry = self._file.text(node, "a holiday")
        if problem := holiday_problem(entry):
            self._file.problem(node, problem)
        return entry

    def _zone(self, node: Node) -> str:
        zone = self._file.text(node, "timezone")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._file.problem(node, f"There is no time zone {zone!r}. Write one such as Europe/Berlin.")
            return "UTC"
        return zone

    def _weekdays(self, node: Node) -> frozenset[int]:
        names = [name.lower()[:3] for name in self._file.texts(node, "working_days")]
        if not names or not set(names) <= set(DAYS):
            self._file.problem(node, f"working_days must name some of: {', '.join(DAYS)}.")
            return frozenset(range(5))
        return frozenset(DAYS.index(name) for name in names)

    def _span(self, node: Node) -> tuple[time, time]:
        """``09:00-17:30``."""
        first, _, last = self._file.text(node, "working_hours").partition("-")
        opens, closes = _parse_hour(first), _parse_hour(last)
        if opens is None or closes is None or opens >= closes:
            self._file.problem(node, "working_hours must look like `09:00-17:30`, the earlier hour first.")
            return time(9), time(17)
        return opens, closes

    def _hour(self, node: Node, what: str) -> time | None:
        hour = _parse_hour(self._file.text(node, what))
        if hour is None:
            self._file.problem(node, f"{what} must be an hour such as 09:00.")
        return hour

    def _day(self, node: Node, what: str) -> date | None:
        text = self._file.text(node, what)
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._file.problem(node, f"{what} must be a day such as 2027-01-04, not {text!r}.")
            return None

    def _known(self, node: Node, what: str, known: frozenset[str]) -> dict[str, Node]:
        found = self._file.mapping(node, what)
        for name in sorted(set(found) - known):
            self._file.problem(found[name], f"There is no key {name!r}. {suggestion(name, known)}")
        return found


def _parse_hour(text: str) -> time | None:
    """``9``, ``09:00``; None for anything else."""
    match = _HOUR.fullmatch(text.strip())
    return time(int(match[1]), int(match[2] or 0)) if match else None
