"""How ready a request is: does it say its goal, audience, date, success metric and link? A rubric, no model. No I/O.

Everything is judged from what people typed, and each part that counts keeps the words it was found in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from escalation.date_words import find_dates
from escalation.domain import Draft, FieldType, Form, FormField
from escalation.outlook import EARLIER_REASON
from escalation.validation import as_text, is_tbd

MAX_WORDS = 4_000
"""Characters of one text that are judged."""

_LEAST_WORDS = 3  # "more leads" is a wish; a goal or a metric has a few words more
_ANY_DAY = date(2027, 1, 4)  # whether a day is named does not depend on what today is
_OWN_WORDS = frozenset({"title", "notes"})
_QUESTION, _THREAD = "question", "thread"


class Part(StrEnum):
    """What a request needs to say before work can begin."""

    GOAL = "goal"
    AUDIENCE = "audience"
    DATE = "date"
    SUCCESS = "success metric"
    LINK = "link"


@dataclass(frozen=True)
class Evidence:
    """The words a part was found in: ``text`` stands at ``start`` of ``source`` ("question", "thread" or a field)."""

    source: str
    text: str
    start: int = 0


@dataclass(frozen=True)
class Readiness:
    """The verdict: the parts that were found, each with its evidence."""

    evidence: Mapping[str, Evidence]

    @property
    def parts(self) -> dict[str, bool]:
        """Every part by name, and whether it is there."""
        return {part.value: part in self.evidence for part in Part}

    @property
    def score(self) -> int:
        """How many of the five parts are there."""
        return len(self.evidence)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the parts nobody has given yet, in the rubric's order."""
        return tuple(name for name, there in self.parts.items() if not there)

    @property
    def why(self) -> str:
        """The goal in the person's own words; empty when they gave none."""
        goal = self.evidence.get(Part.GOAL)
        return goal.text if goal else ""


def readiness(draft: Draft, form: Form | None) -> Readiness:
    """Judge a request. Answers to a form count first, then what was typed freely."""
    found: dict[str, Evidence] = {}
    for part, evidence in [*_from_answers(draft, form), *_from_words(draft, form)]:
        found.setdefault(part, evidence)
    if form and form.reports_breakage:  # what is broken is to work again: that is the measure
        found.setdefault(Part.SUCCESS, Evidence(form.name, ""))
    return Readiness({part: found[part] for part in Part if part in found})


def read_words(text: str) -> dict[str, Evidence]:
    """What a text says of the five parts, by part."""
    return {part: evidence for part, look in _LOOKS.items() if (evidence := look(text[:MAX_WORDS]))}


def part_of(field: FormField) -> Part | None:
    """The part of the rubric a form's field asks for. Why it is urgent is not why it is wanted.

    The fields for a person's own words ask for none in particular.
    """
    if field.key == EARLIER_REASON or field.key in _OWN_WORDS:
        return None
    match field.type:
        case FieldType.DATE | FieldType.DATETIME:
            return Part.DATE
        case FieldType.URL | FieldType.UTM_SET:
            return Part.LINK
        case FieldType.TEXT | FieldType.LONG_TEXT:
            asked = f"{field.key.replace('_', ' ')} {field.label}".lower()
            return next((part for part, words in _ASKED.items() if words.search(asked)), None)
        case _:
            return None


def _from_answers(draft: Draft, form: Form | None) -> Iterator[tuple[Part, Evidence]]:
    for field in form.fields if form else ():
        part, text = part_of(field), as_text(draft.answers.get(field.key, ""))
        enough = part not in (Part.GOAL, Part.SUCCESS) or len(text.split()) >= _LEAST_WORDS
        if part and text and enough and not is_tbd(field, text):
            yield part, Evidence(field.label, text)


def _from_words(draft: Draft, form: Form | None) -> Iterator[tuple[str, Evidence]]:
    free = [field for field in (form.fields if form else ()) if field.type is FieldType.LONG_TEXT]
    texts = [(_QUESTION, draft.question), ("title", as_text(draft.answers.get("title", "")))]
    texts += [(field.label, as_text(draft.answers.get(field.key, ""))) for field in free]
    texts += [(_THREAD, "\n".join(draft.thread))]
    for source, text in texts:
        for part, evidence in read_words(text).items():
            yield part, Evidence(source, evidence.text, evidence.start)


_ASKED = {
    Part.SUCCESS: re.compile(r"\b(success|metrics?|kpis?|measured?|useful)\b"),
    Part.GOAL: re.compile(r"\b(goals?|why|purpose|objectives?|impact|reason|decision)\b"),
    Part.AUDIENCE: re.compile(r"\b(audience|recipients?|viewers|affected|segments?|who will see|target group)\b"),
}
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]?")
_GOAL = re.compile(
    r"\b(because|so that|so (?=we\b|they\b|our\b|people\b|sales\b)|in order to|as we (?=need|want|plan)|since we|"
    r"(?:our |the )?(?:business )?(?:goal|objective|aim|purpose)(?: here)?(?: is|:)|we (?:want|hope|aim|plan) to|"
    r"we(?:'|’| a)re trying to|damit|weil|"
    r"to (?=(?:increase|grow|drive|boost|improve|reduce|generate|reach|win|convert|raise|promote|nurture|re-?engage|"
    r"follow up|announce|measure|decide|avoid|prevent|comply)\b))",
    re.IGNORECASE,
)
_AUDIENCE = re.compile(
    r"\b(?:audience(?: is|:) ?|(?:for|to|at|among|reach|reaching|invite|inviting|email|emailing|mail|target\w*) )"
    r"(?:\w[\w&-]{0,30}[ ,]+){0,5}?"
    r"(?:customers?|prospects?|partners?|leads|contacts|subscribers|attendees|registrants|participants|users|admins|"
    r"members|buyers|c[a-z]{1,2}os|developers|marketers|managers|directors|accounts|employees|resellers|"
    r"sales (?:team|reps)|sdrs|people (?:who|that|in|from|at)|segments?|decision[ -]makers|everyone (?:who|in))\b",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"\b(target|goal|kpi|metrics?|success|aim|expect\w*|reach|at least|increase|grow|raise|hit|hope|measure\w*)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\b\d[\d.,]{0,12} ?(?:%|percent\b|k?(?: \w{2,20}){0,2} (?:registrations?|sign-?ups?|mqls?|sqls?|leads?|"
    r"opportunities|meetings?|demos?|attendees|downloads?|clicks?|opens?|conversions?|pipeline|revenue|visits?|"
    r"submissions?|replies|responses|bookings|customers|accounts)\b)",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s<>|]{3,2000}", re.IGNORECASE)


def _goal(text: str) -> Evidence | None:
    for sentence in _SENTENCE.finditer(text):
        match = _GOAL.search(sentence[0])
        words = sentence[0][match.start() :].strip() if match else ""
        if match and len(words.split()) >= _LEAST_WORDS:
            return Evidence("", words, sentence.start() + match.start())
    return None


def _success(text: str) -> Evidence | None:
    for sentence in _SENTENCE.finditer(text):
        if _AIM.search(sentence[0]) and _FIGURE.search(sentence[0]):
            words = sentence[0].lstrip()
            return Evidence("", words.rstrip(), sentence.end() - len(words))
    return None


def _matched(pattern: re.Pattern[str]) -> Callable[[str], Evidence | None]:
    def look(text: str) -> Evidence | None:
        match = pattern.search(text)
        return Evidence("", match[0], match.start()) if match else None

    return look


def _date(text: str) -> Evidence | None:
    found = find_dates(text, _ANY_DAY)
    return Evidence("", text[found[0].start : found[0].end], found[0].start) if found else None


_LOOKS: dict[Part, Callable[[str], Evidence | None]] = {
    Part.GOAL: _goal,
    Part.AUDIENCE: _matched(_AUDIENCE),
    Part.DATE: _date,
    Part.SUCCESS: _success,
    Part.LINK: _matched(_LINK),
}
