"""Request forms from a YAML file: every problem with its line and what to do, or all of its forms.

``defaults.holidays`` is a list of countries ("DE"), their parts ("DE-BY") and single days ("2027-05-14").
Keys that later versions use (``on_value``, reminders ...) are accepted and kept out of the forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from escalation.domain import Form, FormField
from escalation.errors import FormsInvalid
from escalation.field_reader import FieldReader
from escalation.holiday_calendar import holiday_problem
from escalation.yaml_nodes import Node, YamlFile, suggestion
from escalation.yaml_reader import YamlReader

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_FORM_KEYS = frozenset(
    ["id", "name", "description", "keywords", "team", "lead_time_business_days", "ticket", "fields"]
)
_FILE_KEYS = frozenset(["version", "defaults", "shared_fields", "forms"])


def load_forms(path: Path) -> tuple[Form, ...]:
    """The forms of a file, in file order, at least one. Raises FormsInvalid naming every problem."""
    file = YamlFile(path)
    root = file.root()
    forms = _FormsReader(file).forms(root) if root is not None else ()
    if file.problems:
        raise FormsInvalid(file.problems)
    return forms


@dataclass(frozen=True)
class _Defaults:
    timezone: str = "UTC"
    business_days: frozenset[int] = field(default_factory=lambda: frozenset(range(5)))
    confirm_before_submit: bool = False
    holidays: tuple[str, ...] = ()


class _FormsReader:
    """Reads one file's nodes into forms, noting problems in the file."""

    def __init__(self, file: YamlFile) -> None:
        self._file = file
        self._read = YamlReader(file)
        self._fields = FieldReader(self._read)

    def forms(self, root: Node) -> tuple[Form, ...]:
        top = self._read.known(root, "a forms file", _FILE_KEYS)
        if not top:
            self._file.problem(root, "There are no forms here. Compare with the sample forms.")
            return ()
        if "version" in top and self._file.text(top["version"], "version") != "1":
            self._file.problem(top["version"], "This version of the desk reads `version: 1` only.")
        defaults = self._defaults(top["defaults"]) if "defaults" in top else _Defaults()
        shared = {
            name: self._file.mapping(node, f"shared field {name}")
            for name, node in (
                self._file.mapping(top["shared_fields"], "shared_fields") if "shared_fields" in top else {}
            ).items()
        }
        nodes = self._file.items(top["forms"], "forms") if "forms" in top else []
        if not nodes:
            self._file.problem(
                top.get("forms", root), "There are no forms. Add at least one `- id: …` below `forms:`."
            )
        forms = [(node, self._form(node, shared, defaults)) for node in nodes]
        self._read.refuse_repeated([(node, form.id) for node, form in forms], "form")
        return tuple(form for _, form in forms)

    def _defaults(self, node: Node) -> _Defaults:
        found = self._file.mapping(node, "defaults")
        return _Defaults(
            timezone=self._timezone(found["timezone"]) if "timezone" in found else "UTC",
            business_days=self._days(found["business_days"]) if "business_days" in found else frozenset(range(5)),
            confirm_before_submit=self._read.flag(found, "confirm_before_submit"),
            holidays=self._holidays(found["holidays"]) if "holidays" in found else (),
        )

    def _timezone(self, node: Node) -> str:
        zone = self._file.text(node, "timezone")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._file.problem(node, f"There is no time zone {zone!r}. Write one such as Europe/Berlin.")
            return "UTC"
        return zone

    def _days(self, node: Node) -> frozenset[int]:
        names = self._file.texts(node, "business_days")
        if not names or not set(names) <= set(DAYS):
            self._file.problem(node, f"business_days must name some of: {', '.join(DAYS)}.")
        return frozenset(DAYS.index(name) for name in names if name in DAYS)

    def _holidays(self, node: Node) -> tuple[str, ...]:
        entries = self._file.texts(node, "holidays")
        for problem in filter(None, map(holiday_problem, entries)):
            self._file.problem(node, problem)
        return tuple(entry for entry in entries if holiday_problem(entry) is None)

    def _form(self, node: Node, shared: Mapping[str, Mapping[str, Node]], defaults: _Defaults) -> Form:
        found = self._read.known(node, "a form", _FORM_KEYS)
        if not found:
            return Form("", "", "", ())
        form_id, name = (self._read.needed(node, found, key, "This form") for key in ("id", "name"))
        ticket = self._file.mapping(found["ticket"], "ticket") if "ticket" in found else {}
        field_nodes = self._file.items(found["fields"], "fields") if "fields" in found else []
        if not field_nodes:
            self._file.problem(node, f"Form {form_id} has no fields. Add `fields:` with at least one.")
        fields = [(item, self._fields.field(item, shared)) for item in field_nodes]
        self._read.refuse_repeated([(item, f.key) for item, f in fields], "field")
        self._check_references(fields)
        lead = found.get("lead_time_business_days")
        return Form(
            id=form_id,
            name=name,
            description=self._read.text(found, "description"),
            fields=tuple(f for _, f in fields),
            keywords=self._read.texts(found, "keywords"),
            team=self._read.text(found, "team"),
            lead_time_business_days=(self._file.whole(lead, "lead_time_business_days") if lead else 0) or 0,
            project=self._read.text(ticket, "project"),
            issue_type=self._read.text(ticket, "issue_type") or "Task",
            labels=self._read.texts(ticket, "labels"),
            confirm_before_submit=defaults.confirm_before_submit,
            timezone=defaults.timezone,
            business_days=defaults.business_days,
            holidays=defaults.holidays,
        )

    def _check_references(self, fields: list[tuple[Node, FormField]]) -> None:
        by_key = {f.key: f for _, f in fields}
        for node, f in fields:
            wanted = {c.field for c in (f.required_if, f.forbidden_if) if c} | {f.rules.not_before_field or f.key}
            for key in sorted(k for k in wanted if k not in by_key):
                self._file.problem(node, f"Field {f.key} refers to {key}, which this form does not have.")
            for condition in (f.required_if, f.forbidden_if):
                other = by_key.get(condition.field) if condition else None
                for value in sorted(set(condition.values) - set(other.options) if condition and other else ()):
                    if other and other.options:
                        self._file.problem(
                            node,
                            f"Field {f.key} waits for {value!r}, which is not a choice of {other.key}. "
                            f"{suggestion(value, frozenset(other.options))}",
                        )
