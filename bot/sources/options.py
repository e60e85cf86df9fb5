"""The options of one source as somebody typed them, read with the line of everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from bot.web_address import is_web_address
from knowledge.audience_text import AudienceUnclear, read_audience
from knowledge.bounded_source import PathLimit
from knowledge.domain import Audience
from knowledge.faq_draft import ProblemList, did_you_mean
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText

_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_DURATION = re.compile(r"(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
MOST = 1_000_000


class Options:
    """Typed values by name. What is wrong is noted with its line, and an empty value returned: one pass finds it all.

    A name that was never asked for is one the source does not know; ``unknown`` reports those.
    """

    def __init__(self, node: YamlMap, label: str, folder: Path, problems: ProblemList) -> None:
        self._label = label
        self._folder = folder
        self._problems = problems
        self._line = node.line
        self._asked: list[str] = []
        self._lines: dict[str, int] = {}
        self._values = self._named(node)

    def problem(self, name: str, advice: str) -> None:
        """Note that something is wrong with an option, or with the source when it is not there."""
        self._problems.add(self._lines.get(name, self._line), advice)

    def text(self, name: str, default: str = "") -> str:
        """One line of text."""
        node = self._node(name)
        if node is None:
            return default
        if isinstance(node, YamlText):
            return " ".join(node.value.split()) or default
        self.problem(name, f"`{name}` of {self._label} is one text. Write it on one line.")
        return default

    def needed(self, name: str, advice: str) -> str:
        """A text that must be there; ``advice`` says what to write."""
        value = self.text(name)
        if not value:
            self.problem(name, f"{self._label} has no `{name}:`. {advice}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, each once; a single text counts as a list of one."""
        node = self._node(name)
        if node is None:
            return ()
        items = node.items if isinstance(node, YamlList) else (node,)
        if not all(isinstance(item, YamlText) for item in items):
            self.problem(name, f"`{name}` of {self._label} is a list of texts: lines starting with `- `, or [a, b].")
            return ()
        values = (" ".join(item.value.split()) for item in items if isinstance(item, YamlText))
        return tuple(dict.fromkeys(value for value in values if value))

    def flag(self, name: str, default: bool = False) -> bool:
        """Yes or no."""
        value = self.text(name).lower()
        if value and value not in _TRUE + _FALSE:
            self.problem(name, f"`{name}` of {self._label} is true or false, not `{value}`.")
        return value in _TRUE if value in _TRUE + _FALSE else default

    def whole(self, name: str, default: int, least: int = 0, most: int = MOST) -> int:
        """A whole number between two others, both included."""
        value = self.text(name)
        if not value:
            return default
        if value.isascii() and value.isdigit() and least <= int(value) <= most:
            return int(value)
        self.problem(name, f"`{name}` of {self._label} is a whole number from {least} to {most}, not `{value}`.")
        return default

    def choice(self, name: str, known: Collection[str], default: str) -> str:
        """One of a few words."""
        value = self.text(name, default).lower()
        if value in known:
            return value
        self.problem(name, f"`{name}` of {self._label} is `{value}`. {did_you_mean(value, tuple(known))}")
        return default

    def address(self, name: str, default: str = "") -> str:
        """A web address, without a slash at its end."""
        value = self.text(name, default)
        if not value:
            return ""
        if not is_web_address(value):
            self.problem(name, f"`{name}` of {self._label} is not a web address. Start it with https:// and a host.")
            return default
        return value.rstrip("/")

    def path(self, name: str) -> Path:
        """A file or folder; one that does not start at the root is looked for beside the sources file."""
        value = self.needed(name, "Name the folder or file; one without a leading slash lies beside this file.")
        return (self._folder / Path(value).expanduser()) if value else self._folder

    def duration(self, name: str, least: timedelta = timedelta(minutes=1)) -> timedelta | None:
        """A time such as 30m, 1h or 1d; None when it is not there."""
        value = self.text(name).lower()
        if not value:
            return None
        match = _DURATION.fullmatch(value)
        length = int(match[1]) * _UNITS[match[2][0]] if match else timedelta(0)
        if length >= least:
            return length
        self.problem(name, f"`{name}` of {self._label} is `{value}`. Write a time such as 30m, 1h or 1d.")
        return None

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """A mapping of texts to texts."""
        node = self._node(name)
        if node is None:
            return ()
        found = node.pairs if isinstance(node, YamlMap) else ()
        values = [
            (a.value.strip(), b.value.strip())
            for a, b in found
            if isinstance(a, YamlText) and isinstance(b, YamlText)
        ]
        if len(values) != len(found) or not isinstance(node, YamlMap):
            self.problem(name, f"`{name}` of {self._label} is a list of `name: value` lines.")
        return tuple(values)

    def audience(self, name: str) -> Audience:
        """Who may read what comes from the source; colleagues when nothing is said, nobody when it is unclear."""
        node = self._node(name)
        if node is None:
            return Audience.internal()
        try:
            return read_audience(node)
        except AudienceUnclear as exc:
            self.problem(name, f"`{name}` of {self._label}: {exc}")
            return Audience.nobody()

    def limits(self, name: str) -> tuple[PathLimit, ...]:
        """Audiences by patterns of paths; nobody reads what has an unclear one."""
        node = self._node(name)
        if node is None:
            return ()
        if not isinstance(node, YamlMap):
            self.problem(name, f"`{name}` of {self._label} is a list of lines such as `hr/*: {{group: S0123ABCD}}`.")
            return ()
        found = []
        for key, value in node.pairs:
            try:
                found.append(PathLimit(key.value.strip() if isinstance(key, YamlText) else "*", read_audience(value)))
            except AudienceUnclear as exc:
                self._problems.add(exc.line, f"`{name}` of {self._label}: {exc}")
        return tuple(found)

    def unknown(self) -> None:
        """Note every option nobody asked for."""
        for name in self._values.keys() - set(self._asked):
            self.problem(name, f"{self._label} has an unknown key `{name}`. {did_you_mean(name, tuple(self._asked))}")

    def _node(self, name: str) -> YamlNode | None:
        """The value of an option; None when it is absent or empty."""
        if name not in self._asked:
            self._asked.append(name)
        node = self._values.get(name)
        return None if isinstance(node, YamlText) and not node.value.strip() else node

    def _named(self, node: YamlMap) -> dict[str, YamlNode]:
        found: dict[str, YamlNode] = {}
        for key, value in node.pairs:
            name = key.value if isinstance(key, YamlText) else ""
            if name in found:
                self._problems.add(key.line, f"{self._label} has `{name}` twice. Remove one.")
            else:
                found[name], self._lines[name] = value, key.line
        return found
