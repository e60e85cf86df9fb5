"""What a transaction carries along: what those who count want to know, and who is told once it is committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

_RECEIVED, _QUESTIONS, _AFTERWARDS = "desk_received_at", "desk_questions", "desk_afterwards"


@dataclass(frozen=True)
class Judged:
    """A question that was stored with its verdict."""

    band: str
    addressed: bool


def begin(session: Session, received_at: datetime) -> None:
    """What this transaction writes follows from something that came in then."""
    session.info[_RECEIVED] = received_at


def received_at(session: Session) -> datetime | None:
    """When what led to this transaction came in; None where nobody said."""
    found = session.info.get(_RECEIVED)
    return found if isinstance(found, datetime) else None


def note(session: Session, judged: Judged) -> None:
    """This transaction stores a question."""
    session.info.setdefault(_QUESTIONS, []).append(judged)


def noted(session: Session) -> tuple[Judged, ...]:
    """The questions this transaction stored. To be counted once it is committed."""
    return tuple(session.info.get(_QUESTIONS, ()))


def afterwards(session: Session, tell: Callable[[], None]) -> None:
    """Have this called when the transaction is committed; the same once, however often it is asked for."""
    session.info.setdefault(_AFTERWARDS, {})[tell] = None


def committed(session: Session) -> None:
    """Call what was to be called afterwards."""
    for tell in session.info.get(_AFTERWARDS, ()):
        tell()
