"""The loop that takes rows out of the inbox and answers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import assert_never

from sqlalchemy.orm import Session

from bot import incoming
from bot.asking import Asking, Role, Work
from bot.choices import Choices
from bot.clock import Clock
from bot.conversations import Conversations
from bot.curation.faq_work import BUTTONS as FAQ_BUTTONS
from bot.curation.faq_work import FaqWork
from bot.curation.missing_desk import MissingDesk, is_ours
from bot.database import Database
from bot.effects import Post
from bot.errors import DatabaseUnavailable, SlackUnavailable
from bot.forgetting import forget
from bot.incoming import (
    AskShortcut,
    AskSubmitted,
    ButtonPressed,
    Due,
    FaqAsked,
    ForgetMe,
    FormSubmitted,
    HomeOpened,
    Incoming,
    MessageIn,
    MissingSubmitted,
    OpsSubmitted,
    SlashQuestion,
    TicketChanged,
    WhyAsked,
)
from bot.lease import Leases
from bot.left_open import LeftOpen
from bot.left_out import LeftOut
from bot.logs import get_logger
from bot.lookout import Looked, nobody
from bot.metrics import NO_METRICS, Metrics
from bot.outbox import Outbox
from bot.pace import pace
from bot.queue import Claimed, ClaimLost, Queue
from bot.requests import RequestDesk
from bot.slack import answers
from bot.slack.message import Message
from bot.slack.ops import OpsChannel
from bot.speaking import Speaker
from bot.tables import InboxRow
from bot.ticket_desk import BUTTONS, TicketDesk
from bot.transaction_notes import Judged, begin, noted
from bot.triage import Triage
from bot.why import Why

log = get_logger(__name__)

MAX_ATTEMPTS = 3
"""A row that fails or kills its worker this often is given up, and the person is told."""

NOT_NOW_FOR = timedelta(hours=24)
"""How long a row waits for Slack or the database before that counts as a failure, too."""

_WAITS = "waits"


class Worker:
    """Handles one inbox row at a time; several may run, in this and other processes."""

    def __init__(
        self,
        asking: Asking,
        choices: Choices,
        requests: RequestDesk,
        tickets: TicketDesk,
        speaker: Speaker,
        outbox: Outbox,
        ops: OpsChannel,
        triage: Triage,
        why: Why,
        missing: MissingDesk,
        faq: FaqWork,
        left_open: LeftOpen,
        database: Database,
        clock: Clock,
        occasions: Mapping[str, Callable[[Due], Work]] | None = None,
        metrics: Metrics = NO_METRICS,
    ) -> None:
        """``occasions``: who handles what is due, where triage does not."""
        self._asking = asking
        self._choices = choices
        self._requests = requests
        self._tickets = tickets
        self._speaker = speaker
        self._left_out = LeftOut(speaker)
        self._outbox = outbox
        self._ops = ops
        self._triage = triage
        self._why = why
        self._missing = missing
        self._faq = faq
        self._left_open = left_open
        self._occasions = occasions or {}
        self._metrics = metrics
        self._database = database
        self._clock = clock
        self._queue = Queue(InboxRow)
        self._leases = Leases(self._queue, database, clock)

    def run_once(self, looked: Looked = nobody) -> bool:
        """Handle the next due row, if there is one. Returns whether there was."""
        with self._database.write() as session:
            claim = self._queue.claim(session, self._clock())
        looked(claim is not None and claim.more)
        if claim is None:
            return False
        with self._leases.held(claim):
            self._handle(claim)
        return True

    def _handle(self, claim: Claimed) -> None:
        item = None
        try:
            item = incoming.from_json(claim.payload)
            if claim.attempts > MAX_ATTEMPTS:
                raise RuntimeError("it was started three times and never finished")  # noqa: TRY301 - one way out
            work = self._left_out.told(item, self._left_open.work(claim, item) or self.work(item))
            with self._database.write() as session:
                begin(session, claim.created_at)
                work(session)
                self._queue.finish(session, claim, self._clock())
            self._count(claim, "handled", noted(session))
        except ClaimLost:
            log.warning("claim_lost", inbox=claim.id)
            self._count(claim, "overtaken")
        except (SlackUnavailable, DatabaseUnavailable) as exc:
            self._not_now(claim, item, exc)
        except Exception as exc:
            log.error(
                "inbox_failed", inbox=claim.id, kind=claim.kind, attempt=claim.attempts, error=type(exc).__name__
            )
            log.debug("inbox_failed_trace", exc_info=exc)
            self._failed(claim, item, type(exc).__name__)

    def _count(self, claim: Claimed, outcome: str, questions: Sequence[Judged] = ()) -> None:
        self._metrics.handled(claim.kind, outcome, (self._clock() - claim.created_at).total_seconds())
        for judged in questions:
            self._metrics.question(judged.band, judged.addressed)

    def _not_now(self, claim: Claimed, item: Incoming | None, exc: SlackUnavailable | DatabaseUnavailable) -> None:
        """Slack or the database is away: no fault of the row's, so it counts as no attempt; not even for hours."""
        now, waits = self._clock(), int(claim.memo.get(_WAITS, 0)) + 1
        if now - claim.created_at > NOT_NOW_FOR:
            self._failed(claim, item, type(exc).__name__)
            return
        asked = timedelta(seconds=exc.retry_after) if isinstance(exc, SlackUnavailable) and exc.retry_after else None
        log.warning("inbox_waits", inbox=claim.id, kind=claim.kind, why=str(exc))
        try:
            with self._database.write() as session:
                self._queue.postpone(session, claim, now + (asked or pace(waits)), {**claim.memo, _WAITS: waits})
        except ClaimLost:
            log.warning("claim_lost", inbox=claim.id)

    def _failed(self, claim: Claimed, item: Incoming | None, why: str) -> None:
        self._count(claim, "failed" if claim.attempts < MAX_ATTEMPTS else "given_up")
        try:
            with self._database.write() as session:
                if claim.attempts < MAX_ATTEMPTS:
                    at = self._clock() + timedelta(seconds=2**claim.attempts)
                    self._queue.retry(session, claim, at, why, claim.memo)
                    return
                self._queue.bury(session, claim, self._clock(), why)
                self._tell_failed(session, item, f"Q{claim.id}", why)
        except ClaimLost:
            log.warning("claim_lost", inbox=claim.id)

    def _tell_failed(self, session: Session, item: Incoming | None, reference: str, why: str) -> None:
        """Ops always hear; whoever asked does, too."""
        word = self._word_to_sender(session, item, reference)
        told = answers.ops_failed(reference, why, sender_knows=word is not None)
        self._ops.tell(session, f"failed:{reference}", told)
        if word is not None:
            self._outbox.put(session, f"failed:{reference}", word)

    def _word_to_sender(self, session: Session, item: Incoming | None, reference: str) -> Post | None:
        if item is None or isinstance(item, TicketChanged | Due) or not self._was_addressed(session, item):
            return None
        message = answers.failed(reference)
        thread = (item.thread_ts or item.ts) if isinstance(item, MessageIn) else None
        channel = item.channel if isinstance(item, MessageIn) else item.user
        return Post(channel, message.text, message.blocks, thread, tell_on_failure=item.user, kept=message.kept)

    def _was_addressed(self, session: Session, item: Incoming) -> bool:
        """Who only talked within earshot is not bothered with our failures."""
        if not isinstance(item, MessageIn):
            return True
        thread = f"{item.team}:{item.channel}:{item.thread_ts or item.ts}"
        return self._asking.role(item, Conversations(session).of_thread(thread)) is Role.ADDRESSED

    def work(self, item: Incoming) -> Work:
        """The slow half of handling an item; returns the half that writes."""
        match item:
            case MessageIn() | SlashQuestion() | AskShortcut() | AskSubmitted():
                return self._faq.file(item) if self._faq.is_file(item) else self._asking.handle(item)
            case ButtonPressed():
                return self._pressed(item)
            case OpsSubmitted() | TicketChanged() | HomeOpened():
                return self._tickets.handle(item)
            case FormSubmitted():
                return self._form(item)
            case ForgetMe():
                return lambda session: self._forget(session, item)
            case MissingSubmitted() | FaqAsked() | WhyAsked():
                return self._curated(item)
            case Due():
                return self._occasions.get(item.what, self._triage.due)(item)
        assert_never(item)

    def _pressed(self, item: ButtonPressed) -> Work:
        if is_ours(item.action_id):
            return self._missing.pressed(item)
        if item.action_id in FAQ_BUTTONS:
            return self._faq.pressed(item)
        return self._tickets.pressed(item) if item.action_id in BUTTONS else self._choices.pressed(item)

    def _curated(self, item: MissingSubmitted | FaqAsked | WhyAsked) -> Work:
        match item:
            case MissingSubmitted():
                return self._missing.submitted(item)
            case FaqAsked():
                return self._faq.handle(item)
            case WhyAsked():
                return self._why.asked(item)
        assert_never(item)

    def _form(self, item: FormSubmitted) -> Work:
        with self._database.read() as session:
            opening = self._requests.prepare_form(session, item)
        return lambda session: self._requests.submit_form(session, item, opening)

    def _forget(self, session: Session, item: ForgetMe) -> None:
        gone = forget(session, item.user, self._clock())
        self._whisper(session, item, answers.forgotten(gone.count, gone.tickets, gone.withdrawn))

    def _whisper(self, session: Session, item: ForgetMe, message: Message) -> None:
        self._speaker.whisper(session, f"reply:{item.key}", item.response_url, item.user, message, replace=True)
