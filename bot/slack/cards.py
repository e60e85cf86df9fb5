"""What is shown of a request at the moment it is sent: its card, the "kept" notice, the App Home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.audiences import may_show_texts
from bot.conversations import Conversations, RequestPlace
from bot.database import Database
from bot.form_steps import Unfinished
from bot.on_duty import OnDuty
from bot.people import Directory
from bot.slack import home, join, tickets
from bot.slack.left_out import on_card
from bot.slack.message import Block, Message
from bot.ticket_news import NewsStore, TicketNews
from escalation.alarms import alarms
from escalation.domain import Form, Request, RequestState
from escalation.follower_store import FollowerStore
from escalation.general_form import open_parts
from escalation.request_store import RequestStore
from escalation.validation import is_tbd, missing
from knowledge.entry_store import EntryStore
from knowledge.faq_yaml import write_yaml

FAQ_FILE = "faq.yaml"


@dataclass(frozen=True)
class Card:
    """A message about a request and where it belongs; ``ts`` when it stands there already."""

    channel: str
    thread: str | None
    ts: str | None
    message: Message


class Cards:
    """Reads a request and renders it as it is now."""

    def __init__(
        self,
        forms: Sequence[Form],
        directory: Directory,
        on_duty: OnDuty,
        database: Database,
        unfinished: Callable[[str], Unfinished | None],
        faq_home: Callable[[str], list[Block]],
    ) -> None:
        self._unfinished = unfinished
        self._forms = {form.id: form for form in forms}
        self._directory = directory
        self._on_duty = on_duty
        self._faq_home = faq_home
        self._database = database

    def card(self, request_id: int) -> Card | None:
        """The request's card; None when it is not shown anywhere or there is nothing to show yet."""
        request, placed = self._read(request_id)
        if request is None or placed is None or request.state in (RequestState.HELD, RequestState.JOINED):
            return None
        channel, ts = placed.card or (placed.place.channel, None)
        return Card(channel, placed.place.thread, ts, self._render(request, placed))

    def kept(self, request_id: int) -> Card | None:
        """ "I've kept your request", while it still has no ticket; None afterwards."""
        request, placed = self._read(request_id)
        if request is None or placed is None or request.state not in (RequestState.QUEUED, RequestState.UNKNOWN):
            return None
        return Card(placed.place.channel, placed.place.thread, None, tickets.kept(request.ref))

    def kept_shown(self, session: Session, request_id: int) -> None:
        """The person was told that the request is kept: its card will say that the tracker is back."""
        Conversations(session).say_because(request_id, tickets.Because.FILED_LATER)

    def posted(self, session: Session, request_id: int, channel: str, ts: str) -> None:
        """Remember where the card stands."""
        Conversations(session).card_posted(request_id, channel, ts)

    def person(self, request_id: int) -> str | None:
        """Whose request it is."""
        _, placed = self._read(request_id)
        return placed.person if placed else None

    def home(self, person: str) -> dict[str, Any]:
        """A person's App Home."""
        with self._database.read() as session:
            requests = RequestStore(session).requests_of(person)
        return home.home_view(requests, self._unfinished(person), self._faq_home(person))

    def faq_file(self) -> tuple[str, bytes]:
        """The whole FAQ as a file: its name, and what is in it."""
        with self._database.read() as session:
            entries = EntryStore(session).all()
        return FAQ_FILE, write_yaml(entries).encode()

    def _read(self, request_id: int) -> tuple[Request | None, RequestPlace | None]:
        with self._database.read() as session:
            return RequestStore(session).get(request_id), Conversations(session).request_place(request_id)

    def _render(self, request: Request, placed: RequestPlace) -> Message:
        on_duty = self._on_duty.now()
        on_triage = self._directory.person(on_duty).name if on_duty else None
        form = self._forms.get(request.draft.form_id or "")
        needed = missing(form, request.draft.answers) if form else None
        tbd = [f for f in form.fields if is_tbd(f, request.draft.answers.get(f.key, ""))] if form else []
        unknown = tbd if form else open_parts(request.draft)
        shown = may_show_texts(request, placed.place, self._directory)
        told = self._told(request)
        because = tickets.Because.REOPENED if told.closings else placed.opened_because
        card = tickets.ticket_card(request, on_triage, needed, because, unknown, told.last, texts_shown=shown)
        if not request.is_open:
            return card
        seen = tickets.with_alarms(card, alarms(form, request.draft.answers) if shown else ())
        return join.with_demand(on_card(seen, request.draft, because), self._demand(request))

    def _demand(self, request: Request) -> int:
        with self._database.read() as session:
            return FollowerStore(session).demand(request.id)

    def _told(self, request: Request) -> TicketNews:
        with self._database.read() as session:
            return NewsStore(session).of(request.id)
