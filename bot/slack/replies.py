"""What slash commands are acknowledged with."""

from __future__ import annotations

from datetime import datetime

from bot import texts, triage_texts
from bot.slack import mrkdwn
from bot.slack.message import Message, clip, one_line, say

_WORDS_LIMIT = 2_000
_QUESTION_LIMIT = 300


def help_text(example_key: str = texts.EXAMPLE_KEY) -> Message:
    """`/mops help`: everything the desk does, on one screen."""
    ticket = texts.HELP_TICKET.format(key=mrkdwn.escape(example_key))
    return say("\n".join([texts.HELP_LEAD, texts.HELP_ASK, ticket, texts.HELP_MESSAGE, texts.HELP_MORE]))


def oncall(on_triage: str | None, until: datetime | None = None, then: str | None = None) -> Message:
    """Who is on duty, until when and who then, as far as that is known; people are member ids or names."""
    if until is None:
        return say(texts.on_call(mrkdwn.person(on_triage)) if on_triage else texts.NOBODY_ON_CALL)
    after = mrkdwn.person(then) if then else ""
    if on_triage is None:
        return say(lambda m: triage_texts.away_until(m.moment(until), after))
    return say(lambda m: triage_texts.until(mrkdwn.person(on_triage), m.moment(until), after))


def oncall_unclear(about: str) -> Message:
    """`/mops oncall swap`, `off` or `import`, and something that does not fit."""
    return say(triage_texts.IMPORT_HOW if about == "import" else triage_texts.HOW)


def did_you_mean(command: str, typed: str, meant: str) -> Message:
    """A single word one edit away from a subcommand of ``command`` ("/mops")."""
    return say(texts.did_you_mean(command, mrkdwn.escape(typed), meant))


def looking(question: str) -> Message:
    """The instant acknowledgement of a question asked in private; it stays above the answer."""
    return say(texts.looking(mrkdwn.escape(clip(one_line(question), _QUESTION_LIMIT))))


def forgetting() -> Message:
    """The instant acknowledgement of `/mops forget me`."""
    return say(texts.FORGETTING)


def cannot_read() -> Message:
    """The database does not answer a look-up."""
    return say(texts.CANNOT_READ)


def not_kept(words: str) -> Message:
    """The command could not be stored: nothing will happen, and here is what was typed."""
    typed = clip(words.strip(), _WORDS_LIMIT)
    return say(texts.not_saved(mrkdwn.escape(typed)) if typed else texts.NOT_SAVED)
