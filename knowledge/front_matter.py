"""The block of facts between `---` lines at the top of a Markdown page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from knowledge.audience_text import LEVELS, AudienceUnclear, circles, read_audience
from knowledge.domain import Audience, Level, Standing
from knowledge.errors import YamlBroken
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText, parse_yaml

FENCE = "---"
ENDS = ("---", "...")
MAX_LINES = 200  # further down, a line of dashes is a rule in the text, not the end of front matter
CHANGED_KEYS = ("last_updated", "last_modified", "lastmod", "updated", "changed_at", "reviewed_at", "date")
OWNER_KEYS = ("owner", "owners", "maintainer", "maintainers", "author")
HIDDEN_STATUSES = ("draft", "archived", "unpublished")
YES, NO = ("true", "yes", "on"), ("false", "no", "off")
STANDINGS = {
    Standing.OUTDATED: ("deprecated", "obsolete", "outdated", "superseded", "retired", "legacy"),
    Standing.UNFINISHED: ("wip", "work in progress", "work-in-progress", "in progress", "in-progress", "unfinished"),
}
"""What `status` says of a page that can be found but stands back; the first word is a key of its own, too."""

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
    standing: Standing | None = None


def read_front_matter(lines: list[str]) -> FrontMatter:
    """The front matter at the top of a page's lines. Broken YAML is read line by line: what can be read, counts."""
    if not lines or lines[0].rstrip() != FENCE:
        return FrontMatter()
    end = next((number for number, line in enumerate(lines[1:MAX_LINES], 1) if line.rstrip() in ENDS), None)
    if end is None:
        return FrontMatter()
    return replace(facts_of(_fields(lines[1:end])), lines=end + 1)


def facts_of(fields: Mapping[str, YamlNode]) -> FrontMatter:
    """What fields say about a page; their names are in small letters."""
    return FrontMatter(
        title=words_of(fields.get("title")),
        owner=next((owner for key in OWNER_KEYS if (owner := words_of(fields.get(key)))), None),
        changed_at=next((day for key in CHANGED_KEYS if (day := _day(fields.get(key)))), None),
        audience=_audience(fields.get("audience")),
        hidden=_is_hidden(fields),
        standing=_standing(fields),
    )


def _is_hidden(fields: Mapping[str, YamlNode]) -> bool:
    """What ``status: Draft``, ``draft: yes`` or ``published: false`` say."""
    status, draft, published = (_word(fields, key) for key in ("status", "draft", "published"))
    return status in HIDDEN_STATUSES or draft in YES or published in NO


def _standing(fields: Mapping[str, YamlNode]) -> Standing | None:
    """What ``status: deprecated`` or ``deprecated: true`` say."""
    status = _word(fields, "status")
    for standing, words in STANDINGS.items():
        if status in words or _word(fields, words[0]) in YES:
            return standing
    return None


def _word(fields: Mapping[str, YamlNode], key: str) -> str:
    return (words_of(fields.get(key)) or "").casefold()


def _fields(lines: list[str]) -> dict[str, YamlNode]:
    try:
        node = parse_yaml("\n".join(lines))
    except YamlBroken:
        node = None
    if isinstance(node, YamlMap):
        return {key.value.casefold(): value for key, value in node.pairs if isinstance(key, YamlText)}
    matches = (KEY_LINE.match(line) for line in lines)
    return {m["key"].casefold(): YamlText(m["value"].strip().strip("\"'"), 0) for m in matches if m}


def words_of(node: YamlNode | None) -> str | None:
    """A text on one line, a list of texts with commas between them; None for nothing or a mapping."""
    if isinstance(node, YamlText):
        return " ".join(node.value.replace("\x00", "").split()) or None
    if isinstance(node, YamlList):
        return ", ".join(words for item in node.items if (words := words_of(item))) or None
    return None


def _day(node: YamlNode | None) -> date | None:
    match = DAY.fullmatch(words_of(node) or "")
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _audience(node: YamlNode | None) -> Audience | None:
    """An audience word we do not know keeps the page to a group of that name: showing it wider could leak it."""
    if node is None or not words_of(node) and not isinstance(node, YamlMap):
        return None
    try:
        return read_audience(node)
    except AudienceUnclear:
        names = node.items if isinstance(node, YamlList) else (node,)
        named = {name for item in names if (name := words_of(item))}
        return Audience(Level(named.pop())) if len(named) == 1 and named <= {*LEVELS} else circles(named)
