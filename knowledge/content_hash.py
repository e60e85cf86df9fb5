"""The identity of a document's content."""

from __future__ import annotations

import json
from hashlib import sha256

from knowledge.domain import Audience, Standing
from knowledge.page import Page

PARSER_VERSION = "1"
"""Raise it when the parsers make something else of the same file, so that stored documents are parsed again."""


def content_hash(page: Page, url: str | None, audience: Audience, standing: Standing = Standing.CURRENT) -> str:
    """SHA-256 (hex) over everything of a document that is searched or shown, and the parsers' version."""
    content = {
        "parser": PARSER_VERSION,
        "title": page.title,
        "owner": page.owner,
        "changed_at": page.changed_at.isoformat() if page.changed_at else None,
        "url": url,
        "audience": [audience.level.value, sorted(audience.groups)],
        "sections": [
            [section.heading, section.parents, section.level, section.text, section.anchor, section.line]
            for section in page.sections
        ],
    }
    if standing is not Standing.CURRENT:  # absent from the hashes of pages that were stored before there were any
        content["standing"] = standing.value
    return sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()
