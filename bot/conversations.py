"""What was asked, what was decided, and what people said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from bot.domain import ASKED_KINDS, Asked, Place, Reply, ReplyKind, Surface
from bot.once import added, locked
from bot.tables import ConversationRow, FeedbackRow, FollowPlaceRow, QuestionRow, RequestPlaceRow
from bot.transaction_notes import Judged, note
from knowledge.domain import Band, Cause, Verdict

_PLACE: TypeAdapter[Place] = TypeAdapter(Place)
_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)

NONE_OF_THESE = -1
"""Stored as the choice of somebody for whom none of the offered hits was right."""


FORGOTTEN = "forgotten"
"""In the place of a person's id, once what they asked was erased."""


@dataclass(frozen=True)
class Conversation:
    """A thread the desk takes part in."""

    id: int
    asker: str
    others_joined: bool


@dataclass(frozen=True)
class AskedQuestion:
    """A stored question with the verdict it got."""

    id: int
    conversation_id: int
    person: str
    text: str
    place: Place
    kind: ReplyKind
    verdict: Verdict
    request_id: int | None
    created_at: datetime


@dataclass(frozen=True)
class RequestPlace:
    """Where a request is shown, and its card there once it is posted."""

    request_id: int
    person: str
    place: Place
    conversation_id: int | None
    opened_because: str
    card: tuple[str, str] | None  # channel, ts


_OF_THREAD = select(ConversationRow.id, ConversationRow.asker, ConversationRow.others_joined).where(
    ConversationRow.thread_key == bindparam("key")
)


class Conversations:
    """The desk's memory, in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_thread(self, thread_key: str) -> Conversation | None:
        """The conversation of a thread, if the desk takes part in it."""
        row = self._session.execute(_OF_THREAD, {"key": thread_key}).first()
        return Conversation(*row) if row else None

    def somebody_joined(self, conversation_id: int) -> None:
        """A third person spoke: the desk only answers when it is mentioned from now on."""
        self._session.execute(
            update(ConversationRow).where(ConversationRow.id == conversation_id).values(others_joined=True)
        )

    def record(self, asked: Asked, reply: Reply, now: datetime) -> int:
        """Store a question with its verdict; the thread's conversation is opened with its first question."""
        row = QuestionRow(
            conversation_id=self._conversation_for(asked, now),
            person=asked.person,
            text=asked.text,
            place=_PLACE.dump_python(asked.place, mode="json"),
            addressed=asked.addressed,
            kind=reply.kind.value,
            band=reply.verdict.band.value,
            confidence=reply.verdict.confidence,
            verdict=_VERDICT.dump_python(reply.verdict, mode="json"),
            created_at=now,
        )
        self._session.add(row)
        self._session.flush()
        note(self._session, Judged(row.band, row.addressed))
        return row.id

    def question(self, question_id: int) -> AskedQuestion | None:
        """A stored question; None when it was never there or has been forgotten."""
        row = self._session.get(QuestionRow, question_id)
        return _question(row) if row and row.person != FORGOTTEN else None

    def conversation_of(self, question_id: int) -> int:
        """Which conversation a stored question is part of."""
        return self._session.scalars(select(QuestionRow.conversation_id).where(QuestionRow.id == question_id)).one()

    def earlier(self, conversation_id: int, limit: int = 5) -> tuple[str, ...]:
        """The last questions of a conversation, oldest first."""
        texts = self._session.scalars(
            select(QuestionRow.text)
            .where(QuestionRow.conversation_id == conversation_id, QuestionRow.text != "")
            .order_by(QuestionRow.id.desc())
            .limit(limit)
        ).all()
        return tuple(reversed(texts))

    def last_question(self, conversation_id: int) -> int | None:
        """The newest question of a conversation; a remark or thanks is none."""
        newest = select(QuestionRow.id).where(
            QuestionRow.conversation_id == conversation_id, QuestionRow.kind.in_(ASKED_KINDS), QuestionRow.text != ""
        )
        return self._session.scalar(newest.order_by(QuestionRow.id.desc()).limit(1))

    def answered_last(self, conversation_id: int) -> int | None:
        """The newest question of a conversation, if an answer to it is shown there."""
        number = self.last_question(conversation_id)
        row = self._session.get(QuestionRow, number) if number is not None else None
        shown = row is not None and (row.kind == ReplyKind.ANSWER or (row.chosen is not None and row.chosen >= 0))
        return number if shown else None

    def choose(self, question_id: int, rank: int) -> None:
        """The asker picked the hit at ``rank`` (0-based), or NONE_OF_THESE."""
        self._session.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(chosen=rank))

    def feedback(self, question_id: int, person: str, helpful: bool, now: datetime, words: str = "") -> None:
        """A thumb; a later one of the same person replaces it. ``words``: what was wrong, if they say so."""
        key, first = {"question_id": question_id, "person": person}, {"helpful": helpful, "updated_at": now}
        row = locked(self._session, FeedbackRow, key, first)
        row.helpful, row.updated_at = helpful, now
        row.words = words or ("" if helpful else row.words or "")

    def place_request(self, placed: RequestPlace, question_id: int | None) -> None:
        """Remember where a new request is shown, and which question it came from."""
        self._session.add(
            RequestPlaceRow(
                request_id=placed.request_id,
                person=placed.person,
                place=_PLACE.dump_python(placed.place, mode="json"),
                conversation_id=placed.conversation_id,
                opened_because=placed.opened_because,
            )
        )
        if question_id is not None:
            self._session.execute(
                update(QuestionRow).where(QuestionRow.id == question_id).values(request_id=placed.request_id)
            )

    def request_place(self, request_id: int) -> RequestPlace | None:
        """Where a request is shown; None when its person was forgotten."""
        row = self._session.get(RequestPlaceRow, request_id)
        return _request_place(row) if row and row.person != FORGOTTEN else None

    def request_in(self, conversation_id: int) -> int | None:
        """The newest request that was opened from a conversation."""
        return self._session.scalar(
            select(RequestPlaceRow.request_id)
            .where(RequestPlaceRow.conversation_id == conversation_id)
            .order_by(RequestPlaceRow.request_id.desc())
            .limit(1)
        )

    def say_because(self, request_id: int, because: str) -> None:
        """What the request's card says first from now on."""
        self._session.execute(
            update(RequestPlaceRow).where(RequestPlaceRow.request_id == request_id).values(opened_because=because)
        )

    def card_posted(self, request_id: int, channel: str, ts: str) -> None:
        """The request's card now stands at this message."""
        self._session.execute(
            update(RequestPlaceRow)
            .where(RequestPlaceRow.request_id == request_id)
            .values(card_channel=channel, card_ts=ts)
        )

    def hand_over(self, request_id: int, person: str) -> None:
        """A request goes on as somebody else's, shown where they asked for it."""
        followed = FollowPlaceRow.request_id == request_id, FollowPlaceRow.person == person
        place = self._session.scalar(select(FollowPlaceRow).where(*followed))
        row = self._session.get(RequestPlaceRow, request_id, with_for_update=True, populate_existing=True)
        if row is None or place is None:
            return
        row.person, row.place, row.conversation_id = person, place.place, None
        row.card_channel = row.card_ts = None
        self._session.delete(place)

    def forget(self, person: str) -> int:
        """Erase whose threads and requests these were, and where they are shown. Returns how many there were."""
        asked = select(ConversationRow).where(ConversationRow.asker == person)
        threads = self._session.scalars(asked).all()
        for thread in threads:
            thread.asker = FORGOTTEN
            if thread.thread_key and ":D" in thread.thread_key:
                thread.thread_key = None  # a direct message's address leads to its writer
        places = self._session.scalars(select(RequestPlaceRow).where(RequestPlaceRow.person == person)).all()
        for place in places:
            erase_place(place)
        return len(threads) + len(places)

    def leave_gap(self, size: int, now: datetime) -> None:
        """The next question's number is higher than the last one's by more than ``size``."""
        newest = {table: select(func.max(table.id)) for table in (ConversationRow, QuestionRow)}
        number = (self._session.scalar(newest[ConversationRow]) or 0) + size
        conversation = ConversationRow(id=number, asker=FORGOTTEN, created_at=now)
        self._session.add(conversation)
        self._session.flush()
        nothing = Verdict(Band.QUIET, 0.0, (), "", Cause.NO_MATCH)
        place = Place("", "", Surface.PRIVATE)
        self._session.add(
            QuestionRow(
                id=(self._session.scalar(newest[QuestionRow]) or 0) + size,
                conversation_id=conversation.id,
                person=FORGOTTEN,
                text="",
                place=_PLACE.dump_python(place, mode="json"),
                addressed=False,
                kind=ReplyKind.SILENCE.value,
                band=nothing.band.value,
                confidence=nothing.confidence,
                verdict=_VERDICT.dump_python(nothing, mode="json"),
                created_at=now,
            )
        )

    def _conversation_for(self, asked: Asked, now: datetime) -> int:
        key = asked.place.thread_key
        first = {"asker": asked.person, "created_at": now}
        if key:
            known = self.of_thread(key)
            if known is not None:
                return known.id
        number = added(self._session, ConversationRow, {"thread_key": key, **first})
        return int(number or locked(self._session, ConversationRow, {"thread_key": key}, first).id)


def erase_place(row: RequestPlaceRow) -> None:
    """Whose request it was and where it is shown; what the ops team sees of it stays."""
    row.person, row.card_channel, row.card_ts = FORGOTTEN, None, None
    row.place = _PLACE.dump_python(Place("", "", Surface.PRIVATE), mode="json")


def _question(row: QuestionRow) -> AskedQuestion:
    return AskedQuestion(
        id=row.id,
        conversation_id=row.conversation_id,
        person=row.person,
        text=row.text,
        place=_PLACE.validate_python(row.place),
        kind=ReplyKind(row.kind),
        verdict=_VERDICT.validate_python(row.verdict),
        request_id=row.request_id,
        created_at=row.created_at,
    )


def _request_place(row: RequestPlaceRow) -> RequestPlace:
    card = (row.card_channel, row.card_ts) if row.card_channel and row.card_ts else None
    place = _PLACE.validate_python(row.place)
    return RequestPlace(row.request_id, row.person, place, row.conversation_id, row.opened_because, card)
