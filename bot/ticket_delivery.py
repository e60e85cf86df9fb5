"""What becomes of tickets: reads them again, tells who waits what is new, and carries out what people decide.

A look at a ticket is compared with the one before; an older look never replaces a newer one. What is told has keys
that name the occasion (a comment, a closing), so it is told once however often the ticket is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.audiences import may_show_texts
from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.domain import Kept, Place, Surface
from bot.effects import ChangeTicket, Effect, Post, ReadTicket, ShowCard
from bot.errors import SlackUnavailable
from bot.follow_places import FollowPlace
from bot.outbox import Outbox
from bot.outcome import Done, Outcome, Refused, Retry, Then
from bot.pace import DENIED_PACE, pace
from bot.people import Directory
from bot.queue import Claimed
from bot.redaction import without_secrets
from bot.slack import news, ops_messages, tickets
from bot.slack.message import Message
from bot.slack.ops import OpsChannel
from bot.speaking import Speaker
from bot.ticket_news import Ending, NewsStore
from escalation.domain import Close, Label, Reopen, Request, RequestState, Ticket, TicketComment, TicketView, Watch
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerRejected, TrackerUnavailable
from escalation.protocols import Tracker
from escalation.request_store import RequestStore
from knowledge.domain import Audience

KEPT_FOR = timedelta(days=1)
"""How long a decision that the tracker does not let us carry out is tried again."""

STALE = timedelta(days=7)
"""What is older is no news: the card shows it, nobody is told. (A desk that was off, or is new to old tickets.)"""

CLOSING_WORDS = timedelta(minutes=10)
"""A public comment this close before the end says how it ended."""


TEXTS = (Kept(Audience.internal()),)
"""What people say about a request is for colleagues, where more than one person reads."""

_BY_THE_WAY = (Watch, Label)
"""Changes nobody decided by themselves: nobody hears when the tracker does not take them."""


@dataclass(frozen=True)
class _Reader:
    """Who hears of a ticket, and whether texts may be shown there."""

    listener: FollowPlace
    texts: bool


class TicketDelivery:
    """Implements ``Delivers`` for ReadTicket and ChangeTicket."""

    def __init__(
        self,
        tracker: Tracker,
        directory: Directory,
        outbox: Outbox,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
    ) -> None:
        self._tracker = tracker
        self._directory = directory
        self._outbox = outbox
        self._ops = ops
        self._speaker = Speaker(outbox)
        self._database = database
        self._clock = clock

    def deliver(self, effect: Effect, claim: Claimed) -> Outcome:
        """Carry out an effect."""
        request = self._request(effect)
        if request is None:
            return Done()
        try:
            return self._deliver(request, effect, claim)
        except TrackerDenied as exc:
            return self._denied(request, effect, claim, str(exc))
        except TrackerUnavailable as exc:
            wait = timedelta(seconds=exc.retry_after) if exc.retry_after else pace(claim.attempts)
            return Retry(self._clock() + wait, str(exc), claim.memo, self._late(request, effect, claim))
        except OutcomeUnknown as exc:  # every change is idempotent by its marker
            return Retry(
                self._clock() + pace(claim.attempts), str(exc), claim.memo, self._late(request, effect, claim)
            )
        except TrackerRejected as exc:
            return Refused(str(exc), self.gave_up(effect, claim, str(exc)))
        except SlackUnavailable as exc:  # it cannot say who would read the news
            wait = timedelta(seconds=exc.retry_after) if exc.retry_after else pace(claim.attempts)
            return Retry(self._clock() + wait, str(exc), claim.memo)

    def gave_up(self, effect: Effect, claim: Claimed, why: str) -> Then:
        """Whoever wanted a change hears that it was not made, and ops when that was the asker."""

        def write(session: Session) -> None:
            request = RequestStore(session).get(effect.request_id) if isinstance(effect, ChangeTicket) else None
            if request is None or not isinstance(effect, ChangeTicket) or isinstance(effect.change, _BY_THE_WAY):
                return
            if isinstance(effect.change, Close):
                NewsStore(session).ends(request.id, None)
            message = ops_messages.not_changed(request, effect.change, why)
            self._post(session, f"refused:{claim.id}", effect.by, message)
            if isinstance(effect.change, Reopen):
                self._ops.tell(session, f"refused:{claim.id}", ops_messages.not_solved(request, why))

        return write

    def _deliver(self, request: Request, effect: Effect, claim: Claimed) -> Outcome:
        if request.ticket is None:
            return self._not_filed(request, effect, claim)
        match effect:
            case ChangeTicket(change=change):
                self._tracker.change(request.ticket.key, change, f"{request.marker}-{claim.id}")
                again = f"read:{request.id}:after:{claim.id}"
                return Done(lambda session: self._outbox.put(session, again, ReadTicket(request.id)))
            case ReadTicket():
                read = self._tracker.read(request.ticket.key)
                view = _without_secrets(read) if read else None
                readers = self._readers(request)
                return Done(lambda session: self._compare(session, request.id, view, readers))
            case _:
                raise AssertionError(f"{effect.kind} is not about a ticket's life")

    def _denied(self, request: Request, effect: Effect, claim: Claimed, why: str) -> Outcome:
        """Ops mends it; whoever decided something knows. A decision is carried out for a day, then it is given up."""
        today = self._clock().date()

        def tell(session: Session) -> None:
            self._ops.tell_once_a_day(session, today, "denied", tickets.ops_denied(why))
            if isinstance(effect, ChangeTicket):
                self._post(session, f"denied:{claim.id}", effect.by, ops_messages.denied(request, effect.change, why))

        if isinstance(effect, ChangeTicket) and isinstance(effect.change, _BY_THE_WAY):
            return Done()
        if isinstance(effect, ChangeTicket) and self._clock() - claim.created_at > KEPT_FOR:
            return Refused(why, self.gave_up(effect, claim, why))
        return Retry(self._clock() + DENIED_PACE, why, claim.memo, tell, holds_lane=False)

    def _not_filed(self, request: Request, effect: Effect, claim: Claimed) -> Outcome:
        gone = request.state in (RequestState.WITHDRAWN, RequestState.DEAD, RequestState.JOINED)
        if gone or isinstance(effect, ReadTicket):
            return Done()
        return Retry(self._clock() + pace(claim.attempts), "the ticket is not there yet", claim.memo)

    def _readers(self, request: Request) -> tuple[_Reader, ...]:
        """Looked up before anything is written: Slack may take its time."""
        with self._database.read() as session:
            listeners = NewsStore(session).listeners(request.id)
        return tuple(_Reader(one, may_show_texts(request, one.place, self._directory)) for one in listeners)

    def _compare(
        self, session: Session, request_id: int, view: TicketView | None, readers: tuple[_Reader, ...]
    ) -> None:
        store = RequestStore(session)
        before = store.lock(request_id)
        if before is None or before.ticket is None:
            return
        if view is None:
            self._gone(session, before, before.ticket, readers)
            return
        if not store.filed(request_id, view.ticket):
            return  # an older look than the one we have
        now = replace(before, ticket=view.ticket)
        self._follow(session, before.ticket, now, view, readers)

    def _follow(
        self, session: Session, before: Ticket, request: Request, view: TicketView, readers: tuple[_Reader, ...]
    ) -> None:
        kept = NewsStore(session)
        known = kept.of(request.id)
        ticket, last = view.ticket, _last(view.comments) or known.last
        kept.seen(request.id, self._clock(), last if request.draft.requester.id else None)  # None: forgotten
        if request.state is RequestState.WITHDRAWN:
            return
        if before.done and not ticket.done:
            kept.ends(request.id, None)
        closed = ticket.done and not before.done and self._is_news(ticket.updated_at)
        ending = known.ending or _ending(view, known.last) if closed else None
        self._comments(session, request, view, readers, ending)
        if closed:
            self._done(session, request, ending, readers)
        if _shown(before) != _shown(ticket) or last != known.last:
            self._card(session, request.id)

    def _comments(
        self,
        session: Session,
        request: Request,
        view: TicketView,
        readers: tuple[_Reader, ...],
        ending: Ending | None,
    ) -> None:
        """What ops said in public, once each; not what we wrote ourselves, and not what the ending says anyway."""
        for comment in view.comments:
            if not comment.public or comment.ours or not self._is_news(comment.at):
                continue
            if ending is not None and comment.id == ending.comment_id:
                continue
            shown, hidden = (news.from_ops(request, comment, shown=texts) for texts in (True, False))
            self._say(session, _said(request, comment.id), readers, shown, hidden)

    def _done(self, session: Session, request: Request, ending: Ending | None, readers: tuple[_Reader, ...]) -> None:
        kept = NewsStore(session)
        closing = kept.closed(request.id)
        kept.ends(request.id, ending)
        shown, hidden = (news.done(request, ending, closing, shown=texts) for texts in (True, False))
        told = _said(request, ending.comment_id) if ending and ending.comment_id else f"done:{request.id}:{closing}"
        self._say(session, told, readers, shown, hidden)
        declined = ending is not None and (ending.declined or ending.for_now)
        if self._ops.is_there and not declined and not request.draft.origin.private:
            self._ops.tell(session, f"entry:{request.id}:{closing}", news.entry_offer(request))

    def _gone(self, session: Session, request: Request, ticket: Ticket, readers: tuple[_Reader, ...]) -> None:
        NewsStore(session).seen(request.id, self._clock(), NewsStore(session).of(request.id).last)
        if ticket.resolution == tickets.GONE or not request.is_open:
            return
        lost = replace(ticket, done=True, resolution=tickets.GONE)
        RequestStore(session).filed(request.id, lost)
        told = news.gone(request)
        self._say(session, f"gone:{request.id}:{ticket.key}", readers, told, told)
        self._card(session, request.id)

    def _say(self, session: Session, key: str, readers: tuple[_Reader, ...], shown: Message, hidden: Message) -> None:
        """To everyone who waits. Where texts may not be shown, the person gets them in their own messages."""
        for reader in readers:
            person, place = reader.listener.person, reader.listener.place
            told = replace(shown, kept=TEXTS) if reader.texts and place.surface is Surface.CHANNEL else shown
            self._speaker.say(session, f"{key}:{person}", place, person, told if reader.texts else hidden)
            if not reader.texts and hidden != shown:
                own = Place(place.team, person, Surface.DM)
                self._speaker.say(session, f"{key}:{person}:dm", own, person, shown)

    def _card(self, session: Session, request_id: int) -> None:
        """The card changes at once, then at most every CARD_PACE: several changes become one."""
        if Conversations(session).request_place(request_id) is None:
            return
        now = self._clock()
        due = NewsStore(session).card_due(request_id, now)
        if due is not None:
            key = f"card:{request_id}:seen:{due.timestamp():.3f}"
            self._outbox.put(session, key, ShowCard(request_id), due - now)

    def _late(self, request: Request, effect: Effect, claim: Claimed) -> Then:
        """Whoever decided something hears once that the tracker is away; a look needs no word."""

        def write(session: Session) -> None:
            if isinstance(effect, ChangeTicket) and not isinstance(effect.change, _BY_THE_WAY):
                self._post(session, f"late:{claim.id}", effect.by, ops_messages.later(request, effect.change))

        return write

    def _post(self, session: Session, key: str, person: str, message: Message) -> None:
        self._outbox.put(session, key, Post(person, message.text, message.blocks, kept=message.kept))

    def _is_news(self, at: datetime | None) -> bool:
        return at is None or at > self._clock() - STALE

    def _request(self, effect: Effect) -> Request | None:
        number = getattr(effect, "request_id", None)
        with self._database.read() as session:
            return RequestStore(session).get(number) if number is not None else None


def _last(comments: tuple[TicketComment, ...]) -> TicketComment | None:
    """The newest word of ops that is meant for the asker."""
    return next((one for one in reversed(comments) if one.public and not one.ours), None)


def _ending(view: TicketView, told: TicketComment | None) -> Ending:
    """How it was closed in the tracker: the public words that go with it, unless they were told already."""
    ticket = view.ticket
    newest = next((one for one in reversed(view.comments) if one.public), None)
    if newest is None or (told is not None and (newest.id == told.id or newest.at < told.at)):
        return Ending("")
    if ticket.updated_at is not None and newest.at < ticket.updated_at - CLOSING_WORDS:
        return Ending("")
    return Ending(newest.text, declined=tickets.is_refusal(ticket.resolution), comment_id=newest.id)


def _said(request: Request, comment_id: str) -> str:
    """The key under which a comment is told: by itself, or as the way a ticket ended, but never both."""
    return f"said:{request.id}:{comment_id}"


def _shown(ticket: Ticket) -> Mapping[str, object]:
    """What a card shows of a ticket."""
    names = ("key", "url", "summary", "status", "issue_type", "assignee", "done", "due", "resolution")
    return {name: getattr(ticket, name) for name in names}


def _without_secrets(view: TicketView) -> TicketView:
    """What colleagues pasted into the tracker is told to nobody, and not kept."""
    ticket = replace(view.ticket, summary=without_secrets(view.ticket.summary).text)
    said = (replace(comment, text=without_secrets(comment.text).text) for comment in view.comments)
    return replace(view, ticket=ticket, comments=tuple(said))
