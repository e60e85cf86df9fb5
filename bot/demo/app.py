"""The demo: the production desk in HTTP mode, a stand-in for Slack, and a page that looks like a channel."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot import wiring
from bot.clock import now_utc
from bot.curation_web.entrance import BASE
from bot.curation_web.keys import KeyKind, WebKeys
from bot.demo.past import look_back
from bot.demo.slack_larkfield import ASK_MOPS, DESK, JONAS, MAYA, NOOR, OPS_TRIAGE, PRIYA
from bot.demo.slack_standin import SlackStandIn
from bot.desk import Desk, Parts
from bot.people import Directory
from bot.serving import HOST, Served
from bot.settings import SAMPLES, Settings
from bot.slack import ids
from bot.slack.app import Identity
from bot.slack.client import SlackClient
from escalation.embedded_tracker import EmbeddedTracker, TicketDetails
from escalation.rotation import Rotation
from escalation.rotation_file import load_rotation
from knowledge.faq_import import import_faq
from knowledge.ingest import ingest
from knowledge.protocols import Encoder

PAGE = Path(str(files("bot.demo") / "page"))
DOCS_URL = "https://docs.example.com/mops"

EXAMPLES = (
    "where are my MQLs?",
    "which utm_medium do I use for paid social?",
    "the price list on our website is broken, can you fix it?",
)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Demo:
    """Two servers on 127.0.0.1: the page with the stand-in, and the desk behind it."""

    def __init__(self, data_dir: Path, port: int = 0, encoder: Encoder | None = None) -> None:
        self.slack = SlackStandIn()
        self._site = Served(self._pages(), port, on_stop=self.slack.stopping)
        self.url = self._site.url
        self.slack.served_at(self.url)
        self._settings = self._demo_settings(data_dir)
        self._database = wiring.open_desk_database(self._settings)
        self._tracker = EmbeddedTracker(self._database, self._ticket_url, project="MOPS")
        encoder = encoder or wiring.text_encoder(self._settings)
        self._encoder = encoder
        self._similarity = wiring.similarity(encoder)
        self._knowledge = wiring.knowledge_base(self._settings, self._database, encoder)
        self.desk = Desk(self._parts())
        self._desk_server = Served(self.desk.web)

    def start(self) -> None:
        """Import the samples, build the index, open both servers."""
        import_faq(SAMPLES / "faq.yaml", self._database, "demo", now_utc)
        look_back(self._database, PRIYA, now_utc())
        ingest(wiring.folder_source(self._settings, SAMPLES / "documents", DOCS_URL), self._database, now_utc)
        self._knowledge.ensure_current()
        self._desk_server.start()
        self.desk.start()
        self.slack.connect(self._desk_server.url)
        self._site.start()

    def stop(self) -> None:
        """Close everything in the order that loses nothing."""
        self._site.stop()
        self.slack.close()
        self._desk_server.stop()
        self.desk.stop()
        self._database.close()

    def curation_link(self) -> str:
        """A fresh link to the curation desk, for Priya: what `mops-desk curate` prints for a desk of your own."""
        with self._database.write() as session:
            key = WebKeys(session).issue(KeyKind.LINK, now_utc(), PRIYA)
        return f"{self._desk_server.url}{BASE}/enter?{urlencode({'key': key})}"

    def _demo_settings(self, data_dir: Path) -> Settings:
        return Settings(
            _env_file=None,  # type: ignore[call-arg]  # pydantic-settings takes it, its plugin would know
            slack_bot_token=self.slack.bot_token,
            slack_signing_secret=self.slack.signing_secret,
            slack_api_url=self.slack.api_url,
            jira_project="MOPS",
            jira_url="",
            database_url=f"sqlite:///{data_dir / 'desk.sqlite3'}",
            data_dir=data_dir,
            triage=PRIYA,
            ops_channel=OPS_TRIAGE,
            curators=frozenset({PRIYA, NOOR}),
            listen_channels=frozenset({ASK_MOPS}),
            save_reaction="memo",
        )

    def _parts(self) -> Parts:
        team = self.slack.workspace.team
        slack = SlackClient(self._settings.slack_bot_token, self._settings.slack_api_url)
        return Parts(
            self._settings,
            self._database,
            slack,
            Identity(team.id, team.bot_user, team.bot_id),
            wiring.request_forms(self._settings),
            self._tracker,
            self._knowledge,
            similarity=self._similarity,
            encoder=self._encoder,
            glossary=wiring.glossary(self._settings),
            rotation=self._rotation(),
            checks=wiring.checks(self._settings, self._database, self._knowledge, Directory(slack, now_utc, team.id)),
        )

    def _rotation(self) -> Rotation:
        """Larkfield's, with Priya's turn now."""
        rotation = load_rotation(SAMPLES / "rotation.yaml")
        return replace(rotation, start=rotation.duty_day(now_utc()))

    def _ticket_url(self, key: str) -> str:
        return f"{self.url}/#ticket-{key}"

    def _pages(self) -> Starlette:
        async def index(_request: Request) -> Response:
            return FileResponse(PAGE / "index.html", headers={"Content-Security-Policy": CSP})

        async def config(_request: Request) -> Response:
            return JSONResponse(_config())

        async def curation(_request: Request) -> Response:
            return RedirectResponse(await run_in_threadpool(self.curation_link), 303)

        async def tickets(_request: Request) -> Response:
            return JSONResponse({"tickets": await run_in_threadpool(self._tickets)})

        return Starlette(
            routes=[
                Route("/", index),
                Route("/demo/api/config", config),
                Route("/demo/api/tickets", tickets),
                Route("/demo/curation", curation),
                Mount("/demo/page", StaticFiles(directory=PAGE)),
                *self.slack.routes(),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
        )

    def _tickets(self) -> list[dict[str, object]]:
        found = (self._tracker.details(ticket.key) for ticket in self._tracker.recent())
        return [_ticket(details) for details in found if details is not None]


def _ticket(details: TicketDetails) -> dict[str, object]:
    ticket = details.ticket
    return {
        "key": ticket.key,
        "url": ticket.url,
        "summary": ticket.summary,
        "status": ticket.status,
        "issue_type": ticket.issue_type,
        "assignee": ticket.assignee,
        "description": details.description,
        "labels": list(details.labels),
        "created_at": details.created_at.isoformat(),
        "comments": [{"author": "MOPS Desk", "text": text, "at": None} for text in details.comments],
    }


def _config() -> dict[str, object]:
    return {
        "people": [
            {"id": MAYA, "name": "Maya Lindqvist", "title": "Field marketing"},
            {"id": JONAS, "name": "Jonas Weber", "title": "Demand generation"},
            {"id": PRIYA, "name": "Priya Raman", "title": "Marketing operations, on triage"},
            {"id": NOOR, "name": "Noor Haddad", "title": "Marketing operations"},
        ],
        "me": MAYA,
        "bot_user": DESK,
        "examples": list(EXAMPLES),
        "shortcuts": [
            {"callback_id": ids.SHORTCUT_ASK, "name": "Ask the desk"},
            {"callback_id": ids.SHORTCUT_TICKET, "name": "Open a ticket"},
            {"callback_id": ids.SHORTCUT_WHY, "name": "Why this answer?"},
            {"callback_id": ids.SHORTCUT_WRONG, "name": "Wrong answer"},
            {"callback_id": ids.SHORTCUT_SAVE, "name": "Save as FAQ"},
        ],
        "commands": [
            {"command": ids.COMMAND_MOPS, "hint": "question", "description": "Ask the desk in private"},
            {"command": ids.COMMAND_TICKET, "hint": "what you need", "description": "Open a ticket, or list yours"},
            {"command": ids.COMMAND_FAQ, "hint": "search words", "description": "Look at the FAQ and curate it"},
        ],
        "tracker": "embedded",
    }
