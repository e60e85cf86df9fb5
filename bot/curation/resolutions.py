"""How tickets ended, as the first words of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.entry_drafts import first_draft
from bot.ticket_news import NewsStore
from escalation.request_store import RequestStore

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def best_resolution(session: Session, request_ids: Iterable[int]) -> str:
    """What ops said at the end of one of these requests' tickets, without names; "" when there is nothing to use.

    One that its asker called solved is taken before one nobody said anything about, then the newest. What was
    declined, closed for want of details or called unsolved is not taken, nor anything private.
    """
    requests, news = RequestStore(session), NewsStore(session)
    found: list[tuple[bool, datetime, int, str]] = []
    for number in sorted(set(request_ids)):
        request = requests.standing_for(number)
        if request is None or request.draft.origin.private or request.ticket is None or not request.ticket.done:
            continue
        told, said = news.of(request.id), [solved for _, solved in news.answers(request.id)]
        refused = told.ending is not None and (told.ending.declined or told.ending.for_now)
        words = first_draft(request, told)["answer"]
        if words and not refused and False not in said:
            found.append((True in said, request.ticket.updated_at or _LONG_AGO, request.id, words))
    return max(found)[3] if found else ""
