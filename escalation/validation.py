"""Whether the answers to a form are complete and right. The messages are the interface: short, kind, exact."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from escalation.dates import add_business_days, in_words, parse_date, parse_datetime
from escalation.domain import Answer, Answers, Condition, FieldProblem, FieldType, Form, FormField
from escalation.files import file_problem
from escalation.holiday_calendar import is_holiday
from escalation.patterns import MAX_TEXT, matches
from escalation.utm import PREFIX, check_utm

TBD = "tbd"
MAX_ANSWER = 10_000
"""Longest answer taken where a form names no limit, in characters."""

_TRY = "Try: "
_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,6})?", re.ASCII)
_WHOLE_GROUPS = re.compile(r"[1-9]\d{0,2}([., ]\d{3})+", re.ASCII)
_UNTICKED = frozenset({"", "false", "no"})


def check(form: Form, answers: Answers, now: datetime) -> tuple[FieldProblem, ...]:
    """Everything wrong with the answers, in the form's order; empty when they may be filed. ``now`` is aware."""
    problems: list[FieldProblem] = []
    for field in form.fields:
        message = _field_message(form, field, answers, now)
        if message:
            problems.append(FieldProblem(field.key, message))
    return tuple(problems)


def missing(form: Form, answers: Answers) -> tuple[FormField, ...]:
    """The mandatory fields (by ``required_if`` too, where it holds) that have no answer yet."""
    return tuple(field for field in form.fields if _is_required(field, answers) and not _is_answered(field, answers))


def is_tbd(field: FormField, answer: Answer) -> bool:
    """Whether the person said that they do not know yet, where the form lets them."""
    return field.allow_tbd and as_text(answer).lower() == TBD


def as_text(answer: Answer) -> str:
    """An answer on one piece of text; several choices are joined by commas."""
    return answer.strip() if isinstance(answer, str) else ", ".join(answer)


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether a condition is true of the answers. A field without an answer equals nothing and differs from all."""
    answer = answers.get(condition.field, "")
    given = {answer.strip()} if isinstance(answer, str) else set(answer)
    return bool(given & set(condition.values)) is not condition.negated


def _is_required(field: FormField, answers: Answers) -> bool:
    return field.required or (field.required_if is not None and holds(field.required_if, answers))


def _is_answered(field: FormField, answers: Answers) -> bool:
    text = as_text(answers.get(field.key, ""))
    return text.lower() not in _UNTICKED if field.type is FieldType.CHECKBOX else bool(text)


def _field_message(form: Form, field: FormField, answers: Answers, now: datetime) -> str | None:
    answer = answers.get(field.key, "")
    if not _is_answered(field, answers):
        return _please(field) if _is_required(field, answers) else None
    if field.forbidden_if is not None and holds(field.forbidden_if, answers):
        return f"Please leave {field.label} empty here."
    if is_tbd(field, answer):
        return None
    reason = _length(field, answer) or _CHECKS[field.type](form, field, answers, now)
    if reason is None:
        return None
    if not reason or not field.error:
        return reason or field.error
    problem, trying, link = reason.partition(_TRY)
    parts = [_sentence(part.strip()) for part in (problem, field.error) if part.strip()]
    return " ".join([*parts, trying + link] if trying else parts)  # what is copied has no full stop behind it


def _sentence(text: str) -> str:
    """A text ended with a full stop, where it has no end of its own."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _please(field: FormField) -> str:
    later = f" Type {TBD} if you don't know yet." if field.allow_tbd and field.type in _TYPED else ""
    match field.type:
        case FieldType.SELECT | FieldType.MULTI_SELECT | FieldType.USER:
            return f"{_sentence(f'Please choose: {field.label}')}{later}"
        case FieldType.CHECKBOX:
            return _sentence(f"Please tick: {field.label}")
        case FieldType.FILE:
            return _sentence(f"Please add a file: {field.label}")
        case _:
            return f"{_sentence(f'Please fill in: {field.label}')}{later}"


def _length(field: FormField, answer: Answer) -> str | None:
    if field.type is FieldType.FILE:
        return None
    size, rules = len(as_text(answer)), field.rules
    longest = MAX_ANSWER if rules.max_length is None else rules.max_length
    if size > longest:
        return f"That has {size} characters; {longest} is the most."
    if rules.min_length is not None and size < rules.min_length:
        return f"A little more, please: {rules.min_length} characters at least (now {size})."
    return None


def _text(_form: Form, field: FormField, answers: Answers, _now: datetime) -> str | None:
    text = as_text(answers[field.key])
    if field.options and text not in field.options:
        return f"Choose one of: {', '.join(field.options)}."
    return _pattern(field, text)


def _pattern(field: FormField, text: str) -> str | None:
    if field.rules.pattern is None or matches(field.rules.pattern, text):
        return None
    if len(text) > MAX_TEXT:
        return f"That is too long to check; {MAX_TEXT} characters is the most."
    if field.error:
        return ""
    return f"That doesn't have the form we need. {field.help}".strip()


def _number(_form: Form, field: FormField, answers: Answers, _now: datetime) -> str | None:
    text, rules = as_text(answers[field.key]), field.rules
    if _WHOLE_GROUPS.fullmatch(text):
        return f"Digits only, please: {re.sub('[., ]', '', text)}"
    if not _NUMBER.fullmatch(text):
        return "That isn't a number. Digits only, e.g. 1200."
    value = float(text.replace(",", "."))
    low, high = rules.minimum, rules.maximum
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    if low is not None and high is not None:
        return f"Between {low:,.10g} and {high:,.10g}, please."
    return f"At least {low:,.10g}, please." if low is not None else f"At most {high:,.10g}, please."


def _url(_form: Form, field: FormField, answers: Answers, _now: datetime) -> str | None:
    text, hosts = as_text(answers[field.key]), field.rules.url_host_in
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
    except ValueError:
        return "That isn't a link. Copy it from the address bar."
    if re.search(r"\s", text):
        return "A link has no spaces. Copy it from the address bar."
    if parts.scheme not in ("http", "https") or "." not in host:
        looks_like_one = not parts.scheme and "." in text.split("/")[0]
        return (
            f"{_TRY}https://{text}"
            if looks_like_one
            else "A link starts with https:// (copy it from the address bar)."
        )
    if parts.username is not None:
        return "Please leave user names out of the link."
    if hosts and host not in hosts:
        return f"The link should go to {' or '.join(hosts)}, not to {host}."
    tagged = bool(field.parts) and PREFIX in parts.query.lower()
    wrong = _pattern(field, text)
    return _utm(_form, field, answers, _now) if wrong is None and tagged else wrong


def _date(form: Form, field: FormField, answers: Answers, now: datetime) -> str | None:
    zone = ZoneInfo(form.timezone)
    text, rules = as_text(answers[field.key]), field.rules
    moment = parse_datetime(text, form.timezone) if field.type is FieldType.DATETIME else None
    day = moment.astimezone(zone).date() if moment else parse_date(text)
    if day is None or (field.type is FieldType.DATETIME and moment is None):
        return "Write it as 2027-05-14." if field.type is FieldType.DATE else "Write it as 2027-05-14 10:00."
    today = now.astimezone(zone).date()
    if rules.not_in_past and (moment < now if moment else day < today):
        return f"{in_words(day)} is over. Pick a later one."
    if rules.min_business_days_from_now is not None:
        earliest = add_business_days(
            today, rules.min_business_days_from_now, form.business_days, lambda day: is_holiday(day, form.holidays)
        )
        if day < earliest:
            return f"The earliest is {in_words(earliest)}."
    return _order(form, field, answers)


def _order(form: Form, field: FormField, answers: Answers) -> str | None:
    other = form.field(field.rules.not_before_field or "")
    if other is None:
        return None
    mine, first = as_text(answers[field.key]), as_text(answers.get(other.key, ""))
    moments = parse_datetime(mine, form.timezone), parse_datetime(first, form.timezone)
    days = parse_date(mine), parse_date(first)
    if moments[0] and moments[1]:
        late_enough = moments[0] >= moments[1]
    else:
        late_enough = not (days[0] and days[1]) or days[0] >= days[1]
    return None if late_enough or not days[1] else f"That is before {other.label} ({in_words(days[1])})."


def _choice(_form: Form, field: FormField, answers: Answers, _now: datetime) -> str | None:
    answer = answers[field.key]
    chosen = (answer.strip(),) if isinstance(answer, str) else answer
    if field.type is FieldType.SELECT and len(chosen) > 1:
        return "Choose one only."
    if any(one not in field.options for one in chosen):
        return f"Choose from: {', '.join(field.options)}."
    least = field.rules.min_selected
    return f"Choose at least {least}." if least is not None and len(chosen) < least else None


def _utm(_form: Form, field: FormField, answers: Answers, _now: datetime) -> str | None:
    verdict = check_utm(as_text(answers[field.key]), field.parts)
    if not verdict.problems:
        return None
    advice = f" {_TRY}{verdict.corrected}" if verdict.corrected else ""
    return " ".join(verdict.problems) + advice


def _files(_form: Form, field: FormField, answers: Answers, _now: datetime) -> str | None:
    return file_problem(field, answers[field.key])


def _nothing(_form: Form, _field: FormField, _answers: Answers, _now: datetime) -> str | None:
    return None


_Check = Callable[[Form, FormField, Answers, datetime], str | None]

_CHECKS: dict[FieldType, _Check] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.URL: _url,
    FieldType.DATE: _date,
    FieldType.DATETIME: _date,
    FieldType.SELECT: _choice,
    FieldType.MULTI_SELECT: _choice,
    FieldType.USER: _nothing,
    FieldType.UTM_SET: _utm,
    FieldType.FILE: _files,
    FieldType.CHECKBOX: _nothing,
}
_TYPED = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.URL, FieldType.NUMBER, FieldType.UTM_SET})
