"""What the desk does when the clock says so: the digest, pings, reminders, and closing what nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot import triage_texts
from bot.asking import Work, nothing
from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.effects import ChangeTicket, ShowOpsLine, TellDuty
from bot.incoming import Due
from bot.missing_info import MissingInfo, Waiting
from bot.on_duty import OnDuty
from bot.outbox import Outbox
from bot.slack import follow_up
from bot.slack.digest import Digest, DigestItem, digest
from bot.slack.ops import OpsChannel
from bot.speaking import Speaker
from bot.ticket_news import Ending, NewsStore
from bot.timetable import HISTORY, What, request_of
from escalation.domain import Close, Form, Request
from escalation.follower_store import FollowerStore
from escalation.patience import Patience
from escalation.request_store import RequestStore
from escalation.working_hours import WorkingHours

_JOINED_SHOWN = 5


class Triage:
    """Handles what the timetable recorded. Everything is looked at again: it may have been settled meanwhile."""

    def __init__(
        self,
        forms: Sequence[Form],
        patience: Patience,
        on_duty: OnDuty,
        outbox: Outbox,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
    ) -> None:
        self._forms = {form.id: form for form in forms}
        self._patience = patience
        self._on_duty = on_duty
        self._outbox = outbox
        self._speaker = Speaker(outbox)
        self._ops = ops
        self._database = database
        self._clock = clock

    @property
    def _hours(self) -> WorkingHours:
        return self._on_duty.rotation.hours

    def due(self, item: Due) -> Work:
        """What to write about an occasion."""
        if item.what == What.DIGEST:
            return self._digest(item)
        about: dict[str, Callable[[Session, Due, Request], None]] = {
            What.UNOWNED: self._unowned,
            What.UNFILED: self._unfiled,
            What.NEEDS_INFO: self._needs_info,
            What.REMIND: self._remind,
            What.CLOSE: self._close,
        }
        handle = about.get(item.what)
        if handle is None:
            return nothing  # recorded by another version of the desk

        def write(session: Session) -> None:
            request = RequestStore(session).lock(request_of(item))
            if request is not None and request.is_open:
                handle(session, item, request)

        return write

    def _unowned(self, session: Session, item: Due, request: Request) -> None:
        self._outbox.put(session, item.key, TellDuty(request.id, unowned=True))

    def _unfiled(self, session: Session, item: Due, request: Request) -> None:
        self._outbox.put(session, item.key, ShowOpsLine(request.id))

    def _needs_info(self, session: Session, _item: Due, request: Request) -> None:
        MissingInfo(session).asked(request.id, self._clock())

    def _remind(self, session: Session, item: Due, request: Request) -> None:
        info = MissingInfo(session)
        waiting = info.of([request.id]).get(request.id)
        placed = Conversations(session).request_place(request.id)
        if (
            waiting is None
            or waiting.since is None
            or placed is None
            or waiting.reminders >= self._patience.max_reminders
        ):
            return
        now = self._clock()
        info.reminded(request.id, now)
        closes = self._closes_on(waiting, waiting.since, now)
        form = self._forms.get(request.draft.form_id or "")
        message = follow_up.reminder(request, form, placed.person, closes)
        self._speaker.say(session, item.key, placed.place, placed.person, message)

    def _closes_on(self, waiting: Waiting, since: datetime, now: datetime) -> date | None:
        """The day on which it is closed, when this reminder is the last."""
        if waiting.reminders + 1 < self._patience.max_reminders:
            return None
        return self._patience.closes_on(self._hours.day_of(since), self._hours.day_of(now), self._hours)

    def _close(self, session: Session, item: Due, request: Request) -> None:
        info = MissingInfo(session)
        waiting = info.of([request.id]).get(request.id)
        if waiting is None or waiting.since is None:
            return
        info.answered(request.id, self._clock())
        reason = triage_texts.close_reason(waiting.reminders)
        NewsStore(session).ends(request.id, Ending(reason, for_now=True))
        by = self._on_duty.now() or self._ops.channel or request.draft.requester.id
        self._outbox.put(session, item.key, ChangeTicket(request.id, Close(reason), by))

    def _digest(self, item: Due) -> Work:
        with self._database.read() as session:
            news = self._news(session, date.fromisoformat(item.key.partition(":")[2]))
        message = digest(news)
        if message is None or not self._ops.is_there:
            return nothing
        return lambda session: self._ops.tell(session, item.key, message)

    def _news(self, session: Session, today: date) -> Digest:
        """Only what was there at the digest's hour: a late digest does not report on its own morning."""
        hour = self._on_duty.rotation.digest_at
        before = self._hours.at(today, hour) if hour else self._clock()
        found = RequestStore(session).open_requests(before - HISTORY)
        requests = [request for request in found if request.created_at <= before]
        ids = [request.id for request in requests]
        waiting = MissingInfo(session).of(ids)
        demands = FollowerStore(session).demands(ids)
        held = {number for number, wait in waiting.items() if wait.since is not None}
        waits = [r for r in requests if r.id in held]
        unowned = [r for r in requests if r.id not in held and r.ticket is not None and r.ticket.assignee is None]
        wanted = sorted((r for r in requests if demands[r.id] > 1), key=lambda r: -demands[r.id])
        late = [(r, triage_texts.short_day(day, today)) for r in requests if (day := self._late_since(r, today))]
        return Digest(
            today,
            len(requests),
            overdue=[DigestItem(r, triage_texts.was_due(day)) for r, day in late],
            unowned=[DigestItem(r, self._age(r, today)) for r in unowned],
            waiting=[DigestItem(r, triage_texts.reminded(waiting[r.id].reminders)) for r in waits],
            joined=[DigestItem(r, triage_texts.joined_by(demands[r.id])) for r in wanted[:_JOINED_SHOWN]],
        )

    def _late_since(self, request: Request, today: date) -> date | None:
        """The day it should have been done by, when that has passed: its due date, else its type's lead time."""
        form = self._forms.get(request.draft.form_id or "")
        due = request.ticket.due if request.ticket else None
        if due is None and form is not None and form.lead_time_business_days:
            made = self._hours.day_of(request.created_at)
            due = self._hours.business_days_after(made, form.lead_time_business_days)
        return due if due is not None and due < today else None

    def _age(self, request: Request, today: date) -> str:
        day, count = self._hours.day_of(request.created_at), 0
        while day < today:
            day = self._hours.business_days_after(day, 1)
            count += day <= today
        return triage_texts.open_for(count)
