"""A draft as the description of a ticket, in Jira's wiki markup. No I/O.

Everything a person typed stands inside {noformat}, where markup, macros and mentions are dead letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from escalation.dates import in_words, moment_in_words, parse_date, parse_datetime
from escalation.domain import Answer, Draft, FieldType, Form, FormField
from escalation.files import file_names
from escalation.readiness import Readiness, readiness
from escalation.validation import as_text, is_tbd, missing

MAX_DESCRIPTION = 32_767
"""Jira's limit for a text field, in UTF-16 code units (it counts Java characters)."""

NOT_KNOWN_YET = "not known yet"

_CUT = "\n… (cut)"
_BREAKOUT = re.compile(r"\{(\s*noformat)", re.IGNORECASE)
_SLACK_BROADCAST = re.compile(r"<!(?:subteam\^\w{1,30}\|?)?(?:@ ?)?(\w{1,80})?(?:\|[^>]{0,200})?>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_PLAIN = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "<": "‹", ">": "›"})
_MARKUP = re.compile(r"([*_^~+!#?-])")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class _Section:
    """A heading and the words below it. ``rank`` says who keeps room first when it is short (0 = first)."""

    heading: str
    text: str
    rank: int
    quoted: bool = True


def describe(draft: Draft, form: Form | None, ref: str, marker: str) -> str:
    """The description, at most MAX_DESCRIPTION long. What the person typed keeps its room first."""
    footer = f"----\nReference {plain(ref)} · {plain(marker)} · opened by MOPS Desk"
    sections = [section for section in _sections(draft, form) if section.text]
    room = MAX_DESCRIPTION - size(footer) - sum(size(_render(s, "")) + 1 for s in sections)
    kept: dict[int, str] = {}
    for index in sorted(range(len(sections)), key=lambda i: sections[i].rank):
        kept[index] = clip(sections[index].text, room)
        room -= size(kept[index])
    bodies = [_render(section, kept[index]) for index, section in enumerate(sections) if kept[index]]
    return "\n".join([*bodies, footer])


def quoted(text: str) -> str:
    """A person's words as a block in which no markup is alive and which they cannot close."""
    return f"{{noformat}}\n{harmless(text)}\n{{noformat}}"


def harmless(text: str) -> str:
    """Words that may stand inside {noformat}: they cannot end it, and Slack's broadcast codes are spelled out."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _without_broadcasts(text, "@ ")
    return _BREAKOUT.sub(r"{ \1", text)


def plain(text: str) -> str:
    """A short text for outside {noformat}: one line, markup characters escaped or replaced."""
    return _MARKUP.sub(r"\\\1", one_line(text).translate(_PLAIN))


def one_line(text: str) -> str:
    """A text on one line, without control characters and without Slack's broadcast codes."""
    text = _without_broadcasts(text, "")
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()


def _without_broadcasts(text: str, lead: str) -> str:
    """Slack's codes for calling a whole channel, spelled out, until what is left of them makes no new one."""
    while (spelled := _SLACK_BROADCAST.sub(lambda found: f"{lead}{found.group(1) or 'group'}", text)) != text:
        text = spelled
    return text


def size(text: str) -> int:
    """Length as Jira counts it: an emoji counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, room: int) -> str:
    """The beginning of a text that fits into ``room`` units, saying so when it was cut; empty if nothing fits."""
    if size(text) <= room:
        return text
    keep = room - size(_CUT)
    if keep <= 0:
        return ""
    return text.encode("utf-16-le")[: 2 * keep].decode("utf-16-le", "ignore") + _CUT


def _sections(draft: Draft, form: Form | None) -> Iterator[_Section]:
    yield _Section("Question", harmless(draft.question), 0)
    ready = readiness(draft, form)
    yield _Section("Why", harmless(ready.why), 1)
    yield _Section("Already checked", harmless("\n".join(f"- {one_line(fact)}" for fact in draft.checked)), 1)
    if form is not None:
        given, read = _parted(draft)
        yield _Section(form.name, harmless(_answers(given, form, ready.why)), 1)
        yield _Section("Read from the question, to be confirmed", harmless(_answers(read, form, ready.why)), 2)
        lacking = ", ".join(plain(field.label) for field in missing(form, draft.answers))
        yield _Section(f"{form.name}: not given yet", lacking, 2, quoted=False)
    yield _Section("Also asked for", harmless("\n".join(f"{k}: {as_text(v)}" for k, v in draft.extra.items())), 2)
    yield _Section("Readiness", _readiness(ready), 3, quoted=False)
    yield _Section("Who and where", _who_and_where(draft), 3, quoted=False)
    yield _Section("Earlier in the thread", harmless("\n".join(f"> {line}" for line in draft.thread)), 4)
    yield _Section("What the desk found closest, and why that was not enough", _closest(draft), 5, quoted=False)


def _render(section: _Section, text: str) -> str:
    body = f"{{noformat}}\n{text}\n{{noformat}}" if section.quoted else text
    return f"h3. {plain(section.heading)}\n{body}\n"


def _readiness(ready: Readiness) -> str:
    lacking = f". Nobody has said yet: {', '.join(ready.missing)}" if ready.missing else ""
    return f"{ready.score} of {len(ready.parts)}{lacking}"


def _parted(draft: Draft) -> tuple[Draft, Draft]:
    """What the person answered, and what was read from their words."""
    read = {key: answer for key, answer in draft.answers.items() if key in draft.to_confirm}
    given = {key: answer for key, answer in draft.answers.items() if key not in read}
    return replace(draft, answers=given), replace(draft, answers=read)


def _answers(draft: Draft, form: Form, why: str) -> str:
    """Answers under their labels in the form's order, then any the form no longer has; nothing is said twice."""
    said = {one_line(text).casefold() for text in (draft.question, draft.summary, why)}
    given = [
        (field, _plain_answer(field, draft.answers[field.key])) for field in form.fields if field.key in draft.answers
    ]
    lines = [
        _answer(field, _readable(field, text, form, draft.names))
        for field, text in given
        if one_line(text).casefold() not in said
    ]
    left = [f"{key}: {as_text(value)}" for key, value in draft.answers.items() if form.field(key) is None]
    return "\n".join(line for line in [*lines, *left] if line)


def _plain_answer(field: FormField, answer: Answer) -> str:
    return file_names(answer) if field.type is FieldType.FILE else as_text(answer)


def _readable(field: FormField, text: str, form: Form, names: Mapping[str, str]) -> str:
    """An answer as people say it: names for ids, days and times in words."""
    if is_tbd(field, text):
        return NOT_KNOWN_YET
    moment = parse_datetime(text, form.timezone) if field.type is FieldType.DATETIME else None
    if moment:
        return moment_in_words(moment, form.timezone)
    day = parse_date(text) if field.type in (FieldType.DATE, FieldType.DATETIME) else None
    return in_words(day) if day else names.get(text, text)


def _answer(field: FormField, text: str) -> str:
    if not text:
        return ""
    label = field.label if field.label.endswith("?") else f"{field.label}:"
    long = field.type is FieldType.LONG_TEXT or "\n" in text
    return f"{label}\n  " + text.replace("\n", "\n  ") if long else f"{label} {text}"


def _who_and_where(draft: Draft) -> str:
    mail = f" ({plain(draft.requester.email)})" if draft.requester.email else ""
    private = " (private)" if draft.origin.private else ""
    where = f"{plain(draft.origin.where)}{private}"
    if url := _safe_url(draft.origin.url):
        where += f": [open the conversation|{url}]"
    return f"Asked by {plain(draft.requester.name)}{mail}\nIn {where}"


def _closest(draft: Draft) -> str:
    lines = []
    for hit in draft.closest:
        url = _safe_url(hit.url)
        title = f"[{plain(hit.title)}|{url}]" if url else plain(hit.title)
        lines.append(f"* {title}: {plain(hit.why_not)}")
    return "\n".join(lines)


def _safe_url(url: str | None) -> str | None:
    """A web address that cannot end its own link; None for anything else."""
    if not url or not re.match(r"https?://", url):
        return None
    return quote(url, safe="%:/?#@&=+$,;~.-_()*'")
