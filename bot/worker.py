"""The loop that takes rows out of the inbox and answers them."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from sqlalchemy.orm import Session

from bot import incoming
from bot.asking import Asking, Work
from bot.choices import Choices
from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.effects import Post, PublishHome
from bot.incoming import (
    AskShortcut,
    AskSubmitted,
    ButtonPressed,
    ForgetMe,
    FormSubmitted,
    HomeOpened,
    Incoming,
    MessageIn,
    SlashQuestion,
    TicketLookup,
)
from bot.logs import get_logger
from bot.outbox import Outbox
from bot.queue import Claimed, ClaimLost, Queue
from bot.requests import RequestDesk
from bot.slack import answers, tickets
from bot.slack.message import Message
from bot.speaking import Speaker
from bot.tables import InboxRow
from escalation.request_store import RequestStore

log = get_logger(__name__)

MAX_ATTEMPTS = 3
"""A row that fails or kills its worker this often is given up, and the person is told."""


class Worker:
    """Handles one inbox row at a time; several may run, in this and other processes."""

    def __init__(
        self,
        asking: Asking,
        choices: Choices,
        requests: RequestDesk,
        speaker: Speaker,
        outbox: Outbox,
        database: Database,
        clock: Clock,
    ) -> None:
        self._asking = asking
        self._choices = choices
        self._requests = requests
        self._speaker = speaker
        self._outbox = outbox
        self._database = database
        self._clock = clock
        self._queue = Queue(InboxRow)

    def run_once(self) -> bool:
        """Handle the next due row, if there is one. Returns whether there was."""
        with self._database.write() as session:
            claim = self._queue.claim(session, self._clock())
        if claim is None:
            return False
        self._handle(claim)
        self._outbox.ring()
        return True

    def _handle(self, claim: Claimed) -> None:
        item = incoming.from_json(claim.payload)
        try:
            if claim.attempts > MAX_ATTEMPTS:
                raise RuntimeError("it was started three times and never finished")  # noqa: TRY301 - one way out
            work = self.work(item)
            with self._database.write() as session:
                work(session)
                self._queue.finish(session, claim, self._clock())
        except ClaimLost:
            log.warning("claim_lost", inbox=claim.id)
        except Exception as exc:
            log.error(
                "inbox_failed", inbox=claim.id, kind=claim.kind, attempt=claim.attempts, error=type(exc).__name__
            )
            log.debug("inbox_failed_trace", exc_info=exc)
            self._failed(claim, item, exc)

    def _failed(self, claim: Claimed, item: Incoming, exc: Exception) -> None:
        with self._database.write() as session:
            if claim.attempts < MAX_ATTEMPTS:
                at = self._clock() + timedelta(seconds=2**claim.attempts)
                self._queue.retry(session, claim, at, type(exc).__name__, {})
                return
            self._queue.bury(session, claim, self._clock(), type(exc).__name__)
            reference = f"Q{claim.id}"
            self._tell_failed(session, item, reference)

    def _tell_failed(self, session: Session, item: Incoming, reference: str) -> None:
        message = answers.failed(reference)
        thread = (item.thread_ts or item.ts) if isinstance(item, MessageIn) else None
        channel = item.channel if isinstance(item, MessageIn) else item.user
        post = Post(channel, message.text, message.blocks, thread, tell_on_failure=item.user)
        self._outbox.put(session, f"failed:{reference}", post)

    def work(self, item: Incoming) -> Work:
        """The slow half of handling an item; returns the half that writes."""
        match item:
            case MessageIn():
                return self._asking.message(item)
            case SlashQuestion():
                return self._asking.slash(item)
            case AskShortcut():
                return self._asking.shortcut(item)
            case AskSubmitted():
                return self._asking.ask_form(item)
            case ButtonPressed():
                return self._choices.pressed(item)
            case FormSubmitted():
                return self._form(item)
            case TicketLookup():
                return lambda session: self._look_up(session, item)
            case ForgetMe():
                return lambda session: self._forget(session, item)
            case HomeOpened():
                return lambda session: self._outbox.put(session, f"home:{item.key}", PublishHome(item.user))
        assert_never(item)

    def _form(self, item: FormSubmitted) -> Work:
        with self._database.read() as session:
            opening = self._requests.prepare_form(session, item)
        return lambda session: self._requests.submit_form(session, item, opening)

    def _look_up(self, session: Session, item: TicketLookup) -> None:
        store = RequestStore(session)
        if item.ticket_key is None:
            message = tickets.ticket_list(store.requests_of(item.user))
        else:
            found = store.by_ticket_key(item.ticket_key)
            visible = (
                found
                if found and not (found.draft.origin.private and found.draft.requester.id != item.user)
                else None
            )
            message = tickets.one_ticket(item.ticket_key, visible)
        self._whisper(session, item, message)

    def _forget(self, session: Session, item: ForgetMe) -> None:
        count = Conversations(session).forget(item.user) + RequestStore(session).forget(item.user)
        self._whisper(session, item, answers.forgotten(count))

    def _whisper(self, session: Session, item: TicketLookup | ForgetMe, message: Message) -> None:
        self._speaker.whisper(session, f"reply:{item.key}", item.response_url, item.user, message, replace=True)
