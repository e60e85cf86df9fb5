"""A site of 60 pages and 200 resolved tickets: taken in, asked, cited, and gone when they are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from support_confluence import fresh_database
from support_knowledge import ask, over
from support_trackers import Jira, jira
from support_web import BASE, Site, site

from bot.database import Database
from bot.demo.jira_standin_state import StandInIssue
from bot.sources.jira_tickets import JiraTickets, TicketSettings
from escalation.description import describe
from escalation.domain import DESK_LABEL, Draft, Origin, Person
from knowledge.domain import Audience, Hit
from knowledge.generations import Generations
from knowledge.ingest import IngestSummary, ingest
from knowledge.knowledge_base import KnowledgeBase
from knowledge.testing import HashingEncoder
from knowledge.web.source import WebSource

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DOCUMENTS = Path(__file__).parents[2] / "bot" / "demo" / "data" / "documents"
PAGES, FEW, TICKETS = 60, 24, 200
ANN = Person("U1", "Ann Lee", "ann@example.com")
TOOLS = ("badge scanner", "short link maker", "lead scorer", "consent form", "room planner")


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        fill(made, FEW)
        yield made


@pytest.fixture(params=["cloud", "server"])
def desk(request: pytest.FixtureRequest) -> Iterator[Jira]:
    with jira(cloud=request.param == "cloud", clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def cloud() -> Iterator[Jira]:
    with jira(clock=lambda: NOW) as running:
        yield running


def fill(web: Site, pages: int = PAGES) -> None:
    """The sample team's documents as a site, a page for each chapter."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(DOCUMENTS.rglob("*.md"))]
    chapters = [part for text in texts for part in re.split(r"(?m)^(?=##+ )", text)[1:]]
    paths = []
    for number, chapter in enumerate(islice(chapters, pages)):
        title = chapter.splitlines()[0].lstrip("# ")
        body = MarkdownIt("commonmark").enable("table").render(chapter)
        body = body.replace("<h2>", "<h2 id='chapter'>").replace("<h3>", "<h3 id='chapter'>")
        path = f"/guide/{number}-{re.sub(r'[^a-z0-9]+', '-', title.lower())}"
        menu = "".join(f"<li><a href='{one}'>{one}</a></li>" for one in paths[-20:])
        web.put(
            path,
            f"<html><head><title>{title} | Larkfield</title></head><body><nav>{menu}</nav><main>{body}</main>"
            "<footer>Larkfield marketing operations, all rights reserved</footer></body></html>",
        )
        paths.append(path)
    web.sitemap(*paths)


def read(source: WebSource | JiraTickets, database: Database) -> IngestSummary:
    return ingest(source, database, lambda: NOW)


def hits(folder: Path, database: Database, question: str, audience: Audience | None = None) -> tuple[Hit, ...]:
    base = over(folder, database)
    base.ensure_current()
    return base.verdict(ask(question, audience=audience or Audience.internal())).hits


def test_a_site_is_taken_in_cited_and_only_looked_at_the_next_time(web: Site, tmp_path: Path) -> None:
    fill(web)
    database = fresh_database(tmp_path)
    assert read(web.source(tmp_path / "cache"), database) == IngestSummary(added=PAGES)
    web.visits.clear()
    assert read(web.source(tmp_path / "cache"), database) == IngestSummary(unchanged=PAGES)
    assert [visit.status for visit in web.visits] == [404, 200, *[304] * PAGES]  # robots.txt and the sitemap first
    best = hits(tmp_path, database, "How do we name utm_medium for paid social?")[0]
    assert best.url is not None
    assert best.url.startswith(f"{BASE}/guide/")
    assert best.url.endswith("#chapter")
    assert "all rights reserved" not in best.text


def test_a_page_that_disappears_is_gone_before_the_index_is_built_anew(web: Site, tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    read(web.source(tmp_path / "cache"), database)
    question = ask("How do we name utm_medium for paid social?", audience=Audience.internal())
    now = [NOW]
    base = KnowledgeBase(HashingEncoder(), Generations(tmp_path / "index"), database, clock=lambda: now[0])
    base.ensure_current()
    best = base.verdict(question).hits[0]
    assert best.path is not None
    web.reply(best.path.removeprefix(BASE), 410)
    assert read(web.source(tmp_path / "cache"), database) == IngestSummary(unchanged=FEW - 1, removed=1)
    now[0] += timedelta(seconds=5)
    assert best.path not in [hit.path for hit in base.verdict(question).hits]


def test_an_ill_site_takes_nothing_away(web: Site, tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    read(web.source(tmp_path / "cache"), database)
    ill = [path for path in web.pages if path.startswith("/guide/")][::5]
    for path in ill:
        web.reply(path, 502)
    summary = read(web.source(tmp_path / "cache"), database)
    assert (summary.unchanged, summary.removed, len(summary.failed)) == (FEW - 5, 0, 5)
    assert "could not be fetched (502)" in summary.failed[0][1]
    fill(web, FEW)
    assert read(web.source(tmp_path / "cache"), database) == IngestSummary(unchanged=FEW)


def test_a_page_that_is_closed_vanishes_at_once(web: Site, tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    read(web.source(tmp_path / "cache"), database)
    for path in [path for path in web.pages if path.startswith("/guide/")][10:]:
        web.reply(path, 302, Location="https://sso.example.com/login")
    summary = read(web.source(tmp_path / "cache"), database)
    assert (summary.unchanged, summary.removed, summary.held_back) == (10, 14, 0)
    assert "sso.example.com" in summary.skipped[0][1]


def solve(running: Jira, number: int) -> StandInIssue:
    """A ticket as the desk files it and ops solve it."""
    tool = TOOLS[number % len(TOOLS)]
    marker = f"mops-desk-{number:012x}"
    question = f"Hi Priya, how do I reset the {tool} for region {number}? ann@example.com"
    draft = Draft(question, ANN, Origin("#ask-mops"), question, thread=("Zed: ask Yvonne",))
    fields = {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": question[:80]}
    labels = [DESK_LABEL, marker]
    issue = running.standin.state.create(
        {**fields, "labels": labels, "description": describe(draft, None, "7F3K", marker)}
    )
    running.standin.say(issue.key, "Tom Berg", "Between us: never again before the board meeting.", public=False)
    answer = f"Hi Ann, open settings of the {tool}, choose region {number} and press clear. Best, Priya Nair"
    running.standin.say(issue.key, "Priya Nair", answer)
    running.standin.update(issue.key, status="Done")
    return issue


def tickets(running: Jira, private: frozenset[str] = frozenset()) -> JiraTickets:
    settings = TicketSettings("tickets", "OPS")
    return JiraTickets(settings, lambda: running.tracker, lambda: private, clock=running.standin.state.clock)


def test_resolved_tickets_are_taken_in_and_cited_without_names(cloud: Jira, tmp_path: Path) -> None:
    for number in range(TICKETS):
        solve(cloud, number)
    database = fresh_database(tmp_path)
    assert read(tickets(cloud), database) == IngestSummary(added=TICKETS)
    cloud.standin.calls.clear()
    assert read(tickets(cloud), database) == IngestSummary(unchanged=TICKETS)
    assert cloud.standin.calls == ["serverInfo"] * cloud.standin.calls.count("serverInfo") + ["search"] * 2
    best = hits(tmp_path, database, "How do I reset the consent form for region 113?")[0]
    assert (best.path, best.url) == ("OPS-114", f"{cloud.url}/browse/OPS-114")
    assert best.text == "Open settings of the consent form, choose region 113 and press clear."
    assert hits(tmp_path, database, "How do I reset the consent form for region 113?", Audience()) == ()


def test_what_becomes_of_a_ticket_becomes_of_its_passage(desk: Jira, tmp_path: Path) -> None:
    desk.standin.offer_security_levels("Ops only")
    issues = [solve(desk, number) for number in range(8)]
    database = fresh_database(tmp_path)
    read(tickets(desk), database)
    desk.standin.update(issues[0].key, status="To Do")
    desk.standin.delete(issues[1].key)
    issues[2].fields["security"] = {"id": "100"}
    desk.standin.update(issues[3].key, status="Won't Do", resolution="Won't Do")
    issues[3].resolution = "Duplicate"
    desk.standin.move(issues[4].key, "WEB-1")
    summary = read(tickets(desk, private=frozenset({"mops-desk-000000000005"})), database)
    assert (summary.removed, summary.unchanged) == (6, 2)
    found = hits(tmp_path, database, "How do I reset the badge scanner for region 5?")
    assert {hit.path for hit in found} == {"OPS-7", "OPS-8"}


def test_tickets_older_than_agreed_leave_by_themselves(tmp_path: Path) -> None:
    now = [NOW]
    with jira(clock=lambda: now[0]) as running:
        solve(running, 1)
        database = fresh_database(tmp_path)
        assert read(tickets(running), database).added == 1
        now[0] += timedelta(days=731)
        assert read(tickets(running), database).removed == 1
