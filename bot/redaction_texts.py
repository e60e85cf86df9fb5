"""What the desk says about secrets and personal data it left out. The rest of its copy, and the rules: bot.texts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.texts import listed

_ARTICLES = {"e-mail address": "an e-mail address"}

PERSONAL_LABEL = "What looks like somebody's personal data"
AS_TYPED = "Send it as I typed it"
LEAVE_OUT = "Leave it out"


def secret_left_out(kinds: Sequence[str]) -> str:
    """To somebody who pasted a token, a password or a card number; they read it in their own message still."""
    it = "it is" if len(kinds) == 1 else "they are"
    mend = "Don't keep it in chat" if list(kinds) == ["card number"] else f"If {it} real, change it"
    return f"I left out what looks like {named(kinds)}: I don't keep or pass on such things. {mend}."


def left_off_ticket(kinds: Sequence[str], button: str) -> str:
    """On the card of a ticket that was opened without asking; ``button`` is bold already."""
    return f"I left {named(kinds)} off the ticket, because colleagues read it. If the ops team needs it: {button}."


def personal_found(kinds: Sequence[str]) -> str:
    """Above the check of a form: people decide themselves what goes onto the ticket."""
    return f"This holds what looks like {named(kinds)} of a person. Everybody who can open the ticket will read it."


def without_it(text: str) -> str:
    """Below an answer as typed: what goes onto the ticket when it is left out."""
    return f"_Left out:_ {text}"


def named(kinds: Sequence[str]) -> str:
    """ "a token and a card number"."""
    return listed([_ARTICLES.get(kind, f"a {kind}") for kind in kinds])
