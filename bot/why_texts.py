"""What curators read when they ask why a question got its answer. Arguments are ready fragments, as in bot.texts."""

from __future__ import annotations

NOT_AN_ANSWER = "That message doesn't answer a question. Use this on one of my answers, or on a choice I offered."
FOR_CURATORS = "Only curators look behind an answer. Something wrong with it? Press 👎, or ask the ops team."
NO_HITS = "Nothing was found to choose from."
CLOSEST = "Closest, best first:"
NUMBERS = "The numbers behind it:"
WRONG = "Wrong answer"


def decided(band: str, confidence: str, limits: str) -> str:
    """The decision, how sure, and what it took."""
    return f"{band}, confidence {confidence}" + (f" ({limits})" if limits else "")


def limits(answer: str, suggest: str) -> str:
    """The least confidence for saying it and for offering it."""
    return f"answers from {answer}, offers from {suggest}"


def hit(name: str, score: str, matched: str) -> str:
    """One line per hit: what, how near, and the words that matched."""
    return f"{name} · {score}" + (f" · matched “{matched}”" if matched else "")
