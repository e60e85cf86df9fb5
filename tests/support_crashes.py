"""What can die at every point where something is written or sent, by an exception, within a test's own process.

Real deaths of real processes are in support_crash_world.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from support_compiled import quick
from support_crash_points import has_changed, watch_changes
from support_database import every_request

from bot.bell import Bell
from bot.database import Database, open_database
from bot.demo.slack_larkfield import ASK_MOPS, DESK, MAYA, OPS_TRIAGE, PRIYA
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import Message
from bot.desk import Desk, Parts
from bot.effects import React
from bot.inbox import Inbox
from bot.incoming import ButtonPressed, FormContext, FormSubmitted, Incoming, MessageIn
from bot.outbox import Outbox
from bot.settings import Settings
from bot.slack import ids
from bot.slack.app import Identity
from bot.slack.client import SlackClient
from bot.tables import InboxRow, OutboxRow
from bot.testing import ScriptedKnowledge, verdict
from escalation.domain import Form, Request
from escalation.testing import Crash, InMemoryTracker
from knowledge.domain import Band


class Time:
    """One clock for the desk, Slack and the tracker; it only moves when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def unix(self) -> float:
        """The same as Slack has it."""
        return self.now.timestamp()

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Fate:
    """Notes the points where the process could die, and lets it die at one of them (0: never)."""

    dies_at: int = 0
    points: list[str] = field(default_factory=list)

    def step(self, name: str) -> None:
        """One such point."""
        self.points.append(name)
        if len(self.points) == self.dies_at:
            raise Crash(name)


class MortalDatabase(Database):
    """Dies before or after a commit that changes something."""

    def __init__(self, engine: Any, fate: Fate) -> None:
        super().__init__(engine)
        watch_changes(engine)
        self._fate = fate

    @contextmanager
    def write(self) -> Iterator[Any]:
        """As Database, but mortal."""
        with super().write() as session:
            yield session
            session.flush()
            changed = has_changed(session.connection())
            if changed:
                self._fate.step("before a commit")
        if changed:
            self._fate.step("after a commit")

    def impatient(self, patience_s: float) -> Database:
        """Stays mortal."""
        return self


class Mortal:
    """Dies before or after every call of a collaborator's methods."""

    def __init__(self, inner: Any, fate: Fate) -> None:
        self._inner = inner
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._fate.step(f"before {name}")
            result = method(*args, **kwargs)
            self._fate.step(f"after {name}")
            return result

        return call


@dataclass
class World:
    """What survives a crash: Slack, the tracker, the file of the database."""

    slack: SlackStandIn
    time: Time
    folder: Path
    forms: tuple[Form, ...]
    tracker: InMemoryTracker = field(init=False)

    def __post_init__(self) -> None:
        self.tracker = InMemoryTracker(self.time, lag=timedelta(seconds=30))

    def desk(self, fate: Fate) -> Hands:
        """A process, started on what is there."""
        settings = Settings(
            _env_file=None, data_dir=self.folder, triage=PRIYA, ops_channel=OPS_TRIAGE, jira_project="OPS"
        )
        opened = open_database(f"sqlite:///{self.folder / 'desk.sqlite3'}")
        database = MortalDatabase(quick(opened.engine), fate)
        client = SlackClient(self.slack.bot_token, self.slack.api_url)
        team = self.slack.workspace.team
        knowledge = ScriptedKnowledge({"mql": verdict(Band.ANSWER)})
        parts = Parts(
            settings,
            database,
            Mortal(client, fate),  # type: ignore[arg-type]
            Identity(team.id, team.bot_user, team.bot_id),
            self.forms,
            Mortal(self.tracker, fate),  # type: ignore[arg-type]
            knowledge,
            self.time,
        )
        return Hands(Desk(parts), knowledge, Inbox(database, Outbox(Bell(), self.time), (), self.time), database)

    def requests(self) -> list[Request]:
        """Every request."""
        database = open_database(f"sqlite:///{self.folder / 'desk.sqlite3'}")
        with database.read() as session:
            found = every_request(session)
        database.close()
        return found

    def states(self) -> list[tuple[str, str]]:
        """(key, state) of every row that is not done."""
        database = open_database(f"sqlite:///{self.folder / 'desk.sqlite3'}")
        with database.read() as session:
            rows = [
                (row.key, row.state)
                for table in (InboxRow, OutboxRow)
                for row in session.scalars(select(table).where(table.state != "done"))
            ]
        database.close()
        return rows

    def said(self, ts: str) -> list[Message]:
        """What the desk said in a thread."""
        return [message for message in self.slack.messages(ASK_MOPS, ts) if message.user == DESK]


@dataclass
class Hands:
    """A process without threads: what its loops would do, done here."""

    desk: Desk
    knowledge: ScriptedKnowledge
    inbox: Inbox
    database: Database

    def __post_init__(self) -> None:
        self.worker = self.desk.worker(self.knowledge)
        self.dispatcher = self.desk.dispatcher()

    def work(self) -> None:
        """Until nothing is due."""
        while self.worker.run_once() or self.dispatcher.run_once():
            pass


# The scenarios. Each run has a thread of its own in Slack, and a database of its own.


@dataclass
class Script:
    """What a person does in one run."""

    text: str
    ts: str = ""

    def ask(self, world: World, hands: Hands) -> None:
        """A mention, which Slack delivers until it is acknowledged."""
        self.ts = self.ts or world.slack.say(MAYA, ASK_MOPS, self.text)
        item = MessageIn(
            world.slack.workspace.team.id,
            ASK_MOPS,
            MAYA,
            self.ts,
            world.slack.message(ASK_MOPS, self.ts).text,
            False,
            True,
            False,
            f"Ev{self.ts}",
        )
        seen = React(ASK_MOPS, self.ts, "eyes")
        hands.inbox.record(item, ((f"seen:{self.ts}", seen),))

    def add_details(self, world: World, hands: Hands) -> None:
        """The form's details, sent until the form closes."""
        (request,) = world.requests()
        context = FormContext(world.slack.workspace.team.id, ASK_MOPS, self.ts, None, None, request.id)
        form = FormSubmitted(
            MAYA, "something_else", {"title": "Forms", "notes": "All twelve of them."}, context, "view:1"
        )
        self._record(hands, form)

    def withdraw(self, world: World, hands: Hands) -> None:
        """**Not needed**, pressed until the warning triangle stays away."""
        (request,) = world.requests()
        team = world.slack.workspace.team.id
        card = world.said(self.ts)[-1]
        key = f"action:{world.time.unix()}"
        self._record(hands, ButtonPressed(team, ASK_MOPS, MAYA, ids.NOT_NEEDED, str(request.id), card.ts, key))

    def _record(self, hands: Hands, item: Incoming) -> None:
        hands.inbox.record(item)
