"""YAML with line numbers for files people write: the one module here that knows the yaml library.

Scalars stay as typed (``no`` is the text "no"), tags construct nothing, and every complaint is kept with its line.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import yaml

MAX_FILE_BYTES = 500_000
"""Longest file that is read. The sample forms have 19,000 bytes."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is many times faster; not every build has it
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})

Node = yaml.Node


class YamlFile:
    """One file while it is read. Readers note a problem and return an empty value, so one pass finds them all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: list[tuple[int, str]] = []

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything wrong so far as ``file:line  what to do``, in file order, each once."""
        ordered = sorted(dict.fromkeys(self._problems), key=lambda problem: problem[0])
        return tuple(f"{self._path}:{line}  {text}" for line, text in ordered)

    def root(self) -> Node | None:
        """The parsed document; None, with the problem noted, when there is none."""
        text = self._read()
        if text is None:
            return None
        try:
            node = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as exc:
            mark = exc.problem_mark or exc.context_mark
            self._note(mark.line + 1 if mark else 1, f"This is not valid YAML: {exc.problem}. Mend this line.")
        except (yaml.YAMLError, RecursionError):
            self._note(1, "This is not valid YAML. Compare it with the sample forms.")
        else:
            if node is None:
                self._note(1, "This file is empty. Start from the sample forms.")
            return node
        return None

    def _read(self) -> str | None:
        try:
            with self._path.open("rb") as stream:
                raw = stream.read(MAX_FILE_BYTES + 1)
            if len(raw) > MAX_FILE_BYTES:
                self._note(1, f"This file is larger than {MAX_FILE_BYTES // 1000} kB. Is it a forms file?")
                return None
            return raw.decode("utf-8-sig")
        except OSError as exc:
            self._note(1, f"This file cannot be read ({exc.strerror}). Check the path and its permissions.")
        except UnicodeDecodeError:
            self._note(1, "This is not a text file. Save the forms as YAML in UTF-8.")
        return None

    def problem(self, node: Node, message: str) -> None:
        """Note a problem at a node's line."""
        self._problems.append((node.start_mark.line + 1, message))

    def mapping(self, node: Node, what: str) -> dict[str, Node]:
        """The pairs of a mapping, keys as text; later repetitions of a key are problems."""
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, f"{what} must be a list of `key: value` lines.")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = self.text(key, "a key")
            if name in found:
                self.problem(key, f"{name} stands here twice. Remove one.")
            found.setdefault(name, value)
        return found

    def items(self, node: Node, what: str) -> list[Node]:
        """The items of a sequence."""
        if not isinstance(node, yaml.SequenceNode):
            self.problem(node, f"{what} must be a list: lines starting with `- `, or [a, b].")
            return []
        return list(node.value)

    def text(self, node: Node, what: str) -> str:
        """A scalar as typed, spaces around it removed; empty for null."""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(node, f"{what} must be one text. Put it in quotes if it has special characters.")
            return ""
        return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value).strip()

    def texts(self, node: Node, what: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one. Repetitions are problems."""
        nodes = [node] if isinstance(node, yaml.ScalarNode) else self.items(node, what)
        found: list[str] = []
        for item in nodes:
            text = self.text(item, what)
            if text in found:
                self.problem(item, f"{text!r} stands twice in {what}. Remove one.")
            elif text:
                found.append(text)
        return tuple(found)

    def number(self, node: Node, what: str) -> float | None:
        """A finite number."""
        text = self.text(node, what)
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if abs(value) < float("inf"):
            return value
        self.problem(node, f"{what} must be a number, not {text!r}.")
        return None

    def whole(self, node: Node, what: str) -> int | None:
        """A whole number, not negative."""
        text = self.text(node, what)
        if text.isascii() and text.isdigit():
            return int(text)
        self.problem(node, f"{what} must be a whole number such as 5, not {text!r}.")
        return None

    def flag(self, node: Node, what: str) -> bool:
        """True or false."""
        text = self.text(node, what).lower()
        if text not in _TRUE | _FALSE:
            self.problem(node, f"{what} must be true or false, not {text!r}.")
        return text in _TRUE

    def _note(self, line: int, message: str) -> None:
        self._problems.append((line, message))


def suggestion(word: str, known: frozenset[str]) -> str:
    """`` Did you mean x?`` when one known word is close, else the list of them."""
    close = get_close_matches(word, sorted(known), 1, 0.75)
    return f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(sorted(known))}."
