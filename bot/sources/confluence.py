"""`kind: confluence`: the pages of some spaces, Cloud or Data Center."""

from __future__ import annotations

import re

from bot.errors import SettingsInvalid
from bot.settings import Settings
from bot.sources.listed import ListedSource, Outside
from bot.sources.options import Options
from knowledge.confluence.settings import ConfluenceSettings, Flavour
from knowledge.confluence.site import ConfluenceSite, Patience
from knowledge.confluence.source import ConfluenceSource
from knowledge.protocols import Source

MISSING = (
    "Confluence needs CONFLUENCE_URL and CONFLUENCE_API_TOKEN (and CONFLUENCE_EMAIL on Cloud). Put them into .env; "
    "tokens never stand in this file."
)
_SPACE_KEY = re.compile(r"~?[A-Za-z0-9_.@-]{1,255}")
_SLACK_GROUP = re.compile(r"S[A-Z0-9]{2,20}")


def build(listed: ListedSource, outside: Outside) -> Source:
    """``spaces`` (keys), and what narrows them or opens restricted pages; see ConfluenceSettings."""
    options = listed.options
    wanted = ConfluenceSettings(
        spaces=_spaces(options, listed.name),
        below=_below(options),
        labels=_labels(options, "labels"),
        without_labels=_labels(options, "without_labels"),
        audience=listed.audience,
        groups=_groups(options),
        attachments=options.flag("attachments"),
        owner=options.text("owner") or None,
        flavour=Flavour(options.choice("flavour", tuple(Flavour), Flavour.AUTO)),
    )
    settings = outside.settings
    if not settings.confluence_url or not settings.confluence_api_token:
        options.problem("kind", MISSING)
    return ConfluenceSource(listed.name, _site(settings, wanted.flavour), wanted)


def confluence_site(settings: Settings) -> ConfluenceSite:
    """The site CONFLUENCE_URL names, for somebody who waits. Raises SettingsInvalid without its settings."""
    if not settings.confluence_url or not settings.confluence_api_token:
        raise SettingsInvalid(MISSING)
    return _site(settings, Flavour.AUTO, Patience(tries=2, longest=5, total=5))


def _site(settings: Settings, flavour: Flavour, patience: Patience | None = None) -> ConfluenceSite:
    token, email = settings.confluence_api_token, settings.confluence_email or None
    return ConfluenceSite(settings.confluence_url, token, email, flavour, patience=patience)


def _spaces(options: Options, name: str) -> tuple[str, ...]:
    keys = options.texts("spaces")
    if not keys:
        options.problem("spaces", f"{name} names no `spaces:`. List their keys, as in `spaces: [MOPS]`.")
    for key in (key for key in keys if not _SPACE_KEY.fullmatch(key)):
        options.problem("spaces", f"`{key[:60]}` is no space key. It stands in the address of the space's pages.")
    return keys


def _below(options: Options) -> tuple[str, ...]:
    ids = options.texts("below")
    for one in (one for one in ids if not (one.isascii() and one.isdigit())):
        options.problem("below", f"`{one[:60]}` is no page id. It is the number in the page's address.")
    return ids


def _labels(options: Options, name: str) -> frozenset[str]:
    return frozenset(label.casefold() for label in options.texts(name))


def _groups(options: Options) -> dict[str, frozenset[str]]:
    """Slack user groups by Confluence groups; several are written with commas."""
    groups: dict[str, frozenset[str]] = {}
    for name, value in options.pairs("groups"):
        ids = frozenset(one.strip() for one in value.split(",") if one.strip())
        for one in (one for one in ids if not _SLACK_GROUP.fullmatch(one)):
            options.problem("groups", f"`{one[:60]}` is no id of a Slack user group. It starts with S, as S0123ABCD.")
        groups[name] = ids
    return groups
