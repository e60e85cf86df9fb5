"""A world in which a desk is killed over and over: people, Slack, Jira and the database outlive its processes."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from support_crash_life import SharedClock
from support_crash_lives import LifeFailed, Line, Zygote, zygote
from support_crash_points import Point
from support_desk import empty_database
from support_faq import MQL, UTM
from support_missing import usual_weeks

from bot.database import Database, open_database
from bot.demo.jira_standin import JiraStandIn
from bot.demo.slack_delivery import Answer
from bot.demo.slack_interactions import Outcome
from bot.demo.slack_larkfield import DESK, PRIYA
from bot.demo.slack_reading import field as reading_field
from bot.demo.slack_reading import shown_text
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import Message, View
from bot.serving import Served
from bot.slack import ids
from bot.tables import InboxRow, OutboxRow
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore

DEEP = 3
"""How often in a row a step's process dies: in its work, in the recovery, and in the recovery of the recovery."""

SHORTLY, DOUBTS_SETTLED = 35.0, 1_300.0
"""Seconds after a step until cards are up to date; and until every lease and doubt of a dead process is settled."""

TRIES = 3 * DEEP

MARKER = re.compile(r"mops-desk-[0-9a-f]+")
MARKED = re.compile(r"\((mops-desk-[\w-]+)\)")

WATCHERS = frozenset(
    (
        "catching-up",
        "clock-ahead",
        "data",
        "failures",
        "gaps",
        "heartbeat",
        "known-issues",
        "learning",
        "listening",
        "spikes",
    )
)
"""Loops that look for what is missing: they run where a story needs them."""


class Chooses(Protocol):
    """Who decides where lives end."""

    def next(self, step: str, deaths: int) -> tuple[Point, int] | None:
        """Where the next life ends, and at the how many-th time it comes there; None: it is left alone."""

    def died(self, step: str, point: Point, deaths: int) -> None:
        """A life ended there, the ``deaths``-th in a row."""

    def passed(self, step: str, counts: Mapping[str, int]) -> None:
        """What a life passed in a step."""


class Peace:
    """Nobody dies; keeps what was passed."""

    def __init__(self) -> None:
        self.steps: dict[str, Counter[str]] = {}

    def next(self, step: str, deaths: int) -> None:
        """See Chooses."""

    def died(self, step: str, point: Point, deaths: int) -> None:
        """See Chooses."""

    def passed(self, step: str, counts: Mapping[str, int]) -> None:
        """See Chooses."""
        self.steps.setdefault(step, Counter()).update(counts)


class _Place:
    """A server whose app changes from world to world: stopping one takes longer than most worlds."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self.served = Served(self).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is not None:
            await self.app(scope, receive, send)


@dataclass
class Ground:
    """What worlds are built on, one after the other: two servers and a zygote."""

    slack: _Place
    jira: _Place
    zygote: Zygote
    memory: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)


@contextmanager
def ground() -> Iterator[Ground]:
    """Ground for as many worlds as needed. Files lie in memory: a process dies here, not the machine."""
    slack, jira = _Place(), _Place()
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    order = {
        "token": "xoxb-x",
        "secret": "s",
        "slack": f"{slack.served.url}/api/",
        "jira": jira.served.url,
        "jira_token": "t",
        "email": "desk@example.com",
        "hook_secret": "h",
        "team": "T0LARK",
        "bot": "B0DESK",
    }
    try:
        with tempfile.TemporaryDirectory(dir=in_memory, prefix="desk-crash-") as memory, zygote(order) as running:
            yield Ground(slack, jira, running, Path(memory))
    finally:
        slack.served.stop()
        jira.served.stop()


class World:
    """One world. People act through ``do`` and ``say``; whatever dies meanwhile is started again."""

    def __init__(
        self,
        ground: Ground,
        fate: Chooses,
        name: str,
        *,
        database_url: str = "",
        processes: int = 1,
        without: frozenset[str] = frozenset({"outlooks", *WATCHERS}),
        seed: int = 0,
        mutant: str = "",
    ) -> None:
        """``mutant``: what is wrong with this desk, to see that it is noticed (support_crash_life.MUTANTS)."""
        self._ground, self._fate, self.name = ground, fate, name
        self._random = random.Random(seed)
        self.folder = ground.memory / f"world-{next(ground.numbers)}"
        self.folder.mkdir()
        if not database_url:
            (self.folder / "desk.sqlite3").write_bytes(empty_database())
        self._url = database_url or f"sqlite:///{self.folder / 'desk.sqlite3'}"
        self.clock = SharedClock.create(self.folder / "clock")
        self.slack = SlackStandIn(clock=self.clock.unix)
        self.slack.served_at(ground.slack.served.url)
        ground.slack.app = Starlette(routes=self.slack.routes())
        self.slack.connect(ground.zygote.url)
        self.jira = JiraStandIn(clock=self.clock)
        self.jira.lag_seconds = 30
        ground.jira.app = self.jira.app
        self.url = ground.zygote.url
        self.deaths: list[tuple[str, Point]] = []
        self.given_up: list[str] = []
        self._number = 0
        self._deaths = 0
        self._order = {**self._orders(without), "mutant": mutant}
        self._lines: list[Line] = []
        self._processes = processes

    @property
    def step(self) -> str:
        """The step people are at."""
        return f"{self.name}:{self._number}"

    # What people do.

    def do(self, act: Callable[[], Any], unless: Callable[[], object] = lambda: False) -> Any:
        """Somebody does something until it is accepted, or until it shows that it was; then the desk works it off."""
        self._begin()
        for _ in range(TRIES):
            self._serve()
            outcome = act()
            self._deliver()
            if _accepted(outcome) or unless():
                self.settle()
                return outcome
        raise AssertionError(f"{self.step}: not accepted: {outcome}")

    def say(self, person: str, text: str, channel: str = "#ask-mops", thread: str | None = None) -> str:
        """Somebody says something; returns its ts."""
        return str(self.do(lambda: self.slack.say(person, channel, text, thread)))

    def skip(self, seconds: float) -> None:
        """Time passes."""
        self._begin()
        self.clock.set(self.clock.unix() + seconds)
        self.settle()

    def tried(self, act: Callable[[], Any]) -> int:
        """Somebody does something again and again until it is accepted; how often it took."""
        tries: list[None] = []
        self.do(lambda: (tries.append(None), act())[1])
        return len(tries)

    def click(self, person: str, where: Message | View, button: str) -> None:
        """Somebody presses a button; again if it failed."""
        self.do(lambda: self.slack.click(person, where, button))

    def open(self, person: str, act: Callable[[], Any]) -> None:
        """Somebody does what opens a form, until one is open."""
        before = self.slack.modal(person)
        assert before is None, f"{person} has a form open"
        self.do(act, lambda: self.slack.modal(person) is not None)

    def menu(self, person: str, where: Message, entry: str) -> None:
        """Somebody chooses from the menu of a line in the ops channel; a form opens."""
        self.open(person, lambda: self.slack.choose(person, where, ids.OPS_MORE, entry))

    def pick(self, person: str, request_type: str) -> None:
        """Another request type in the open form, until its fields are there."""
        form_id = f'"form_id":"{request_type.lower().replace(" ", "_")}"'

        def there() -> bool:
            view = self.slack.modal(person)
            return view is not None and form_id in view.content["private_metadata"]

        for _ in range(TRIES):
            self.do(lambda: self.slack.choose(person, self._form(person), ids.REQUEST_TYPE, request_type))
            if there():
                return
        raise AssertionError(f"{self.step}: the form does not change")

    def submit(self, person: str, answers: Mapping[str, Any] | None = None, *, leave: bool = False) -> None:
        """Somebody sends the open form, until it is gone; ``leave``: what comes after it may stay open."""
        view = self._form(person)
        self.do(lambda: self.slack.submit(person, answers), lambda: self._has_gone_on(person, view))
        if not leave:
            assert self.slack.modal(person) is None, f"{self.step}: {shown_text(self._form(person))}"

    def fill(self, person: str, answers: Mapping[str, Any]) -> None:
        """Somebody fills in a form step by step, up to the check before it goes out."""
        left = dict(answers)
        while left:
            here = {label: left.pop(label) for label in list(left) if self._asks(person, label)}
            assert here, f"{self.step}: no step asks for {sorted(left)}"
            self.submit(person, here, leave=True)

    def submit_found(self, person: str) -> None:
        """Somebody waits for what trying a proposal out found, and hands it in."""
        self.skip(2)
        self.submit(person, leave=True)
        self.dismiss(person)

    def press(self, person: str, button: str) -> None:
        """Somebody presses a button in the open form."""
        self.do(lambda: self.slack.click(person, self._form(person), button))

    def dismiss(self, person: str) -> None:
        """Somebody closes what is open."""
        self.do(lambda: self.slack.close_modal(person))

    def hook(self, event: str, key: str) -> None:
        """Jira calls the webhook until it is taken."""
        body, headers = self.jira.webhook(event, key)
        self.do(lambda: _call(f"{self.url}/jira/webhook", body, headers))

    def found(
        self, containing: str, thread: str | None = None, channel: str = "#ask-mops", seen_by: str | None = None
    ) -> Message:
        """The desk's newest message with these words. Raises AssertionError."""
        return self.slack.wait_for_message(channel, containing, thread=thread, seen_by=seen_by, timeout=0.01)

    def _form(self, person: str) -> View:
        view = self.slack.modal(person)
        assert view is not None, f"{self.step}: {person} has no form open"
        return view

    def _asks(self, person: str, label: str) -> bool:
        try:
            reading_field(self._form(person), label)
        except LookupError:
            return False
        return True

    def _has_gone_on(self, person: str, before: View) -> bool:
        view = self.slack.modal(person)
        return view is None or (view.id, view.content) != (before.id, before.content)

    # What was there before.

    def faq(self, *entries: Entry) -> None:
        """Entries are in the FAQ."""
        with self.writing() as session:
            EntryStore(session).import_entries(entries or (UTM, MQL), PRIYA, self.clock())

    def usual_weeks(self) -> None:
        """Three weeks of questions on all sorts of things."""
        database = self.database()
        usual_weeks(database, self.clock)
        database.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The desk's database, from outside."""
        database = self.database()
        with database.write() as session:
            yield session
        database.close()

    # What becomes of it.

    def settle(self, seconds: float = SHORTLY) -> None:
        """Everything that is due is done, in one process or, after deaths, in the last one."""
        begun = self.clock.unix()
        while True:
            due = self._work()
            horizon = begun + max(seconds, DOUBTS_SETTLED if self._deaths else 0)
            if due is None or due > horizon:
                return
            self.clock.set(max(due + 0.001, self.clock.unix()))
            self._deliver()

    def finish(self) -> None:
        """The end of the world: nobody dies any more, and what was left open gets its time."""
        self._fate = Peace()
        self._begin()
        self.settle(4 * 3600.0)

    def close(self) -> None:
        """Gone."""
        for line in self._lines:
            line.close()
        self.slack.connect(None)
        self.slack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self) -> Database:
        """What the desk wrote, to be closed by whoever asks."""
        return open_database(self._url)

    def unfinished(self) -> list[str]:
        """Rows that are not done."""
        database = self.database()
        with database.read() as session:
            found = [
                f"{row.key} ({row.kind}) {row.state}: {row.error}"
                for table in (InboxRow, OutboxRow)
                for row in session.scalars(select(table).where(table.state != "done"))
            ]
        database.close()
        return found

    def entries(self) -> dict[str, Entry]:
        """The FAQ."""
        with self.writing() as session:
            return {entry.id: entry for entry in EntryStore(session).all()}

    def versions(self, entry_id: str) -> int:
        """How many versions an entry has."""
        with self.writing() as session:
            return len(EntryStore(session).history(entry_id))

    def tickets(self) -> int:
        """How many issues Jira holds."""
        return len(self.jira.issues)

    def markers(self) -> list[str]:
        """The marker of every issue."""
        return [label for issue in self.jira.issues for label in issue.labels if MARKER.fullmatch(label)]

    def comment_markers(self) -> list[str]:
        """Issue and marker of every comment of ours."""
        found = [(issue.key, MARKED.search(str(one["body"]))) for issue in self.jira.issues for one in issue.comments]
        return [f"{key} {marker[1]}" for key, marker in found if marker]

    def message_keys(self) -> list[str]:
        """The key of every lasting message of the desk."""
        found = [m for channel in self.slack.workspace.channels for m in self.slack.workspace.messages(channel)]
        return [str(m.metadata["event_payload"]["key"]) for m in found if m.metadata and not m.ephemeral_for]

    def comments(self, words: str) -> int:
        """How many comments in Jira hold these words."""
        return sum(words in str(one["body"]) for issue in self.jira.issues for one in issue.comments)

    def seen(self, ts: str, channel: str = "#ask-mops") -> bool:
        """Whether the desk showed that it saw a message."""
        return "eyes" in dict(self.slack.message(channel, ts).reactions)

    def read(self, channel: str, person: str | None = None) -> list[str]:
        """What the desk says in a channel, oldest first; ``person``: as they see it."""
        found = self.slack.messages(channel, seen_by=person)
        return [shown_text(m) for m in found if m.user == DESK and (person or not m.ephemeral_for)]

    @property
    def repeats(self) -> int:
        """How often a person may have had to do something once more."""
        return len(self.deaths)

    def once(self, said: list[str], words: str, most: int = 1) -> None:
        """It was said, and said once."""
        count = sum(words in text for text in said)
        assert 1 <= count <= most, f"{words!r} was said {count} times: {said}"

    def said(self, thread: str, channel: str = "#ask-mops") -> list[str]:
        """What the desk says in a thread, oldest first."""
        found = self.slack.messages(channel, thread)
        return [shown_text(m) for m in found if m.user == DESK and not m.ephemeral_for]

    # Lives.

    def _begin(self) -> None:
        self._number += 1
        self._deaths = 0
        self._people()
        target = self._fate.next(self.step, 0)
        if target is not None:
            self._random.choice(self._lines).tell(do="arm", point=str(target[0]), nth=target[1])

    def _people(self) -> None:
        """As many processes as there should be."""
        for number, line in enumerate(self._lines):
            if not line.look():
                self._lines[number] = self._reborn(line)
        while len(self._lines) < self._processes:
            self._lines.append(self._ground.zygote.life(self._order))

    def _reborn(self, dead: Line) -> Line:
        assert dead.died_at is not None
        self._deaths += 1
        self.deaths.append((self.step, dead.died_at))
        self._fate.died(self.step, dead.died_at, self._deaths)
        target = self._fate.next(self.step, self._deaths) if self._deaths < DEEP else None
        return self._ground.zygote.life(self._order, *(target or ()))

    def _serve(self) -> None:
        while not all(self._serves(line) for line in self._lines):
            self._people()

    def _serves(self, line: Line) -> bool:
        if line.look() and not line.serves:
            line.serves = line.ask(do="serve") is not None
        return line.alive and line.serves

    def _deliver(self) -> None:
        """Everything that people said and that is due has reached the desk."""
        while True:
            due = self.slack.line.next_retry
            waits = due is not None and due <= self.clock.unix()
            if not waits and self.slack.line.settled(0.0):
                return
            self._serve()
            if not self.slack.line.settled(0.002) or waits:
                time.sleep(0.001)

    def _work(self) -> float | None:
        """Everything that is due now is done; when the next thing is."""
        while True:
            self._people()
            for line in self._lines:
                line.tell(do="work")
            answers = [line.answer() for line in self._lines]
            for answer in answers:
                if answer is not None:
                    self._fate.passed(self.step, answer["passed"])
            if all(answer is not None for answer in answers):
                moments = [answer["next"] for answer in answers if answer and answer["next"] is not None]
                retry = self.slack.line.next_retry
                return min([*moments, *([retry] if retry is not None else [])], default=None)

    def _orders(self, without: frozenset[str]) -> dict[str, Any]:
        return {
            "token": self.slack.bot_token,
            "secret": self.slack.signing_secret,
            "slack": self.slack.api_url,
            "jira": self._ground.jira.served.url,
            "jira_token": self.jira.token,
            "email": self.jira.email,
            "hook_secret": self.jira.webhook_secret,
            "team": self.slack.workspace.team.id,
            "bot": self.slack.workspace.team.bot_id,
            "database": self._url,
            "clock": str(self.folder / "clock"),
            "folder": str(self.folder),
            "without": sorted(without),
        }


def _call(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    try:
        status = requests.post(url, data=body, headers=headers, timeout=5).status_code
    except requests.RequestException:
        return Answer(None, problem="connection_failed")
    return Answer(status, problem=None if status < 300 else "refused")


def _accepted(outcome: Any) -> bool:
    if isinstance(outcome, Outcome):
        if outcome.errors:
            raise AssertionError(f"the form has errors: {outcome.errors}")
        return outcome.ok
    return outcome.ok if isinstance(outcome, Answer) else True


__all__ = ["WATCHERS", "Chooses", "Ground", "LifeFailed", "Peace", "World", "ground"]
