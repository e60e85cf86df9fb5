"""Whether two requests ask for the same thing. No I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence

from escalation.domain import Draft, FieldType, Form
from escalation.protocols import Similarity
from escalation.validation import as_text, is_tbd

SAME = 0.65
"""From this score on two texts mean the same, whichever Similarity gives it.

Chosen on paraphrased requests (offered: 12 of 12 by meaning, 7 of 12 by words; wrongly offered: none of 13 that only
look alike) and on the 239 phrasings of the sample FAQ's 40 entries; figures in docs/RELIABILITY.md.
"""

COMPARED = 600
"""Characters of a request that are compared: a model reads no more than its first 250 words or so."""

_TYPED = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})
_TOKEN = re.compile(r"https?://\S+|[\w@.-]*\w")
_SENTENCE = re.compile(r"(?:[.!?:;]\s+|\n+)")


def gist(draft: Draft, form: Form | None) -> str:
    """What a request is about, in the person's own words: the question or summary, and the form's texts."""
    said = draft.question or draft.summary
    for text in _typed(draft, form):
        if text.casefold().rstrip(".?! ") not in said.casefold():  # prefilled from the question
            said = f"{said} {text}"
    return " ".join(said.split())[:COMPARED]


def best_match(text: str, others: Sequence[str], similarity: Similarity) -> int | None:
    """Where in ``others`` the one stands that means the same as ``text``; None when none does."""
    if not others:
        return None
    scores = similarity.scores(text, others)
    fitting = [
        (score, -place)
        for place, (score, other) in enumerate(zip(scores, others, strict=True))
        if score >= SAME and not differ(text, other)
    ]
    return -max(fitting)[1] if fitting else None


def differ(one: str, other: str) -> bool:
    """Whether each names something that the other does not: a number, an address, a name ("Berlin", "Munich").

    A model finds the lists of two events, or the campaigns of two quarters, nearly the same.
    """
    ours, theirs = _words(one), _words(other)
    return any(
        any(word not in theirs for word in find(one)) and any(word not in ours for word in find(other))
        for find in (_figures, _names)
    )


def _typed(draft: Draft, form: Form | None) -> list[str]:
    """What was written into the form's text fields, in the form's order."""
    fields = [f for f in form.fields if f.type in _TYPED] if form else []
    said = [(f, draft.answers.get(f.key, "")) for f in fields]
    return [as_text(answer) for field, answer in said if answer and not is_tbd(field, answer)]


def _words(text: str) -> set[str]:
    return {word.lower() for word in _TOKEN.findall(text)}


def _figures(text: str) -> set[str]:
    """Numbers, dates, quarters, addresses: whatever has a digit in it, or is a link."""
    return {word for word in _words(text) if any(c.isdigit() for c in word) or "://" in word or "@" in word}


def _names(text: str) -> set[str]:
    """Words with a capital that do not begin a sentence; nothing from a text that is all capitals."""
    if text.isupper():
        return set()
    inner = (word for sentence in _SENTENCE.split(text) for word in _TOKEN.findall(sentence)[1:])
    return {word.lower() for word in inner if word[:1].isupper() and word.lower() not in {"i", "i'm"}}
