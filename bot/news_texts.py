"""What is said in a thread while its ticket lives: by ops, when it is done, when it comes back.

Arguments are ready fragments, as in bot.texts.
"""

from __future__ import annotations

OPS = "The ops team"
READ_ON = "Read on in Jira"

YES_THANKS = "Yes, thanks"
NOT_YET = "Not yet"
SOLVED = "Did that solve it?"
OK_WITH_THAT = "Does that work for you?"


def said_by(who: str, key: str) -> str:
    """Before a comment."""
    return f"{who} on {key}:"


def hidden_comment(key: str, status: str) -> str:
    """Others than colleagues read this channel."""
    return f"There is news on {key} ({status}). The words are in the asker's messages with me."


def done(key: str, words: str, resolution: str) -> str:
    """The tracker says that it is done; ``words`` is what ops wrote, ``resolution`` the tracker's own word."""
    if words:
        return f"{key} is done: {_ended(words)}"
    return f"{key} is done ({resolution})." if resolution and resolution.lower() != "done" else f"{key} is done."


def declined(key: str, words: str) -> str:
    """Ops will not do it, and says why and what would help instead."""
    return f"The ops team won't do {key} as asked. {_ended(words)}".rstrip()


def _ended(words: str) -> str:
    return words if not words or words[-1] in ".!?…)" else f"{words}."


def gone(key: str) -> str:
    """It was deleted, moved out of reach or hidden."""
    return (
        f"{key} is no longer in Jira, as far as I can see: it was deleted or moved. "
        "Do you still need it? Say so here and I'll open a new one."
    )


def solved_by(who: str) -> str:
    """Below a done message that was answered with yes."""
    return f"{who}: solved. Thanks for telling."


def open_for_others(key: str) -> str:
    """Somebody says that it is solved, and it was opened again meanwhile."""
    return f"{key} is open again, with the ops team."


def back_for_others(key: str) -> str:
    """The same, before the tracker has opened it."""
    return f"{key} goes back to the ops team: it isn't solved for everyone who asked for it."


def solved_for(who: str) -> str:
    """Below that."""
    return f"{who}: solved for me. Thanks for telling."


def not_solved_by(who: str) -> str:
    """Below a done message that was answered with no."""
    return f"{who}: not yet. It goes back to the ops team."


def not_yours_to_say(asker: str) -> str:
    """To somebody else."""
    return f"This is {asker}'s request, so they say whether it is solved. Something missing for you? Write it here."


def open_again(key: str) -> str:
    """A button of a closing that is past."""
    return f"{key} is with the ops team again; nothing more to do."


def asks(who: str, request: str) -> str:
    """Ops needs something first."""
    return f"{who} needs something from you for {request}:"


# The tracker reads these.

NOT_SOLVED_COMMENT = "{who} in Slack: not solved yet."
NOT_SOLVED_BECAUSE = "{who} in Slack: not solved yet. {why}"

# The form behind "Not yet".

NOT_SOLVED_TITLE = "Not solved yet"
NOT_SOLVED_LABEL = "What is still missing?"
NOT_SOLVED_HINT = "One line helps. You can also leave it empty."
SEND = "Send"


def could_not_reopen(key: str, why: str) -> str:
    """To the person who pressed "Not yet"."""
    return f"I couldn't reopen {key} ({why}). The ops team knows that it isn't solved; they come back to you."
