"""`mops-desk doctor`: what works, what does not, and how to mend it.

Like a start it makes the tables and the index when they are missing; it sends nothing to Slack or Jira.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from bot import source_texts, wiring
from bot.database import Database
from bot.doctor_readers import readers_known
from bot.errors import DeskError
from bot.settings import Settings
from bot.slack.client import SlackClient
from bot.slack.manifest import SCOPES
from bot.sources.confluence import confluence_site
from escalation.errors import EscalationError, FormsInvalid
from knowledge.errors import KnowledgeError
from knowledge.model_encoder import ModelEncoder
from knowledge.protocols import Encoder, Reranker


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str


def checks(settings: Settings, encoder: Encoder | None = None) -> Iterator[Check]:
    """Every check, as it is made. A broken one never hides the next."""
    encoder = encoder or wiring.text_encoder(settings)
    yield _check("settings", lambda: _settings(settings))
    yield _check("forms", lambda: f"{len(wiring.request_types(settings))} request types")
    yield _check("triage", lambda: _once_forms_are_right(lambda: _triage(settings)))
    yield _check("links", lambda: _once_forms_are_right(lambda: _links(settings)))
    yield _check("model", lambda: _model(encoder))
    yield _check("glossary", lambda: _glossary(settings))
    if settings.audiences_file:
        yield _check("audiences", lambda: f"{len(wiring.topics(settings)().audiences)} topics have their own readers")
    if (reranker := wiring.reranker(settings)) is not None:
        yield _check("reranker", lambda: _reranker(reranker))
    if settings.confluence_url:
        yield _check("confluence", lambda: _confluence(settings))
    yield from _stores(settings, encoder)
    if settings.slack_bot_token:
        yield _check("slack", lambda: _slack(settings))
    if settings.slack_app_token:
        yield _check("socket mode", lambda: _socket_mode(settings))


def _stores(settings: Settings, encoder: Encoder) -> Iterator[Check]:
    try:
        database = wiring.open_desk_database(settings)
    except DeskError as exc:
        yield Check("database", False, str(exc))
        return
    try:
        yield _check("database", lambda: _database(database))
        if settings.sources_file:
            yield _check("sources", lambda: _sources(settings, database))
        yield _check("index", lambda: _index(settings, database, encoder))
        if settings.slack_bot_token:
            yield _check("readers", lambda: _readers(settings, database, encoder))
        yield _check("tickets", lambda: _tickets(settings, database))
    finally:
        database.close()


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except (DeskError, KnowledgeError, EscalationError) as exc:
        return Check(name, False, str(exc))


def _settings(settings: Settings) -> str:
    settings.require_slack()
    if settings.slack_app_token:
        return f"Socket Mode, data in {settings.data_dir}"
    return f"HTTP on {settings.host}:{settings.port}, data in {settings.data_dir}"


def _triage(settings: Settings) -> str:
    rotation, patience = wiring.rotation(settings), wiring.patience(settings)
    turns = f"{len(rotation.members)} people take {rotation.turn.value} turns"
    who = turns if settings.rotation_file else "always TRIAGE" if settings.triage else "nobody is on triage"
    where = "" if settings.ops_channel else "; OPS_CHANNEL is not set, so there are no lines and no digest"
    return f"{who}; {patience.max_reminders} reminders for missing details{where}"


def _once_forms_are_right(look: Callable[[], str]) -> str:
    """What is wrong with the forms is said once."""
    try:
        return look()
    except FormsInvalid:
        return "waits for the forms"


def _links(settings: Settings) -> str:
    rules = wiring.link_rules(settings)
    if not rules:
        return "no rules for campaign links: set TAXONOMY_FILE to have them checked"
    return f"{', '.join(rule.name for rule in rules)} are checked wherever a link appears"


def _model(encoder: Encoder) -> str:
    encoder.encode(["warm up"])
    if isinstance(encoder, ModelEncoder) and not encoder.is_exported:
        return (
            f"{encoder.name}, run by sentence-transformers (slower) until the next `mops-desk faq import` or `ingest`"
        )
    return encoder.name


def _glossary(settings: Settings) -> str:
    count = len(wiring.glossary(settings)().terms)
    return f"{count} terms from {settings.glossary_file}" if settings.glossary_file else f"{count} terms as shipped"


def _reranker(reranker: Reranker) -> str:
    reranker.scores("warm up", ["a text", "another text"])
    return f"{reranker.name} re-orders the best hits (answers take longer)"


def _database(database: Database) -> str:
    database.require_writable()
    return "tables are up to date, writable"


def _sources(settings: Settings, database: Database) -> str:
    """That the file is right; whether each can be read shows `ingest --status`."""
    found = wiring.sources_in_file(settings, database)
    return ", ".join(f"{source.name} ({source.kind}, {source_texts.every(source.every)})" for source in found)


def _index(settings: Settings, database: Database, encoder: Encoder) -> str:
    base = wiring.knowledge_base(settings, database, encoder)
    base.ensure_current()
    if base.is_empty:
        return "nothing to look in yet: run `mops-desk faq import` and `mops-desk ingest`"
    return f"generation {base.generation_id}"


def _tickets(settings: Settings, database: Database) -> str:
    """The tracker takes every type of issue the forms file; broken forms are told of by their own check."""
    try:
        types = [form.issue_type for form in wiring.request_forms(settings)]
    except EscalationError:
        types = []
    return wiring.tracker(settings, database).check(settings.jira_project or "MOPS", types)


def _confluence(settings: Settings) -> str:
    with closing(confluence_site(settings)) as site:
        return site.check()


def _slack(settings: Settings) -> str:
    slack = SlackClient(settings.slack_bot_token, settings.slack_api_url)
    team, user, _ = slack.identity()
    granted = slack.scopes()
    missing = [] if granted is None else [scope for scope in SCOPES if scope not in granted]
    if missing:
        raise DeskError(
            f"The Slack app lacks the scopes {', '.join(missing)}. Add them under OAuth & Permissions (or paste our "
            "manifest again), and install the app once more."
        )
    return f"signed in to {team} as {user}, with every scope"


def _readers(settings: Settings, database: Database, encoder: Encoder) -> str:
    slack = SlackClient(settings.slack_bot_token, settings.slack_api_url)
    return readers_known(slack, wiring.knowledge_base(settings, database, encoder).audiences())


def _socket_mode(settings: Settings) -> str:
    SlackClient(settings.slack_bot_token, settings.slack_api_url).check_app_token(settings.slack_app_token)
    return "Slack accepts SLACK_APP_TOKEN"
