"""The commands that start or check a desk: `demo`, `run`, `doctor`, `db upgrade`."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from bot.cli_terminal import out
from bot.desk import Desk, Parts
from bot.domain import Role
from bot.logs import configure, get_logger
from bot.metrics import Metrics
from bot.serving import Served
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.slack.client import SlackClient
    from bot.slack.socket_mode import SocketConnections
    from knowledge.protocols import Encoder

log = get_logger(__name__)


def run_demo(port: int, data_dir: Path | None) -> None:
    """Serve the demo until Ctrl+C."""
    from bot.demo.app import Demo

    configure("warning", "text")
    with tempfile.TemporaryDirectory(prefix="mops-desk-demo-", ignore_cleanup_errors=True) as scratch:
        demo = Demo(data_dir or Path(scratch), port)
        try:
            with out.status("Setting up the demo: sample FAQ, sample documents, search index …"):
                demo.start()
            with _stop_signal() as stop:
                out.print(f"The desk is open: {demo.url}   (Ctrl+C closes it)", markup=False)
                out.print(f"Its curation desk: {demo.url}/demo/curation", markup=False)
                stop.wait()
        finally:
            demo.stop()


def run_desk(role: Role) -> None:
    """Run the real bot until SIGTERM or Ctrl+C."""
    from bot.prometheus import PrometheusMetrics
    from bot.slack.client import SlackClient

    settings = load_settings()
    settings.require_slack()
    configure(settings.log_level, settings.log_format, settings.secrets)
    metrics = PrometheusMetrics()
    slack = SlackClient(settings.slack_bot_token, settings.slack_api_url, metrics=metrics)
    with ExitStack() as opened:
        parts = _parts(settings, slack, role, metrics, opened)
        desk = Desk(parts)
        metrics.show(desk.watching.figures, role.value, "sqlite" if parts.database.is_sqlite else "postgresql")
        # A wrong token or a taken port is said before any work begins.
        sockets = _signed_in_sockets(settings, desk, metrics, role)
        served = Served(desk.web, settings.port, host=settings.host)
        with _stop_signal() as stop:
            try:
                desk.start()
                _serve(settings, desk, served, sockets, role, stop)
            finally:
                log.info("stopping")
                desk.stop()
                log.info("stopped")
    if "torch" in sys.modules:  # its threads, still loading a model, would abort the interpreter on its way out
        _leave()


def _leave() -> None:
    """End the process with code 0; everything is closed."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _parts(settings: Settings, slack: SlackClient, role: Role, metrics: Metrics, opened: ExitStack) -> Parts:
    """``opened`` closes the database, also where something that comes after it is wrong."""
    from bot import wiring
    from bot.clock import SteadyClock
    from bot.curation.checks import NoChecks
    from bot.people import Directory
    from bot.slack.app import Identity

    forms = wiring.request_forms(settings)
    wiring.glossary(settings)()  # a broken file is told now and not by unanswered questions
    wiring.topics(settings)()
    database = wiring.open_desk_database(settings)
    opened.callback(database.close)
    database.require_writable()  # said now, not at the first question
    encoder = None if role is Role.RECEIVER else wiring.text_encoder(settings)  # a receiver loads no model
    knowledge = wiring.knowledge_base(settings, database, encoder) if encoder else None
    team, user, bot = slack.identity()
    log.info("signed_in", team=team, user=user, role=role.value)
    clock = SteadyClock()
    directory = Directory(slack, clock, team)
    return Parts(
        settings,
        database,
        slack,
        Identity(team, user, bot),
        forms,
        wiring.tracker(settings, database, metrics),
        knowledge,
        similarity=wiring.similarity(encoder),
        encoder=encoder,
        glossary=wiring.glossary(settings),
        topics=wiring.topics(settings),
        rotation=wiring.rotation(settings),
        patience=wiring.patience(settings),
        sources=wiring.sources_in_file(settings, database),
        checks=wiring.checks(settings, database, knowledge, directory) if knowledge else NoChecks(),
        clock=clock,
        role=role,
        metrics=metrics,
    )


def _signed_in_sockets(settings: Settings, desk: Desk, metrics: Metrics, role: Role) -> SocketConnections | None:
    """Socket Mode, not yet open; None where Slack calls this address, or calls another process."""
    if not settings.slack_app_token or role is Role.WORKER:
        return None
    from bot.slack.socket_mode import SocketConnections

    token, address = settings.slack_app_token, settings.slack_api_url
    sockets = SocketConnections(desk.app, token, address, metrics=metrics, on_down=desk.hearing.deaf)
    sockets.sign_in()
    return sockets


def _serve(
    settings: Settings,
    desk: Desk,
    served: Served,
    sockets: SocketConnections | None,
    role: Role,
    stop: threading.Event,
) -> None:
    from bot.service_manager import ServiceManager

    with served, ExitStack() as opened:
        if sockets:
            opened.callback(sockets.close)
            sockets.open()
            desk.watch_sockets(sockets.health)
        elif role is not Role.WORKER:
            desk.hearing.listening.begin()
        log.info("open", url=served.url, mode="socket" if settings.slack_app_token else "http", role=role.value)
        ServiceManager(settings.notify_socket).attend(stop, f"{served.url}/healthz")


def run_doctor(encoder: Encoder | None = None, *, as_json: bool = False) -> int:
    """Print every check, one line of JSON each or to be read by people; 1 if one failed, else 0."""
    from bot.doctor import checks
    from bot.doctor_check import State

    settings = load_settings()
    configure("error", "text", settings.secrets)
    failed = 0
    for check in checks(settings, encoder):
        if as_json:
            typer.echo(json.dumps(asdict(check), ensure_ascii=False))
        else:
            mark = "FAIL" if check.state is State.FAIL else f"{check.state:4}"
            detail = check.detail.replace("\n", "\n      ")
            out.print(f"{mark}  {check.name}: {detail}", markup=False, soft_wrap=True)
        failed += not check.ok
    return 1 if failed else 0


def upgrade_database() -> None:
    """Apply what is missing and say so."""
    from bot import wiring

    database = wiring.open_desk_database(load_settings())
    database.close()
    typer.echo("The database is up to date.")


@contextmanager
def _stop_signal() -> Iterator[threading.Event]:
    """Set by the first SIGTERM or Ctrl+C; a second one ends the process at once, as if we did not listen."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        restore()

    for number in before:
        signal.signal(number, ask_to_stop)
    try:
        yield stop
    finally:
        restore()
