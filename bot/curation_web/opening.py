"""The curation desk of a running desk: its routes, made of the desk's own parts."""

from __future__ import annotations

from starlette.routing import BaseRoute

from bot.clock import Clock
from bot.curating import Curating
from bot.curation.decided import Decided
from bot.curation.missing_parts import MissingParts
from bot.curation_web.entrance import Entrance, Way, entrance_of
from bot.curation_web.names import Names
from bot.curation_web.sign_in import SlackSignIn
from bot.curation_web.site import Around, curation_desk
from bot.curation_web.tools import Services
from bot.database import Database
from bot.help_desk import Judges
from bot.outbox import Outbox
from bot.people import Directory
from bot.settings import Settings
from bot.slack.client import SlackClient


def curation_routes(
    settings: Settings,
    team: str,
    curating: Curating,
    missing: MissingParts,
    knowledge: Judges | None,
    directory: Directory,
    outbox: Outbox,
    database: Database,
    clock: Clock,
) -> list[BaseRoute]:
    """What answers under /desk. Without knowledge (a process that only receives) it says where the desk is."""
    entrance = entrance_of(settings)
    names, private = Names(directory, clock), directory.is_private
    around = Around(database, curating.people, clock, names, private, settings.timezone)
    services = _services(curating, missing, knowledge, Decided(outbox, names)) if knowledge else None
    return curation_desk(entrance, around, services, _sign_in(settings, team, entrance))


def _services(curating: Curating, missing: MissingParts, knowledge: Judges, decided: Decided) -> Services:
    return Services(
        curating.curation, curating.checks, missing.gaps, missing.radar, missing.glossary, knowledge, decided
    )


def _sign_in(settings: Settings, team: str, entrance: Entrance) -> SlackSignIn | None:
    """Its calls carry no token of ours: Slack knows the app by its id and secret."""
    if entrance.way is not Way.SLACK:
        return None
    return SlackSignIn(
        SlackClient("", settings.slack_api_url),
        settings.slack_client_id,
        settings.slack_client_secret,
        team,
        entrance.origin,
        settings.slack_api_url,
    )
