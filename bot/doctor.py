"""`mops-desk doctor`: what works, what does not, and how to mend it. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot import wiring
from bot.database import Database
from bot.errors import DeskError
from bot.settings import Settings, load_settings
from bot.slack.client import SlackClient
from escalation.errors import EscalationError
from knowledge.errors import KnowledgeError
from knowledge.sentence_encoder import SentenceEncoder


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str


def checks() -> Iterator[Check]:
    """Every check, as it is made. A broken one never hides the next."""
    try:
        settings = load_settings()
    except DeskError as exc:
        yield Check("settings", False, str(exc))
        return
    yield _check("settings", lambda: _settings(settings))
    yield _check("forms", lambda: f"{len(wiring.request_forms(settings))} request types")
    yield _check("model", lambda: _model(settings))
    yield from _stores(settings)
    if settings.slack_bot_token:
        yield _check("slack", lambda: _slack(settings))


def _stores(settings: Settings) -> Iterator[Check]:
    try:
        database = wiring.open_desk_database(settings)
    except DeskError as exc:
        yield Check("database", False, str(exc))
        return
    try:
        yield Check("database", True, "tables are up to date, writable")
        yield _check("index", lambda: _index(settings, database))
        yield _check("tickets", lambda: wiring.tracker(settings, database).check(settings.jira_project or "MOPS"))
    finally:
        database.close()


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except (DeskError, KnowledgeError, EscalationError) as exc:
        return Check(name, False, str(exc))


def _settings(settings: Settings) -> str:
    settings.require_slack()
    return (
        f"Socket Mode, data in {settings.data_dir}" if settings.slack_app_token else f"HTTP on port {settings.port}"
    )


def _model(settings: Settings) -> str:
    encoder = SentenceEncoder(settings.embedding_model)
    encoder.warm_up()
    return encoder.name


def _index(settings: Settings, database: Database) -> str:
    base = wiring.knowledge_base(settings, database)
    base.ensure_current()
    if base.is_empty:
        return "nothing to look in yet: run `mops-desk faq import` and `mops-desk ingest`"
    return f"generation {base.generation_id}"


def _slack(settings: Settings) -> str:
    team, user, _ = SlackClient(settings.slack_bot_token, settings.slack_api_url).identity()
    return f"signed in to {team} as {user}"
