"""Names of people for the pages. A name that Slack does not tell is looked up again later, not at every row."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.people import Directory
from bot.slack.mrkdwn import is_member_id

AGAIN_AFTER = timedelta(minutes=5)


class Names:
    """Calls a person's id by their name; anything else (a team, a file's author) stays as it is."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._unknown: dict[str, datetime] = {}

    def __call__(self, who: str) -> str:
        """The name, or the id where there is none."""
        if not is_member_id(who) or self._unknown.get(who, self._clock()) > self._clock():
            return who
        name = self._directory.person(who).name
        if name == who:
            self._unknown[who] = self._clock() + AGAIN_AFTER
        return name
