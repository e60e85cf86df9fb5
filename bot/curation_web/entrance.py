"""How people get in: by a link from the command line on this machine, or with Sign in with Slack. Else not at all."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from starlette.requests import Request

from bot.settings import Settings

BASE = "/desk"
"""Where the curation desk stands on the desk's server."""

SIGNED_IN = f"{BASE}/signed-in"
"""Where Slack sends people back to; the manifest names it as the app's redirect URL."""

_PROXY_MARKS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Way(Enum):
    """The way in."""

    LINK = auto()
    SLACK = auto()
    CLOSED = auto()


@dataclass(frozen=True)
class Entrance:
    """The way in, and where the desk is reached. ``origin`` is known beforehand only with Sign in with Slack."""

    way: Way
    origin: str = ""

    @property
    def is_secure(self) -> bool:
        """Whether people come by https: cookies are then kept from everything else."""
        return self.origin.startswith("https://")

    def welcomes(self, request: Request) -> bool:
        """Whether a request may be looked at, whoever sends it.

        Without Slack's sign-in it must come from this machine, not through a proxy, by a loopback name: a web page
        can have its own name lead to 127.0.0.1 (DNS rebinding), but not send another name than its own.
        """
        match self.way:
            case Way.SLACK:
                return True
            case Way.CLOSED:
                return False
            case Way.LINK:
                local = request.client is not None and is_loopback(request.client.host)
                named = is_loopback(_host_name(request.headers.get("host", "")))
                return local and named and not any(mark in request.headers for mark in _PROXY_MARKS)

    def is_own(self, request: Request) -> bool:
        """Whether a form was sent from a page of ours, as browsers say it."""
        own = self.origin or f"http://{request.headers.get('host', '')}"
        said = request.headers.get("origin")
        return said == own if said is not None else request.headers.get("sec-fetch-site") == "same-origin"


def entrance_of(settings: Settings) -> Entrance:
    """The way in that the settings allow."""
    if settings.slack_client_id and settings.slack_client_secret and settings.public_url:
        parts = urlsplit(settings.public_url)
        return Entrance(Way.SLACK, f"{parts.scheme}://{parts.netloc}")
    return Entrance(Way.LINK if is_loopback(settings.host) else Way.CLOSED)


def is_loopback(host: str) -> bool:
    """Whether a host name or address leads to this machine whatever a name server says."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_name(header: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return (urlsplit(f"//{header}").hostname or "") if header else ""
    except ValueError:
        return ""
