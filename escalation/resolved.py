"""What is learned from a ticket that came to its end: its question as it was asked, without all around it. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from escalation.domain import DESK_LABEL, Ticket, TicketComment

_QUESTION = re.compile(r"^h3\. Question\n\{noformat\}\n(.*?)\n\{noformat\}$", re.DOTALL | re.MULTILINE)
_WHO = re.compile(r"^h3\. Who and where\nAsked by (?P<asker>[^\n]*)\nIn (?P<where>[^\n]*)", re.MULTILINE)
_MAIL = re.compile(r" \(\S*@\S*\)$")
_ESCAPE = re.compile(r"\\([*_^~+!#?-])")
_PRIVATE = re.compile(r" \(private\)(?:: \[|$)")


@dataclass(frozen=True)
class ResolvedTicket:
    """A ticket that came to its end. ``secured``: a security level keeps it from some who see the project."""

    ticket: Ticket
    secured: bool = False


@dataclass(frozen=True)
class TicketStory:
    """A resolved ticket with all that others could learn from it.

    ``asked`` is the question as plain text, "" when there is none but the summary. ``askers`` are the names of those
    who asked, ``people`` of everybody who has to do with it. ``private``: it was asked where others could not read.
    """

    ticket: Ticket
    asked: str
    askers: tuple[str, ...]
    people: tuple[str, ...]
    comments: tuple[TicketComment, ...]
    private: bool = False


def story_of(
    ticket: Ticket,
    description: str,
    words: str,
    people: Iterable[str | None],
    comments: Sequence[TicketComment],
) -> TicketStory:
    """The story of a resolved ticket. ``people``: the reporter first.

    ``description`` is as it is stored; of one that the desk wrote only the question is taken, not where it was asked,
    nor what others said in that thread. ``words`` is the description as a person reads it, for all others.
    """
    ours = DESK_LABEL in ticket.labels
    who = list(_WHO.finditer(description)) if ours else []  # typed words may look like it: every one counts
    question = _QUESTION.search(description) if ours else None
    askers = [_ESCAPE.sub(r"\1", _MAIL.sub("", one["asker"])) for one in who]
    named = [*askers, *(name or "" for name in people), ticket.assignee or "", *(one.author for one in comments)]
    reporter, *_ = [*people, ""]
    return TicketStory(
        ticket=ticket,
        asked=(question[1] if question else "") if ours else words,
        askers=tuple(dict.fromkeys(name for name in (*askers, reporter or "") if name)),
        people=tuple(dict.fromkeys(name for name in named if name)),
        comments=tuple(comments),
        private=any(_PRIVATE.search(one["where"]) for one in who),
    )
