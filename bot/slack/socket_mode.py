"""Socket Mode: the same Bolt app over a WebSocket (the one module of slack_sdk's socket client)."""

from __future__ import annotations

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.slack.client import app_token_in_use, web_client

PING_INTERVAL_S = 2
"""With slack_sdk's default a silent cut goes unnoticed for about a minute; with this one about ten seconds."""


class SocketConnection:
    """One connection; slack_sdk reconnects by itself when it breaks."""

    def __init__(self, app: App, app_token: str, base_url: str) -> None:
        self._handler = SocketModeHandler(
            app,
            app_token=app_token,
            web_client=web_client(None, base_url),
            ping_interval=PING_INTERVAL_S,
        )

    def open(self) -> None:
        """Connect. Raises SlackRefused when SLACK_APP_TOKEN is wrong, SlackUnavailable when Slack is out of reach."""
        with app_token_in_use():
            self._handler.client.connect()

    @property
    def is_connected(self) -> bool:
        """Whether the WebSocket stands at this moment."""
        return bool(self._handler.client.is_connected())

    def close(self) -> None:
        """Disconnect and free the threads."""
        self._handler.client.close()
