"""How values look inside the JSON columns. Only the stores use this."""

from __future__ import annotations

from datetime import date
from typing import Any

from knowledge.audience_json import audience_from_json, audience_to_json
from knowledge.checklist_json import checklist_from_json, checklist_to_json
from knowledge.domain import REVIEW_DAYS, Audience, Document, Entry, EntryStatus, Section, SourceLink, Standing

Body = dict[str, Any]

_AUDIENCE = ("level", "groups", "channels", "also")


def entry_body(entry: Entry) -> Body:
    """Everything of an entry but its id."""
    return {
        "question": entry.question,
        "answer": entry.answer,
        "variants": list(entry.variants),
        "sources": [[source.title, source.url] for source in entry.sources],
        "tags": list(entry.tags),
        "owner": entry.owner,
        "reviewed_at": _day_body(entry.reviewed_at),
        "review_by": _day_body(entry.review_by),
        "status": entry.status.value,
        "audience": _audience_body(entry.audience),
        **({"review_days": entry.review_days} if entry.review_days != REVIEW_DAYS else {}),
        **({"checklist": checklist_to_json(entry.checklist)} if entry.checklist else {}),
    }


def entry_from(id_: str, body: Body) -> Entry:
    """The entry that ``entry_body`` was made of."""
    return Entry(
        id=id_,
        question=body["question"],
        answer=body["answer"],
        variants=tuple(body["variants"]),
        sources=tuple(SourceLink(title, url) for title, url in body["sources"]),
        tags=tuple(body["tags"]),
        owner=body["owner"],
        reviewed_at=_day_from(body["reviewed_at"]),
        review_by=_day_from(body["review_by"]),
        status=EntryStatus(body["status"]),
        audience=_audience_from(body["audience"]),
        checklist=checklist_from_json(body.get("checklist")),
        review_days=body.get("review_days", REVIEW_DAYS),
    )


def document_body(document: Document) -> Body:
    """What of a document has no column of its own."""
    return {
        "url": document.url,
        "owner": document.owner,
        "changed_at": _day_body(document.changed_at),
        "audience": _audience_body(document.audience),
        "standing": document.standing.value,
    }


def document_from(
    source: str, path: str, title: str, content_hash: str, *, sections: tuple[Section, ...], body: Body
) -> Document:
    """The document that ``document_body`` and the columns were made of."""
    return Document(
        source=source,
        path=path,
        title=title,
        sections=sections,
        content_hash=content_hash,
        url=body["url"],
        owner=body["owner"],
        changed_at=_day_from(body["changed_at"]),
        audience=_audience_from(body["audience"]),
        standing=Standing(body.get("standing", Standing.CURRENT)),  # pages stored before standings were read
    )


def audience_in(body: Body) -> Audience:
    """Who may read what a body was made of."""
    return _audience_from(body["audience"])


def _day_body(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_from(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _audience_body(audience: Audience) -> Body:
    return dict(zip(_AUDIENCE, audience_to_json(audience), strict=False))


def _audience_from(body: Body) -> Audience:
    return audience_from_json([body[name] for name in _AUDIENCE if name in body])
