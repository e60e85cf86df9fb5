"""One field of a forms file: its type, rules, UTM parts and conditions."""

from __future__ import annotations

from collections.abc import Mapping

from escalation.domain import Condition, FieldType, FormField, Rules, UtmPart
from escalation.yaml_nodes import Node, suggestion
from escalation.yaml_reader import YamlReader

MAX_BUSINESS_DAYS = 500
"""Longest notice a form may ask for; more is a slip of the finger."""

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
        "alarms",
    ]
)
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
_WHOLE_RULES = ("min_length", "max_length", "min_selected", "min_business_days_from_now")
_PART_KEYS = frozenset({"required", "one_of", "pattern", "forbidden_if", "aliases"})
_COMPARISONS = frozenset({"equals", "in", "not_equals", "not_in"})
_OPTION_TYPES = frozenset({FieldType.SELECT, FieldType.MULTI_SELECT})


class FieldReader:
    """Reads nodes into fields, noting problems in the file."""

    def __init__(self, reader: YamlReader) -> None:
        self._read = reader
        self._file = reader.file

    def field(self, node: Node, shared: Mapping[str, Mapping[str, Node]]) -> FormField:
        """One field; ``use`` takes a shared one, whose keys it may change."""
        found = self._with_shared(node, shared)
        self._read.refuse_typos(found, _FIELD_KEYS)
        if "use" in found and "type" not in found:  # its shared field is missing: already said
            return FormField(self._read.text(found, "key"), "", FieldType.TEXT)
        key, label = (self._read.needed(node, found, k, "This field") for k in ("key", "label"))
        kind = self._type(node, found, key)
        rules, one_of = self._rules(found["validate"]) if "validate" in found else (Rules(), ())
        options = self._read.texts(found, "options") or one_of
        if kind in _OPTION_TYPES and not options:
            self._file.problem(node, f"Field {key} offers no choices. Add `options: [a, b]`.")
        return FormField(
            key=key,
            label=label,
            type=kind,
            required=self._read.flag(found, "required"),
            help=self._read.text(found, "help"),
            error=self._read.text(found, "error"),
            options=options,
            rules=rules,
            parts=self.parts(found["parts"], "parts") if "parts" in found else (),
            allow_tbd=self._read.flag(found, "allow_tbd"),
            required_if=self._condition(found, "required_if"),
            forbidden_if=self._condition(found, "forbidden_if"),
            alarms=self._alarms(found["alarms"], options) if "alarms" in found else (),
        )

    def parts(self, node: Node, what: str) -> tuple[UtmPart, ...]:
        """The UTM parameters of a mapping, by name."""
        parts = [self._part(name, value) for name, value in self._file.mapping(node, what).items()]
        known = frozenset(part.name for part in parts)
        for part in parts:
            if part.forbidden_if and part.forbidden_if.field not in known:
                self._file.problem(
                    node, f"{part.name} refers to {part.forbidden_if.field}, which is not one of the parts."
                )
        return tuple(parts)

    def _with_shared(self, node: Node, shared: Mapping[str, Mapping[str, Node]]) -> dict[str, Node]:
        found = dict(self._file.mapping(node, "a field"))
        if "use" not in found:
            return found
        name = self._file.text(found["use"], "use")
        if name not in shared:
            self._file.problem(
                found["use"], f"There is no shared field {name}. {suggestion(name, frozenset(shared))}"
            )
        return {**shared.get(name, {}), "key": found["use"], **found}

    def _type(self, node: Node, found: Mapping[str, Node], key: str) -> FieldType:
        name = self._read.needed(node, found, "type", f"Field {key}")
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
        whole = {name: self._file.whole(found[name], name) for name in _WHOLE_RULES if name in found}
        rules = Rules(
            **whole,
            minimum=self._read.number(found, "min"),
            maximum=self._read.number(found, "max"),
            pattern=self._read.pattern(found),
            url_host_in=tuple(host.lower() for host in self._read.texts(found, "url_host_in")),
            not_in_past=self._read.flag(found, "not_in_past"),
            not_before_field=self._read.text(found, "not_before_field") or None,
            max_size_mb=self._read.number(found, "max_size_mb"),
            extensions=tuple(name.lower().lstrip(".") for name in self._read.texts(found, "extensions")),
        )
        self._refuse_impossible(node, found, rules)
        return rules, self._read.texts(found, "one_of")

    def _refuse_impossible(self, node: Node, found: Mapping[str, Node], rules: Rules) -> None:
        for low, high in ((rules.min_length, rules.max_length), (rules.minimum, rules.maximum)):
            if low is not None and high is not None and low > high:
                self._file.problem(
                    node, f"Nothing can be at least {low:g} and at most {high:g}. Swap the two limits."
                )
        if (rules.min_business_days_from_now or 0) > MAX_BUSINESS_DAYS:
            self._file.problem(
                found["min_business_days_from_now"], f"{MAX_BUSINESS_DAYS} business days are the most (two years)."
            )
        if rules.max_size_mb is not None and rules.max_size_mb <= 0:
            self._file.problem(found["max_size_mb"], "max_size_mb must be more than 0, such as 5.")

    def _part(self, name: str, node: Node) -> UtmPart:
        found = self._read.known(node, name, _PART_KEYS)
        one_of = self._read.texts(found, "one_of")
        return UtmPart(
            name=name,
            required=self._read.flag(found, "required"),
            one_of=one_of,
            pattern=self._read.pattern(found),
            forbidden_if=self._condition(found, "forbidden_if"),
            aliases=self._aliases(found["aliases"], one_of) if "aliases" in found else (),
        )

    def _aliases(self, node: Node, one_of: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """``facebook: paid-social``: what people write, and the value it stands for."""
        found = []
        for alias, value in self._file.mapping(node, "aliases").items():
            meant = self._file.text(value, "aliases")
            if one_of and meant not in one_of:
                known = suggestion(meant, frozenset(one_of))
                self._file.problem(value, f"{alias} stands for {meant!r}, which is not an allowed value. {known}")
            found.append((alias.lower(), meant))
        return tuple(found)

    def _alarms(self, node: Node, options: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """``not-sure: "personal data: not sure"``: an option, and what ops read when it is chosen."""
        found = []
        for option, words in self._file.mapping(node, "alarms").items():
            if option not in options:
                known = suggestion(option, frozenset(options))
                self._file.problem(words, f"{option!r} is not among the options. {known}")
            found.append((option, self._file.text(words, "alarms")))
        return tuple(found)

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
