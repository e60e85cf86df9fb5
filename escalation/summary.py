"""What a person's words are about, on one line. No I/O."""

from __future__ import annotations

import re

from escalation.description import one_line
from escalation.tone import complains, is_cry, says_broken, without_reproach

MAX_SUMMARY = 120
"""Longest summary in characters; Jira takes 255, a phone shows far less."""

_GREETING = re.compile(
    r"^\W*(hi|hey|hello|hallo|hiya|good (morning|afternoon|evening|day)|morning|dear|greetings)\b"
    r"( (there|all|team|everyone|folks|guys|mops|ops|desk|mops desk|ops team))*[\s,!.:;–-]*",
    re.IGNORECASE,
)
_OPENERS = re.compile(r"^\W*(quick question|(just )?a question|question|fyi|please|pls)\b[\s,:!-]*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_LINK = re.compile(r"(https?://[^/?#\s]+)[/?#]\S+")
_MIN_SENTENCE = 12  # shorter sentences ("Help!") say too little to stand alone


def summary_of(question: str) -> str:
    """The sentence that asks, else one that says what is wrong, else the first that says something.

    On one line of at most MAX_SUMMARY characters, without a greeting; empty when nothing is left.
    """
    text = one_line(question.replace("`", " "))
    while (shorter := _OPENERS.sub("", _GREETING.sub("", text, 1), 1)) != text:
        text = shorter
    found = [s for s in _SENTENCE_END.split(text) if len(s) >= _MIN_SENTENCE and not is_cry(s)] or [text]
    asked = next((s for s in found if s.endswith("?")), None)
    wrong = next((s for s in found if says_broken(s) or complains(s)), found[0])
    text = cut(_quieter(without_reproach(asked or wrong)), MAX_SUMMARY)
    return text if _LINK.match(text) else text[:1].upper() + text[1:]


def as_titled(title: str) -> str:
    """A title somebody wrote, as they wrote it, on one line of at most MAX_SUMMARY characters."""
    return cut(one_line(title), MAX_SUMMARY)


def cut(text: str, limit: int) -> str:
    """The text, with the sites of its links only, and ended with "…" after a whole word, when it is longer."""
    if len(text) > limit:
        text = _LINK.sub(r"\1/…", text)
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"


def _quieter(sentence: str) -> str:
    """Without "!!!" or "…" at its end."""
    sentence = sentence.rstrip(" !…")
    return sentence.rstrip(".") if sentence.endswith("..") else sentence
