"""A worker process of the desk that pauses where it is told to, so that a test can stop it there.

    python stopped_worker.py DATABASE_URL DATA_DIR SLACK_API_URL verdict|sending

It touches DATA_DIR/reached when it is there; its clock is ahead by the seconds that DATA_DIR/skipped holds.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from bot import wiring
from bot.clock import now_utc
from bot.demo.slack_larkfield import DESK, OPS_TRIAGE
from bot.demo.slack_standin import BOT_TOKEN
from bot.desk import Desk, Parts
from bot.settings import Settings
from bot.slack.app import Identity
from bot.slack.client import SlackClient
from bot.testing import ScriptedKnowledge, verdict
from escalation.embedded_tracker import EmbeddedTracker
from knowledge.domain import Audience, Band, HitKind, Verdict

PAUSE_S = 0.7


class Pausing(ScriptedKnowledge):
    """Says where it is, once, and takes its time there."""

    def __init__(self, folder: Path, place: str) -> None:
        super().__init__({"mql": self._answered})
        self._reached = folder / "reached"
        self._place = place

    def audiences(self) -> frozenset[Audience]:
        """Everything is for everybody."""
        return frozenset()

    def audience_of(self, kind: HitKind, id_: str) -> Audience | None:
        """Asked just before a message is sent."""
        self._pause("sending")
        return super().audience_of(kind, id_)

    def _answered(self) -> Verdict:
        self._pause("verdict")
        return verdict(Band.ANSWER)

    def _pause(self, place: str) -> None:
        if place == self._place and not self._reached.exists():
            self._reached.touch()
            time.sleep(PAUSE_S)


def main(database_url: str, data_dir: str, api_url: str, place: str) -> None:
    """Work until the process is ended."""
    folder = Path(data_dir)

    def clock() -> datetime:
        return now_utc() + timedelta(seconds=float((folder / "skipped").read_text() or 0))

    settings = Settings(
        _env_file=None,
        slack_bot_token=BOT_TOKEN,
        slack_signing_secret="none",
        slack_api_url=api_url,
        data_dir=folder,
        database_url=database_url,
        ops_channel=OPS_TRIAGE,
        jira_project="MOPS",
    )
    database = wiring.open_desk_database(settings)
    tracker = EmbeddedTracker(database, lambda key: f"https://tracker.example.com/{key}", "MOPS", clock)
    slack = SlackClient(BOT_TOKEN, api_url)
    forms = wiring.request_forms(settings)
    identity = Identity("T0LARK", DESK, "B0DESK")
    desk = Desk(Parts(settings, database, slack, identity, forms, tracker, Pausing(folder, place), clock))
    desk.start()
    time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
