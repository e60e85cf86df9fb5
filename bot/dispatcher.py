"""The loop that takes effects out of the outbox and carries them out."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from typing import Protocol, assert_never

from bot import effects
from bot.clock import Clock
from bot.database import Database
from bot.effects import (
    AttachFile,
    ChangeTicket,
    CommentTicket,
    CreateTicket,
    DescribeTicket,
    Effect,
    React,
    ReadTicket,
    WithdrawTicket,
)
from bot.errors import DatabaseUnavailable
from bot.lease import Leases
from bot.logs import get_logger
from bot.lookout import Looked, nobody
from bot.metrics import NO_METRICS, Metrics
from bot.outcome import Done, Outcome, Refused, Retry, Then, Unsure, Wait
from bot.pace import pace
from bot.queue import Claimed, ClaimLost, Queue
from bot.slack import answers
from bot.slack.ops import OpsChannel
from bot.tables import OutboxRow

log = get_logger(__name__)


FAILURES = 10
"""How often an effect may break our own code before it is given up: about 25 minutes at the pace above."""

_BROKE = "broke"

REPLY = "reply:"
"""How the keys of replies to questions begin."""

TRACKER_KINDS = frozenset(
    effect.kind
    for effect in (CreateTicket, DescribeTicket, CommentTicket, WithdrawTicket, ChangeTicket, AttachFile, ReadTicket)
)
"""Effects that call the tracker. Everything else goes to Slack."""

SIGN_KINDS = frozenset({React.kind})
"""Effects that tell people at once that somebody is on it: they wait for no message."""


class Hand(Enum):
    """Which effects a dispatcher takes. Hands of their own keep a hanging Jira from holding up a word in Slack."""

    ALL = auto()
    SIGNS = auto()
    SLACK = auto()
    TRACKER = auto()


class Delivers(Protocol):
    """Carries out one family of effects."""

    def deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        """Carry out an effect, once. ``claim`` says whether an earlier attempt may have taken effect."""

    def gave_up(self, effect: Effect, claim: Claimed, why: str) -> Then:
        """What to write when an effect will not be carried out: somebody is told."""


class Dispatcher:
    """Carries out one outbox row at a time; several may run, in this and other processes."""

    def __init__(
        self,
        slack: Delivers,
        tracker: Delivers,
        following: Delivers,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
        hand: Hand = Hand.ALL,
        metrics: Metrics = NO_METRICS,
    ) -> None:
        self._slack = slack
        self._tracker = tracker
        self._following = following
        self._ops = ops
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._queue = _queue(hand)
        self._leases = Leases(self._queue, database, clock)

    def run_once(self, looked: Looked = nobody) -> bool:
        """Carry out the next due row, if there is one. Returns whether there was."""
        with self._database.write() as session:
            claim = self._queue.claim(session, self._clock())
        looked(claim is not None and claim.more)
        if claim is None:
            return False
        try:
            with self._leases.held(claim):
                self._settle(claim, self._attempt(claim))
        except ClaimLost:
            log.warning("claim_lost", outbox=claim.id)
        return True

    def _attempt(self, claim: Claimed) -> Outcome:
        effect = None
        try:
            effect = effects.from_json(claim.payload)
            return self._deliverer(effect).deliver(effect, claim)
        except ClaimLost:
            raise
        except DatabaseUnavailable as exc:  # no fault of the effect's, for however long
            return Retry(self._clock() + pace(claim.attempts), str(exc), claim.doubted())
        except Exception as exc:
            log.error("delivery_failed", outbox=claim.id, kind=claim.kind, error=type(exc).__name__)
            log.debug("delivery_failed_trace", exc_info=exc)
            return self._broke(effect, claim, type(exc).__name__)

    def _broke(self, effect: Effect | None, claim: Claimed, why: str) -> Outcome:
        """Our own fault, so nobody knows how far it came: tried again in doubt, a number of times."""
        failures = int(claim.memo.get(_BROKE, 0)) + 1
        if failures < FAILURES:
            return Unsure(self._clock() + pace(failures), why, {**claim.doubted(), _BROKE: failures})
        if effect is not None:
            return Refused(why, self._deliverer(effect).gave_up(effect, claim, why))
        reference = f"O{claim.id}"
        message = answers.ops_undelivered(reference, why)
        return Refused(why, lambda session: self._ops.tell(session, f"undelivered:{reference}", message))

    def _deliverer(self, effect: Effect) -> Delivers:
        if isinstance(effect, ChangeTicket | ReadTicket):
            return self._following
        return self._tracker if effect.kind in TRACKER_KINDS else self._slack

    def _settle(self, claim: Claimed, outcome: Outcome) -> None:
        now = self._clock()
        with self._database.write() as session:
            match outcome:
                case Done():
                    self._queue.finish(session, claim, now)
                case Wait(at=at, memo=memo):
                    self._queue.postpone(session, claim, at, memo)
                case Retry(at=at, why=why, memo=memo, holds_lane=True):
                    self._queue.retry(session, claim, at, why, memo)
                case Retry(at=at, why=why, memo=memo):
                    self._queue.park(session, claim, at, why, memo)
                case Unsure(at=at, why=why, memo=memo):
                    self._queue.unsure(session, claim, at, why, memo)
                case Refused(why=why):
                    self._queue.bury(session, claim, now, why)
                case _:
                    assert_never(outcome)
            outcome.then(session)
        self._log(claim, outcome, now)

    def _log(self, claim: Claimed, outcome: Outcome, now: datetime) -> None:
        facts = {"outbox": claim.id, "kind": claim.kind, "attempt": claim.attempts}
        self._metrics.delivered(claim.kind, type(outcome).__name__.lower())
        if isinstance(outcome, Done) and claim.received_at and claim.key.startswith(REPLY):
            self._metrics.answered((now - claim.received_at).total_seconds())
        if isinstance(outcome, Done):
            log.info("delivered", **facts, age_ms=round((now - claim.created_at).total_seconds() * 1000))
        elif isinstance(outcome, Wait):
            log.debug("delivery_waits", **facts)
        else:
            log.warning("not_delivered", **facts, outcome=type(outcome).__name__, why=outcome.why)


def hand_of(kind: str) -> Hand:
    """Who takes effects of a kind, where there are hands for each."""
    if kind in SIGN_KINDS:
        return Hand.SIGNS
    return Hand.TRACKER if kind in TRACKER_KINDS else Hand.SLACK


def _queue(hand: Hand) -> Queue:
    match hand:
        case Hand.ALL:
            return Queue(OutboxRow)
        case Hand.SLACK:
            return Queue(OutboxRow, but=TRACKER_KINDS | SIGN_KINDS)
        case Hand.SIGNS:
            return Queue(OutboxRow, kinds=SIGN_KINDS)
        case Hand.TRACKER:
            return Queue(OutboxRow, kinds=TRACKER_KINDS)
