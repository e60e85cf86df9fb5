"""What only the doctor asks of Slack: its clock, and how our app is set up there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.slack.client import SlackClient


class Inspection(SlackClient):
    """SlackClient with a few looks more; raises the same."""

    def time(self) -> datetime | None:
        """What time it is at Slack, to the second; None when it does not say."""
        headers = {name.lower(): str(value) for name, value in self._response("api.test").headers.items()}
        try:
            return parsedate_to_datetime(headers["date"])
        except (KeyError, ValueError):
            return None

    def app_id(self) -> str:
        """The id of the app our bot belongs to."""
        bot = self._call("auth.test").get("bot_id", "")
        return str(self._call("bots.info", bot=bot)["bot"]["app_id"])

    def app_manifest(self, app_id: str) -> Mapping[str, Any]:
        """How an app is set up; needs an app configuration token in place of the bot's."""
        found: Mapping[str, Any] = self._call("apps.manifest.export", app_id=app_id)["manifest"]
        return found
