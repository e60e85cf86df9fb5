"""What every reader of a YAML file of ours needs: known keys, mandatory ones, typos, repetitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from escalation.patterns import pattern_problem
from escalation.yaml_nodes import Node, YamlFile

_SIMILAR = 0.8


class YamlReader:
    """Reads values by key from nodes of one file, noting problems in the file."""

    def __init__(self, file: YamlFile) -> None:
        self.file = file

    def known(self, node: Node, what: str, known: frozenset[str]) -> dict[str, Node]:
        """The pairs of a mapping; keys that look like typos of known ones are problems."""
        found = self.file.mapping(node, what)
        self.refuse_typos(found, known)
        return found

    def refuse_typos(self, found: Mapping[str, Node], known: frozenset[str]) -> None:
        """A key nearly like one we know is a typo; other unknown keys belong to later versions."""
        for name in sorted(set(found) - known):
            if close := get_close_matches(name, sorted(known), 1, _SIMILAR):
                self.file.problem(found[name], f"There is no key {name!r}. Did you mean {close[0]}?")

    def refuse_repeated(self, named: Sequence[tuple[Node, str]], what: str) -> None:
        """Ids and keys stand once."""
        seen: set[str] = set()
        for node, name in named:
            if name and name in seen:
                self.file.problem(node, f"There is a second {what} {name}. Rename or remove one of them.")
            seen.add(name)

    def needed(self, node: Node, found: Mapping[str, Node], key: str, what: str) -> str:
        """A text that must be there."""
        text = self.text(found, key)
        if not text:
            self.file.problem(found.get(key, node), f"{what} has no {key}. Add `{key}: …`.")
        return text

    def text(self, found: Mapping[str, Node], key: str) -> str:
        """A text, empty when it is not there."""
        return self.file.text(found[key], key) if key in found else ""

    def texts(self, found: Mapping[str, Node], key: str) -> tuple[str, ...]:
        """Several texts, none when they are not there."""
        return self.file.texts(found[key], key) if key in found else ()

    def flag(self, found: Mapping[str, Node], key: str) -> bool:
        """True or false; false when it is not there."""
        return key in found and self.file.flag(found[key], key)

    def number(self, found: Mapping[str, Node], key: str) -> float | None:
        """A number, if it is there."""
        return self.file.number(found[key], key) if key in found else None

    def pattern(self, found: Mapping[str, Node]) -> str | None:
        """A pattern that is safe to run on what people type."""
        pattern = self.text(found, "pattern")
        trouble = pattern_problem(pattern) if pattern else None
        if trouble:
            self.file.problem(found["pattern"], f"This {trouble}")
            return None
        return pattern or None
