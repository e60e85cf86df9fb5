"""What is said about sudden many similar questions and about known issues. Arguments are ready fragments."""

from __future__ import annotations

from bot.texts import counted

# Buttons.
DECLARE = "Declare a known issue"
NOT_AN_ISSUE = "Not an issue"
OVER = "It's over"
EXTEND = "2 hours more"
NOT_MINE = "Mine is something else"

# To the ops team.


def spike(people: int, hours: float) -> str:
    """Far more than usual."""
    within = counted(round(hours), "hour", "hours") if hours >= 1 else f"{round(hours * 60)} minutes"
    return (
        f"*{counted(people, 'person', 'people').capitalize()} asked about the same thing within {within}*, "
        "far more than usual. Is something broken?"
    )


def said_like(questions: str) -> str:
    """What they asked, where it may be shown."""
    return f"For example: {questions}"


ALL_PRIVATE = "They asked in private, so I keep their words. The times and tickets tell more than nothing."
DECLARE_PRINT = (
    "A known issue answers everyone who asks like this, opens one ticket, and tells them all when it's over."
)


def not_an_issue(who: str) -> str:
    """In place of the question to ops."""
    return f"{who}: not an issue. I leave the questions as they are."


def declared(who: str, title: str, until: str, askers: int) -> str:
    """In place of the question to ops."""
    return (
        f"{who} declared a known issue: {title}. {counted(askers, 'asker hears', 'askers hear').capitalize()} "
        f"of it now, and so does everyone who asks like them until {until}."
    )


def declared_already(who: str) -> str:
    """A second form."""
    return f"{who} declared it meanwhile; your words were not used. Its ticket is in the thread."


DECIDED_ALREADY = "That's decided already; the message shows how."
GONE = "That known issue has ended."


def remind(title: str, until: str) -> str:
    """Shortly before it times out."""
    return f"The known issue {title} ends at {until}. Still going on? Otherwise I tell everyone that it is over."


def timed_out(title: str, ticket: str) -> str:
    """To ops: nobody extended it."""
    return f"The known issue {title} has timed out and I told everyone so. {ticket} is still open: close it or go on."


def extended(who: str, title: str, until: str) -> str:
    """In the ops channel."""
    return f"{who}: {title} goes on until {until}."


def ended(who: str, title: str) -> str:
    """In the ops channel."""
    return f"{who}: {title} is over. I close its ticket and tell everyone who asked."


# To askers.


def known(since: str, title: str, answer: str) -> str:
    """The answer."""
    return f"*Known issue since {since}: {title}*\n{answer}\nI'll tell you when it's over."


def known_of(since: str, title: str, answer: str) -> str:
    """To somebody who asked before anybody knew."""
    return f"What you asked about is a *known issue since {since}: {title}*\n{answer}\nI'll tell you when it's over."


def until(moment: str) -> str:
    """Small print below the answer."""
    return f"Expected to last until {moment}"


def over(title: str) -> str:
    """It timed out."""
    return f"The known issue {title} should be over by now. Still seeing it? Ask me again, or tell the ops team."


def over_reason(title: str) -> str:
    """Closes the ticket, and so is told to everyone."""
    return f"It's over: {title}"


# In tickets (plain text).
TICKET_LABEL = "known-issue"
PART_OF = "Part of a known issue: {title} (ref {ref})."


def ticket_words(title: str, answer: str, questions: int) -> str:
    """What its ticket says."""
    return f"{title}\n\nWhat people are told: {answer}\n\nDeclared after {questions} similar questions in the desk."


# The form.
TITLE = "Declare a known issue"
SUBMIT = "Tell everyone"
CANCEL = "Cancel"
WHAT = "What is wrong?"
WHAT_HINT = "In a few words, like “HubSpot forms don't load”"
ANSWER = "What should people know or do?"
ANSWER_HINT = "Everybody who asks gets this, with how long it has been known. Markdown works."
UNTIL = "Until when?"
UNTIL_HINT = "I remind you half an hour before. You can end it earlier, or let it go on."
ALIKE = "Who asks like one of these gets the answer:"
LASTS = {2: "for 2 hours", 4: "for 4 hours", 8: "for 8 hours", 24: "for a day", 72: "for 3 days"}
