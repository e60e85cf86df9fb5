"""The block of facts between `---` lines at the top of a Markdown page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from knowledge.domain import Audience, Level
from knowledge.errors import YamlBroken
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText, parse_yaml

FENCE = "---"
ENDS = ("---", "...")
MAX_LINES = 200  # further down, a line of dashes is a rule in the text, not the end of front matter
CHANGED_KEYS = ("last_updated", "last_modified", "lastmod", "updated", "changed_at", "reviewed_at", "date")
OWNER_KEYS = ("owner", "owners", "maintainer", "maintainers", "author")
HIDDEN_STATUSES = ("draft", "archived")
KEY_LINE = re.compile(r"(?P<key>[A-Za-z_]\w*):[ \t]+(?P<value>\S.*)")
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?")


@dataclass(frozen=True)
class FrontMatter:
    """What a page says about itself. ``lines`` is how many lines of the file the block takes, fences included."""

    lines: int = 0
    title: str | None = None
    owner: str | None = None
    changed_at: date | None = None
    audience: Audience | None = None
    hidden: bool = False


def read_front_matter(lines: list[str]) -> FrontMatter:
    """The front matter at the top of a page's lines. Broken YAML is read line by line: what can be read, counts."""
    if not lines or lines[0].rstrip() != FENCE:
        return FrontMatter()
    end = next((number for number, line in enumerate(lines[1:MAX_LINES], 1) if line.rstrip() in ENDS), None)
    if end is None:
        return FrontMatter()
    fields = _fields(lines[1:end])
    return FrontMatter(
        lines=end + 1,
        title=_words(fields.get("title")),
        owner=next((owner for key in OWNER_KEYS if (owner := _words(fields.get(key)))), None),
        changed_at=next((day for key in CHANGED_KEYS if (day := _day(fields.get(key)))), None),
        audience=_audience(fields.get("audience")),
        hidden=_words(fields.get("status")) in HIDDEN_STATUSES or _words(fields.get("draft")) == "true",
    )


def _fields(lines: list[str]) -> dict[str, YamlNode]:
    try:
        node = parse_yaml("\n".join(lines))
    except YamlBroken:
        node = None
    if isinstance(node, YamlMap):
        return {key.value.casefold(): value for key, value in node.pairs if isinstance(key, YamlText)}
    matches = (KEY_LINE.match(line) for line in lines)
    return {m["key"].casefold(): YamlText(m["value"].strip().strip("\"'"), 0) for m in matches if m}


def _words(node: YamlNode | None) -> str | None:
    if isinstance(node, YamlText):
        return " ".join(node.value.replace("\x00", "").split()) or None
    if isinstance(node, YamlList):
        return ", ".join(words for item in node.items if (words := _words(item))) or None
    return None


def _day(node: YamlNode | None) -> date | None:
    match = DAY.fullmatch(_words(node) or "")
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _audience(node: YamlNode | None) -> Audience | None:
    """An audience word we do not know keeps the page to a group of that name: showing it wider could leak it."""
    if isinstance(node, YamlMap):
        groups = [
            value for key, value in node.pairs if isinstance(key, YamlText) and key.value in ("group", "groups")
        ]
        node = groups[0] if groups else None
    elif (word := _words(node)) in (Level.PUBLIC, Level.INTERNAL):
        return Audience(Level(word))
    names = node.items if isinstance(node, YamlList) else (node,)
    groups_named = frozenset(name for item in names if (name := _words(item)))
    return Audience(Level.GROUP, groups_named) if groups_named else None
