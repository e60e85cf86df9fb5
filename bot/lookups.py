"""`/ticket list` and `/ticket MOPS-12`: read and answered on the spot."""

from __future__ import annotations

from bot.database import Database
from bot.slack import tickets
from bot.slack.message import Message
from escalation.domain import Request
from escalation.request_store import RequestStore


class Lookups:
    """What a person may see of requests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, person: str) -> Message:
        """A person's requests, newest first. Raises DatabaseUnavailable."""
        with self._database.read() as session:
            return tickets.ticket_list(RequestStore(session).requests_of(person))

    def shown(self, key: str, person: str) -> Message:
        """One ticket by its key; what was asked in private only its asker sees. Raises DatabaseUnavailable."""
        with self._database.read() as session:
            found = RequestStore(session).by_ticket_key(key)
        return tickets.one_ticket(key, found if found and _may_see(found, person) else None)


def _may_see(request: Request, person: str) -> bool:
    return not request.draft.origin.private or request.draft.requester.id == person
