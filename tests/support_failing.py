"""A desk in which one statement, commit or call fails, worked by hand so that the N-th is the same every time.

The production app takes deliveries over HTTP and redeliveries come from the stand-in, as in life; what its loops
would do is done in the test's own thread. Time stands still until it is told to move.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import event
from support_database import empty_database
from support_desk import Room, running_desk
from support_forms import asks_for, pick

from bot.clock_ahead import ClockAhead
from bot.demo.jira_standin import JiraStandIn
from bot.demo.slack_interactions import Outcome
from bot.demo.slack_larkfield import larkfield
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from escalation.domain import Close
from escalation.embedded_tracker import EmbeddedTracker
from escalation.protocols import Tracker

KNOWN, UNKNOWN = "@MOPS Desk where are my MQLs?", "@MOPS Desk can you move our Pardot forms to HubSpot?"
MORE, WORDS = "and could you move the lists as well?", "All twelve of them."
NEWS, ENDED = "Seven are done.", "All moved."
NOTES = "What do you need, and why?"
RESTS = (2, 5, 30, 61, 61, 301, 301, 301, 301)
"""Seconds after which whatever was put off has had its turn, one after the other: no doubt lasts longer in all."""


class Time:
    """The desk's clock, and Slack's; it only moves when told to.

    Slack's goes right, the desk's is ``ahead`` of it. At the desk's N-th look (``jumps_at``) that becomes ``then``.
    """

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 10, tzinfo=UTC)
        self.ahead = self.then = timedelta(0)
        self.looks = self.jumps_at = 0

    def __call__(self) -> datetime:
        self.looks += 1
        if self.looks == self.jumps_at:
            self.ahead = self.then
        return self.now + self.ahead

    def unix(self) -> float:
        """As Slack has it."""
        return self.now.timestamp()

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Trouble:
    """Counts what could fail, and lets one of it fail (0: none). ``before`` and ``after`` stand around each."""

    fails_at: int = 0
    error: Callable[[], Exception] = lambda: sqlite3.OperationalError("disk I/O error")
    late: bool = False  # it takes effect first
    counted: int = 0
    failed: str = ""

    def before(self, what: str) -> None:
        """Something is about to happen."""
        self.counted += 1
        if self.counted == self.fails_at and not self.late:
            self.failed = what
            raise self.error()

    def after(self, what: str) -> None:
        """It has happened."""
        if self.counted == self.fails_at and self.late and not self.failed:
            self.failed = what
            raise self.error()


NO_TROUBLE = Trouble()


class FailingDatabase:
    """Lets statements, BEGIN, COMMIT and PRAGMA included, of one desk's SQLite connections fail."""

    def __init__(self, room: Room) -> None:
        self.trouble = NO_TROUBLE
        self.only_commits = False
        event.listen(room.database.engine, "do_connect", self._connect)
        room.database.engine.dispose()

    def _connect(self, _dialect: Any, _record: Any, arguments: list[Any], more: dict[str, Any]) -> sqlite3.Connection:
        outer = self

        class Cursor(sqlite3.Cursor):
            def execute(self, statement: str, *values: Any) -> Any:
                outer.before(statement)
                return super().execute(statement, *values)

        class Connection(sqlite3.Connection):
            def cursor(self, *_: Any) -> Cursor:  # type: ignore[override]
                return super().cursor(Cursor)

            def commit(self) -> None:
                outer.before("COMMIT", commits=True)
                super().commit()
                outer.trouble.after("COMMIT")

        return sqlite3.connect(*arguments, factory=Connection, **more)

    def calm(self) -> None:
        """Nothing fails any more."""
        self.trouble = NO_TROUBLE

    def before(self, what: str, commits: bool = False) -> None:
        """A statement or a commit is about to be made."""
        if commits or not self.only_commits:
            self.trouble.before(what)


class Steps(Protocol):
    """A worker or a dispatcher."""

    def run_once(self) -> bool:
        """Do one piece of work."""


@dataclass
class Hands:
    """A desk without loops, and the persons who use it until they have what they want."""

    room: Room
    time: Time
    file: Path
    steps: tuple[Steps, ...] = ()
    redelivered: int = 0
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ahead = ClockAhead(self.room.database, self.room.clock)
        self.steps = (self.room.desk.worker(self.room.knowledge), self.room.desk.dispatcher(), ahead)

    def work(self) -> None:
        """What the loops do until nothing is due; like them, they go on after an error."""
        self.room.slack.wait_until_delivered(20)
        for _ in range(300):
            if not any([self._did(one) for one in self.steps]):
                return
        raise AssertionError("the desk never comes to rest")

    def rest(self) -> None:
        """Let time pass until every doubt is settled."""
        self.work()
        for seconds in RESTS:
            if not self.open_rows():
                return
            self.time.skip(seconds)
            self.work()

    def open_rows(self) -> list[tuple[str, str, str]]:
        """(key, state, error) of what is not finished, without a statement of the desk's own connections."""
        with closing(sqlite3.connect(self.file)) as database:
            tables = ("desk_inbox", "desk_outbox")
            found = [f"SELECT key, state, error FROM {table} WHERE finished_at IS NULL" for table in tables]
            return [row for query in found for row in database.execute(query)]

    def given_up(self) -> list[str]:
        """The keys of what is dead."""
        with closing(sqlite3.connect(self.file)) as database:
            tables = ("desk_inbox", "desk_outbox")
            found = [f"SELECT key FROM {table} WHERE state = 'dead'" for table in tables]
            return [row[0] for query in found for row in database.execute(query)]

    def until_taken(self, act: Callable[[], Outcome]) -> None:
        """A person who tries again while Slack shows a warning triangle."""
        for _ in range(4):
            outcome = act()
            if outcome.ok:
                return
            self.refused.append(str(outcome.error))
        raise AssertionError(f"never taken: {self.refused}")

    def said(self, ts: str) -> list[str]:
        """What the desk says to everybody in a thread now."""
        return [shown_text(message) for message in self.room.replies(ts) if not message.ephemeral_for]

    def _did(self, steps: Steps) -> bool:
        try:
            return steps.run_once()
        except Exception as exc:  # noqa: BLE001 - as the runtime's loops do
            logging.getLogger(__name__).debug("a loop failed: %s", exc)
            return True


@contextmanager
def failing_desk(
    folder: Path, tracker: Tracker | None = None, time: Time | None = None, **more: Any
) -> Iterator[Hands]:
    """A desk worked by hand, with a clock that stands still."""
    time = time or Time()
    workspace = larkfield(time.unix)
    more.setdefault("database_url", f"sqlite:///{_empty(folder)}")
    with running_desk(
        folder,
        tracker=tracker,
        clock=time,
        started=False,
        workspace=workspace,
        **more,  # type: ignore[arg-type]
    ) as room:
        yield Hands(room, time, folder / "desk.sqlite3")


def _empty(folder: Path) -> Path:
    """A database with all tables, where statements are made to fail: always SQLite's."""
    file = folder / "desk.sqlite3"
    file.write_bytes(empty_database())
    return file


@dataclass(frozen=True)
class Kept:
    """A ticket as the tracker has it in the end."""

    description: str
    comments: tuple[str, ...]
    done: bool


class Ops(Protocol):
    """The ops team at work in the tracker."""

    def say(self, key: str, words: str) -> None:
        """A public comment."""

    def end(self, key: str, words: str) -> None:
        """Close it with a word."""

    def kept(self, key: str) -> Kept:
        """The ticket as it is."""

    def count(self) -> int:
        """How many tickets there are."""


class OwnOps:
    """With the tracker that ships with the desk, over connections that never fail."""

    def __init__(self, tracker: EmbeddedTracker) -> None:
        self._tracker = tracker

    def say(self, key: str, words: str) -> None:
        """As Ops."""
        self._tracker.say(key, "Priya", words, public=True)

    def end(self, key: str, words: str) -> None:
        """As Ops."""
        self._tracker.change(key, Close(words), "closed-by-hand")

    def kept(self, key: str) -> Kept:
        """As Ops."""
        found = self._tracker.details(key)
        assert found is not None
        return Kept(found.description, found.comments, found.ticket.done)

    def count(self) -> int:
        """As Ops."""
        return len(self._tracker.recent(10_000))


class JiraOps:
    """In a stand-in for Jira."""

    def __init__(self, standin: JiraStandIn) -> None:
        self._standin = standin

    def say(self, key: str, words: str) -> None:
        """As Ops."""
        self._standin.say(key, "Priya", words)

    def end(self, key: str, words: str) -> None:
        """As Ops."""
        self._standin.say(key, "Priya", words)
        self._standin.update(key, status="Done")

    def kept(self, key: str) -> Kept:
        """As Ops."""
        issue = self._standin.state.find(key)
        comments = tuple(str(comment["body"]) for comment in issue.comments)
        return Kept(str(issue.fields["description"]), comments, issue.status == "Done")

    def count(self) -> int:
        """As Ops."""
        return len(self._standin.issues)


@dataclass
class Scenario:
    """What people do in one run, in a thread of its own."""

    hands: Hands
    ops: Ops
    ts: str = ""

    def by_dm(self) -> list[str]:
        """What the desk told Maya alone since the question."""
        slack = self.hands.room.slack
        return [shown_text(one) for one in slack.messages(slack.dm("Maya")) if one.ts > self.ts]

    def known(self) -> None:
        """A question the desk can answer."""
        self.ts = self.hands.room.slack.say("Maya", "#ask-mops", KNOWN)
        self.hands.rest()

    def whole_life(self) -> None:
        """A question nobody wrote down, its ticket, details, a comment each way, and its end."""
        for step in (self.unknown, self.details, self.comment, self.news, self.end):
            step()
            self.hands.rest()

    def unknown(self) -> None:
        """A question that becomes a ticket."""
        self.ts = self.hands.room.slack.say("Maya", "#ask-mops", UNKNOWN)

    def details(self) -> None:
        """**Add details**, until the form has opened, and then until it has closed."""
        slack = self.hands.room.slack
        for _ in range(5):
            if slack.modal("Maya"):
                break
            self.hands.until_taken(lambda: slack.click("Maya", self.card(), "Add details"))
            self.hands.work()
        for _ in range(8):
            view = slack.modal("Maya")
            if view is None:
                return
            self._next(view)
        raise AssertionError("the form never closed")

    def comment(self) -> None:
        """A word in the thread, which belongs on the ticket."""
        self.hands.room.slack.say("Maya", "#ask-mops", MORE, thread=self.ts)

    def news(self) -> None:
        """Ops say something on the ticket; the asker looks at the App Home."""
        self.ops.say(self.key(), NEWS)
        self.hands.room.slack.open_home("Maya")
        self.hands.work()
        self.hands.time.skip(2)

    def end(self) -> None:
        """Ops close the ticket."""
        self.ops.end(self.key(), ENDED)
        self.hands.room.slack.open_home("Maya")
        self.hands.work()
        self.hands.time.skip(2)

    def card(self) -> Message:
        """The ticket's card in the thread."""
        (card,) = (one for one in self.hands.room.replies(self.ts) if "Add details" in buttons(one))
        return card

    def key(self) -> str:
        """The ticket's key, as the newest request has it."""
        with closing(sqlite3.connect(self.hands.file)) as database:
            newest = "SELECT ticket_key FROM escalation_requests ORDER BY id DESC LIMIT 1"
            return str(database.execute(newest).fetchone()[0])

    def _next(self, view: Any) -> None:
        slack = self.hands.room.slack
        if view.content.get("submit") is None:  # "could not be kept, go back"
            slack.close_modal("Maya")
        elif asks_for(view, NOTES):
            slack.submit("Maya", {NOTES: WORDS})
        else:
            with suppress(AssertionError):  # not switched: the next look at the form shows it
                pick(slack, "Something else")


def check_answered(scenario: Scenario) -> None:
    """One answer, one reaction, nothing left to do, nothing given up, everything acknowledged in the end.

    By DM, with a word in the thread, when Slack could not say who reads there.
    """
    hands = scenario.hands
    said = [*hands.said(scenario.ts), *scenario.by_dm()]
    assert sum("synced" in text for text in said) == 1, said
    assert len(hands.said(scenario.ts)) == 1, said
    assert dict(hands.room.slack.message("#ask-mops", scenario.ts).reactions).keys() == {"eyes"}
    check_clean(hands)


def check_lived(scenario: Scenario) -> None:
    """One ticket that holds all words once, and a thread that told each thing once."""
    ticket = scenario.ops.kept(scenario.key())
    said = scenario.hands.said(scenario.ts)
    whole = "\n".join(said)
    assert [text.startswith("*<") and "|" in text and "is done." in text for text in said].count(True) == 1, said
    assert WORDS in ticket.description, ticket
    added = [sum(words in comment for comment in ticket.comments) for words in (MORE, NEWS, ENDED)]
    assert added == [1, 1, 1], ticket
    assert ticket.done
    assert [whole.count(words) for words in (NEWS, ENDED, "ops team sees both")] == [1, 1, 1], said
    assert len(said) - sum("I've kept your request" in text for text in said) == 4, said
    check_clean(scenario.hands)


def check_clean(hands: Hands) -> None:
    """Nothing is left to do, nothing was given up, Slack refused nothing, and every event was acknowledged."""
    assert hands.open_rows() == []
    assert hands.given_up() == []
    assert hands.room.slack.rejections == hands.room.slack.violations == []
    acknowledged = {one.body for one in hands.room.slack.deliveries if not one.problem}
    lost = [one.name for one in hands.room.slack.deliveries if one.kind == "event" and one.body not in acknowledged]
    assert lost == []


@dataclass
class Stage:
    """A desk for one scenario after the other, and what can go wrong there.

    ``arm`` lets the N-th from now go wrong, ``met`` says what it was ("": not yet), ``calm`` ends all trouble.
    """

    hands: Hands
    ops: Ops
    arm: Callable[[int], None]
    met: Callable[[], str]
    calm: Callable[[], None]


class Campaign:
    """Scenarios on one desk, each with one thing that fails; after a failed check it goes on with a fresh desk."""

    def __init__(self, stack: ExitStack, stage: Callable[[ExitStack, Path], Stage]) -> None:
        self._stack = stack
        self._make = stage
        self._stage: Stage | None = None
        self.problems: list[str] = []
        self.struck = 0

    def strike(self, name: str, chosen: Callable[[int], bool], *, cold: bool = False) -> int:
        """Let the N-th fail for every N that is chosen, until the scenario ends before it. How many were struck.

        ``cold``: each on a desk that has just started and knows nobody yet.
        """
        for number in filter(chosen, count(1)):
            stage = self._stage = self._fresh() if cold or self._stage is None else self._stage
            met, problem = _one(stage, name, number)
            self.struck += bool(met)
            if problem:
                self.problems.append(f"{name} {number} {met[:120]!r}: {problem}"[:1500])
                self._stage = None
            elif not met:
                break
        return self.struck

    def _fresh(self) -> Stage:
        in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a call fails here, not the machine
        return self._make(self._stack, Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=in_memory))))


def _one(stage: Stage, name: str, number: int) -> tuple[str, str]:
    """What failed, and what is wrong in the end."""
    scenario = Scenario(stage.hands, stage.ops)
    before = stage.ops.count()
    stage.arm(number)
    try:
        getattr(scenario, name)()
        stage.calm()
        if name == "known":
            check_answered(scenario)
        else:
            check_lived(scenario)
        assert stage.ops.count() == before + (name != "known")
    except Exception as exc:  # noqa: BLE001 - the next N is looked at, too
        return stage.met(), f"{type(exc).__name__} {exc}"
    return stage.met(), ""


@contextmanager
def campaign(stage: Callable[[ExitStack, Path], Stage]) -> Iterator[Campaign]:
    """A campaign whose problems are all told at its end."""
    with ExitStack() as stack:
        running = Campaign(stack, stage)
        yield running
        assert running.problems == [], "\n\n".join(running.problems)
        assert running.struck


def chosen(most: int) -> Callable[[int], bool]:
    """Which N are struck: each with FAULT_EVERY=1, else about ``most`` of the first 1,000, others every day."""
    every = int(os.environ.get("FAULT_EVERY", "0")) or max(1, 1_000 // most)
    first = datetime.now(UTC).toordinal() % every
    return lambda number: number % every == first
