"""What is said about requests and tickets. The rest of the desk's copy, and its rules: bot.texts."""

from __future__ import annotations

from datetime import date

from bot.texts import counted

TICKET_OPENED = {
    "not_found": "I couldn't find this in our docs, so I opened {key} for the ops team.",
    "none_of_these": "Then it's one for people: I opened {key} for the ops team.",
    "checked": "I opened {key} for the ops team, with everything you've checked.",
    "asked_for": "Done: {key} is with the ops team.",
    "nothing_to_look_in": "I don't have anything to look in yet, so I opened {key} for the ops team.",
    "filed_later": "Jira is back: your request (ref {ref}) is now {key}.",
    "details_added": "Thanks, the details are in {key}.",
    "reopened": "{key} is open again.",
}


def still_needed(fields: str) -> str:
    """What a ticket lacks."""
    return f"To start right away they still need: {fields}."


def still_open(fields: str) -> str:
    """What was answered with "I don't know yet"."""
    return f"The ops team can start. When you know it, add: {fields}."


def what_helps(parts: str) -> str:
    """A request without a type asks for nothing, but some things are not said yet."""
    return f"It helps them start sooner to know: {parts}."


WHAT_HELPS = "A link, a date or an example helps them start sooner."
NOTHING_NEEDED = "They have all they need; nothing more for you to do."
NOBODY_YET = "nobody on it yet"


def opening_privately(ref: str) -> str:
    """Only the asker sees this; the ticket's card goes to their DM."""
    return (
        f"I couldn't find this in our docs, so I'm opening a ticket for the ops team (ref {ref}). "
        "You'll find its link in your messages with me in a moment."
    )


def request_taken(ref: str) -> str:
    """A form was sent; the ticket's card goes to the DM."""
    return f"Got it (ref {ref}). You'll find the ticket's link in your messages with me in a moment."


def added_to(request: str) -> str:
    """A second question without an answer in the same thread."""
    return f"I couldn't find that either, so I added it to {request}. The ops team sees both."


def noted_on(request: str) -> str:
    """Something said in a ticket's thread: a link, a number, a wish."""
    return f"Added to {request}; the ops team sees it there."


def said_in_thread(who: str, words: str) -> str:
    """A comment on the ticket: who said what."""
    return f"{who} in Slack: {words}"


def details_by(who: str, request: str) -> str:
    """Somebody filled in the form of another person's request."""
    return f"{who} added details to {request}."


def may_close(request: str) -> str:
    """The asker said that it is settled."""
    return f"Good. Then {request} can be closed:"


def closed_by(asker: str, who: str, request: str) -> str:
    """The ops team closed a request as not needed."""
    return f"{asker}, {who} closed {request} as not needed. Need it after all? Type `/ticket`."


def others_request(asker: str) -> str:
    """To somebody who pressed "Not needed" on another person's request."""
    return f"This is {asker}'s request, so I leave it open. They or the ops team can close it."


ALREADY_CLOSED = "That one is closed already; nothing more to do."
NO_TICKET_HERE = "There is no open ticket in this thread. Type `/ticket list` to see yours."


def due(day: date) -> str:
    """ "due Thu 14 May"."""
    return f"due {day:%a} {day.day} {day:%b}"


def last_from_ops(when: str, words: str) -> str:
    """The newest public comment, on the card."""
    return f"Last from ops, {when}: “{words}”"


def ticket_gone(key: str) -> str:
    """It was deleted, moved out of reach or hidden."""
    return f"{key} is no longer there for me: it was deleted or moved. Still need it? Type `/ticket`."


def ticket_done(key: str) -> str:
    """On the card; the message after it says how it ended, and asks whether that solved it."""
    return f"{key} is done."


def ticket_declined(key: str) -> str:
    """The same where the ops team said no."""
    return f"{key}: declined."


def not_added(ticket: str) -> str:
    """Somebody was told that their words go onto the ticket; the tracker did not take them."""
    return (
        f"I couldn't add that to {ticket}: Jira no longer has it, or won't take it. The ops team has been told. "
        "Still need it? Type `/ticket` and I'll open a new one."
    )


def kept(ref: str) -> str:
    """Jira does not answer."""
    return (
        f"I've kept your request (ref {ref}). Jira isn't taking requests right now; "
        "I'll file it as soon as it does and post the link here."
    )


def withdrawn(key: str) -> str:
    """After "Not needed"."""
    return f"All right, {key} is closed. Nothing more to do. Need it after all? Type `/ticket`."


def withdrawn_unfiled(ref: str) -> str:
    """After "Not needed", before the tracker had it."""
    return f"All right, I've dropped your request (ref {ref}). Need it after all? Type `/ticket`."


def needs_fields(fields: str, ref: str) -> str:
    """The tracker demands what no form asked for."""
    return f"One more thing before Jira takes your request (ref {ref}): {fields}. Add it and I'll file it at once."


def dead_for_asker(ref: str) -> str:
    """The tracker refuses the request for good."""
    return (
        f"I couldn't file your request (ref {ref}): Jira won't take it. It is kept here, and the ops team has been "
        f"told. If it is urgent, write to them and name that ref."
    )


def ops_rejected(reason: str) -> str:
    """For the ops channel: the tracker takes a request for reasons no field of a form can mend."""
    return (
        f"Jira won't take a request: {reason}. Nothing is lost: it is kept here. Please check the project, "
        "the issue type and its fields in Jira: `mops-desk doctor` says what is wrong."
    )


def ops_denied(reason: str) -> str:
    """For the ops channel: the tracker refuses the desk itself."""
    return (
        f"Jira doesn't let me in, so I can't file tickets: {reason}. All requests are kept here, and I keep trying. "
        "Please check `JIRA_EMAIL`, `JIRA_API_TOKEN` and the project's permissions, then run `mops-desk doctor`."
    )


WITHDRAWN_REASON = "Not needed any more, as said in Slack."


NO_TICKETS = "You have no requests with me yet. Type `/ticket` and a few words to open one."


def your_tickets(count: int) -> str:
    """Above the list."""
    return f"You have {counted(count, 'request', 'requests')}:"


def more_tickets(count: int) -> str:
    """Below a list that was cut."""
    return f"and {count} older. Type `/ticket` and a key to see one."


def waiting_request(ref: str) -> str:
    """A request in a list that is not a ticket yet."""
    return f"ref {ref}"


STATES = {
    "held": "waiting for your choice",
    "joined": "joined to another request",
    "queued": "waiting for Jira",
    "unknown": "waiting for Jira",
    "needs_fields": "needs details from you",
    "withdrawn": "not needed any more",
    "dead": "refused by Jira, the ops team knows",
    "filed": "with the ops team",
}


def no_such_ticket(key: str) -> str:
    """`/ticket KEY` for a key that is not there."""
    return f"I can't find {key}. Check the key, or type `/ticket list` to see your requests."


LISTED_ELSEWHERE = "I sent you the list in a direct message."


def shown_elsewhere(key: str) -> str:
    """For a channel where not everyone may read about a ticket: whoever asked got it in their own messages."""
    return f"Not everyone here may read about {key}, so I sent it to you in a direct message."


def updated(when: str) -> str:
    """When a ticket last changed."""
    return f"updated {when}"


# Why the nearest thing was not enough: read by the ops team in the ticket.

NOT_SURE_ENOUGH = "close, but I wasn't sure enough to show it"
SHOWN_NOT_RIGHT = "I showed it, and it wasn't what was asked"
NOT_CLOSE = "about something else, as far as I can tell"
