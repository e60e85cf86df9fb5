"""Pages as plain JSON values: what passes between the process that parses and the one that stores."""

from __future__ import annotations

from datetime import date
from typing import Any

from knowledge.audience_json import audience_from_json, audience_to_json
from knowledge.domain import Section, Standing
from knowledge.page import Page


def page_to_json(page: Page) -> dict[str, Any]:
    """Everything of a page, as values that JSON knows."""
    return {
        "title": page.title,
        "sections": [[s.heading, list(s.parents), s.level, s.text, s.anchor, s.line] for s in page.sections],
        "owner": page.owner,
        "changed_at": page.changed_at.isoformat() if page.changed_at else None,
        "audience": audience_to_json(page.audience) if page.audience else None,
        "url": page.url,
        "standing": page.standing.value if page.standing else None,
    }


def page_from_json(body: dict[str, Any]) -> Page:
    """The page back. Raises KeyError, TypeError or ValueError when it is none."""
    audience = body["audience"]
    return Page(
        title=_text(body["title"]),
        sections=tuple(_section(*values) for values in body["sections"]),
        owner=None if body["owner"] is None else _text(body["owner"]),
        changed_at=None if body["changed_at"] is None else date.fromisoformat(body["changed_at"]),
        audience=None if audience is None else audience_from_json(audience),
        url=None if body["url"] is None else _text(body["url"]),
        standing=None if body["standing"] is None else Standing(body["standing"]),
    )


def _section(heading: object, parents: list[object], level: int, text: object, anchor: object, line: int) -> Section:
    return Section(_text(heading), tuple(map(_text, parents)), int(level), _text(text), _text(anchor), int(line))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value
