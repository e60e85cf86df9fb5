"""The identity of a document's content, of one of its sections, and of its texts wherever they lie."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from knowledge.audience_json import audience_to_json
from knowledge.domain import Audience, Section, Standing
from knowledge.page import Page

PARSER_VERSION = "2"
"""Raise it when the parsers make something else of the same file, so that stored documents are parsed again."""

LEAST_TEXT = 40
"""Characters from which on a text is enough to know a document by after it moved."""


def content_hash(page: Page, url: str | None, audience: Audience, standing: Standing = Standing.CURRENT) -> str:
    """SHA-256 (hex) over everything of a document that is searched or shown, and the parsers' version."""
    content = {
        "parser": PARSER_VERSION,
        "title": page.title,
        "owner": page.owner,
        "changed_at": page.changed_at.isoformat() if page.changed_at else None,
        "url": url,
        "audience": audience_to_json(audience),
        "sections": [
            [section.heading, section.parents, section.level, section.text, section.anchor, section.line]
            for section in page.sections
        ],
    }
    if standing is not Standing.CURRENT:  # absent from the hashes of pages that were stored before there were any
        content["standing"] = standing.value
    return sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def section_hash(section: Section) -> str:
    """SHA-256 (hex) over everything of a section but its line: text above it moves that."""
    content = [section.heading, section.parents, section.level, section.anchor, section.text]
    return sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()


def text_hash(sections: Sequence[Section]) -> str:
    """SHA-256 (hex) over the texts alone, "" for too little text: the same when a document moves or is renamed."""
    texts = [section.text for section in sections]
    if sum(len(text) for text in texts) < LEAST_TEXT:
        return ""
    return sha256(json.dumps(texts, ensure_ascii=True).encode()).hexdigest()
