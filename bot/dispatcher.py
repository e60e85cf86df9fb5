"""The loop that takes effects out of the outbox and carries them out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol, assert_never

from bot import effects
from bot.clock import Clock
from bot.database import Database
from bot.effects import CommentTicket, CreateTicket, DescribeTicket, Effect, WithdrawTicket
from bot.logs import get_logger
from bot.outbox import Outbox
from bot.outcome import Done, Outcome, Refused, Retry, Unsure
from bot.queue import Claimed, ClaimLost, Queue
from bot.tables import OutboxRow

log = get_logger(__name__)

PACE_S = (1, 2, 5, 10, 30, 60, 120, 300)
"""Seconds to wait after the first, second … failure; the last one repeats."""


class Delivers(Protocol):
    """Carries out one family of effects."""

    def deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        """Carry out an effect, once. ``claim`` says whether an earlier attempt may have taken effect."""


class Dispatcher:
    """Carries out one outbox row at a time; several may run, in this and other processes."""

    def __init__(self, slack: Delivers, tracker: Delivers, outbox: Outbox, database: Database, clock: Clock) -> None:
        self._slack = slack
        self._tracker = tracker
        self._outbox = outbox
        self._database = database
        self._clock = clock
        self._queue = Queue(OutboxRow)

    def run_once(self) -> bool:
        """Carry out the next due row, if there is one. Returns whether there was."""
        with self._database.write() as session:
            claim = self._queue.claim(session, self._clock())
        if claim is None:
            return False
        outcome = self._attempt(claim)
        try:
            self._settle(claim, outcome)
        except ClaimLost:
            log.warning("claim_lost", outbox=claim.id)
        self._outbox.ring()
        return True

    def _attempt(self, claim: Claimed) -> Outcome:
        try:
            effect = effects.from_json(claim.payload)
            return self._deliverer(effect).deliver(effect, claim)
        except Exception as exc:
            log.error("delivery_failed", outbox=claim.id, kind=claim.kind, error=type(exc).__name__)
            log.debug("delivery_failed_trace", exc_info=exc)
            return Unsure(self._clock() + pace(claim.attempts), type(exc).__name__, {**claim.memo, "unsure": True})

    def _deliverer(self, effect: Effect) -> Delivers:
        if isinstance(effect, CreateTicket | DescribeTicket | CommentTicket | WithdrawTicket):
            return self._tracker
        return self._slack

    def _settle(self, claim: Claimed, outcome: Outcome) -> None:
        now = self._clock()
        with self._database.write() as session:
            match outcome:
                case Done():
                    self._queue.finish(session, claim, now)
                case Retry(at=at, why=why, memo=memo):
                    self._queue.retry(session, claim, at, why, memo)
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
        if isinstance(outcome, Done):
            log.info("delivered", **facts, age_ms=round((now - claim.created_at).total_seconds() * 1000))
        else:
            log.warning("not_delivered", **facts, outcome=type(outcome).__name__, why=outcome.why)


def pace(attempts: int) -> timedelta:
    """How long to wait after ``attempts`` failures."""
    return timedelta(seconds=PACE_S[min(attempts, len(PACE_S)) - 1])
