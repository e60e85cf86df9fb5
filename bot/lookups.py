"""`/ticket list` and `/ticket MOPS-12`: read and answered on the spot."""

from __future__ import annotations

from bot.database import Database
from bot.people import Directory
from bot.slack import tickets
from bot.slack.message import Message
from bot.ticket_news import NewsStore
from escalation.domain import Request
from escalation.request_store import RequestStore


class Lookups:
    """What a person may see of requests. Methods raise DatabaseUnavailable."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory

    def listed(self, person: str) -> Message:
        """A person's requests and those they joined, newest first."""
        with self._database.read() as session:
            return tickets.ticket_list(RequestStore(session).requests_of(person))

    def shown(self, key: str, person: str) -> Message:
        """One ticket by its key, if this person may see it."""
        return self.ticket(key, self.found(key, person))

    def found(self, key: str, person: str) -> Request | None:
        """The request of a ticket; None when there is none, or none that this person may see."""
        with self._database.read() as session:
            found = RequestStore(session).by_ticket_key(key)
            waits = found and person in NewsStore(session).waiting(found.id) | {found.draft.requester.id}
        return found if found and (waits or self._is_anybodys(found, person)) else None

    def ticket(self, key: str, found: Request | None) -> Message:
        """How that one stands."""
        if found is None:
            return tickets.one_ticket(key, None)
        with self._database.read() as session:
            return tickets.one_ticket(key, found, NewsStore(session).of(found.id).last)

    def _is_anybodys(self, request: Request, person: str) -> bool:
        """What was asked in private only those see who wait for it, and guests see only their own."""
        return not request.draft.origin.private and self._directory.person(person).internal
