"""What a person wrote, without what is not part of the question: greetings, emoji, mentions."""

from __future__ import annotations

import re

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff\ufe0f\u200d\u20e3]"
    r"|:[a-z][a-z0-9_+\-]*:"
)
_MENTION = re.compile(r"<[@!#][^>]*>")
_GREETING = re.compile(
    r"^\W*(?:(?:hey+|hi+|hello|hiya|howdy|yo|good (?:morning|afternoon|evening)|morning|dear)\b"
    r"(?:[\s,]+(?:team|all|folks|everyone|everybody|there|guys|mops|ops|desk|friends))*"
    r"|(?:quick (?:one|q|question)|happy (?:monday|tuesday|wednesday|thursday|friday))\b)[\s,.!:;–—-]*",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")


def searchable(text: str) -> str:
    """The question on one line, without emoji, mentions and greetings; empty when nothing else was said."""
    text = _SPACE.sub(" ", _MENTION.sub(" ", _EMOJI.sub(" ", text))).strip()
    while (rest := _GREETING.sub("", text, count=1)) != text:
        text = rest
    return text if any(character.isalnum() for character in text) else ""
