"""What is said around checklists; their questions and outcomes are the curators' own words."""

from __future__ import annotations

from collections.abc import Sequence

EXPLAINS = "That explains it"
BACK = "Back"
START_AGAIN = "Start again"

STARTS = "Let's narrow it down, one question at a time:"
TICKET_LEADS = (
    "These are the usual causes, and it's none of them. The ops team gets what you've checked, so nobody asks twice."
)
EXPLAINED = "Good, that's settled. Not quite? The ops team is one tap away."
PASSED_ON = "Passed on to the ops team, with what you've checked."
CHANGED = (
    "These questions were changed since you started, so I can't go on from here. Starting again takes a few taps."
)
GONE = "The ops team took these questions back, so I can't go on here. They can help you directly:"


def title(question: str) -> str:
    """Above the trail: what this is about."""
    return f"Checking: {question}"


def passed(fact: str) -> str:
    """One line of the trail: a cause that is ruled out."""
    return f"✓ {fact}"


def found(fact: str) -> str:
    """The last line of the trail: what explains it."""
    return f"→ {fact}"


def others(asker: str) -> str:
    """To somebody who presses a button of another person's checklist."""
    return f"These are {asker}'s answers, so I leave the buttons to them. Ask me the same, and you get your own."


def was_told(text: str) -> str:
    """In a ticket: the explanation that was given, and was not enough."""
    return f"Was told, and it didn't settle it: {text}"


def report(title: str, started: int, explained: int, tickets: int, left: int) -> str:
    """How people fare with a checklist."""
    return f"{title}: {started} began, {explained} settled by it, {tickets} with a ticket, {left} left on the way"


def branch(ask: str, label: str, taken: int, started: int, tickets: int) -> str:
    """How many of those who began took one branch, and how many of these needed a ticket."""
    ended = f", {tickets} of them with a ticket" if tickets else ""
    return f"{ask} {label}: {taken} of {started}{ended}"


def strange_type(entry_id: str, name: str, known: Sequence[str]) -> str:
    """For `faq check`: a checklist hands over to a request type there is no form for."""
    listed = ", ".join(known)
    return (
        f"{entry_id}: its checklist opens tickets of the type {name}, which is none of {listed}. It will be guessed."
    )
