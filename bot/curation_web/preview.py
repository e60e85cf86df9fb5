"""An answer as people will read it: through the very reader that writes it for Slack, so that both look the same."""

from __future__ import annotations

from bot.slack.markdown import parse
from bot.slack.mrkdwn import Line
from knowledge.variables import with_fallbacks


def read_aloud(answer: str) -> tuple[Line, ...]:
    """The lines of an answer (Markdown), variables with what stands in for them. Templates escape every word."""
    return parse(with_fallbacks(answer))
