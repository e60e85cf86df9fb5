"""Personal data in the answers of a form: found before they become a ticket, so that the person decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.personal import Personal, without_personal
from escalation.domain import Answer, Answers, FieldType, FormField

_FREE_TEXT = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})
_ASKS_FOR_IT = re.compile(r"(?i)\b(?:e-?mail address|work e-?mail|phone|contact|data subject|whose\b|recipient)")


@dataclass(frozen=True)
class PersonalAnswers:
    """The answers that hold personal data, as they are without it; what was found. Falsy when there are none."""

    without: Mapping[str, Answer] = field(default_factory=dict)
    kinds: tuple[Personal, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.without)


NOTHING_PERSONAL = PersonalAnswers()


def personal_answers(fields: Iterable[FormField], answers: Answers, own_domains: frozenset[str]) -> PersonalAnswers:
    """What the free-text answers hold of people; a field that asks for addresses or numbers is let be."""
    without: dict[str, Answer] = {}
    kinds: set[Personal] = set()
    for one in fields:
        answer = answers.get(one.key)
        if one.type not in _FREE_TEXT or not isinstance(answer, str) or _ASKS_FOR_IT.search(one.label):
            continue
        found = without_personal(answer, own_domains)
        if found.left_out:
            without[one.key] = found.text
            kinds |= found.left_out
    return PersonalAnswers(without, tuple(kind for kind in Personal if kind in kinds))
