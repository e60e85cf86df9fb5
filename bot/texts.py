"""Every sentence the desk says in Slack. Nobody else writes user-facing Slack copy.

Constants, and small functions for sentences with something in them. Arguments are ready fragments: who calls has
escaped, linked or emphasised them, so the same sentence serves blocks and plain `text`. Tone and order: answer
first, one thought, a next step, never a joke when something failed, never the asker's fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

# Buttons: verbs, and the same words everywhere.
SHOW_MORE = "Show more"
NOT_WHAT_I_MEANT = "Not what I meant"
NONE_OF_THESE = "None of these"
ASK_OPS = "Ask the ops team"
SHARE = "Share in channel"
ADD_DETAILS = "Add details"
NOT_NEEDED = "Not needed"
OPEN_TICKET = "Open a ticket"
ASK = "Ask"
TRY_AGAIN = "Try again"
HELPFUL = "👍 Helpful"
NOT_HELPFUL = "👎 Not helpful"
HELPFUL_LABEL = "This answer helped"
NOT_HELPFUL_LABEL = "This answer did not help"
SAY_WHAT_WAS_WRONG = "Say what was wrong"

GOOD_MATCH = "Good match"
POSSIBLE_MATCH = "Possible match"

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number(count: int) -> str:
    """A count as people write it."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def counted(count: int, one: str, many: str) -> str:
    """ "one request", "12 requests"."""
    return f"{number(count)} {plural(count, one, many)}"


def figure(count: int, one: str, many: str) -> str:
    """ "1 request", "12,345 requests": where figures stand side by side."""
    return f"{count:,} {plural(count, one, many)}"


def plural(count: int, one: str, many: str) -> str:
    """The word that goes with a count."""
    return one if count == 1 else many


def listed(items: Sequence[str], most: int = 4) -> str:
    """ "a, b and c"; beyond ``most``, "a, b, c, d and 3 more"."""
    shown = list(items[:most])
    if len(items) > most:
        return f"{', '.join(shown)} and {len(items) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def day(when: date, today: date | None = None) -> str:
    """ "12 Oct 2026"; the year is left out when it is this year's."""
    return f"{when.day} {when:%b}" + ("" if today and when.year == today.year else f" {when.year}")


# Answers.

MARKED_OUTDATED = "the page says it is out of date"
MARKED_UNFINISHED = "the page says it is unfinished"


def reviewed(when: str) -> str:
    """An entry somebody looked over."""
    return f"reviewed {when}"


def review_due(when: str) -> str:
    """An entry whose last review is not recorded, but the next one is planned."""
    return f"review due {when}"


def review_overdue(when: str) -> str:
    """A stale entry."""
    return f"review overdue since {when}"


def last_reviewed(days: int) -> str:
    """A stale entry that was looked over once."""
    units = ((730, 365, "year", "years"), (60, 30, "month", "months"), (14, 7, "week", "weeks"))
    for least, size, one, many in units:
        if days >= least:
            return f"last reviewed {counted(days // size, one, many)} ago"
    return f"last reviewed {counted(days, 'day', 'days')} ago"


def changed(when: str) -> str:
    """A page's last change."""
    return f"changed {when}"


def changed_long_ago(when: str) -> str:
    """A page nobody has touched for long."""
    return f"last changed {when}, may be out of date"


def source_line(sources: str) -> str:
    """Where the answer stands, for the plain text."""
    return f"Source: {sources}"


def rest_on_page(page: str) -> str:
    """The end of an answer too long for one message."""
    return f"That is as much as fits here. The rest is on {page}."


REST_IN_SOURCE = "That is as much as fits here. The ops team can tell you the rest."
OVERHEARD = "You didn't ask me directly. I only join in when I have a good match."


def shared_by(who: str) -> str:
    """Above an answer somebody passed on."""
    return f"Shared by {who}"


def shared_question(question: str) -> str:
    """What the shared answer answers."""
    return f"Asked: {question}"


def suggest(count: int) -> str:
    """The closest matches, as buttons."""
    if count == 1:
        return "I have one thing close to that. Is this it?"
    return f"I have {number(count)} things close to that. Which one is it?"


def more_hits(count: int) -> str:
    """The next best, after "Not what I meant"."""
    if count == 0:
        return "I have nothing else close to that. The ops team can take it from here."
    if count == 1:
        return "Then maybe this one? It's the next closest I have."
    return "Then maybe one of these? They're the next closest I have."


def chosen(title: str) -> str:
    """What is left of the suggestions once one was picked."""
    return f"You picked {title}."


NONE_CHOSEN = "None of those was right."
OFFER = "I couldn't find this in our docs. The ops team can help: they get your question in your own words."
OFFER_AFTER_NONE = "Then I don't have it. The ops team can help: they get your question in your own words."

SMALL_TALK = {
    "greeting": "Hello! Ask me anything about marketing ops, for example: where are my MQLs?",
    "thanks": "You're welcome. I'm here when the next question comes up.",
    "settled": "All right. I'm here when the next question comes up.",
    "bye": "See you! I'm here when the next question comes up.",
}
SMALL_TALK_WORDS = {
    "thanks": "thanks thank thx ty cheers danke merci gracias appreciate",
    "settled": "mind nevermind nvm forget needed found solved fixed sorted works cancel close ok okay",
    "bye": "bye goodbye cya night tschüss ciao",
    "greeting": "hi hello hey hallo hola morning afternoon evening moin yo howdy",
}
SMALL_TALK_OTHER = "I'm listening. Ask me anything about marketing ops, for example: where are my MQLs?"
OFF_TOPIC = "I have nothing on that in our docs. If it's one for the ops team, pass it on in your own words:"
ONE_OF_SEVERAL = "You asked several things, and this is about one of them. Ask the others one at a time."


def took_first(question: str) -> str:
    """Below an answer to the first of several questions."""
    return f"I took the first one: “{question}” Ask the others one at a time."


FRAGMENT = "I found nothing that fits just that. Tell me a bit more here, or pass it on to the ops team:"
PEOPLE = "Sure. Tell the ops team what you need, and they take it from there:"
PEOPLE_ABOUT = "Sure. The form begins with what you asked; the ops team takes it from there:"
FORGET_HOW = "To delete what you asked me, type `/mops forget me`. Only you see the reply."
NOTHING_TO_LOOK_IN = (
    "I don't have anything to look in yet. An ops teammate can add the FAQ in two minutes: {command}. "
    "Meanwhile, your question can go straight to the team:"
)
IMPORT_COMMAND = "mops-desk faq import"
FORGETTING = "Deleting what you asked me …"


def looking(question: str) -> str:
    """Stays above a private answer: Slack does not show what was typed behind a command."""
    return f"You asked: {question}"


SHARED = "Done: the answer is in the channel now."
NOT_FOR_CHANNEL = (
    "I can't show this in that channel: people from outside the team can read there, and this answer is for the team."
)


def others_question(asker: str) -> str:
    """To somebody who pressed "None of these" below another person's question."""
    return f"This is {asker}'s question, so I leave it to them. Is it yours too? Then pass it on:"


THANKS_HELPFUL = "Thanks, good to know."
THANKS_NOT_HELPFUL = "Thanks for telling me. The ops team can help:"
THANKS_TOLD = "Thanks for telling me: the people who keep the answers will see what you wrote. The ops team can help:"
EXPIRED = "I no longer have what this button belongs to. Ask me again and I'll look it up afresh."
CANNOT_READ = "I can't look up requests just now. Please try again in a minute."
NOT_SAVED = "I couldn't save that just now, so nothing has started. Please send it again in a minute."


def not_saved(words: str) -> str:
    """The desk cannot write anything down; what was typed goes back to the person."""
    return f"{NOT_SAVED} You wrote: {words}"


def failed(reference: str) -> str:
    """The desk itself broke on this, for good."""
    return (
        f"Something broke on my side, so I can't answer this (ref {reference}). Ask again, or type `/ticket` "
        "and the ops team takes it from there."
    )


def ops_undelivered(reference: str, reason: str) -> str:
    """For the ops channel: Slack took neither the message nor the DM in its place."""
    return (
        f"I couldn't deliver a message (ref {reference}), and its reader doesn't know: {reason}. "
        "The desk's log says more under that ref."
    )


def ops_failed(reference: str, reason: str, sender_knows: bool) -> str:
    """For the ops channel: something came in that the desk could not handle, for good."""
    knows = "its sender knows" if sender_knows else "its sender doesn't know"
    return (
        f"Something came in that I couldn't handle (ref {reference}), and {knows}: {reason}. "
        "The desk's log says more under that ref."
    )


def cannot_post(where: str) -> str:
    """In a DM, before what could not be posted where it was asked for."""
    return f"I can't write in {where}, so here it is instead. To have me there, type `/invite` in that channel."


THAT_CHANNEL = "that channel"


# Commands.

HELP_LEAD = "I answer from the team's own docs. What they don't have becomes a ticket for the ops team."
HELP_ASK = (
    "*Ask*: mention me in a channel, write me a direct message, or type `/mops` and your question "
    "(then only you see the answer). Try: where are my MQLs?"
)
HELP_TICKET = "*Open a ticket*: `/ticket` and a few words. `/ticket list` shows yours, `/ticket {key}` shows one."
HELP_MESSAGE = "*On any message*: its ⋯ menu has *Ask the desk* and *Open a ticket*."
HELP_MORE = "*Also*: `/mops oncall` says who is on triage, `/mops forget me` deletes what you asked me."
EXAMPLE_KEY = "MOPS-12"


def on_call(who: str) -> str:
    """Who answers people today."""
    return f"{who} is on triage today."


NOBODY_ON_CALL = "Nobody is marked as on triage today. A ticket still reaches the whole ops team: type `/ticket`."


def did_you_mean(command: str, typed: str, meant: str) -> str:
    """One word, one letter away from a subcommand."""
    return f"Did you mean `{command} {meant}`? If “{typed}” is what you need, say it in a few more words."


def forgotten(count: int, tickets: Sequence[str], withdrawn: int) -> str:
    """After `/mops forget me`. ``tickets``: those of theirs that are still open."""
    if count == 0:
        return "I have nothing of yours to delete. Tickets stay with the ops team."
    records = counted(count, "record", "records")
    said = [f"Done: what you asked me and what I kept of it is deleted ({records})."]
    if withdrawn:
        unsent = counted(withdrawn, "request", "requests")
        said.append(f"That includes {unsent} that had not reached the ops team yet.")
    if tickets:
        said.append(f"The team goes on with {listed(tickets)}, but I won't tell you about it any more.")
    said.append(
        "Not mine to delete: messages in Slack (you can delete yours) and tickets (ask the ops team). "
        "Backups keep it until they are replaced."
    )
    return " ".join(said)


# App Home.

HOME_TITLE = "MOPS Desk"
HOME_INTRO = (
    "The front desk of the marketing-ops team. Ask me, and I answer from the team's own docs and show where it "
    "stands. When I don't know, I open a ticket with everything the team needs."
)
HOME_HOW = "How to ask"
HOME_REQUESTS = "Your open requests"
HOME_NO_REQUESTS = "Nothing open. When you open a ticket, you can follow it here."
