"""A small team's knowledge, and a knowledge base over it, for tests of search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from support_database import database_with

from knowledge.document_store import DocumentStore
from knowledge.domain import Audience, Document, Entry, Question, Section, SourceLink
from knowledge.entry_store import EntryStore
from knowledge.generations import Generations
from knowledge.knowledge_base import KnowledgeBase
from knowledge.protocols import Encoder, Transactions
from knowledge.tables import Base
from knowledge.testing import HashingEncoder

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

MQL = Entry(
    id="faq-mql",
    question="Where are my MQLs?",
    variants=("my campaign shows zero mqls", "mql report is empty"),
    answer="Open the *MQL dashboard* and filter by campaign.",
    sources=(SourceLink("Missing MQLs", "https://example.com/mqls"),),
    owner="ops-lifecycle",
)
UTM = Entry(
    id="faq-utm",
    question="How do I name UTM parameters for a newsletter?",
    variants=("utm for newsletters", "which utm_medium for email"),
    answer="Use `utm_medium=email` and the campaign code as `utm_campaign`.",
)
WEBINAR = Entry(
    id="faq-webinar",
    question="How long before a webinar should I open a request?",
    variants=("webinar lead time",),
    answer="Ten working days.",
)
ENTRIES = (MQL, UTM, WEBINAR)


def section(heading: str, text: str, *parents: str) -> Section:
    """A section as a parser would hand it over."""
    anchor = heading.lower().replace(" ", "-")
    return Section(heading=heading, parents=parents, level=2 + len(parents), text=text, anchor=anchor, line=1)


def page(path: str, title: str, *sections: Section, audience: Audience | None = None) -> Document:
    """A document of the source ``handbook``."""
    return Document(
        source="handbook",
        path=path,
        title=title,
        sections=sections,
        content_hash=path,
        url=f"https://example.com/{path.removesuffix('.md')}",
        audience=audience or Audience.internal(),
    )


IMPORTS = page(
    "lists.md",
    "List imports",
    section(
        "Badge scans", "Badge scans from a trade show arrive as a spreadsheet. Remove duplicates before the upload."
    ),
    section("Turnaround", "A clean list is in the CRM within two working days. Larger lists take three days."),
)
DOCUMENTS = (IMPORTS,)


def ask(text: str, *earlier: str, addressed: bool = True, audience: Audience | None = None) -> Question:
    """A question from a colleague."""
    return Question(text, earlier=earlier, addressed=addressed, audience=audience or Audience.internal())


def store(database: Transactions, entries: Sequence[Entry] = (), documents: Sequence[Document] = ()) -> None:
    """Put entries and documents where imports and ingests put them."""
    with database.write() as session:
        if entries:
            EntryStore(session).import_entries(entries, author="tests", now=NOON)
        for document in documents:
            DocumentStore(session).upsert(document, version=document.content_hash, seen_at=NOON)


def knowledge_base(
    folder: Path,
    entries: Sequence[Entry] = ENTRIES,
    documents: Sequence[Document] = DOCUMENTS,
    encoder: Encoder | None = None,
) -> KnowledgeBase:
    """A knowledge base over a fresh database in the folder."""
    database = database_with(folder / "desk.sqlite3", Base.metadata)
    store(database, entries, documents)
    return over(folder, database, encoder)


def over(folder: Path, database: Transactions, encoder: Encoder | None = None, now: datetime = NOON) -> KnowledgeBase:
    """A knowledge base, as one more process would have it, over an existing database and index folder."""
    return KnowledgeBase(encoder or HashingEncoder(), Generations(folder / "index"), database, clock=lambda: now)
