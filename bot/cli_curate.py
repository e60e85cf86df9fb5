"""`mops-desk curate`: the link that opens the curation desk in a browser on this machine."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import typer

from bot.cli_terminal import out
from bot.errors import DeskError


def curate(
    person: Annotated[
        str, typer.Option("--as", help="Slack id of the curator who works on it; needed when CURATORS names several.")
    ] = "",
    port: Annotated[int, typer.Option(help="The desk's port, where it is not PORT.", min=0, max=65535)] = 0,
) -> None:
    """Print the link to the curation desk of the running desk. It works once, within ten minutes."""
    from bot import wiring
    from bot.clock import now_utc
    from bot.curation_web.entrance import BASE, Way, entrance_of
    from bot.curation_web.keys import KeyKind, WebKeys
    from bot.settings import load_settings

    settings = load_settings()
    entrance = entrance_of(settings)
    if entrance.way is Way.SLACK:
        out.print(f"Sign in with Slack: {entrance.origin}{BASE}", markup=False, soft_wrap=True)
        return
    if entrance.way is Way.CLOSED:
        raise DeskError(
            "The curation desk is closed: HOST is open to a network. Set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and "
            "PUBLIC_URL, so that curators sign in with Slack, or HOST=127.0.0.1."
        )
    who = _curator(person, settings.curators)
    database = wiring.open_desk_database(settings)
    try:
        with database.write() as session:
            key = WebKeys(session).issue(KeyKind.LINK, now_utc(), who)
    finally:
        database.close()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{port or settings.port}{BASE}/enter?{urlencode({'key': key})}"
    out.print(f"Open this within ten minutes; it works once:\n{address}", markup=False, soft_wrap=True)


def _curator(person: str, curators: frozenset[str]) -> str:
    """Whose changes they will be."""
    if person:
        return person
    people = sorted(each for each in curators if not each.startswith("S"))  # the others are user groups
    if len(people) != 1:
        named = f" One of: {', '.join(people)}." if people else " CURATORS names nobody yet."
        raise DeskError(f"Who are you? Say so with `--as` and your Slack id.{named}")
    return people[0]
