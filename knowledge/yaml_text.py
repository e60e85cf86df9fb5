"""YAML with line numbers: the one module that knows the yaml library.

Texts stay as typed: ``yes``, ``3.0`` and ``2027-03-31`` are texts, and no tag ever constructs an object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from knowledge.errors import YamlBroken

MAX_DEPTH = 40
"""How deep lists and mappings may nest. Our files need 5; libyaml's own composer crashes at about 100,000."""

MAX_UNFOLDED = 100_000
"""How many nodes aliases may add, so that a small file cannot unfold into gigabytes."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is 25 times faster; not every build has it


@dataclass(frozen=True)
class YamlText:
    """A scalar as it was typed; empty for null. ``below``: how far below its line its own first line stands."""

    value: str
    line: int
    below: int = field(default=0, compare=False)


@dataclass(frozen=True)
class YamlList:
    """A sequence."""

    items: tuple[YamlNode, ...]
    line: int


@dataclass(frozen=True)
class YamlMap:
    """A mapping, repeated keys included, in file order."""

    pairs: tuple[tuple[YamlNode, YamlNode], ...]
    line: int


YamlNode: TypeAlias = YamlText | YamlList | YamlMap


@dataclass
class _Open:
    """A list or mapping whose end has not come yet."""

    line: int
    is_map: bool
    anchor: str | None
    children: list[YamlNode] = field(default_factory=list)
    size: int = 1

    def close(self) -> YamlNode:
        if not self.is_map:
            return YamlList(tuple(self.children), self.line)
        return YamlMap(tuple(zip(self.children[::2], self.children[1::2], strict=True)), self.line)


class _Builder:
    """Builds the tree from parser events without recursion, so that depth costs memory and not the process."""

    def __init__(self) -> None:
        self.root: YamlNode | None = None
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[YamlNode, int]] = {}
        self._unfolded = 0

    def take(self, event: yaml.Event) -> None:
        line = (event.start_mark.line if event.start_mark else 0) + 1
        match event:
            case yaml.AliasEvent():
                self._unfold(event.anchor or "", line)
            case yaml.ScalarEvent():
                is_null = event.implicit[0] and event.value in NULLS
                below = 1 if event.style in ("|", ">") else 0
                self._add(YamlText("" if is_null else event.value, line, below), event.anchor, 1)
            case yaml.CollectionStartEvent():
                self._open(event, line)
            case yaml.CollectionEndEvent():
                done = self._stack.pop()
                self._add(done.close(), done.anchor, done.size)
            case yaml.DocumentStartEvent() if self.root is not None:
                raise YamlBroken(line, "a second document starts here (`---`). Keep one document per file.")
            case _:
                pass

    def _open(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise YamlBroken(line, f"lists and mappings nest deeper than {MAX_DEPTH} levels. Flatten them.")
        self._stack.append(_Open(line, isinstance(event, yaml.MappingStartEvent), event.anchor))

    def _unfold(self, name: str, line: int) -> None:
        if name not in self._anchors:
            raise YamlBroken(line, f"`*{name}` refers to nothing above it. Write the value out.")
        node, size = self._anchors[name]
        self._unfolded += size
        if self._unfolded > MAX_UNFOLDED:
            raise YamlBroken(line, "the aliases (`*…`) unfold into far too much. Write the values out.")
        self._add(node, None, size)

    def _add(self, node: YamlNode, anchor: str | None, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if self._stack:
            self._stack[-1].children.append(node)
            self._stack[-1].size += size
        else:
            self.root = node


def parse_yaml(text: str) -> YamlNode | None:
    """The one document in a text; None when there is nothing but blanks and comments. Raises YamlBroken."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        raise YamlBroken(mark.line + 1 if mark else 1, _advice(exc)) from exc
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        raise YamlBroken(line, "there is a character YAML does not allow. Delete or retype it.") from exc
    root = builder.root
    return None if root == YamlText("", getattr(root, "line", 0)) else root


def _advice(exc: yaml.MarkedYAMLError) -> str:
    problem = exc.problem or "it cannot be read"
    if "mapping values are not allowed" in problem:
        return "a text with `: ` in it needs quotes around it (or the indentation is off)."
    if "cannot start any token" in problem:
        return "a text cannot start with a tab, %, @ or `. Use spaces to indent, and quotes around such a text."
    if "end of stream" in problem and "quoted" in (exc.context or ""):
        start = f" that opens on line {exc.context_mark.line + 1}" if exc.context_mark else ""
        return f"the quote{start} is never closed. Add the closing quote."
    context = f" {exc.context}" if exc.context else ""
    return f"this is not valid YAML ({problem}{context}). Check indentation, quotes and brackets here."


class _Dumper(yaml.SafeDumper):
    """Block style, indented lists, texts of several lines as `|` blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless  # lists stand indented below their key, as in the sample file
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)


def dump_yaml(value: Mapping[str, Any]) -> str:
    """YAML text of plain mappings, lists and texts, keys in the given order, readable and without line folding."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)
