"""`mops-desk doctor`: what works, what does not, and how to mend it.

Like a start it makes the tables and the index when they are missing; it sends nothing to Slack or Jira.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from bot import doctor_machine, doctor_slack, doctor_store, source_texts, wiring
from bot.clock import Clock, now_utc
from bot.database import Database
from bot.doctor_check import Check, State, Worry, looked
from bot.doctor_readers import readers_known
from bot.errors import DeskError
from bot.settings import Settings
from bot.slack.client import SlackClient
from bot.slack.inspection import Inspection
from bot.sources.confluence import confluence_site
from bot.texts import figure
from escalation.errors import EscalationError, FormsInvalid
from knowledge.model_encoder import ModelEncoder
from knowledge.protocols import Encoder, Reranker

SHORT_SECRET = 16
"""Characters. A shorter webhook secret can be guessed."""


def checks(settings: Settings, encoder: Encoder | None = None, clock: Clock = now_utc) -> Iterator[Check]:
    """Every check, as it is made. A broken one never hides the next."""
    encoder = encoder or wiring.text_encoder(settings)
    yield looked("settings", lambda: _settings(settings))
    yield looked("forms", lambda: figure(len(wiring.request_types(settings)), "request type", "request types"))
    yield looked("triage", lambda: _once_forms_are_right(lambda: _triage(settings)))
    yield looked("links", lambda: _once_forms_are_right(lambda: _links(settings)))
    yield looked("model", lambda: _model(encoder))
    yield looked("glossary", lambda: _glossary(settings))
    if settings.audiences_file:
        yield looked("audiences", lambda: f"{len(wiring.topics(settings)().audiences)} topics have their own readers")
    if (reranker := wiring.reranker(settings)) is not None:
        yield looked("reranker", lambda: _reranker(reranker))
    if settings.confluence_url:
        yield looked("confluence", lambda: _confluence(settings))
    yield looked("port", lambda: doctor_machine.port(settings.host, settings.port))
    yield from _stores(settings, encoder, clock)
    if settings.slack_bot_token:
        yield from _slack(settings, clock)
    if settings.slack_app_token:
        yield looked("socket mode", lambda: _socket_mode(settings))


def _stores(settings: Settings, encoder: Encoder, clock: Clock) -> Iterator[Check]:
    try:
        database = wiring.open_desk_database(settings)
    except DeskError as exc:
        yield Check("database", State.FAIL, str(exc))
        return
    now = clock()
    try:
        yield looked("folder", lambda: doctor_machine.data_folder(settings.data_dir))
        yield looked("database", lambda: doctor_store.database(database))
        yield looked("queues", lambda: doctor_store.queues(database, now))
        yield looked("heard", lambda: doctor_store.heard(database, now))
        yield looked("backups", lambda: doctor_store.backups(settings.backup_dir, settings.database, now))
        if settings.sources_file:
            yield looked("sources", lambda: _sources(settings, database))
        yield looked("index", lambda: _index(settings, database, encoder))
        if settings.slack_bot_token:
            yield looked("readers", lambda: _readers(settings, database, encoder))
        yield looked("tickets", lambda: _tickets(settings, database))
        if settings.has_jira:
            yield looked("news", lambda: _news(settings))
    finally:
        database.close()


def _slack(settings: Settings, clock: Clock) -> Iterator[Check]:
    """A token that is refused is said once, and hides what could only repeat it."""
    slack = Inspection(settings.slack_bot_token, settings.slack_api_url)
    signed_in = looked("slack", lambda: doctor_slack.signed_in(slack))
    yield signed_in
    if settings.slack_signing_secret:
        yield looked("secret", lambda: doctor_slack.signing_secret(settings.slack_signing_secret))
    if not signed_in.ok:
        return
    config = Inspection(settings.slack_config_token, settings.slack_api_url) if settings.slack_config_token else None
    yield looked("app", lambda: doctor_slack.set_up(slack, config, bool(settings.slack_app_token)))
    yield looked("channels", lambda: doctor_slack.channels(slack, _channels(settings)))
    yield looked("people", lambda: doctor_slack.people(slack, _people(settings)))
    yield looked("clock", lambda: doctor_machine.clock(slack.time(), "Slack's", clock()))


def _channels(settings: Settings) -> dict[str, tuple[str, ...]]:
    ops = (settings.ops_channel,) if settings.ops_channel else ()
    return {"OPS_CHANNEL": ops, "LISTEN_CHANNELS": tuple(settings.listen_channels)}


def _people(settings: Settings) -> dict[str, tuple[str, ...]]:
    named = {
        "TRIAGE": (settings.triage,) if settings.triage else (),
        "CURATORS": tuple(settings.curators),
        "OWNERS": tuple(settings.owners.values()),
    }
    if settings.rotation_file:
        named["ROTATION_FILE"] = tuple(member.id for member in wiring.rotation(settings).members)
    return named


def _news(settings: Settings) -> str:
    """How the desk hears that a ticket changed."""
    secret, seconds = settings.jira_webhook_secret, settings.jira_poll_seconds
    if not secret and not seconds:
        raise DeskError(
            "Nobody would hear of a ticket's news: set JIRA_POLL_SECONDS, or JIRA_WEBHOOK_SECRET and a webhook."
        )
    if secret and len(secret) < SHORT_SECRET:
        raise Worry(
            "JIRA_WEBHOOK_SECRET is short. Take a longer one: python -c 'import secrets; print(secrets.token_hex())'"
        )
    ways = [*(["by webhook"] if secret else []), *([f"by asking every {seconds} s"] if seconds else [])]
    return f"changes of tickets are noticed {' and '.join(ways)}"


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


def _sources(settings: Settings, database: Database) -> str:
    """That the file is right; whether each can be read shows `ingest --status`."""
    found = wiring.sources_in_file(settings, database)
    return ", ".join(f"{source.name} ({source.kind}, {source_texts.every(source.every)})" for source in found)


def _index(settings: Settings, database: Database, encoder: Encoder) -> str:
    base = wiring.knowledge_base(settings, database, encoder)
    base.ensure_current()
    if base.is_empty:
        raise Worry("There is nothing to look in yet: run `mops-desk faq import` and `mops-desk ingest`.")
    state = base.state()
    assert state is not None
    built = f", built {state.built_at:%d %b %Y %H:%M} UTC" if state.built_at else ""
    entries, passages = figure(state.entries, "entry", "entries"), figure(state.passages, "passage", "passages")
    return f"generation {state.generation}: {entries}, {passages}{built}"


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


def _readers(settings: Settings, database: Database, encoder: Encoder) -> str:
    slack = SlackClient(settings.slack_bot_token, settings.slack_api_url)
    return readers_known(slack, wiring.knowledge_base(settings, database, encoder).audiences())


def _socket_mode(settings: Settings) -> str:
    SlackClient(settings.slack_bot_token, settings.slack_api_url).check_app_token(settings.slack_app_token)
    return "Slack accepts SLACK_APP_TOKEN"
