"""What is said about triage: who is on duty, what waits, and what is missing. Arguments are ready fragments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.texts import counted, number

# Who is on triage.

ALONE = (
    "There is no rotation to change: name a `ROTATION_FILE` with the people who take turns first "
    "(the desk's .env.example shows how)."
)
HOW = (
    "Try `/mops oncall swap @name`, `/mops oncall swap @name 2027-03-01..2027-03-05` or "
    "`/mops oncall off 2027-12-24..2027-12-26`."
)
IMPORT_HOW = "Calendars are read where the desk runs: `mops-desk oncall import duties.ics`."
NOT_YOURS = "Only the ops team changes who is on triage. `/mops oncall` shows who it is."
OVER = "Those days are over. Name days from today on, the first one first."


def until(who: str, when: str, following: str) -> str:
    """Who is on duty, until when, and who then."""
    return f"{who} is on triage until {when}" + (f", then {following}." if following else ".")


def away_until(when: str, following: str) -> str:
    """Nobody is left."""
    return f"Everybody in the rotation is away. {following} is on triage from {when}; `/ticket` works meanwhile."


def who_is(typed: str, members: str) -> str:
    """A name that is not one person's of the rotation."""
    return f"I can't tell who “{typed}” is. In the rotation are: {members}."


def takes(who: str, days: str, back: str) -> str:
    """A swap, said to whoever made it."""
    return f"Done: {who} is on triage {days}. To undo it: `/mops oncall swap {back}`."


def is_away(who: str, days: str, instead: str) -> str:
    """Days off, said to whoever entered them."""
    return f"Done: {who} is away {days}." + (f" {instead} is on triage meanwhile." if instead else "")


def nobody_left(who: str, days: str) -> str:
    """Days off that leave nobody."""
    return f"Done: {who} is away {days}. Nobody is left on triage then: ask somebody with `/mops oncall swap @name`."


def changed_by(what: str, by: str) -> str:
    """For the ops channel: somebody changed the rotation."""
    return f"Triage: {what} (changed by {by})."


def said_takes(who: str, days: str) -> str:
    """A swap, in the ops channel."""
    return f"{who} takes over {days}"


def said_away(who: str, days: str) -> str:
    """Days off, in the ops channel."""
    return f"{who} is away {days}"


def days(first: date, last: date) -> str:
    """ "on Tue 1 Dec", "from Tue 1 Dec to Sat 5 Dec"."""
    if first == last:
        return f"on {short_day(first)}"
    return f"from {short_day(first)} to {short_day(last)}"


def short_day(when: date, today: date | None = None) -> str:
    """ "Tue 1 Dec"; with the year when it is not that of ``today``."""
    return f"{when:%a} {when.day} {when:%b}" + (f" {when.year}" if today and when.year != today.year else "")


# A request's line in the ops channel, and what the person on duty hears.


def joined_by(count: int) -> str:
    """How many people need it besides the asker."""
    return f"{count} people need it"


def ready(score: int, out_of: int, lacking: Sequence[str]) -> str:
    """How complete a request is."""
    if not lacking:
        return "ready"
    return f"{score} of {out_of} ready, lacks {', '.join(lacking)}"


def asked(when: str) -> str:
    """When a request was made."""
    return f"asked {when}"


PRIVATE_REQUEST = "a private request"
WAITS_FOR_TRACKER = "waits for Jira"
NEEDS_FIELDS = "waits for details that Jira asks for"
DROPPED = "not needed any more"


def nobody_yet(on_duty: str) -> str:
    """Who should look at it."""
    return f"nobody on it yet; {on_duty} is on triage" if on_duty else "nobody on it yet"


def due(day: date) -> str:
    """A due date."""
    return f"due {short_day(day)}"


def new_for_you(ticket: str) -> str:
    """The DM of whoever is on triage."""
    return f"New on your triage: {ticket}"


def unowned_for_you(ticket: str, limit: str) -> str:
    """The second DM, after the team's limit."""
    return f"{ticket} has had nobody on it for {limit} of working time. Take it, or hand it to someone."


def hours(count: float) -> str:
    """ "four hours", "1.5 hours"."""
    whole = round(count)
    return counted(whole, "hour", "hours") if abs(count - whole) < 0.01 else f"{count:g} hours"  # noqa: PLR2004 - rounding


# The daily digest.


def digest_title(day: str, open_count: int) -> str:
    """Above the digest."""
    return f"Triage on {day}: {counted(open_count, 'open request', 'open requests')}"


ALL_WELL = "Every one has an owner, none is late, and nobody waits for details."
UNOWNED = "Nobody on it yet"
WAITING = "Waiting for details from the asker"
OVERDUE = "Overdue"
JOINED = "Needed by most people"


def and_more(count: int) -> str:
    """Below a list that was cut."""
    return f"and {number(count)} more"


def open_for(working_days: int) -> str:
    """How long a request has been there."""
    return "since today" if working_days == 0 else f"for {counted(working_days, 'working day', 'working days')}"


def was_due(day: str) -> str:
    """A due date that has passed."""
    return f"was due {day}"


_REMINDED = {0: "not reminded yet", 1: "reminded once", 2: "reminded twice"}


def reminded(times: int) -> str:
    """How often the asker was reminded."""
    return _REMINDED.get(times, f"reminded {times} times")


# Reminders to askers.


def remind(who: str, ticket: str, needed: str) -> str:
    """The ops team waits for something."""
    what = f"They need {needed}." if needed else "They asked for more details."
    return f"{who}, the ops team can't go on with {ticket} yet. {what} Add them below, or answer here."


def remind_last(who: str, ticket: str, needed: str, closes: str) -> str:
    """The last reminder says what happens next."""
    what = f" They need {needed}." if needed else ""
    return (
        f"{who}, {ticket} still waits for your details.{what} Add them below, or answer here. "
        f"Without a word from you I'll close it on {closes}; you can open it again any time."
    )


def closed_silently(ticket: str) -> str:
    """Nobody answered."""
    return (
        f"I've closed {ticket} for now: the details it waits for didn't come, and that's fine. "
        "Everything you wrote is kept. When you have them, press the button and tell us here."
    )


OPEN_AGAIN = "Open it again"


CLOSED_FOR_NOW = "Closed for now:"


def close_reason(reminders: int) -> str:
    """The public comment that closes the ticket."""
    return (
        f"{CLOSED_FOR_NOW} the details it waits for did not come after {counted(reminders, 'reminder', 'reminders')} "
        "in Slack. The asker can open it again with one button; nothing they wrote is lost."
    )


# What is ahead, in the form.


def outlook(ahead: int | None, earliest: str) -> str:
    """What a new request finds before it, and when it can be done; ``earliest`` is empty when nobody can say."""
    realistic = f"realistic from {earliest}" if earliest else ""
    if ahead is None:
        return f"R{realistic[1:]}."
    verb = "request is" if ahead == 1 else "requests are"
    queue = f"{ahead} {verb} ahead of yours" if ahead else "Nothing is ahead of yours"
    return "; ".join(part for part in (queue, realistic) if part) + "."


EARLIER_REASON = "Reason for an earlier date"


def earlier_label(earliest: str) -> str:
    """The label of the field that is asked for only with an earlier date."""
    return f"Why it must be before {earliest}"


def earlier_needed(earliest: str) -> str:
    """Why that field is there, and what its answer is for."""
    return f"Realistic is {earliest} or later. Pick a later date, or say what happens if it comes later."
