"""Answers a person has given already, read from their words. Literal finds only; what is ambiguous stays open.

Everything read here is shown to the person before it counts, or marked "to be confirmed" on a ticket. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from escalation.date_words import single_date
from escalation.domain import Answer, FieldType, Form, FormField
from escalation.patterns import matches
from escalation.readiness import Evidence, Part, part_of, read_words
from escalation.utm import PREFIX
from escalation.word_similarity import words as stems

MAX_READ = 4_000
"""Characters of a text that are read."""

_LINK = re.compile(r"https?://[^\s<>|\"']{3,1990}", re.IGNORECASE)
_LINK_END = ".,;:!?)]}"
_FIGURE = re.compile(
    r"(?<![\w.,-])(\d{1,3}(?:[,.]\d{3})+|\d{1,9})(?![\w.,-]*\d)[ -]((?:[a-z]{2,20} ?){1,2})", re.IGNORECASE
)
_TOKEN = re.compile(r"[A-Za-z0-9][\w-]{4,118}[A-Za-z0-9]")
_CAMPAIGN = re.compile(r"\bcampaign (?:is )?(?:called |named )?[\"“”']([^\"“”'\n]{3,90})[\"“”']", re.IGNORECASE)
_SHORTEST_OPTION = 3
_SAYS_NOTHING = frozenset({"yes", "no", "none", "other", "all", "nothing", "not-sure", "standard"})
_KEEPS_OUT = re.compile(
    r"exclu|except|without|suppress", re.IGNORECASE
)  # "for all customers" must not leave them out
_FREE = (Part.GOAL, Part.AUDIENCE, Part.SUCCESS)


def read_fields(form: Form, words: str, now: datetime) -> dict[str, Answer]:
    """The answers a text gives to a form's fields, by key; "next Thursday" counts from ``now`` in the form's zone."""
    text = words[:MAX_READ]
    said = read_words(text)
    prose = _LINK.sub(" ", text)
    found: dict[str, Answer] = dict(_from_links(form, _links(text)))
    for field in form.fields:
        answer = _from_prose(field, prose)
        if answer and field.key not in found:
            found[field.key] = answer
    found |= {key: answer for key, answer in _from_rubric(form, said) if key not in found}
    return {**found, **_deadline(form, prose, said, now)}


def _links(text: str) -> tuple[str, ...]:
    found = (match[0].rstrip(_LINK_END) for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(found))


def _from_links(form: Form, links: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Links by host: into the field whose hosts (and pattern) they fit; a tagged one into the UTM field."""
    left = list(links)
    strict = sorted(form.fields, key=lambda field: not field.rules.url_host_in)
    for field in strict:
        fitting = [link for link in left if _fits(field, link)]
        if len(fitting) == 1:
            left.remove(fitting[0])
            yield field.key, fitting[0]


def _fits(field: FormField, link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    tagged = PREFIX in parts.query.lower()
    if field.type is FieldType.UTM_SET:
        return tagged
    if field.type is not FieldType.URL:
        return False
    hosts, pattern = field.rules.url_host_in, field.rules.pattern
    if hosts:
        return (parts.hostname or "").lower() in hosts and (pattern is None or matches(pattern, link))
    return pattern is None and "link" in field.key


def _from_prose(field: FormField, text: str) -> Answer | None:
    if _KEEPS_OUT.search(f"{field.key} {field.label}"):
        return None
    match field.type:
        case FieldType.SELECT:
            named = _named(field, text)
            return named[0] if len(named) == 1 else None
        case FieldType.MULTI_SELECT:
            return _named(field, text) or None
        case FieldType.NUMBER:
            return _number(field, text)
        case FieldType.TEXT:
            return _token(field, text)
        case _:
            return None


def _from_rubric(form: Form, said: Mapping[str, Evidence]) -> Iterator[tuple[str, str]]:
    """A goal, audience or success metric goes into the first field that asks for it, no further."""
    taken: set[Part] = set()
    for field in form.fields:
        part = part_of(field)
        if part in _FREE and part in said and part not in taken:
            taken.add(part)
            yield field.key, said[part].text[: field.rules.max_length or MAX_READ]


def _named(field: FormField, text: str) -> tuple[str, ...]:
    """The options a text names literally; hyphens may be spaces."""
    said = f" {_words_only(text)} "
    usable = [o for o in field.options if len(o) >= _SHORTEST_OPTION and o.lower() not in _SAYS_NOTHING]
    return tuple(o for o in usable if (name := _words_only(o)) and f" {name} " in said)


def _words_only(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def _number(field: FormField, text: str) -> str | None:
    """A figure followed by a word of the field's label ("486 rows" for "Number of rows"), if there is just one."""
    asked = set(stems(field.label))
    found = {re.sub(r"[.,]", "", match[1]) for match in _FIGURE.finditer(text) if asked & set(stems(match[2]))}
    return found.pop() if len(found) == 1 else None


def _token(field: FormField, text: str) -> str | None:
    """A code in the very form a field asks for, such as a budget code; a campaign's name in quotes."""
    pattern = field.rules.pattern
    if pattern and pattern.startswith("^") and pattern.endswith("$"):
        found = {t for t in _TOKEN.findall(text) if any(c.isdigit() for c in t) and matches(pattern, t)}
        return found.pop() if len(found) == 1 else None
    named = _CAMPAIGN.findall(text) if "campaign" in f"{field.key} {field.label}".lower() else []
    return named[0].strip() if len(named) == 1 else None


def _deadline(form: Form, text: str, said: Mapping[str, Evidence], now: datetime) -> dict[str, Answer]:
    """The one day a text names, for the field that asks when it is needed; a day without a time stays one.

    Where something is broken, it is as likely the day it broke.
    """
    asked = [f for f in form.fields if f.type in (FieldType.DATE, FieldType.DATETIME) and f.rules.not_in_past]
    if not asked or form.reports_breakage:
        return {}
    zone = ZoneInfo(form.timezone)
    today = now.astimezone(zone).date()
    goal_aside = text.replace(said[Part.SUCCESS].text, " ") if Part.SUCCESS in said else text
    day = single_date(text, today) or single_date(goal_aside, today)  # "120 registrations by 12 May" is no deadline
    if day is None or day.day is None:
        return {}
    field = next((f for f in asked if f.required), asked[0])
    if field.type is FieldType.DATETIME and day.time:
        return {field.key: datetime.combine(day.day, day.time, zone).isoformat()}
    return {field.key: day.day.isoformat()}


def suggested_moment(day: str) -> str:
    """What a time picker shows for a bare day until the person picks a time: nine in the morning."""
    return f"{day}T09:00"
