"""How the connections to Slack are, as a value: Socket Mode tells it, readiness and figures show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SocketHealth:
    """Socket Mode at one moment.

    ``hello_age_s``: seconds since the last sign of life from Slack (hello, ping, message) on the freshest connection;
    None when there never was one.
    """

    wanted: int
    connected: int
    hello_age_s: float | None
