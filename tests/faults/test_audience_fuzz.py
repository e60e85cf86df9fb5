"""Ten thousand payloads, while channels become shared, guests come and go, groups and texts change.

Not a byte of what is kept for some reaches anybody else. Real parsing, real handlers, real rendering and the last
look; only HTTP is left out, and SQLite's commits.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from support_database import desk_database
from support_direct_slack import DirectSlack, OneTransaction, Truth

from bot import effects, wiring
from bot.beliefs import Beliefs
from bot.demo.slack_larkfield import ASK_MOPS, DESK, JONAS, MAYA, NOOR, PRIYA, larkfield
from bot.demo.slack_state import Channel, Message, User, UserGroup, Workspace
from bot.desk import Desk, Parts
from bot.dispatcher import TRACKER_KINDS
from bot.domain import Escalation
from bot.errors import SlackUnavailable
from bot.incoming import AskSubmitted, Incoming, SlashQuestion
from bot.outcome import Done, Refused, Wait
from bot.queue import Claimed
from bot.settings import Settings
from bot.slack import ids, parse
from bot.slack.app import Identity
from bot.slack.delivery import SlackDelivery
from bot.tables import OutboxRow, QuestionRow, TierRow
from bot.testing import ScriptedKnowledge, entry_hit, verdict
from bot.tiers import INFO, Tiers
from bot.worker import Worker
from escalation.embedded_tracker import EmbeddedTracker
from knowledge.domain import Audience, Band, Hit, Level

PAYLOADS = 1_000
SEEDS = range(10)
"""The suite runs the first; all of them, 10,000 payloads, run with `make test-slow`."""

SENT_EVERY = 8
"""Payloads between two rounds of sending: what happens in between comes between a question and its answer."""


BUSY_FOR = 100
"""Payloads between a Slack that answers whatever it is asked, and one whose calls run short; and back."""

WITHDRAWN = 0.2
"""Share of the texts that are withdrawn at a time: what nobody is shown tests nothing."""

PEOPLE = (MAYA, JONAS, PRIYA, NOOR)
OUTSIDERS = ("U0GUEST", "U0SINGLE", "U0STRANGER", "U0OTHER")
EVERYBODY = (*PEOPLE, *OUTSIDERS, "U0GONE", "U0NOBODY", DESK)
PRIVATE, SEVERAL, OTHER = "C0PRIVATE", "G0SEVERAL", "C0OTHER"
CHANNELS = (ASK_MOPS, PRIVATE, SEVERAL, OTHER)
GROUPS = ("S0ONE", "S0TWO")
TEXTS = (
    Audience(),
    Audience.internal(),
    Audience(Level.GROUP, frozenset({"S0ONE"})),
    Audience(Level.GROUP, frozenset(GROUPS)),
    Audience(Level.CHANNEL, channels=frozenset({PRIVATE})),
    Audience(Level.CHANNEL, channels=frozenset({ASK_MOPS})),
    Audience(Level.GROUP, frozenset({"S0ONE"})).narrowed(Audience(Level.CHANNEL, channels=frozenset({PRIVATE}))),
    Audience.nobody(),
)
OF_HITS = (0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7)
"""Which of these each hit begins with."""

WORDS = [f"word{number:02}" for number in range(24)]
"""None is the beginning of another: a question means the one it names."""

ACTIONS = (
    ids.FEEDBACK,
    ids.NOT_WHAT_I_MEANT,
    ids.SHOW_MORE,
    *(f"{ids.CHOOSE_HIT}_{place}" for place in range(3)),
    ids.NONE_OF_THESE,
    ids.SHARE,
    "unknown",
)


def _hits() -> tuple[Hit, ...]:
    return tuple(
        replace(
            entry_hit(
                number, f"Title canary{number}x", f"Text canary{number}x. " + "Much more. " * (number % 3 * 60)
            ),
            audience=TEXTS[OF_HITS[number]],
        )
        for number in range(16)
    )


def _script(rng: random.Random, hits: tuple[Hit, ...]) -> dict[str, Any]:
    """For each word the hits that are found, in some order, and how sure the desk is."""
    bands = (Band.ANSWER, Band.ANSWER, Band.ANSWER, Band.SUGGEST, Band.SUGGEST, Band.ESCALATE)
    return {word: verdict(rng.choice(bands), tuple(rng.sample(hits, rng.randint(1, 6)))) for word in WORDS}


@dataclass
class Fuzz:
    """A desk, a workspace that keeps changing, and the payloads that come in."""

    rng: random.Random
    workspace: Workspace
    slack: DirectSlack
    truth: Truth
    knowledge: ScriptedKnowledge
    worker: Worker
    delivery: SlackDelivery
    store: OneTransaction
    clock: list[datetime]
    hits: tuple[Hit, ...]
    beliefs: Beliefs
    busy: bool = False
    """Slack's calls of a minute run short, and each change is told by an event: what was said earlier counts."""

    payloads: int = 0
    steps: int = 0
    questions: int = 0
    sent: int = 0
    waited: int = 0
    waiting: dict[int, int] = field(default_factory=dict)
    serial: Iterator[int] = field(default_factory=lambda: count(1))

    def step(self) -> None:
        """One payload from its JSON to what is delivered because of it; the world may change at any moment."""
        self.payloads += 1
        if self.payloads % BUSY_FOR == 0:
            self.busy = not self.busy
            self.clock[0] += timedelta(minutes=10)  # what nobody told of is forgotten
        self.clock[0] += timedelta(seconds=self.rng.choice((0.0, 0.5, 5.0, 90.0)))
        self._change(0.2)
        item = self._item()
        if item is None:
            return
        try:
            work = self.worker.work(item)
        except SlackUnavailable:  # nobody knows who reads: the row waits, and nothing is said meanwhile
            self.waited += 1
            return
        self._change(0.2)
        work(self.store.session)
        self.steps += 1
        if self.steps % SENT_EVERY == 0:
            self._deliver()

    def _change(self, chance: float) -> None:
        self.slack.away = self.rng.random() < 0.02
        if self.rng.random() >= chance:
            return
        rng, channel = self.rng, self.workspace.channels[self.rng.choice(CHANNELS)]
        match rng.randrange(6):
            case 0:
                shared = channel.kind != "mpim" and rng.random() < 0.2
                offered = rng.random() < 0.05 and not self.busy  # no event tells of an offer
                channel = replace(channel, ext_shared=shared, offered_to=("T9",) if offered else ())
                self._told({"type": "channel_shared" if shared else "channel_unshared", "channel": channel.id})
            case 1 | 2:
                some = rng.sample(PEOPLE, rng.randint(1, 4)) + rng.sample(OUTSIDERS, rng.random() < 0.1)
                channel = replace(channel, members=(DESK, *some))
                self._told({"type": "member_joined_channel", "channel": channel.id, "user": some[-1]})
            case 3:
                group = UserGroup(rng.choice(GROUPS), "ops", tuple(rng.sample(EVERYBODY, 4)), rng.random() < 0.1)
                self.workspace.groups[group.id] = group
                self._told({"type": "subteam_updated", "subteam": {"id": group.id}})
                self.clock[0] += timedelta(minutes=6)  # what Slack says of a person's groups is believed so long
            case 4:
                hit = rng.choice(self.hits)
                audience = rng.choice(TEXTS)
                self.knowledge.rebound[hit.id] = audience
                self.truth.audiences[int(hit.id[-3:])] = audience
            case _:
                hit = rng.choice(self.hits)
                self.knowledge.withdrawn -= {hit.id}
                self.knowledge.withdrawn |= {hit.id} if rng.random() < WITHDRAWN else set()
        self.workspace.channels[channel.id] = channel

    def _told(self, event: dict[str, Any]) -> None:
        """Slack tells the desk, where it is busy; where it is not, it has to look for itself."""
        place = parse.changed({"event": event})
        assert place is not None
        if self.busy:
            self.beliefs.changed([place])

    def _item(self) -> Incoming | None:
        kind = self.rng.randrange(10)
        person = self.rng.choice(PEOPLE if self.rng.random() < 0.6 else EVERYBODY)
        if kind < 4:
            return parse.event(self._event(person), DESK)
        if kind < 8:
            return parse.button(self._press(person))
        key = f"k{next(self.serial)}"
        if kind == 9 and self.rng.random() < 0.3:
            return parse.why_shortcut({**self._press(person), "message": self._shown(), "action_ts": key})
        channel = self.rng.choice((*CHANNELS, "C0UNKNOWN"))
        url = f"{person} {channel} "
        if kind == 8:
            return SlashQuestion("T0LARK", channel, person, self._words(), url, key)
        if self.rng.random() < 0.5:
            return AskSubmitted("T0LARK", person, self._words(), key)
        message = {"ts": self.workspace.stamp(), "text": self._words(), "user": self.rng.choice(EVERYBODY)}
        body = {"user": {"id": person}, "channel": {"id": channel}, "message": message, "response_url": url}
        return parse.ask_shortcut({"team": {"id": "T0LARK"}, "action_ts": key, **body})

    def _event(self, person: str) -> dict[str, Any]:
        rng = self.rng
        is_dm = rng.random() < 0.3 and person in self.workspace.users and person != DESK
        channel = self.workspace.dm(person).id if is_dm else rng.choice((*CHANNELS, "C0UNKNOWN"))
        ts = self.workspace.stamp()
        mention = f"<@{DESK}> " if rng.random() < 0.7 else rng.choice(("", "<@U0MAYA> "))
        inner = {"type": "message", "channel": channel, "user": person, "ts": ts, "text": mention + self._words()}
        inner["channel_type"] = "im" if is_dm else rng.choice(("channel", "group", "mpim", "odd"))
        said = self._store_said(channel, person, ts, inner["text"])
        if said and rng.random() < 0.3:
            inner["thread_ts"] = rng.choice(said).ts
        body = {"team_id": "T0LARK", "event_id": f"Ev{next(self.serial)}", "event": inner}
        if rng.random() < 0.7:
            body["is_ext_shared_channel"] = rng.choice((False, False, False, True, None))
        for _ in range(rng.random() < 0.1):  # something Slack has never sent
            inner[rng.choice(("subtype", "bot_id", "text", "user", "thread_ts"))] = rng.choice((None, "", "x", 0))
        return body

    def _store_said(self, channel: str, person: str, ts: str, text: str) -> list[Message]:
        """Put what was said into the workspace, and tell which threads could be answered in."""
        if channel not in self.workspace.channels:
            return []
        roots = [m for m in self.workspace.messages(channel)[-12:] if m.thread_ts is None and not m.ephemeral_for]
        self.workspace.put(Message(channel, ts, person, text))
        return roots

    def _press(self, person: str) -> dict[str, Any]:
        """A button of some message, the person's own or not; the value may be anybody's."""
        rng = self.rng
        channel = rng.choice((*CHANNELS, *(f"D{who[1:]}" for who in PEOPLE)))
        ephemeral = rng.random() < 0.3
        own = [m for m in self.workspace.messages(channel)[-20:] if m.user == DESK]
        own = [m for m in own if m.ephemeral_for == (person if ephemeral else None)]
        ts = rng.choice(own).ts if own else self.workspace.stamp()
        number = rng.randint(max(self.questions - 40, 0), self.questions + 2)
        value = rng.choice((f"{number}:{rng.randint(0, 6)}", f"{number}:{rng.choice(('up', 'down'))}", str(number)))
        action = {"action_id": rng.choice(ACTIONS), "value": rng.choice((value,) * 7 + ("", "x:y", "9" * 20))}
        return {
            "team": {"id": "T0LARK"},
            "user": {"id": person},
            "channel": {"id": channel},
            "container": {"message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral},
            "message": {"ts": ts},
            "response_url": f"{person} {channel} {ts}",
            "actions": [{**action, "action_ts": str(next(self.serial))}],
        }

    def _shown(self) -> dict[str, Any]:
        """A message of ours that a question is behind."""
        value = str(self.rng.randint(max(self.questions - 40, 0), self.questions + 2))
        return {"ts": "1.2", "blocks": [{"elements": [{"action_id": ids.NONE_OF_THESE, "value": value}]}]}

    def _words(self) -> str:
        return f"what about {self.rng.choice(WORDS)}? {self.rng.choice(('', 'thanks', '<!channel>', 'ü' * 50))}"

    def _deliver(self) -> None:
        session = self.store.session
        rows = session.scalars(select(OutboxRow).where(OutboxRow.state == "ready").order_by(OutboxRow.id)).all()
        self.questions = session.scalar(select(func.max(QuestionRow.id))) or 0
        for row in rows:
            self._change(0.1)
            if row.kind in TRACKER_KINDS or self._sent(row):
                row.state = "done"
        session.flush()
        session.expunge_all()

    def _sent(self, row: OutboxRow) -> bool:
        """Whether a row is settled; one that waits is tried again, a few times."""
        tries = self.waiting[row.id] = self.waiting.get(row.id, 0) + 1
        self.clock[0] += timedelta(seconds=1.01)
        now = self.clock[0]
        claim = Claimed(row.id, row.key, "t", row.kind, row.payload, tries, {}, now, row.created_at)
        if self.busy:
            self.store.session.merge(TierRow(method=INFO, calls=[now.timestamp()] * 30))
        outcome = self.delivery.deliver(effects.from_json(row.payload), claim)
        self.sent += isinstance(outcome, Done)
        outcome.then(self.store.session)
        return isinstance(outcome, Done | Refused) or (tries > 5 and not isinstance(outcome, Wait))


@contextmanager
def fuzz(folder: Path, seed: int) -> Iterator[Fuzz]:
    rng, clock = random.Random(seed), [datetime(2026, 11, 22, 9, tzinfo=UTC)]
    workspace = _workspace(lambda: clock[0].timestamp())
    settings = Settings(
        _env_file=None, data_dir=folder, escalation=Escalation.OFFER, listen_channels=ASK_MOPS, curators=PRIYA
    )
    database = desk_database(folder)
    store, hits = OneTransaction(database), _hits()
    truth = Truth(workspace, {number: hit.audience for number, hit in enumerate(hits)})
    slack = DirectSlack(workspace, truth.look)
    knowledge = ScriptedKnowledge(_script(rng, hits))
    tracker = EmbeddedTracker(store, lambda key: key, "MOPS")  # type: ignore[arg-type]
    identity = Identity("T0LARK", DESK, "B0DESK")
    forms = wiring.request_forms(settings)
    desk = Desk(Parts(settings, store, slack, identity, forms, tracker, knowledge, lambda: clock[0]))  # type: ignore[arg-type]
    worker, delivery = desk.worker(knowledge), desk.slack_delivery()
    beliefs = Beliefs(store, Tiers(store, lambda: clock[0]), lambda: clock[0])  # type: ignore[arg-type]
    try:
        yield Fuzz(rng, workspace, slack, truth, knowledge, worker, delivery, store, clock, hits, beliefs)
    finally:
        store.close()
        slack.close()
        database.close()


def _workspace(clock: Any) -> Workspace:
    workspace = larkfield(clock)
    for person, facts in (
        ("U0GUEST", {"guest": True}),
        ("U0SINGLE", {"single_channel": True}),
        ("U0STRANGER", {"stranger": True, "team_id": "T9"}),
        ("U0OTHER", {"team_id": "T9"}),
        ("U0GONE", {"deleted": True}),
    ):
        workspace.add_user(User(person, person.lower(), person.title(), "999999", **facts))  # type: ignore[arg-type]
    workspace.put_channel(Channel(PRIVATE, "launch", "private", (MAYA, PRIYA, DESK)))
    workspace.put_channel(Channel(SEVERAL, "mpdm", "mpim", (PRIYA, NOOR, DESK)))
    workspace.put_channel(Channel(OTHER, "other", "channel", (*PEOPLE, DESK)))
    workspace.put_group(UserGroup("S0ONE", "one", (PRIYA, NOOR)))
    workspace.put_group(UserGroup("S0TWO", "two", (MAYA,)))
    return workspace


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS[1:])])
def test_nothing_that_is_kept_for_some_reaches_anybody_else(tmp_path: Path, seed: int) -> None:
    with fuzz(tmp_path, seed) as running:
        for _ in range(PAYLOADS):
            running.step()
        assert running.truth.leaks == []
        assert min(running.truth.read.get(level, 0) for level in Level) >= 10, running.truth.read  # they were said
        assert running.sent > PAYLOADS // 3
        assert running.waited < PAYLOADS // 20
