"""👀, the sign that somebody is on it: at once while Slack lets us, and otherwise for whoever waits.

Slack takes about fifty reactions a minute from all of us together (tier 3). An answer is the better sign, and mostly
comes within a second or two: where reactions run short, those are left out whose answer comes at once, and who has
waited for a moment gets one, the newest first, because they will wait longest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session

from bot import incoming
from bot.clock import Clock
from bot.database import Database
from bot.effects import Effect, Post, React
from bot.incoming import MessageIn
from bot.outbox import Outbox
from bot.regular import Regular
from bot.tables import InboxRow, OutboxRow, QuestionRow
from bot.tiers import HALF, REACTION, Tiers

SEEN = "eyes"

LATE = timedelta(seconds=2)
"""Who has waited so long for an answer gets a sign, if they have none."""

WORTH_IT = timedelta(minutes=10)
"""Who has waited longer knows."""

STALE = timedelta(minutes=1)
"""A sign that Slack did not take for so long is left out when the question has been dealt with meanwhile."""

LOOK_EVERY = timedelta(seconds=1)
_LOOKED_AT = 50
_KEY = "seen:"
_REPLY = "reply:"

Sign = tuple[str, React]
"""The key of its row, and the reaction."""


def sign(team: str, channel: str, ts: str) -> Sign:
    """👀 on a message, once."""
    return f"{_KEY}{team}:{channel}:{ts}", React(channel, ts, SEEN)


def is_reserved(key: str) -> bool:
    """Whether the call for a reaction was taken out of the minute's when it was recorded."""
    return key.startswith(_KEY)


class Signs:
    """Records signs, as many as Slack's minute has calls for."""

    def __init__(self, outbox: Outbox, tiers: Tiers) -> None:
        self._outbox = outbox
        self._tiers = tiers

    def put(self, session: Session, signs: Sequence[tuple[str, Effect]], keep: float = HALF) -> None:
        """In the caller's transaction, as its last step; ``keep`` is the share of the minute's calls that stays."""
        if signs:
            for key, effect in signs[: self._tiers.reserve(session, REACTION, len(signs), keep)]:
                self._outbox.put(session, key, effect)


class LateSigns(Regular):
    """A loop: whoever waits for an answer without having got a sign."""

    def __init__(self, signs: Signs, tiers: Tiers, database: Database, clock: Clock) -> None:
        super().__init__(LOOK_EVERY, clock)
        self._signs = signs
        self._tiers = tiers
        self._database = database

    def look(self, now: datetime) -> None:
        """Signs for the newest of those who wait, as far as this minute's calls go."""
        with self._database.read() as session:
            late = list(_unsigned(session, _late(session, now)))
            late = late[: max(0, self._tiers.left(session, REACTION))] if late else []
        if not late:
            return
        with self._database.write() as session:
            self._signs.put(session, late, keep=0.0)


def answered(database: Database, key: str) -> bool:
    """Whether the question that a sign belongs to has been dealt with."""
    with database.read() as session:
        done = exists().where(InboxRow.message_key == key.removeprefix(_KEY), InboxRow.finished_at.is_not(None))
        return bool(session.scalar(select(done)))


def _late(session: Session, now: datetime) -> Iterator[Sign]:
    """Those whose question waits for its turn, then those whose answer waits for its channel."""
    then = (now - WORTH_IT, now - LATE)
    signed = exists().where(OutboxRow.key == literal(_KEY).concat(InboxRow.message_key))
    waiting = select(InboxRow.payload).where(
        InboxRow.finished_at.is_(None), InboxRow.kind == MessageIn.kind, InboxRow.created_at.between(*then), ~signed
    )
    for payload in session.scalars(waiting.order_by(InboxRow.id.desc()).limit(_LOOKED_AT)):
        item = incoming.from_json(payload)
        if isinstance(item, MessageIn) and (item.is_dm or item.mentions_desk):
            yield sign(item.team, item.channel, item.ts)
    written = select(OutboxRow.key).where(
        OutboxRow.finished_at.is_(None), OutboxRow.kind == Post.kind, OutboxRow.created_at.between(*then)
    )
    newest = written.where(OutboxRow.key.startswith(_REPLY)).order_by(OutboxRow.id.desc()).limit(_LOOKED_AT)
    yield from _asked(session, [key.removeprefix(_REPLY) for key in session.scalars(newest)])


def _asked(session: Session, numbers: Iterable[str]) -> Iterator[Sign]:
    wanted = [int(number) for number in numbers if number.isdecimal()]
    if not wanted:
        return
    questions = select(QuestionRow.place).where(QuestionRow.id.in_(wanted), QuestionRow.addressed)
    for place in session.scalars(questions.order_by(QuestionRow.id.desc())):
        if place.get("message") and not place.get("response_url"):
            yield sign(str(place["team"]), str(place["channel"]), str(place["message"]))


def _unsigned(session: Session, signs: Iterable[Sign]) -> Iterator[Sign]:
    found = dict(signs)
    known = set(session.scalars(select(OutboxRow.key).where(OutboxRow.key.in_(found)))) if found else set()
    return ((key, effect) for key, effect in found.items() if key not in known)
