"""The document that a source makes of a parsed page."""

from __future__ import annotations

from knowledge.content_hash import content_hash
from knowledge.domain import Audience, Document
from knowledge.page import Page
from knowledge.standing import marked_standing


def document_of(page: Page, source: str, path: str, url: str | None, audience: Audience) -> Document:
    """The page as a document at ``path`` of ``source``, known by everything that is searched or shown of it."""
    standing = page.standing or marked_standing(page.title, page.sections)
    return Document(
        source=source,
        path=path,
        title=page.title,
        sections=page.sections,
        content_hash=content_hash(page, url, audience, standing),
        url=url,
        owner=page.owner,
        changed_at=page.changed_at,
        audience=audience,
        standing=standing,
    )
