"""A finished ticket as the first draft of an entry: the question as it was asked, the resolution as its answer.

What points at people is taken out as far as rules can: mentions, addresses, the asker's name, a greeting. A curator
reads and edits it before it is published.
"""

from __future__ import annotations

import re
from datetime import date

from bot.ticket_news import TicketNews
from escalation.domain import Request
from knowledge.domain import Entry

_MENTION = re.compile(r"(?<!\w)@[^\W\d_][\w.'-]*(?: [A-ZÀ-Þ][\w'-]+)?")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_GREETING = re.compile(r"\A(?:hi|hey|hello|hallo|dear)\b[^\n,!.]{0,40}[,!.]?\s*", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]+([,.!?;:]?)")


def first_draft(request: Request, news: TicketNews) -> dict[str, str]:
    """``question`` and ``answer``, to be edited."""
    ended = news.ending.words if news.ending else ""
    words = ended or (news.last.text if news.last else "")
    names = (request.draft.requester.name, *request.draft.names.values(), news.last.author if news.last else "")
    question = request.draft.question or request.draft.summary
    return {"question": without_people(question, names), "answer": without_people(words, names)}


def without_people(text: str, names: tuple[str, ...]) -> str:
    """The text without addresses, mentions, these names and a greeting at its start."""
    text = _MENTION.sub("", _ADDRESS.sub("", _GREETING.sub("", text)))
    known = {part for name in names for part in (name, name.partition(" ")[0]) if len(part) > 1}
    for each in sorted(known, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", "", text)
    text = _SPACES.sub(lambda m: m[1] or " ", text).strip(" ,;\n")
    return text[:1].upper() + text[1:]


def as_entry(request: Request, question: str, answer: str, today: date) -> Entry:
    """The entry a curator publishes; publishing the same ticket again makes its next version."""
    key = request.ticket.key if request.ticket else request.ref
    return Entry(id=f"ticket-{key.lower()}", question=question.strip(), answer=answer.strip(), reviewed_at=today)
