"""What a site asks of robots, and what it means when it cannot say (RFC 9309). The one module of protego."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from protego import Protego

from knowledge.errors import WebFailed
from knowledge.web.exchange import Answer

ROBOT = "mops-desk"
"""The name a site can call us by in robots.txt."""

MAX_RULES = 500_000
"""Bytes of robots.txt that are looked at, as the RFC says."""


@dataclass(frozen=True)
class Rules:
    """A site's wishes; without ``parsed`` it has none. ``delay``: seconds it wants between two requests."""

    parsed: Protego | None = None
    delay: float = 0.0

    def allow(self, url: str) -> bool:
        """Whether we may ask for the page."""
        return self.parsed is None or bool(self.parsed.can_fetch(url, ROBOT))


def rules_in(answer: Answer) -> Rules:
    """The rules in the answer to /robots.txt. Raises WebFailed when the site cannot say: then nothing is asked."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise WebFailed(f"was not asked: its site cannot show its robots.txt ({answer.status})")
    if answer.status != HTTPStatus.OK:
        return Rules()
    text = answer.body[:MAX_RULES].decode("utf-8-sig", "replace")
    parsed = Protego.parse(text)
    delay = parsed.crawl_delay(ROBOT)
    return Rules(parsed, max(0.0, float(delay)) if delay is not None else 0.0)
