"""What a hit can point at: an entry or a passage, as the index keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.audience_json import audience_from_json, audience_to_json
from knowledge.checklist_json import checklist_from_json, checklist_to_json
from knowledge.domain import (
    Audience,
    Checklist,
    Citation,
    Document,
    Entry,
    EntryStatus,
    HitKind,
    Section,
    SourceLink,
    Standing,
)
from knowledge.places import address, place
from knowledge.reviewing import due_on
from knowledge.variables import has_variables, with_fallbacks


@dataclass(frozen=True)
class Target:
    """An entry or passage with everything a hit needs, so that answering never reads the database.

    ``phrasings`` are an entry's question and variants (empty for passages), ``trail`` the titles above the text,
    outermost first: for a passage page title, parent headings, heading. ``template`` is an answer with its variables,
    where it has any; ``text`` then holds their fallbacks. A checklist's own words are not searched.
    """

    kind: HitKind
    id: str
    title: str
    text: str
    trail: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    path: str | None = None
    heading: str | None = None
    url: str | None = None
    audience: Audience = Audience()
    tags: tuple[str, ...] = ()
    citation: Citation = Citation()
    template: str = ""
    checklist: Checklist | None = None

    @property
    def page(self) -> str:
        """Targets of one page share this; an entry is its own page."""
        return self.id if self.path is None else f"{self.id.rsplit('#', 1)[0]}"


def targets_of(entries: tuple[Entry, ...], documents: tuple[Document, ...]) -> tuple[Target, ...]:
    """Everything that is searched, entries first: published entries, and sections that hold any text."""
    found = [_of_entry(entry) for entry in entries if entry.status is EntryStatus.PUBLISHED]
    for document in documents:
        found.extend(_of_document(document))
    return tuple(found)


def _of_entry(entry: Entry) -> Target:
    return Target(
        kind=HitKind.ENTRY,
        id=entry.id,
        title=entry.question,
        text=with_fallbacks(entry.answer),
        phrasings=tuple(dict.fromkeys((entry.question, *entry.variants))),
        url=entry.sources[0].url if entry.sources else None,
        audience=entry.audience,
        tags=entry.tags,
        citation=Citation(entry.sources, entry.owner, entry.reviewed_at, due_on(entry)),
        template=entry.answer if has_variables(entry.answer) else "",
        checklist=entry.checklist,
    )


def _of_document(document: Document) -> Iterator[Target]:
    for section in document.sections:
        if section.text.strip():
            yield _of_section(document, section)


def _of_section(document: Document, section: Section) -> Target:
    url = address(document.url, section.anchor) if document.url else None
    trail = tuple(dict.fromkeys((document.title, *section.parents, section.heading)))
    sources = (SourceLink(" › ".join(dict.fromkeys((document.title, section.heading))), url),) if url else ()
    return Target(
        kind=HitKind.PASSAGE,
        id=f"{document.source}/{document.path}#{section.anchor}",
        title=document.title,
        text=section.text,
        trail=trail,
        path=document.path,
        heading=section.heading,
        url=url,
        audience=document.audience,
        citation=Citation(
            sources,
            document.owner,
            changed_at=document.changed_at,
            standing=document.standing,
            place=place(section.anchor),
        ),
    )


def to_record(target: Target) -> dict[str, Any]:
    """The target as JSON-ready values, for a generation's file."""
    citation = target.citation
    return {
        "kind": target.kind.value,
        "id": target.id,
        "title": target.title,
        "text": target.text,
        "trail": list(target.trail),
        "phrasings": list(target.phrasings),
        "path": target.path,
        "heading": target.heading,
        "url": target.url,
        "audience": audience_to_json(target.audience),
        "tags": list(target.tags),
        "sources": [[link.title, link.url] for link in citation.sources],
        "owner": citation.owner,
        "standing": citation.standing.value,
        "place": citation.place,
        "dates": [_iso(citation.reviewed_at), _iso(citation.review_by), _iso(citation.changed_at)],
        **({"template": target.template} if target.template else {}),
        **({"checklist": checklist_to_json(target.checklist)} if target.checklist else {}),
    }


def from_record(record: dict[str, Any]) -> Target:
    """The target back from ``to_record``. Raises KeyError, TypeError or ValueError when it is not one."""
    sources = tuple(SourceLink(title, url) for title, url in record["sources"])
    reviewed_at, review_by, changed_at = (_date(text) for text in record["dates"])
    return Target(
        kind=HitKind(record["kind"]),
        id=record["id"],
        title=record["title"],
        text=record["text"],
        trail=tuple(record["trail"]),
        phrasings=tuple(record["phrasings"]),
        path=record["path"],
        heading=record["heading"],
        url=record["url"],
        audience=audience_from_json(record["audience"]),
        tags=tuple(record["tags"]),
        citation=Citation(
            sources,
            record["owner"],
            reviewed_at,
            review_by,
            changed_at,
            standing=Standing(record["standing"]),
            place=record["place"],
        ),
        template=record.get("template", ""),
        checklist=checklist_from_json(record.get("checklist")),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
