"""The commands that start or check a desk: `demo`, `run`, `doctor`, `db upgrade`."""

from __future__ import annotations

import signal
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from bot.desk import Desk, Parts
from bot.domain import Role
from bot.errors import SlackRefused
from bot.logs import configure, get_logger
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.slack.client import SlackClient

out = Console(highlight=False)
log = get_logger(__name__)


def run_demo(port: int, data_dir: Path | None) -> None:
    """Serve the demo until Ctrl+C."""
    from bot.demo.app import Demo

    configure("warning", "text")
    with tempfile.TemporaryDirectory(prefix="mops-desk-demo-") as scratch:
        demo = Demo(data_dir or Path(scratch), port)
        with out.status("Setting up the demo: sample FAQ, sample documents, search index …"):
            demo.start()
        out.print(f"The desk is open: {demo.url}   (Ctrl+C closes it)", markup=False)
        try:
            _wait_for_stop()
        finally:
            demo.stop()


def run_desk(role: Role) -> None:
    """Run the real bot until SIGTERM or Ctrl+C."""
    from bot.slack.client import SlackClient

    settings = load_settings()
    settings.require_slack()
    configure(settings.log_level, settings.log_format)
    slack = SlackClient(settings.slack_bot_token, settings.slack_api_url)
    desk = Desk(_parts(settings, slack, role))
    desk.start()
    try:
        _serve(settings, desk, role)
    finally:
        log.info("stopping")
        desk.stop()
        log.info("stopped")


def _parts(settings: Settings, slack: SlackClient, role: Role) -> Parts:
    from bot import wiring
    from bot.slack.app import Identity

    forms = wiring.request_forms(settings)
    database = wiring.open_desk_database(settings)
    knowledge = None if role is Role.RECEIVER else wiring.knowledge_base(settings, database)
    try:
        team, user, bot = slack.identity()
    except SlackRefused as exc:
        raise SlackRefused(exc.code, f"Slack does not accept SLACK_BOT_TOKEN ({exc.code}). Copy it again.") from exc
    log.info("signed_in", team=team, user=user, role=role.value)
    return Parts(
        settings, database, slack, Identity(team, user, bot), forms, wiring.tracker(settings, database), knowledge
    )


def _serve(settings: Settings, desk: Desk, role: Role) -> None:
    from bot.serving import Served
    from bot.slack.socket_mode import SocketConnection

    sockets = []
    with Served(desk.web, settings.port, host=settings.host) as served:
        if settings.slack_app_token and role is not Role.WORKER:
            sockets.append(SocketConnection(desk.app, settings.slack_app_token, settings.slack_api_url))
        for connection in sockets:
            connection.open()
        log.info("open", url=served.url, mode="socket" if sockets else "http")
        _wait_for_stop()
        for connection in sockets:
            connection.close()


def run_doctor() -> int:
    """Print every check; the number of failed ones is the exit code (at most 1)."""
    from bot.doctor import checks

    configure("error", "text")
    failed = 0
    for check in checks():
        mark = "ok  " if check.ok else "FAIL"
        out.print(f"{mark}  {check.name}: {check.detail}", markup=False, soft_wrap=True)
        failed += not check.ok
    return 1 if failed else 0


def upgrade_database() -> None:
    """Apply what is missing and say so."""
    from bot import wiring

    database = wiring.open_desk_database(load_settings())
    database.close()
    typer.echo("The database is up to date.")


def _wait_for_stop() -> None:
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    stop.wait()
    for number, handler in previous.items():
        signal.signal(number, handler)
