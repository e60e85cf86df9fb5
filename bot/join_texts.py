"""What is said when somebody needs what another person asked for already. Rules and arguments: bot.texts."""

from __future__ import annotations

from bot.texts import counted

JOIN = "Join"
FILE_MINE = "File mine"


def offer(ticket: str, summary: str, facts: str) -> str:
    """A request like theirs is open."""
    stands = f" ({facts})" if facts else ""
    return f"{ticket} looks the same: {summary}{stands}. Join it, and the ops team gets your words there."


def offer_own(ticket: str, summary: str, facts: str) -> str:
    """They asked for it themselves."""
    stands = f" ({facts})" if facts else ""
    return f"You asked for that already, I think: {ticket}, {summary}{stands}. Shall I add this to it?"


def silence(ref: str) -> str:
    """Small print below the offer."""
    return f"Your request is kept (ref {ref}). If you don't choose, I file it on its own in half an hour."


def joined(ticket: str, demand: int) -> str:
    """In place of the offer."""
    people = f" {counted(demand, 'person needs', 'people need').capitalize()} it now." if demand > 1 else ""
    return f"Done: your words are with {ticket}, and you'll hear here how it goes.{people}"


def files_own(ref: str) -> str:
    """In place of the offer."""
    return f"All right, I'm filing yours (ref {ref}). The link follows here."


def gone(ticket: str, ref: str) -> str:
    """They chose to join what was closed meanwhile."""
    return f"{ticket} is closed by now, so I'm filing yours (ref {ref}). The link follows here."


def settled(ticket: str) -> str:
    """A button of an offer that was answered, or ran out."""
    return f"That's settled already: it is with the ops team as {ticket}."


def others_choice(asker: str) -> str:
    """Somebody else pressed it."""
    return f"That choice is {asker}'s. Need it too? Ask me in your own words, and I'll offer you the same."


def stays_open(ticket: str, others: int) -> str:
    """ "Not needed", where others joined."""
    need = counted(others, "other person needs", "other people need")
    return f"Noted. {ticket} stays open: {need} it too. Nothing more for you to do."


def demand(people: int) -> str:
    """On the card and in lists."""
    return counted(people, "person needs this", "people need this")


def kept_meanwhile(ref: str) -> str:
    """A form was sent; the offer stands in the direct message."""
    return f"Got it (ref {ref}). Something like it is open already: see my message to you, and choose there."


def needs_this_too(who: str, need: str) -> str:
    """A comment on the ticket that was joined."""
    return f"{who} needs this too, in their words: {need}"


def needed_again(who: str, need: str) -> str:
    """A comment: its asker asked once more."""
    return f"{who} asked for it again: {need}"


def no_longer(who: str) -> str:
    """A comment: its asker no longer needs it, others do."""
    return f"{who} no longer needs this; the people who joined still do."
