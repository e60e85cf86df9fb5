"""A whole desk on loopback: the production app in HTTP mode, a stand-in for Slack, a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select, union_all
from support_compiled import quick
from support_database import desk_url, every_request, whole
from support_database import empty_database as empty_database

from bot import wiring
from bot.clock import now_utc
from bot.curation.checks import Checks, NoChecks
from bot.database import Database
from bot.demo.slack_larkfield import OPS_TRIAGE, PRIYA
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import Message
from bot.desk import Desk, Knowledge, Parts
from bot.domain import Escalation
from bot.metrics import NO_METRICS, Metrics
from bot.queue import Queue
from bot.serving import Served
from bot.settings import SAMPLES, Settings
from bot.slack.app import Identity
from bot.slack.client import SlackClient
from bot.sources.listed import ScheduledSource
from bot.tables import FeedbackRow, InboxRow, OutboxRow, QuestionRow
from bot.testing import HITS, ScriptedKnowledge, verdict
from escalation.domain import Form, Request
from escalation.embedded_tracker import EmbeddedTracker, TicketDetails
from escalation.protocols import Tracker
from escalation.rotation import Rotation
from knowledge.domain import Band, Cause, Verdict
from knowledge.protocols import Encoder

SCRIPT: Mapping[str, Verdict | Callable[[], Verdict]] = {
    "mql": verdict(Band.ANSWER),
    "for webinars": verdict(Band.ANSWER, HITS[2:]),
    "utm": verdict(Band.SUGGEST, (HITS[2], HITS[0], HITS[1])),
    "thanks": verdict(Band.ESCALATE, cause=Cause.SMALL_TALK),
    "football": verdict(Band.ESCALATE, cause=Cause.OFF_TOPIC),
}

_OPEN = union_all(
    *(select(table.kind, table.state).where(table.finished_at.is_(None)) for table in (InboxRow, OutboxRow))
)


class Clock:
    """The present, plus whatever a test has skipped: waiting ten minutes takes no time."""

    def __init__(self) -> None:
        self._skipped = timedelta(0)

    def __call__(self) -> datetime:
        return now_utc() + self._skipped

    def skip(self, seconds: float) -> None:
        """Let time pass for the desk, and for how much Slack takes of it where the test brings no workspace."""
        self._skipped += timedelta(seconds=seconds)


@dataclass
class Room:
    """A running desk with everything a test looks at."""

    slack: SlackStandIn
    desk: Desk
    database: Database
    tracker: Tracker
    knowledge: ScriptedKnowledge
    url: str
    clock: Clock
    parts: Parts

    def tickets(self) -> list[TicketDetails]:
        """The tickets of the embedded tracker, oldest first."""
        assert isinstance(self.tracker, EmbeddedTracker)
        found = [self.tracker.details(ticket.key) for ticket in reversed(self.tracker.recent())]
        return [details for details in found if details is not None]

    def requests(self) -> list[Request]:
        """Every request, in order."""
        with self.database.read() as session:
            return every_request(session)

    def replies(self, ts: str, channel: str = "#ask-mops") -> list[Message]:
        """What the desk said in a thread."""
        return [m for m in self.slack.messages(channel, ts) if m.user == self.slack.workspace.team.bot_user]

    def settle(self, timeout: float = 10.0) -> None:
        """Return when nothing is left to do that is due."""
        self.slack.wait_until_delivered(timeout)
        self.slack.wait_for(lambda: not self.unfinished(), timeout)

    def live_through(self, seconds: float, step: float) -> None:
        """Let that much time pass in steps; everything that is due is done before each."""
        for _ in range(round(seconds / step)):
            self.settle()
            self.clock.skip(step)
        self.settle()

    def unfinished(self) -> list[str]:
        """The kinds of rows that are being worked on or could be now (one of each table)."""
        with self.database.read() as session:  # tests ask often, and this is quick
            left = session.execute(_OPEN).all()
        found = [row.kind for row in left if row.state == "running"]
        if found or not left:
            return found
        for table in (InboxRow, OutboxRow):
            with self.database.write() as session:
                whole(session, table)
                found += session.scalars(select(table.kind).where(table.state == "running"))  # by now
                due = Queue(table).claim(session, self.clock())
                found += [due.kind] if due else []
                session.rollback()  # only looked
        return found

    def rows(self, table: type[InboxRow | OutboxRow | QuestionRow | FeedbackRow]) -> list[Any]:
        """All rows of a table, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def assert_clean(self) -> None:
        """Slack refused nothing, nobody was pinged at large, and every delivery was acknowledged in time."""
        assert self.slack.rejections == []
        assert self.slack.violations == []
        assert [d for d in self.slack.deliveries if d.problem] == []


@contextmanager
def running_desk(
    folder: Path,
    *,
    escalation: Escalation = Escalation.AUTO,
    tracker: Tracker | None = None,
    script: Mapping[str, Verdict | Callable[[], Verdict]] = SCRIPT,
    knowledge: Knowledge | None = None,
    listen: frozenset[str] = frozenset(),
    started: bool = True,
    slack_timeout: float = 5.0,
    database_url: str = "",
    jira_project: str = "MOPS",
    forms_file: Path = SAMPLES / "intake_forms.yaml",
    poll_seconds: int = 0,
    webhook_secret: str = "",
    curators: frozenset[str] = frozenset(),
    owners: Mapping[str, str] | None = None,
    rotation: Rotation | None = None,
    clock: Clock | None = None,
    encoder: Encoder | None = None,
    checks: Checks | None = None,
    save_reaction: str = "",
    second_approval: bool = False,
    sources: Sequence[ScheduledSource] = (),
    metrics: Metrics = NO_METRICS,
    **standin: Any,
) -> Iterator[Room]:
    """A desk serving on loopback; ``started=False`` leaves its loops off (a receiver alone)."""
    passing = clock or Clock()
    limits = {} if "workspace" in standin else {"limits_clock": lambda: passing().timestamp()}
    with SlackStandIn(**limits, **standin) as slack:
        settings = _settings(
            slack,
            folder,
            database_url=database_url or desk_url(folder),
            escalation=escalation,
            listen_channels=listen,
            jira_project=jira_project,
            jira_poll_seconds=poll_seconds,
            jira_webhook_secret=webhook_secret,
            curators=curators,
            owners=dict(owners or {}),
            forms_file=forms_file,
            save_reaction=save_reaction,
            second_approval=second_approval,
        )
        database = Database(quick(wiring.open_desk_database(settings).engine))
        scripted = ScriptedKnowledge(script)
        tickets = tracker or EmbeddedTracker(database, _browse, "MOPS", passing)
        parts = Parts(
            settings,
            database,
            SlackClient(settings.slack_bot_token, settings.slack_api_url, slack_timeout, metrics),
            _identity(slack),
            _forms(forms_file),
            tickets,
            knowledge or scripted,
            passing,
            rotation=rotation,
            encoder=encoder,
            checks=checks or NoChecks(),
            sources=sources,
            metrics=metrics,
        )
        desk = Desk(parts)
        with Served(desk.web) as served:
            slack.connect(served.url)
            if started:
                desk.start()
            try:
                yield Room(slack, desk, database, tickets, scripted, served.url, passing, parts)
            finally:
                slack.connect(None)
                desk.stop()
        database.close()


@cache
def _forms(file: Path) -> tuple[Form, ...]:
    return wiring.request_forms(Settings(_env_file=None, forms_file=file))


class _Told(Settings):
    """What a test says, and nothing else: looking through the environment takes longer than the rest."""

    @classmethod
    def settings_customise_sources(cls, _: Any, init_settings: Any, **_others: Any) -> tuple[Any, ...]:
        """See pydantic-settings."""
        return (init_settings,)


def _settings(slack: SlackStandIn, folder: Path, **more: Any) -> Settings:
    return _Told(
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_api_url=slack.api_url,
        data_dir=folder,
        triage=PRIYA,
        ops_channel=OPS_TRIAGE,
        **more,
    )


def _identity(slack: SlackStandIn) -> Identity:
    team = slack.workspace.team
    return Identity(team.id, team.bot_user, team.bot_id)


def _browse(key: str) -> str:
    return f"https://tracker.example.com/{key}"
