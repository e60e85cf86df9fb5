"""Request forms from a YAML file: every problem with its line and what to do, or all of its forms.

Keys that later versions use (``on_value``, reminders, file sizes ...) are accepted and kept out of the forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from escalation.domain import Condition, FieldType, Form, FormField, Rules, UtmPart
from escalation.errors import FormsInvalid
from escalation.patterns import pattern_problem
from escalation.yaml_nodes import Node, YamlFile, suggestion

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_FIELD_KEYS = frozenset(
    [
        "use",
        "key",
        "label",
        "type",
        "required",
        "help",
        "error",
        "options",
        "validate",
        "parts",
        "allow_tbd",
        "required_if",
        "forbidden_if",
    ]
)
_FORM_KEYS = frozenset(
    ["id", "name", "description", "keywords", "team", "lead_time_business_days", "ticket", "fields"]
)
_FILE_KEYS = frozenset(["version", "defaults", "shared_fields", "forms"])
_RULES = frozenset(
    [
        "min_length",
        "max_length",
        "pattern",
        "min",
        "max",
        "one_of",
        "min_selected",
        "url_host_in",
        "not_in_past",
        "min_business_days_from_now",
        "not_before_field",
        "max_size_mb",
        "extensions",
    ]
)
_COMPARISONS = frozenset({"equals", "in", "not_equals", "not_in"})
_OPTION_TYPES = frozenset({FieldType.SELECT, FieldType.MULTI_SELECT})


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


class _FormsReader:
    """Reads one file's nodes into forms, noting problems in the file."""

    def __init__(self, file: YamlFile) -> None:
        self._file = file

    def forms(self, root: Node) -> tuple[Form, ...]:
        top = self._known(root, "a forms file", _FILE_KEYS)
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
        self._refuse_repeated([(node, form.id) for node, form in forms], "form")
        return tuple(form for _, form in forms)

    def _defaults(self, node: Node) -> _Defaults:
        found = self._file.mapping(node, "defaults")
        zone, days, confirm = "UTC", frozenset(range(5)), False
        if "timezone" in found:
            zone = self._file.text(found["timezone"], "timezone")
            try:
                ZoneInfo(zone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                self._file.problem(
                    found["timezone"], f"There is no time zone {zone!r}. Write one such as Europe/Berlin."
                )
                zone = "UTC"
        if "business_days" in found:
            names = self._file.texts(found["business_days"], "business_days")
            if not names or not set(names) <= set(DAYS):
                self._file.problem(found["business_days"], f"business_days must name some of: {', '.join(DAYS)}.")
            days = frozenset(DAYS.index(name) for name in names if name in DAYS)
        if "confirm_before_submit" in found:
            confirm = self._file.flag(found["confirm_before_submit"], "confirm_before_submit")
        return _Defaults(zone, days, confirm)

    def _form(self, node: Node, shared: Mapping[str, Mapping[str, Node]], defaults: _Defaults) -> Form:
        found = self._known(node, "a form", _FORM_KEYS)
        if not found:
            return Form("", "", "", ())
        form_id, name = (self._needed(node, found, key, "This form") for key in ("id", "name"))
        ticket = self._file.mapping(found["ticket"], "ticket") if "ticket" in found else {}
        field_nodes = self._file.items(found["fields"], "fields") if "fields" in found else []
        if not field_nodes:
            self._file.problem(node, f"Form {form_id} has no fields. Add `fields:` with at least one.")
        fields = [(item, self._field(item, shared)) for item in field_nodes]
        self._refuse_repeated([(item, f.key) for item, f in fields], "field")
        self._check_references(fields)
        lead = found.get("lead_time_business_days")
        return Form(
            id=form_id,
            name=name,
            description=self._text(found, "description"),
            fields=tuple(f for _, f in fields),
            keywords=self._texts(found, "keywords"),
            team=self._text(found, "team"),
            lead_time_business_days=(self._file.whole(lead, "lead_time_business_days") if lead else 0) or 0,
            project=self._text(ticket, "project"),
            issue_type=self._text(ticket, "issue_type") or "Task",
            labels=self._texts(ticket, "labels"),
            confirm_before_submit=defaults.confirm_before_submit,
            timezone=defaults.timezone,
            business_days=defaults.business_days,
        )

    def _field(self, node: Node, shared: Mapping[str, Mapping[str, Node]]) -> FormField:
        found = dict(self._file.mapping(node, "a field"))
        if "use" in found:
            name = self._file.text(found["use"], "use")
            if name not in shared:
                self._file.problem(
                    found["use"], f"There is no shared field {name}. {suggestion(name, frozenset(shared))}"
                )
            found = {**shared.get(name, {}), "key": found["use"], **found}
        self._refuse_typos(found, _FIELD_KEYS)
        if "use" in found and "type" not in found:  # its shared field is missing: already said
            return FormField(self._text(found, "key"), "", FieldType.TEXT)
        key, label = (self._needed(node, found, k, "This field") for k in ("key", "label"))
        kind = self._type(node, found, key)
        rules, one_of = self._rules(found["validate"]) if "validate" in found else (Rules(), ())
        options = self._texts(found, "options") or one_of
        if kind in _OPTION_TYPES and not options:
            self._file.problem(node, f"Field {key} offers no choices. Add `options: [a, b]`.")
        return FormField(
            key=key,
            label=label,
            type=kind,
            required=self._flag(found, "required"),
            help=self._text(found, "help"),
            error=self._text(found, "error"),
            options=options,
            rules=rules,
            parts=self._parts(found["parts"]) if "parts" in found else (),
            allow_tbd=self._flag(found, "allow_tbd"),
            required_if=self._condition(found, "required_if"),
            forbidden_if=self._condition(found, "forbidden_if"),
        )

    def _type(self, node: Node, found: Mapping[str, Node], key: str) -> FieldType:
        name = self._needed(node, found, "type", f"Field {key}")
        if name in frozenset(FieldType):
            return FieldType(name)
        if name:
            self._file.problem(
                found["type"], f"There is no field type {name!r}. {suggestion(name, frozenset(FieldType))}"
            )
        return FieldType.TEXT

    def _rules(self, node: Node) -> tuple[Rules, tuple[str, ...]]:
        found = self._file.mapping(node, "validate")
        for name, value in found.items():
            if name not in _RULES:
                self._file.problem(value, f"There is no rule {name!r}. {suggestion(name, _RULES)}")
        whole = {
            name: self._file.whole(found[name], name)
            for name in ("min_length", "max_length", "min_selected", "min_business_days_from_now")
            if name in found
        }
        rules = Rules(
            **whole,
            minimum=self._number(found, "min"),
            maximum=self._number(found, "max"),
            pattern=self._pattern(found),
            url_host_in=tuple(host.lower() for host in self._texts(found, "url_host_in")),
            not_in_past=self._flag(found, "not_in_past"),
            not_before_field=self._text(found, "not_before_field") or None,
        )
        for low, high in ((rules.min_length, rules.max_length), (rules.minimum, rules.maximum)):
            if low is not None and high is not None and low > high:
                self._file.problem(
                    node, f"Nothing can be at least {low:g} and at most {high:g}. Swap the two limits."
                )
        return rules, self._texts(found, "one_of")

    def _parts(self, node: Node) -> tuple[UtmPart, ...]:
        parts = []
        for name, value in self._file.mapping(node, "parts").items():
            found = self._known(value, name, frozenset({"required", "one_of", "pattern", "forbidden_if"}))
            parts.append(
                UtmPart(
                    name=name,
                    required=self._flag(found, "required"),
                    one_of=self._texts(found, "one_of"),
                    pattern=self._pattern(found),
                    forbidden_if=self._condition(found, "forbidden_if"),
                )
            )
        known = frozenset(part.name for part in parts)
        for part in parts:
            if part.forbidden_if and part.forbidden_if.field not in known:
                self._file.problem(
                    node, f"{part.name} refers to {part.forbidden_if.field}, which is not one of the parts."
                )
        return tuple(parts)

    def _condition(self, found: Mapping[str, Node], name: str) -> Condition | None:
        if name not in found:
            return None
        node = found[name]
        pairs = self._file.mapping(node, name)
        comparisons = sorted(set(pairs) & _COMPARISONS)
        if "field" not in pairs or len(comparisons) != 1 or len(pairs) > len(("field", "comparison")):
            self._file.problem(node, f"{name} must look like {{field: key, equals: value}} (or in, or not_equals).")
            return None
        values = self._file.texts(pairs[comparisons[0]], name)
        return Condition(self._file.text(pairs["field"], name), values, negated=comparisons[0].startswith("not_"))

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

    def _pattern(self, found: Mapping[str, Node]) -> str | None:
        pattern = self._text(found, "pattern")
        trouble = pattern_problem(pattern) if pattern else None
        if trouble:
            self._file.problem(found["pattern"], f"This {trouble}")
            return None
        return pattern or None

    def _known(self, node: Node, what: str, known: frozenset[str]) -> dict[str, Node]:
        found = self._file.mapping(node, what)
        self._refuse_typos(found, known)
        return found

    def _refuse_typos(self, found: Mapping[str, Node], known: frozenset[str]) -> None:
        """A key nearly like one we know is a typo; other unknown keys belong to later versions."""
        for name in sorted(set(found) - known):
            if close := get_close_matches(name, sorted(known), 1, 0.8):
                self._file.problem(found[name], f"There is no key {name!r}. Did you mean {close[0]}?")

    def _refuse_repeated(self, named: list[tuple[Node, str]], what: str) -> None:
        seen: set[str] = set()
        for node, name in named:
            if name and name in seen:
                self._file.problem(node, f"There is a second {what} {name}. Rename or remove one of them.")
            seen.add(name)

    def _needed(self, node: Node, found: Mapping[str, Node], key: str, what: str) -> str:
        text = self._text(found, key)
        if not text:
            self._file.problem(found.get(key, node), f"{what} has no {key}. Add `{key}: …`.")
        return text

    def _text(self, found: Mapping[str, Node], key: str) -> str:
        return self._file.text(found[key], key) if key in found else ""

    def _texts(self, found: Mapping[str, Node], key: str) -> tuple[str, ...]:
        return self._file.texts(found[key], key) if key in found else ()

    def _flag(self, found: Mapping[str, Node], key: str) -> bool:
        return key in found and self._file.flag(found[key], key)

    def _number(self, found: Mapping[str, Node], key: str) -> float | None:
        return self._file.number(found[key], key) if key in found else None
