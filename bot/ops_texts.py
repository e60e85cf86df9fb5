"""What ops people read about requests: the buttons of a request's line, their forms, and what came of them.

Arguments are ready fragments, as in bot.texts.
"""

from __future__ import annotations

# Buttons and the menu behind them.
TAKE = "Take it"
ASK_INFO = "Ask for details"
REASSIGN = "Reassign"
CHANGE_TYPE = "Change type"
CLOSE = "Close with a resolution"
DECLINE = "Decline kindly"
DRAFT_ENTRY = "Draft an entry"

# What came of a decision. ``key`` is the ticket.

DEED_ASSIGN = "assign"
DEED_CLOSE = "close"
DEED_DECLINE = "decline"
DEED_RETYPE = "change the type of"
DEED_REOPEN = "reopen"
DEED_CHANGE = "change"


def not_changed(deed: str, key: str, why: str) -> str:
    """The tracker refused."""
    return f"I couldn't {deed} {key}: {why}. Nothing has changed there. Do it in Jira, or try again here."


def later(deed: str, key: str) -> str:
    """The tracker is away."""
    return f"Jira isn't answering right now. I'll {deed} {key} as soon as it does; nothing more for you to do."


def denied(deed: str, key: str, why: str) -> str:
    """The desk lacks a permission."""
    return f"Jira doesn't let me {deed} {key}: {why}. The ops team knows, and I keep trying for a day."


def not_solved(key: str, why: str) -> str:
    """For the ops channel."""
    return f"{key} isn't solved, says the asker, and I couldn't reopen it: {why}. Please reopen it in Jira."


def back(who: str, key: str, why: str) -> str:
    """For the ops channel: what was done is open again; ``why`` in the asker's words, where they may be shown."""
    return f"{key} is back: {who} says it isn't solved yet" + (f": “{why}”" if why else ".")


NOT_OPS = "That button is for the ops team. Yours is in the request's own thread: write there what you need."
PRIVATE_NO_ENTRY = (
    "That was asked in private, so it makes no entry. Ask the asker first, then write one without this draft."
)
NOT_CURATOR = (
    "Only curators publish entries. Ask one of them, or a teammate who runs the desk to add you to CURATORS."
)


def not_open(key: str) -> str:
    """Somebody was faster, or it was withdrawn."""
    return f"{key} is closed already; nothing more to do."


def no_email(who: str) -> str:
    """Jira finds people by e-mail."""
    return f"Slack doesn't tell me {who}'s e-mail address, so I can't find them in Jira. Please assign it there."


def entry_offer(key: str) -> str:
    """A finished ticket may hold an answer."""
    return f"{key} is done. Would its answer help the next one who asks?"


# Notes for teammates, in the thread of the request's line.


def takes(who: str, key: str) -> str:
    """Somebody took it."""
    return f"{who} takes {key}."


def gives(who: str, key: str, whom: str) -> str:
    """Somebody gave it to another."""
    return f"{who} gives {key} to {whom}."


def asks_info(who: str, key: str) -> str:
    """Somebody asked the asker."""
    return f"{who} asked for details on {key}."


def changes_type(who: str, key: str, form: str) -> str:
    """Another request type."""
    return f"{who} changed the type of {key} to “{form}”."


def closes(who: str, key: str) -> str:
    """Closed with a resolution."""
    return f"{who} closes {key}; the asker hears how it ended."


def declines(who: str, key: str) -> str:
    """Declined kindly."""
    return f"{who} declines {key}; the asker hears why, and what would help instead."


# The forms. Titles have at most 24 characters.

SEND = "Send"
CANCEL = "Cancel"
TITLES = {
    "ops_reassign": "Reassign",
    "ops_ask_info": "Ask for details",
    "ops_retype": "Change type",
    "ops_close": "Close it",
    "ops_decline": "Decline kindly",
}
SUBMITS = {
    "ops_reassign": "Reassign",
    "ops_ask_info": "Ask",
    "ops_retype": "Change",
    "ops_close": "Close it",
    "ops_decline": "Decline",
}
WHO = "Who takes it?"
WHICH_TYPE = "What is it really?"
WHAT_IS_NEEDED = "What do you need from them?"
WHAT_IS_NEEDED_HINT = "Goes into their thread, with a button to add it."
HOW_IT_ENDED = "How did it end?"
HOW_IT_ENDED_HINT = "The asker reads this, then says whether it is solved."
WHY_NOT = "Why not?"
WHY_NOT_HINT = "One friendly line. The asker reads it."
BETTER_WAY = "What would help them instead?"
BETTER_WAY_HINT = "A page, another team, a smaller step."


def about(key: str, summary: str) -> str:
    """Above a form."""
    return f"{key} · {summary}"


def info_prefill(fields: str) -> str:
    """What the form of the request lacks, as a first line to edit; what comes before it: news_texts.asks."""
    return fields if fields.endswith("?") else f"{fields}."


def declined(reason: str, better: str) -> str:
    """What the asker reads, and the tracker's comment."""
    return "\n".join(part for part in (reason.strip(), better.strip()) if part)


def asked_on_ticket(who: str, words: str) -> str:
    """A note on the ticket: what was asked of the asker."""
    return f"{who} in Slack asked the requester: {words}"
