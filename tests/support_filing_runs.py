"""A life of the desk in one seed: requests, joins, redeliveries, crashes and faults, on the production code.

Real: database file, inbox, outbox, worker, dispatcher, deliveries, cards. Doubles: Slack (a dictionary), the tracker
(in memory: refuses, loses answers before and after it has acted, and its search lags), the clock.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from support_compiled import quick
from support_crashes import Fate, Mortal, MortalDatabase, Time
from support_database import desk_url, discard, every_request

from bot.bell import Bell
from bot.database import open_database
from bot.desk import Desk, Parts
from bot.errors import SlackOutcomeUnknown, SlackUnavailable
from bot.inbox import Inbox
from bot.incoming import ButtonPressed, FormContext, FormSubmitted, Incoming, MessageIn
from bot.outbox import Outbox
from bot.settings import Settings
from bot.slack import ids
from bot.slack.app import Identity
from bot.tables import InboxRow, OutboxRow
from bot.testing import ScriptedKnowledge
from escalation.domain import Form, Request, RequestState
from escalation.follower_store import FollowerStore
from escalation.testing import Crash, Fault, InMemoryTracker

TEAM, CHANNEL, OPS, DESK = "T0LARK", "C0ASK", "C0OPS", "U0DESK"
PEOPLE = {"U0MAYA": "Maya", "U0JONAS": "Jonas", "U0PRIYA": "Priya"}
NEEDS = (
    "can you move our Pardot forms to HubSpot?",
    "please book a photographer for the booth",
    "the price list on our website is broken",
    "why is the newsletter late again?",
)
CREATE_FATES = (None, None, Fault.UNAVAILABLE, Fault.DENIED, Fault.LOST_BEFORE, Fault.LOST_AFTER)
OTHER_FATES = (None, None, None, Fault.UNAVAILABLE, Fault.DENIED, Fault.LOST_AFTER)
READ_FATES = (None, None, None, Fault.UNAVAILABLE, Fault.DENIED)


@dataclass
class Posted:
    """A message that stands in Slack."""

    channel: str
    thread: str | None
    key: str
    text: str
    first: str


class SlackOnPaper:
    """What the desk asks of Slack, kept in a dictionary. ``trouble`` says what happens to a call that writes."""

    def __init__(self, time: Time, trouble: Callable[[str], Fault | None]) -> None:
        self.messages: dict[str, Posted] = {}
        self._time = time
        self._trouble = trouble
        self._count = 0

    def ts(self) -> str:
        """A fresh message's."""
        self._count += 1
        return f"{self._time.unix():.0f}.{self._count:06}"

    def post(self, channel: str, text: str, blocks: Sequence[Any], thread: str | None, key: str) -> str:
        """As SlackClient."""
        fault = self._before("post")
        ts = self.ts()
        self.messages[ts] = Posted(channel, thread, key, f"{text}\n{blocks}", f"{text}\n{blocks}")
        self._after(fault)
        return ts

    def update(self, channel: str, ts: str, text: str, blocks: Sequence[Any]) -> None:
        """As SlackClient."""
        fault = self._before("update")
        self.messages[ts].text = f"{text}\n{blocks}"
        self._after(fault)

    def find_posted(self, channel: str, thread: str | None, key: str, since: float) -> str | None:
        """As SlackClient."""
        return next(
            (ts for ts, m in self.messages.items() if (m.channel, m.thread, m.key) == (channel, thread, key)), None
        )

    def respond(self, *_: Any, **__: Any) -> None:
        """As SlackClient."""

    def react(self, *_: Any) -> None:
        """As SlackClient."""

    def publish_home(self, *_: Any) -> None:
        """As SlackClient."""

    def thread(self, *_: Any) -> tuple[Any, ...]:
        """As SlackClient."""
        return ()

    def permalink(self, channel: str, ts: str) -> str:
        """As SlackClient."""
        return f"https://slack.example/{channel}/{ts}"

    def open_dm(self, person: str) -> str:
        """As SlackClient."""
        return f"D{person[1:]}"

    def person(self, person: str) -> Mapping[str, Any]:
        """As SlackClient."""
        name = PEOPLE.get(person, person)
        return {"id": person, "team_id": TEAM, "profile": {"real_name": name, "email": f"{name}@example.com"}}

    def channel(self, channel: str) -> Mapping[str, Any]:
        """As SlackClient."""
        if channel.startswith("D"):
            return {"id": channel, "is_im": True, "user": f"U{channel[1:]}"}
        return {"id": channel, "name": channel.lower(), "is_ext_shared": False, "is_private": False}

    def members(self, _channel: str) -> Iterator[str]:
        """As SlackClient."""
        return iter(PEOPLE)

    def _before(self, name: str) -> Fault | None:
        fault = self._trouble(name)
        if fault is Fault.UNAVAILABLE:
            raise SlackUnavailable("Slack does not answer.")
        if fault is Fault.LOST_BEFORE:
            raise SlackOutcomeUnknown("The answer was lost.")
        return fault

    def _after(self, fault: Fault | None) -> None:
        if fault is Fault.LOST_AFTER:
            raise SlackOutcomeUnknown("The answer was lost.")


class Lossy(InMemoryTracker):
    """A tracker that notes which faults really struck."""

    def __init__(self, clock: Time, lag: timedelta, struck: Counter[str]) -> None:
        super().__init__(clock, lag)
        self._struck = struck

    def _fault(self, method: str) -> Fault | None:
        script = self.faults.get(method)
        if script and script[0] is not None:
            self._struck[f"tracker {method}: {script[0].value}"] += 1
        return super()._fault(method)


@dataclass
class Told:
    """One need as it was typed, and what the desk made of it."""

    person: str
    words: str
    ts: str
    form: bool


@dataclass
class Life:
    """Everything that happens under one seed."""

    seed: int
    folder: Path
    forms: tuple[Form, ...]
    struck: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.time = Time()
        self._file = f"{self.seed}.sqlite3"
        self.url = desk_url(self.folder, self._file)
        self.slack = SlackOnPaper(self.time, self._slack_trouble)
        lag = timedelta(seconds=self.random.choice((0, 60, 600)))
        self.tracker = Lossy(self.time, lag, self.struck)
        for method, fates in (("create", CREATE_FATES), ("find_by_marker", READ_FATES), ("comment", OTHER_FATES)):
            self.tracker.fail(method, *self.random.choices(fates, k=self.random.randint(0, 4)))
        self._slack_troubles = self.random.choices((True, False), (1, 12), k=400)
        self._lives = self._fates()
        self._hands = self._born()

    def run(self) -> None:
        """Live it through to the end."""
        people = list(PEOPLE)
        for need in self.random.sample(NEEDS, self.random.randint(1, 3)):
            askers = self.random.sample(people, self.random.choice((1, 1, 2, 3)))
            for asker in askers:
                self._do(lambda asker=asker, need=need: self._ask(asker, need))
                self._do_something()
        self._quiet()

    def close(self) -> None:
        """The end."""
        self._hands.close()
        discard(self.folder, self._file)

    # What people do.

    def _ask(self, person: str, words: str) -> Incoming:
        ts, form = self.slack.ts(), self.random.random() < 0.3
        self.told.append(Told(person, words, ts, form))
        if form:
            context = FormContext(TEAM, CHANNEL, ts, ts)
            answers = {"title": words, "notes": f"{words} It is urgent."}
            return FormSubmitted(person, "something_else", answers, context, f"view:{ts}")
        return MessageIn(TEAM, CHANNEL, person, ts, f"<@{DESK}> {words}", False, True, False, f"Ev{ts}")

    def _do_something(self) -> None:
        """Time passes, and perhaps somebody presses a button, twice or together with another person."""
        self._pass(self.random.choice((0, 1, 5, 30, 70, 400, 1900)))
        held = [request for request in self.requests() if request.state is RequestState.HELD]
        if held and self.random.random() < 0.7:
            self._choose(self.random.choice(held))
        if self.random.random() < 0.1 and (open_ := [r for r in self.requests() if r.is_open]):
            self._press(self.random.choice(open_), ids.NOT_NEEDED)
        self._pass(self.random.choice((0, 1, 20)))

    def _choose(self, request: Request) -> None:
        presses = self.random.choice(((ids.JOIN,), (ids.JOIN, ids.JOIN), (ids.FILE_MINE,), (ids.FILE_MINE, ids.JOIN)))
        for action in presses:
            self._press(request, action)

    def _press(self, request: Request, action: str) -> None:
        person, key = request.draft.requester.id, f"action:{self.slack.ts()}"
        if action == ids.NOT_NEEDED:
            self._do(lambda: ButtonPressed(TEAM, CHANNEL, person, action, str(request.id), "1.1", key))
        elif offer := self._offer(request):
            ts, value = offer
            self._do(lambda: ButtonPressed(TEAM, CHANNEL, person, action, value, ts, key))

    def _offer(self, request: Request) -> tuple[str, str] | None:
        """(ts, value of its buttons) of the offer to join, as the person saw it first."""
        for ts, message in self.slack.messages.items():
            if message.key == f"offer:join:{request.id}":
                found = re.search(rf"'({request.id}:\d+)'", message.first)
                assert found
                return ts, found[1]
        return None

    # How the desk lives.

    def _do(self, make: Callable[[], Incoming]) -> None:
        """Slack delivers something until it is acknowledged, and sometimes once more."""
        item = make()
        for _ in range(1 + (self.random.random() < 0.2)):
            self._until_alive(lambda: self._hands.record(item))
        self._until_alive(self._hands_work)

    def _hands_work(self) -> None:
        self._hands.work()

    def _pass(self, seconds: float) -> None:
        self.time.pass_(seconds)
        self._until_alive(self._hands_work)

    def _until_alive(self, step: Callable[[], object]) -> None:
        while True:
            try:
                step()
            except Crash as crash:
                self.struck[f"crash {crash}"] += 1
                self._hands.close()
                self._hands = self._born()
            else:
                return

    def _quiet(self) -> None:
        """Until nothing is left to do, for at most a day."""
        for _ in range(300):
            if not self.unfinished():
                return
            self._pass(301)

    def _fates(self) -> Iterator[Fate]:
        for _ in range(self.random.randint(0, 3)):
            yield Fate(self.random.randint(1, 60))
        while True:
            yield Fate()

    def _born(self) -> Hands:
        return Hands(self, next(self._lives))

    def _slack_trouble(self, name: str) -> Fault | None:
        if not self._slack_troubles or not self._slack_troubles.pop():
            return None
        fault = self.random.choice((Fault.UNAVAILABLE, Fault.LOST_BEFORE, Fault.LOST_AFTER))
        self.struck[f"slack {name}: {fault.value}"] += 1
        return fault

    # What has become of it.

    def requests(self) -> list[Request]:
        """Every request, in order."""
        with self._hands.plain.read() as session:
            return every_request(session)

    def demand(self, request_id: int) -> int:
        """How many people need it."""
        with self._hands.plain.read() as session:
            return FollowerStore(session).demand(request_id)

    def unfinished(self) -> list[tuple[str, str, str | None]]:
        """(key, state, error) of rows that are not done."""
        with self._hands.plain.read() as session:
            return [
                (row.key, row.state, row.error)
                for table in (InboxRow, OutboxRow)
                for row in session.scalars(select(table).where(table.state != "done"))
                if not (table is InboxRow and row.state == "dead")
            ]

    def given_up(self) -> dict[str, int]:
        """What killed the desk too often to be tried again: the rows' numbers by the key of what came in."""
        with self._hands.plain.read() as session:
            rows = session.scalars(select(InboxRow).where(InboxRow.state == "dead"))
            return {row.key: row.id for row in rows}


class Hands:
    """One process's loops, without threads."""

    def __init__(self, life: Life, fate: Fate) -> None:
        self.plain = open_database(life.url)
        database = MortalDatabase(quick(self.plain.engine), fate)
        settings = Settings(
            _env_file=None, data_dir=life.folder, triage="U0PRIYA", ops_channel=OPS, jira_project="OPS"
        )
        knowledge = ScriptedKnowledge({})
        parts = Parts(
            settings,
            database,
            Mortal(life.slack, fate),  # type: ignore[arg-type]
            Identity(TEAM, DESK, "B0DESK"),
            life.forms,
            Mortal(life.tracker, fate),  # type: ignore[arg-type]
            knowledge,
            life.time,
        )
        desk = Desk(parts)
        self._worker, self._dispatcher = desk.worker(knowledge), desk.dispatcher()
        self._inbox = Inbox(database, Outbox(Bell(), life.time), (), life.time)

    def record(self, item: Incoming) -> None:
        """Something comes in."""
        self._inbox.record(item)

    def work(self) -> None:
        """Until nothing is due."""
        while self._worker.run_once() or self._dispatcher.run_once():
            pass

    def close(self) -> None:
        """The process is gone."""
        self.plain.close()
