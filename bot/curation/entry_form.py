"""An entry as the texts of a form, and back: one text per input, every problem at the input it belongs to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.curation import faq_texts as words
from knowledge.audience_text import AudienceUnclear, plain_audience, read_audience
from knowledge.checklist_yaml import parse_checklist, print_checklist
from knowledge.domain import Audience, Entry, SourceLink
from knowledge.errors import YamlBroken
from knowledge.faq_file import problems_of
from knowledge.yaml_text import parse_yaml

FITS = 3_000
"""Characters one input of Slack takes; a longer text stays as it is and is changed elsewhere."""

MOST_DAYS = 3_650

QUESTION, VARIANTS, ANSWER, SOURCES, TAGS = "question", "variants", "answer", "sources", "tags"
OWNER, AUDIENCE, REVIEW_DAYS, CHECKLIST, REASON = "owner", "audience", "review_days", "checklist", "reason"

_ABOUT = (
    ("checklist", CHECKLIST),
    ("step", CHECKLIST),
    ("source", SOURCES),
    ("variant", VARIANTS),
    ("leads to", VARIANTS),
    ("tag", TAGS),
    ("owner", OWNER),
    ("audience", AUDIENCE),
    ("review", REVIEW_DAYS),
    ("question", QUESTION),
)
"""Which input a problem belongs to, by the first word it mentions; the answer otherwise."""

_QUOTED = re.compile(r'"[^"]*"|`[^`]*`')
_LIST = re.compile(r"(\w+):\s*([^\[\n]*,[^\]\n]*)")


@dataclass(frozen=True)
class Typed:
    """What a form says: the entry as far as it can be read, and what is wrong, by input."""

    entry: Entry
    problems: Mapping[str, str] = field(default_factory=dict)


def texts_of(entry: Entry) -> dict[str, str]:
    """The texts of the inputs, by their names."""
    return {
        QUESTION: entry.question,
        ANSWER: entry.answer,
        VARIANTS: "\n".join(entry.variants),
        SOURCES: "\n".join(_source_line(source) for source in entry.sources),
        TAGS: ", ".join(entry.tags),
        OWNER: entry.owner or "",
        AUDIENCE: _audience_line(entry.audience),
        REVIEW_DAYS: str(entry.review_days),
        CHECKLIST: print_checklist(entry.checklist) if entry.checklist else "",
    }


def too_long(entry: Entry) -> tuple[str, ...]:
    """The inputs whose texts Slack cannot take."""
    return tuple(name for name, text in texts_of(entry).items() if len(text) > FITS)


def typed(given: Mapping[str, str], before: Entry) -> Typed:
    """The entry as typed over ``before``: what the form has no input for stays."""
    problems: dict[str, str] = {}
    entry = replace(
        before,
        question=" ".join(given.get(QUESTION, before.question).split()),
        answer=given.get(ANSWER, before.answer).strip(),
        variants=_lines(given[VARIANTS]) if VARIANTS in given else before.variants,
        sources=_sources(given[SOURCES]) if SOURCES in given else before.sources,
        tags=_tags(given[TAGS]) if TAGS in given else before.tags,
        owner=" ".join(given.get(OWNER, before.owner or "").split()) or None,
        review_days=_days(given.get(REVIEW_DAYS, ""), before.review_days, problems),
    )
    entry = _with_audience(entry, given, problems)
    entry = _with_checklist(entry, given, problems)
    if not entry.question:
        problems[QUESTION] = words.NEEDS_QUESTION
    if not entry.answer:
        problems[ANSWER] = words.NEEDS_ANSWER
    if not problems:
        problems |= _problems(entry)
    return Typed(entry, {name if name in given else QUESTION: text for name, text in problems.items()})


def audience_of(text: str) -> Audience:
    """What an audience line means: "internal", "group: S0123", "channel: C01, C02". Raises AudienceUnclear."""
    listed = _LIST.sub(lambda m: f"{m[1]}: [{m[2]}]", text.strip())
    try:
        node = parse_yaml(listed or "internal")
    except YamlBroken as exc:
        raise AudienceUnclear(1, words.AUDIENCE_HOW) from exc
    if node is None:  # nothing but a comment
        raise AudienceUnclear(1, words.AUDIENCE_HOW)
    return read_audience(node)


def _with_audience(entry: Entry, given: Mapping[str, str], problems: dict[str, str]) -> Entry:
    if AUDIENCE not in given:
        return entry
    if entry.audience.also and given[AUDIENCE] == _audience_line(entry.audience):
        return entry
    try:
        return replace(entry, audience=audience_of(given[AUDIENCE]))
    except AudienceUnclear as exc:
        problems[AUDIENCE] = exc.advice
        return entry


def _with_checklist(entry: Entry, given: Mapping[str, str], problems: dict[str, str]) -> Entry:
    if CHECKLIST not in given:
        return entry
    checklist, wrong = parse_checklist(given[CHECKLIST])
    if wrong:
        problems[CHECKLIST] = words.in_line(wrong[0].line, wrong[0].message)
        return entry
    return replace(entry, checklist=checklist)


def _problems(entry: Entry) -> dict[str, str]:
    """Everything else that is wrong, each at the input it is about; the first one where there are several."""
    found: dict[str, str] = {}
    for message in problems_of(replace(entry, id="x")):
        plain = message.replace("entry x", "this entry")
        found.setdefault(_about(plain), plain[:1].upper() + plain[1:])
    return found


def _about(message: str) -> str:
    said = _QUOTED.sub("", message)
    places = [(said.find(word), name) for word, name in _ABOUT if word in said]
    return min(places)[1] if places else ANSWER


def _lines(text: str) -> tuple[str, ...]:
    """One phrasing per line, each once."""
    found = (" ".join(line.split()) for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in found if line))


def _sources(text: str) -> tuple[SourceLink, ...]:
    return tuple(_source(line) for line in _lines(text))


def _source(line: str) -> SourceLink:
    """ "Title | address", or an address alone."""
    title, bar, url = line.rpartition("|")
    address = url.strip()
    return SourceLink(title.strip() or address, address) if bar else SourceLink(line, line)


def _source_line(source: SourceLink) -> str:
    return source.url if source.title in ("", source.url) else f"{source.title} | {source.url}"


def _tags(text: str) -> tuple[str, ...]:
    found = (" ".join(part.split()) for part in re.split(r"[,\n]", text))
    return tuple(dict.fromkeys(tag for tag in found if tag))


def _days(text: str, before: int, problems: dict[str, str]) -> int:
    if not text.strip():
        return before
    if text.strip().isdecimal() and text.isascii() and 0 < int(text[:6]) <= MOST_DAYS:
        return int(text)
    problems[REVIEW_DAYS] = words.DAYS_HOW
    return before


def _audience_line(audience: Audience) -> str:
    plain = plain_audience(audience)
    if isinstance(plain, str):
        return plain
    return "\n".join(f"{name}: {_ids(ids)}" for name, ids in plain.items())


def _ids(ids: str | Iterable[str]) -> str:
    return ids if isinstance(ids, str) else ", ".join(ids)
