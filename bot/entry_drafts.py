"""A finished ticket as the first draft of an entry: the question as it was asked, the resolution as its answer.

What points at people is taken out as far as rules can: mentions, addresses, the asker's name, a greeting. A curator
reads and edits it before it is published.
"""

from __future__ import annotations

from datetime import date

from bot.people_words import without_people as without_people
from bot.ticket_news import TicketNews
from escalation.domain import Request
from knowledge.domain import Entry


def first_draft(request: Request, news: TicketNews) -> dict[str, str]:
    """``question`` and ``answer``, to be edited."""
    ended = news.ending.words if news.ending else ""
    words = ended or (news.last.text if news.last else "")
    names = (request.draft.requester.name, *request.draft.names.values(), news.last.author if news.last else "")
    question = request.draft.question or request.draft.summary
    return {"question": without_people(question, names), "answer": without_people(words, names)}


def as_entry(request: Request, question: str, answer: str, today: date) -> Entry:
    """The entry a curator publishes; publishing the same ticket again makes its next version."""
    key = request.ticket.key if request.ticket else request.ref
    return Entry(id=f"ticket-{key.lower()}", question=question.strip(), answer=answer.strip(), reviewed_at=today)
