"""The curation desk of a running desk, and a curator's browser on it (httpx with manners)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete
from support_desk import Room, running_desk

from bot.clock import now_utc
from bot.curation.findings import Findings
from bot.curation.missing_tables import GapQuestionRow, GapRow
from bot.curation_web.keys import KeyKind, WebKeys
from bot.demo.slack_larkfield import NOOR, PRIYA
from bot.tables import AuditRow, ChecklistRunRow, ConversationRow, QuestionRow
from knowledge.domain import Entry, SourceLink
from knowledge.entry_store import EntryStore
from knowledge.proposals import Proposal, ProposalStore
from knowledge.tables import EntryRow, EntryVersionRow, GlossaryTermRow, GlossaryVersionRow, ProposalRow

ENTRIES = (
    Entry(
        "faq-utm",
        "How do I build a UTM link?",
        "Use the **UTM builder**.",
        variants=("utm link", "campaign link"),
        sources=(SourceLink("UTM rules", "https://docs.example.com/utm"),),
        tags=("utm", "links"),
        owner="ops-lifecycle",
        reviewed_at=date(2026, 11, 1),
    ),
    Entry("faq-mql", "Where are my MQLs?", "In the MQL dashboard.", tags=("leads",), owner="ops-data"),
    Entry(
        "faq-old", "How do I use the old builder?", "Open it.", owner="ops-lifecycle", reviewed_at=date(2025, 1, 1)
    ),
)

WRITTEN = (
    GapQuestionRow, GapRow, ChecklistRunRow, QuestionRow, ConversationRow, ProposalRow, EntryVersionRow, EntryRow,
    GlossaryVersionRow, GlossaryTermRow, AuditRow,
)  # fmt: skip
"""What tests leave behind, in an order in which it can go."""


@dataclass
class Browser:
    """A curator's browser: keeps cookies, sends forms with the token of the page it was on."""

    client: httpx.Client
    origin: str

    def see(self, path: str, **query: Any) -> httpx.Response:
        """Open a page; it must be there."""
        page = self.client.get(f"/desk{path}", params=query)
        assert page.status_code == 200, (path, page.status_code, page.text)
        return page

    @property
    def token(self) -> str:
        found = re.search(r'name="form_token" value="(\w+)"', self.see("/").text)
        assert found
        return found[1]

    def send(self, path: str, files: Any = None, **fields: Any) -> httpx.Response:
        """Send a form as the desk's own page would, and follow where it leads."""
        return self.post(path, {"form_token": self.token, **fields}, files=files)

    def post(self, path: str, fields: dict[str, Any], files: Any = None, **headers: str) -> httpx.Response:
        return self.client.post(
            f"/desk{path}",
            data=fields,
            files=files,
            headers={"origin": self.origin, **headers},
            follow_redirects=True,
        )


@dataclass
class CurationRoom:
    room: Room
    clients: list[httpx.Client] = field(default_factory=list)

    @cached_property
    def priya(self) -> Browser:
        """A curator who has come in."""
        return self.come_in()

    @property
    def url(self) -> str:
        return self.room.url

    def as_new(self, entries: tuple[Entry, ...] = ENTRIES) -> CurationRoom:
        """Forget what earlier tests did: a desk of its own for each takes longer than most of them."""
        with self.room.database.write() as session:
            for table in WRITTEN:
                session.execute(delete(table))
            EntryStore(session).import_entries(entries, "faq.yaml", now_utc())
        self.room.knowledge.asked.clear()
        return self

    def entry(self, entry_id: str) -> Entry:
        with self.room.database.read() as session:
            found = EntryStore(session).get(entry_id)
        assert found is not None
        return found

    def proposals(self) -> tuple[Proposal, ...]:
        with self.room.database.read() as session:
            return ProposalStore(session).open()

    def propose(self, entry: Entry) -> Proposal:
        """A draft of Noor's."""
        with self.room.database.write() as session:
            return self.room.desk._shared.curating.curation.propose(session, entry, NOOR)

    def link_key(self, person: str = PRIYA) -> str:
        with self.room.database.write() as session:
            return WebKeys(session).issue(KeyKind.LINK, self.room.clock(), person)

    def browser(self, **client: Any) -> Browser:
        """A browser that was never here."""
        self.clients.append(httpx.Client(base_url=self.url, timeout=20, verify=False, trust_env=False, **client))
        return Browser(self.clients[-1], self.url)

    def come_in(self, person: str = PRIYA) -> Browser:
        """A browser that has used a link from the command line."""
        browser = self.browser()
        page = browser.post("/enter", {"key": self.link_key(person)})
        assert page.status_code == 200, page.text
        return browser


@contextmanager
def curation_room(folder: Path, entries: tuple[Entry, ...] = ENTRIES, **desk: Any) -> Iterator[CurationRoom]:
    """A desk whose curators are Priya and Noor, with some entries, and Priya's browser on it."""
    desk = {"started": False, "curators": frozenset({PRIYA, NOOR}), **desk}
    with running_desk(folder, **desk) as room:
        with room.database.write() as session:
            EntryStore(session).import_entries(entries, "faq.yaml", now_utc())
        opened = CurationRoom(room)
        try:
            yield opened
        finally:
            for client in opened.clients:
                client.close()


TYPED = {
    "question": "How do I build a UTM link?",
    "variants": "utm link\ncampaign url",
    "answer": "Use the **new** builder.",
    "sources": "UTM rules | https://docs.example.com/utm",
    "tags": "utm",
    "owner": "ops-lifecycle",
    "audience": "internal",
    "review_days": "90",
    "checklist": "",
}


class Scripted:
    """Checks that find what a test says."""

    def __init__(self, findings: Findings | Exception) -> None:
        self.findings = findings

    def of(self, _proposal: Proposal) -> Findings:
        """See Checks."""
        if isinstance(self.findings, Exception):
            raise self.findings
        return self.findings


def saved(room: CurationRoom, **changes: Any) -> int:
    """Save a change to the UTM entry; the number of its proposal."""
    page = room.priya.send("/edit", id="faq-utm", base="1", **{**TYPED, **changes})
    assert page.status_code == 200, page.text
    return int(page.url.path.rsplit("/", 1)[1])
