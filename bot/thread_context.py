"""What the desk knows about a thread before it answers there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversations import Conversation, Conversations
from bot.database import Database
from bot.domain import Place
from escalation.domain import Request
from escalation.request_store import RequestStore


@dataclass(frozen=True)
class Context:
    """``earlier``: what was asked there, oldest first. ``request`` is the open one of the thread."""

    conversation: Conversation | None = None
    earlier: tuple[str, ...] = ()
    request: Request | None = None
    last_question: int | None = None


NO_CONTEXT = Context()


def context_of(database: Database, place: Place) -> Context:
    """What is known of the thread at a place. Raises DatabaseUnavailable."""
    key = place.thread_key
    if key is None:
        return NO_CONTEXT
    with database.read() as session:
        conversations = Conversations(session)
        found = conversations.of_thread(key)
        if found is None:
            return NO_CONTEXT
        number = conversations.request_in(found.id)
        request = RequestStore(session).standing_for(number) if number else None
        open_one = request if request and request.is_open else None
        return Context(found, conversations.earlier(found.id), open_one, conversations.last_question(found.id))
