"""The YAML form of an FAQ: `version: 1` and a list of `entries`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knowledge import checklist_nodes
from knowledge.audience_text import CHANNEL_KEYS, GROUP_KEYS, plain_audience
from knowledge.domain import REVIEW_DAYS, Entry, EntryStatus, Level
from knowledge.errors import YamlBroken
from knowledge.faq_draft import Draft, ProblemList, Text
from knowledge.yaml_fields import KIND, keys_of, sources_of, text_of, texts_of
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
    "review_days",
    "status",
    "audience",
    "checklist",
)


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
    top = keys_of(root, TOP_KEYS, "the file", problems)
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
    fields = keys_of(node, ENTRY_KEYS, label, problems)

    def text(key: str) -> Text | None:
        return text_of(fields.get(key), f"`{key}` of {label}", problems)

    def texts(key: str) -> tuple[Text, ...]:
        return texts_of(fields.get(key), f"`{key}` of {label}", problems)

    return Draft(
        line=node.line,
        id=text("id"),
        question=text("question"),
        answer=text("answer"),
        variants=texts("variants"),
        tags=texts("tags"),
        owner=text("owner"),
        sources=sources_of(fields.get("sources"), label, problems),
        reviewed_at=text("reviewed_at"),
        review_by=text("review_by"),
        review_days=text("review_days"),
        status=text("status"),
        audience=_audience(fields.get("audience"), label, problems),
        checklist=checklist_nodes.draft_of(fields.get("checklist"), label, problems),
    )


def _label(node: YamlMap, number: int) -> str:
    for key, value in node.pairs:
        if isinstance(key, YamlText) and key.value == "id" and isinstance(value, YamlText) and value.value:
            return f"entry {value.value}"
    return f"entry {number}"


def _audience(node: YamlNode | None, label: str, problems: ProblemList) -> tuple[Text, ...]:
    what = f"`audience` of {label}"
    if not isinstance(node, YamlMap):
        text = text_of(node, what, problems)
        return (text,) if text else ()
    found: list[Text] = []
    for key, value in keys_of(node, (*GROUP_KEYS, *CHANNEL_KEYS), what, problems).items():
        names = texts_of(value, what, problems) if isinstance(value, YamlList) else (text_of(value, what, problems),)
        kind = "group" if key in GROUP_KEYS else "channel"
        found += [Text(f"{kind}: {name.value}", name.line) for name in names if name and name.value]
    return tuple(found) or (Text("group:", node.line),)


def write_yaml(entries: Iterable[Entry]) -> str:
    """Entries in the same format, absent fields left out."""
    return dump_yaml({"version": 1, "entries": [_plain(entry) for entry in entries]})


def _plain(entry: Entry) -> dict[str, Any]:
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
        "review_days": entry.review_days if entry.review_days != REVIEW_DAYS else None,
        "status": entry.status.value if entry.status is not EntryStatus.PUBLISHED else None,
        "audience": None if entry.audience.level is Level.INTERNAL else plain_audience(entry.audience),
        "checklist": checklist_nodes.plain_of(entry.checklist) if entry.checklist else None,
    }
    return {key: value for key, value in plain.items() if value not in (None, [])}
