"""The YAML form of an FAQ: `version: 1` and a list of `entries`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knowledge.domain import Entry, EntryStatus, Level
from knowledge.errors import YamlBroken
from knowledge.faq_draft import Draft, DraftSource, ProblemList, Text, did_you_mean
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText, dump_yaml, parse_yaml

FORMAT_VERSION = "1"
TOP_KEYS = ("version", "company", "entries")
ENTRY_KEYS = (
    "id",
    "question",
    "variants",
    "answer",
    "tags",
    "owner",
    "sources",
    "reviewed_at",
    "review_by",
    "status",
    "audience",
)
KIND = {YamlText: "a text", YamlList: "a list", YamlMap: "a mapping"}


def read_yaml(text: str, problems: ProblemList) -> tuple[Draft, ...]:
    """The entries of a YAML text as typed. What is wrong with its shape goes into ``problems``."""
    try:
        root = parse_yaml(text)
    except YamlBroken as exc:
        problems.add(exc.line, exc.advice)
        return ()
    if root is None:
        problems.add(1, "the file is empty. Start it with `version: 1` and a list of `entries:`.")
        return ()
    if not isinstance(root, YamlMap):
        problems.add(root.line, f"the file holds {KIND[type(root)]}. Put the entries in a list below `entries:`.")
        return ()
    top = _keys(root, TOP_KEYS, "the file", problems)
    _check_version(top.get("version"), problems)
    return tuple(_drafts(top.get("entries"), root.line, problems))


def _check_version(node: YamlNode | None, problems: ProblemList) -> None:
    if node is not None and not (isinstance(node, YamlText) and node.value == FORMAT_VERSION):
        problems.add(node.line, f"this version of the format is not known. Write `version: {FORMAT_VERSION}`.")


def _drafts(node: YamlNode | None, line: int, problems: ProblemList) -> Iterable[Draft]:
    if node is None or node == YamlText("", node.line) or node == YamlList((), node.line):
        problems.add(node.line if node else line, "there are no entries. Add at least one below `entries:`.")
    elif not isinstance(node, YamlList):
        problems.add(
            node.line, f"`entries:` holds {KIND[type(node)]}. Make it a list: each entry starts with `- id:`."
        )
    else:
        for number, item in enumerate(node.items, start=1):
            if isinstance(item, YamlMap):
                yield _draft(item, number, problems)
            else:
                problems.add(
                    item.line, f"entry {number} is {KIND[type(item)]}. Give it at least question and answer."
                )


def _draft(node: YamlMap, number: int, problems: ProblemList) -> Draft:
    label = _label(node, number)
    fields = _keys(node, ENTRY_KEYS, label, problems)

    def text(key: str) -> Text | None:
        return _text(fields.get(key), f"`{key}` of {label}", problems)

    def texts(key: str) -> tuple[Text, ...]:
        return _texts(fields.get(key), f"`{key}` of {label}", problems)

    return Draft(
        line=node.line,
        id=text("id"),
        question=text("question"),
        answer=text("answer"),
        variants=texts("variants"),
        tags=texts("tags"),
        owner=text("owner"),
        sources=_sources(fields.get("sources"), label, problems),
        reviewed_at=text("reviewed_at"),
        review_by=text("review_by"),
        status=text("status"),
        audience=_audience(fields.get("audience"), label, problems),
    )


def _label(node: YamlMap, number: int) -> str:
    for key, value in node.pairs:
        if isinstance(key, YamlText) and key.value == "id" and isinstance(value, YamlText) and value.value:
            return f"entry {value.value}"
    return f"entry {number}"


def _keys(node: YamlMap, known: tuple[str, ...], label: str, problems: ProblemList) -> dict[str, YamlNode]:
    """The values by key; unknown and repeated keys are reported."""
    found: dict[str, YamlNode] = {}
    lines: dict[str, int] = {}
    for key, value in node.pairs:
        name = key.value if isinstance(key, YamlText) else "…"
        if name not in known:
            problems.add(key.line, f"{label} has an unknown key `{name}`. {did_you_mean(name, known)}")
        elif name in found:
            problems.add(key.line, f"{label} has `{name}:` twice (first on line {lines[name]}). Keep one of them.")
        else:
            found[name], lines[name] = value, key.line
    return found


def _text(node: YamlNode | None, what: str, problems: ProblemList) -> Text | None:
    if node is None or isinstance(node, YamlText):
        return Text(node.value, node.line) if node is not None and node.value.strip() else None
    problems.add(node.line, f"{what} is {KIND[type(node)]}, not a text. {_quotes_hint(node)}")
    return Text("", node.line)


def _quotes_hint(node: YamlNode) -> str:
    if isinstance(node, YamlMap):
        return "A text with `: ` in it needs quotes around it."
    return "Write one text; quote it if it starts with a bracket."


def _texts(node: YamlNode | None, what: str, problems: ProblemList) -> tuple[Text, ...]:
    if node is None or node == YamlText("", node.line):
        return ()
    if not isinstance(node, YamlList):
        problems.add(node.line, f"{what} is {KIND[type(node)]}, not a list. Put each on its own line after `- `.")
        return ()
    found = [_text(item, f"an item in {what}", problems) for item in node.items]
    for item, text in zip(node.items, found, strict=True):
        if text is None:
            problems.add(item.line, f"an item in {what} is empty. Fill it in or remove it.")
    return tuple(text for text in found if text is not None)


def _sources(node: YamlNode | None, label: str, problems: ProblemList) -> tuple[DraftSource, ...]:
    if node is None or node == YamlText("", node.line):
        return ()
    if not isinstance(node, YamlList):
        problems.add(node.line, f"`sources` of {label} is {KIND[type(node)]}, not a list of title and url.")
        return ()
    return tuple(_source(item, label, problems) for item in node.items)


def _source(node: YamlNode, label: str, problems: ProblemList) -> DraftSource:
    if not isinstance(node, YamlMap):  # a bare address is its own title
        return DraftSource(node.line, None, _text(node, f"a source of {label}", problems))
    fields = _keys(node, ("title", "url"), f"a source of {label}", problems)
    title = _text(fields.get("title"), f"a source's title of {label}", problems)
    return DraftSource(node.line, title, _text(fields.get("url"), f"a source's url of {label}", problems))


def _audience(node: YamlNode | None, label: str, problems: ProblemList) -> tuple[Text, ...]:
    what = f"`audience` of {label}"
    if not isinstance(node, YamlMap):
        text = _text(node, what, problems)
        return (text,) if text else ()
    group = _keys(node, ("group",), what, problems).get("group")
    names = _texts(group, what, problems) if isinstance(group, YamlList) else (_text(group, what, problems),)
    found = tuple(Text(f"group: {name.value}", name.line) for name in names if name and name.value)
    return found or (Text("group:", node.line),)


def write_yaml(entries: Iterable[Entry]) -> str:
    """Entries in the same format, absent fields left out."""
    return dump_yaml({"version": 1, "entries": [_plain(entry) for entry in entries]})


def _plain(entry: Entry) -> dict[str, Any]:
    groups = sorted(entry.audience.groups)
    plain: dict[str, Any] = {
        "id": entry.id,
        "question": entry.question,
        "variants": list(entry.variants),
        "answer": entry.answer + "\n" if "\n" in entry.answer else entry.answer,
        "tags": list(entry.tags),
        "owner": entry.owner,
        "sources": [{"title": source.title, "url": source.url} for source in entry.sources],
        "reviewed_at": entry.reviewed_at.isoformat() if entry.reviewed_at else None,
        "review_by": entry.review_by.isoformat() if entry.review_by else None,
        "status": entry.status.value if entry.status is not EntryStatus.PUBLISHED else None,
        "audience": None if entry.audience.level is Level.INTERNAL else entry.audience.level.value,
    }
    if groups:
        plain["audience"] = {"group": groups[0] if len(groups) == 1 else groups}
    return {key: value for key, value in plain.items() if value not in (None, [])}
