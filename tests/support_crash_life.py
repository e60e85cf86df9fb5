"""One life of a desk's process: the production desk, stepped by its supervisor, until it is killed."""

from __future__ import annotations

import json
import mmap
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import uvicorn
from sqlalchemy import func, select
from support_checklists import CHECKLIST
from support_compiled import quick
from support_crash_points import Fate, MortalDatabase, Point, watch_changes
from support_desk import SCRIPT, empty_database
from support_filing_runs import Life as PaperLife

from bot import wiring
from bot.bell import Bell
from bot.curation.findings import Findings
from bot.database import Database, open_database
from bot.demo.slack_larkfield import DESK, JONAS, NOOR, OPS_TRIAGE, PRIYA
from bot.desk import Desk, Parts
from bot.logs import get_logger
from bot.lookout import Hand
from bot.runtime import RefreshesIndex, Runtime, Steps
from bot.settings import SAMPLES, Settings
from bot.slack.app import Identity
from bot.slack.client import SlackClient
from bot.tables import InboxRow, OutboxRow
from bot.testing import HITS, ScriptedKnowledge, verdict
from escalation.domain import Form
from escalation.jira_tracker import JiraTracker
from escalation.rotation import Member, Rotation
from escalation.working_hours import WorkingHours
from knowledge.domain import Band, Verdict
from knowledge.testing import HashingEncoder

log = get_logger(__name__)

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""A Monday morning."""

TEAM = Rotation(
    (Member(PRIYA, "Priya Raman"), Member(JONAS, "Jonas Weber")),
    start=START.date(),
    hours=WorkingHours("UTC"),
    owner_within=timedelta(hours=4),
    digest_at=time(9, 30),
)
TIMEOUT_S = 5.0


class SharedClock:
    """Seconds since 1970 in a file that every process of a world reads; only the supervisor moves it."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    @classmethod
    def create(cls, path: Path, at: datetime = START) -> SharedClock:
        """A new one."""
        path.write_bytes(struct.pack("d", at.timestamp()))
        return cls(path)

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.unix(), UTC)

    def unix(self) -> float:
        """As Slack has it."""
        return float(struct.unpack("d", self._memory[:8])[0])

    def set(self, seconds: float) -> None:
        """Let it be that late."""
        self._memory[:8] = struct.pack("d", seconds)


@dataclass
class Stepped(Runtime):
    """Loops without threads: each is asked in turn until none has anything to do."""

    without: frozenset[str] = frozenset()
    loops: list[Steps] = field(default_factory=list)

    def loop(self, name: str, steps: Steps, bell: Bell) -> None:
        """See Runtime."""
        del bell
        works = name.startswith(("worker", "dispatcher"))
        if name not in self.without and (not works or name.endswith("-0")):  # one hand of each kind is enough
            self.loops.insert(len(self.loops) if works else 0, steps)

    def crew(self, name: str, hands: Iterable[Hand], bell: Bell) -> None:
        """See Runtime; the clock of a world is set ahead, so each hand looks whenever it is asked."""
        for number, hand in enumerate(hands):
            self.loop(f"{name}-{number}", hand, bell)

    def keep_index(self, knowledge: RefreshesIndex, when_ready: Callable[[], None]) -> None:
        """See Runtime."""
        knowledge.ensure_current()
        when_ready()

    def work(self) -> None:
        """Until nothing is due. Those that look come first, and those that do what was found."""
        while any([self._step(steps) for steps in self.loops]):
            pass

    def _step(self, steps: Steps) -> bool:
        """As a loop of Runtime: what one step breaks is tried again by the next."""
        try:
            return steps.run_once()
        except Exception as exc:  # noqa: BLE001 - two processes may get into each other's way
            log.error("loop_failed", loop=type(steps).__name__, error=type(exc).__name__)
            return False


class _Listeners(ThreadPoolExecutor):
    """Bolt's threads, which may go on after the acknowledgement; ``rest`` waits for them."""

    def __init__(self) -> None:
        super().__init__(5)
        self._running: list[Future[Any]] = []

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        """See Executor."""
        future = super().submit(*args, **kwargs)
        self._running.append(future)
        return future

    def rest(self) -> None:
        """Return when nothing runs any more."""
        wait(self._running, 10)
        self._running.clear()


class NothingFound:
    """Checks of proposals that find nothing to say."""

    def of(self, _proposal: Any) -> Findings:
        """See Checks."""
        return Findings()


def _posts_blindly(_fate: Fate) -> None:
    def found_nothing(*_: Any) -> None:
        return None

    SlackClient.find_posted = found_nothing  # type: ignore[method-assign]  # in this fork alone


def _dies_again(fate: Fate) -> None:
    fate.most_starts = 4


MUTANTS: dict[str, Callable[[Fate], None]] = {
    "": lambda _fate: None,
    "posts_blindly": _posts_blindly,
    "dies_again": _dies_again,
}
"""What can be wrong with a desk whose faults the campaign must find."""


class Life:
    """A desk built on what an order says; does what its supervisor asks, line by line."""

    fate: ClassVar[Fate | None] = None

    def __init__(self, line: socket.socket, listener: socket.socket, order: dict[str, Any]) -> None:
        self._line, self._listener = line, listener
        fate = Fate(lambda point: self._say(died=str(point)))
        fate.arm(Point.parse(order["armed"]) if order.get("armed") else None, order.get("nth", 1))
        Life.fate = fate
        MUTANTS[order.get("mutant", "")](fate)
        self._fate = fate
        self._clock = SharedClock(Path(order["clock"]))
        self._database = _database(order["database"], fate)
        self._runtime = Stepped(frozenset(order.get("without", ())))
        Runtime.__init__(self._runtime)
        self._listeners = _Listeners()
        self._desk = _desk(order, self._database, self._clock, self._runtime)
        self._desk.app.listener_runner.listener_executor = self._listeners
        self._desk.start()
        self._desk.hearing.listening.begin()  # the zygote has been listening for it
        self._server: uvicorn.Server | None = None

    def run(self) -> None:
        """Until told to quit, or killed."""
        with self._line.makefile("r") as orders:
            for order in map(json.loads, orders):
                match order["do"]:
                    case "arm":
                        point = Point.parse(order["point"]) if order["point"] else None
                        self._fate.arm(point, order["nth"])
                    case "serve":
                        self._serve()
                        self._say(serves=True)
                    case "work":
                        self._listeners.rest()
                        self._runtime.work()
                        self._say(passed=self._fate.take(), next=self._next())
                    case "quit":
                        return

    def _say(self, **facts: Any) -> None:
        self._line.sendall(json.dumps(facts).encode() + b"\n")

    def _serve(self) -> None:
        if self._server is not None:
            return
        config = uvicorn.Config(self._desk.web, lifespan="off", ws="none", log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        threading.Thread(target=self._server.run, args=([self._listener],), daemon=True).start()
        while not self._server.started:
            threading.Event().wait(0.001)

    def _next(self) -> float | None:
        """When the next row is due."""
        moments = []
        with self._database.read() as session:
            for row in (InboxRow, OutboxRow):
                found = session.scalar(
                    select(func.min(row.next_at)).where(row.finished_at.is_(None), row.next_at > self._clock())
                )
                moments += [found.timestamp()] if found is not None else []
        return min(moments, default=None)


def _database(url: str, fate: Fate) -> Database:
    opened = open_database(url)
    watch_changes(opened.engine)
    return MortalDatabase(quick(opened.engine), fate)


def _desk(order: dict[str, Any], database: Database, clock: SharedClock, runtime: Runtime) -> Desk:
    settings = _settings().model_copy(
        update={
            "slack_bot_token": order["token"],
            "slack_signing_secret": order["secret"],
            "slack_api_url": order["slack"],
            "jira_webhook_secret": order["hook_secret"],
            "data_dir": Path(order["folder"]),
        }
    )
    parts = Parts(
        settings,
        database,
        SlackClient(order["token"], order["slack"], TIMEOUT_S),
        Identity(order["team"], DESK, order["bot"]),
        forms(),
        JiraTracker(order["jira"], order["jira_token"], order["email"], timeout=(3.0, TIMEOUT_S), clock=clock),
        ScriptedKnowledge(script()),
        clock,
        rotation=TEAM,
        encoder=HashingEncoder(),
        checks=NothingFound(),
    )
    return Desk(parts, runtime)


@cache
def _settings() -> Settings:
    """What all worlds share; checked once."""
    return Settings(
        _env_file=None,
        triage=PRIYA,
        ops_channel=OPS_TRIAGE,
        jira_project="OPS",
        jira_poll_seconds=60,
        curators=frozenset({PRIYA, NOOR}),
        save_reaction="brain",
    )


def _breaks() -> Verdict:
    raise RuntimeError("this question always breaks")


def script() -> dict[str, Any]:
    """What is known, and one answer that goes on with a checklist."""
    first = replace(HITS[0], checklist=CHECKLIST)
    return {**SCRIPT, "breaks": _breaks, "checklist": verdict(Band.ANSWER, (first, *HITS[1:]))}


@cache
def forms() -> tuple[Form, ...]:
    """The request forms, read once."""
    return wiring.request_forms(Settings(_env_file=None, forms_file=SAMPLES / "intake_forms.yaml"))


def warm_up(order: dict[str, Any]) -> None:
    """Import and compile what every life needs, without leaving a connection behind."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "desk.sqlite3"
        template.write_bytes(empty_database())
        for seed in (1, 2):
            life = PaperLife(seed, folder, forms())
            life.run()
            life.close()
        database = _database(f"sqlite:///{template}", Fate())
        clock = SharedClock.create(folder / "clock")
        runtime = Stepped(frozenset({"outlooks", "poll"}))
        Runtime.__init__(runtime)
        _desk({**order, "folder": str(folder)}, database, clock, runtime).start()
        runtime.work()
        database.close()
