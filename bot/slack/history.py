"""What was said in Slack, read afterwards: the conversations the desk is in, their messages, their threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.client import CHANNELS, SlackClient


class History:
    """Implements ``ReadsHistory`` over the Web API, page by page.

    From an app of one's own workspace Slack takes about fifty of these calls a minute (tier 3); since 2025 one that
    is sold outside the Marketplace has one, and 15 messages a page.
    """

    def __init__(self, slack: SlackClient) -> None:
        self._slack = slack

    def conversations(self) -> Iterator[Mapping[str, Any]]:
        """users.conversations' objects: where the desk is a member."""
        return self._slack.conversations(f"{CHANNELS},im")

    def history(self, channel: str, since: float, until: float) -> Iterator[Mapping[str, Any]]:
        """A conversation's messages between two Unix times, without replies in threads, newest first."""
        between = {"oldest": f"{since:.6f}", "latest": f"{until:.6f}"}
        return self._slack.pages("conversations.history", "messages", channel=channel, **between)

    def replies(self, channel: str, thread: str, since: float) -> Iterator[Mapping[str, Any]]:
        """A thread's first message, and what was said in it since a Unix time."""
        oldest = f"{since:.6f}"
        return self._slack.pages("conversations.replies", "messages", channel=channel, ts=thread, oldest=oldest)
