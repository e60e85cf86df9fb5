"""Turns entries as typed into entries, or says everything that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from urllib.parse import urlsplit

from knowledge.audience_text import LEVELS, circles
from knowledge.checklist_check import checklist_of
from knowledge.domain import REVIEW_DAYS, Audience, Entry, EntryStatus, Level, SourceLink
from knowledge.faq_draft import Draft, DraftSource, ProblemList, Text, did_you_mean
from knowledge.variables import nearest, unknown_names

MAX_ID = 200  # the database column
MAX_LINE = 2_000
"""Characters in a question, variant, tag, owner, title or url: far above anything a person asks in one breath."""
MAX_ANSWER = 20_000
"""Characters in an answer. Slack shows about 12,000 of one at most."""

MAX_DAYS = 3_650
SLUG_LENGTH = 80
SHOWN = 60  # characters of a wrong text that a message repeats
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
STATUSES = tuple(status.value for status in EntryStatus)


def entries_of(drafts: Iterable[Draft], problems: ProblemList) -> tuple[Entry, ...]:
    """The entries in file order. They are only good for use when ``problems`` found nothing."""
    checked = [(draft, _entry(draft, number, problems)) for number, draft in enumerate(drafts, start=1)]
    _check_ids(checked, problems)
    _check_phrasings(checked, problems)
    return tuple(entry for _, entry in checked)


def slug_of(question: str) -> str:
    """The id of an entry that has none: the words of its question, so that a re-import finds it again."""
    slug = "-".join(re.findall(r"\w+", question.casefold()))[:SLUG_LENGTH].strip("-")
    return slug or f"entry-{sha256(question.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Checker:
    """Checks the texts of one entry."""

    label: str
    problems: ProblemList

    def line_of_text(self, text: Text | None, what: str, limit: int = MAX_LINE) -> str:
        """A text on one line with single spaces; empty when absent or wrong."""
        return " ".join(self.block(text, what, limit).split())

    def block(self, text: Text | None, what: str, limit: int) -> str:
        """A text that may have several lines, without blank ends."""
        if text is None:
            return ""
        if CONTROL.search(text.value):
            self.problems.add(text.line, f"{what} of {self.label} has an invisible control character. Retype it.")
        if len(text.value) > limit:
            self.problems.add(
                text.line, f"{what} of {self.label} has {len(text.value):,} characters; {limit:,} fit. Shorten it."
            )
        return text.value.replace("\r\n", "\n").replace("\r", "\n").strip()

    def variables(self, text: Text | None, what: str) -> None:
        """Reports variables that are not known, each on its own line."""
        for further, name in unknown_names(text.value) if text else ():
            line = text.line + text.below + further if text else 0
            self.problems.add(line, f"{what} of {self.label} has an unknown variable `{{{name}}}`. {nearest(name)}")

    def required(self, text: Text | None, what: str, line: int) -> None:
        """Reports a field that is absent or empty."""
        if text is None:
            self.problems.add(line, f"{self.label} has no {what}. Add `{what}:` or remove the entry.")

    def day(self, text: Text | None, what: str) -> date | None:
        """An ISO date."""
        if text is None or not text.value:
            return None
        if ISO_DATE.fullmatch(text.value.strip()):
            with suppress(ValueError):
                return date.fromisoformat(text.value.strip())
        self.problems.add(
            text.line, f"`{what}` of {self.label} is not a date: {_short(text.value)}. Write it as 2027-03-31."
        )
        return None

    def days(self, text: Text | None, what: str) -> int:
        """A number of days, at least one."""
        if text is None or not text.value:
            return REVIEW_DAYS
        if text.value.strip().isdecimal() and 0 < int(text.value) <= MAX_DAYS:
            return int(text.value)
        self.problems.add(
            text.line,
            f"`{what}` of {self.label} is no number of days: {_short(text.value)}. Write it as {REVIEW_DAYS}.",
        )
        return REVIEW_DAYS

    def status(self, text: Text | None) -> EntryStatus:
        """Published unless the file says otherwise."""
        if text is None or not text.value:
            return EntryStatus.PUBLISHED
        word = text.value.strip().casefold()
        if word in STATUSES:
            return EntryStatus(word)
        self.problems.add(
            text.line, f"`status` of {self.label} is not known: {_short(text.value)}. {did_you_mean(word, STATUSES)}"
        )
        return EntryStatus.DRAFT

    def audience(self, texts: tuple[Text, ...]) -> Audience:
        """Internal unless the file says otherwise."""
        words = [(text, *_partition(text.value)) for text in texts if text.value]
        named = {kind: [name for _, word, name in words if word == kind and name] for kind in ("group", "channel")}
        if words and sum(map(len, named.values())) == len(words):
            return circles(named["group"], named["channel"])
        if len(words) == 1 and words[0][1] in LEVELS and not words[0][2]:
            return Audience(Level(words[0][1]))
        if words:
            self.problems.add(
                words[0][0].line,
                f"`audience` of {self.label} is not known: {_short(words[0][0].value)}. "
                "Write `public`, `internal`, or `audience: {group: S0123ABCD}` (CSV: `group: S0123ABCD`; `channel` "
                "likewise).",
            )
        return Audience.internal()

    def source(self, draft: DraftSource) -> SourceLink:
        """A link; its address is its title where none is given."""
        url = self.line_of_text(draft.url, "a source's url")
        if draft.url is None:
            self.problems.add(draft.line, f"a source of {self.label} has no url. Add `url:` or remove the source.")
        elif draft.url.value and not _is_web_address(url):
            self.problems.add(
                draft.url.line,
                f"a source of {self.label} has a wrong url: {_short(url)}. Start it with https:// and a host.",
            )
        return SourceLink(self.line_of_text(draft.title, "a source's title") or url, url)


def _entry(draft: Draft, number: int, problems: ProblemList) -> Entry:
    name = " ".join(draft.id.value.split())[:MAX_ID] if draft.id else ""
    check = Checker(f"entry {name or number}", problems)
    check.required(draft.question, "question", draft.line)
    check.required(draft.answer, "answer", draft.line)
    check.variables(draft.answer, "the answer")
    question = check.line_of_text(draft.question, "the question")
    return Entry(
        id=check.line_of_text(draft.id, "the id", MAX_ID) or slug_of(question),
        question=question,
        answer=check.block(draft.answer, "the answer", MAX_ANSWER),
        variants=tuple(check.line_of_text(text, "a variant") for text in draft.variants),
        sources=tuple(check.source(source) for source in draft.sources),
        tags=tuple(check.line_of_text(text, "a tag") for text in draft.tags),
        owner=check.line_of_text(draft.owner, "the owner") or None,
        reviewed_at=check.day(draft.reviewed_at, "reviewed_at"),
        review_by=check.day(draft.review_by, "review_by"),
        review_days=check.days(draft.review_days, "review_days"),
        status=check.status(draft.status),
        audience=check.audience(draft.audience),
        checklist=checklist_of(draft.checklist, check),
    )


def _check_ids(checked: list[tuple[Draft, Entry]], problems: ProblemList) -> None:
    first: dict[str, Draft] = {}
    for draft, entry in checked:
        if not entry.question and draft.id is None:
            continue  # has been reported
        earlier = first.setdefault(entry.id, draft)
        if earlier is draft:
            continue
        line = draft.id.line if draft.id else draft.line
        if draft.id and earlier.id:
            problems.add(
                line, f"the id {entry.id} is taken by the entry on line {earlier.line}. Give it another one."
            )
        else:
            problems.add(
                line, f"this entry reads like the one on line {earlier.line}. Give both an `id:` or merge them."
            )


def _check_phrasings(checked: list[tuple[Draft, Entry]], problems: ProblemList) -> None:
    """The same words may not lead to two answers. Only exact repeats count: case often differs on purpose."""
    first: dict[str, tuple[Entry, int]] = {}
    for draft, entry in checked:
        _check_repeats(draft, entry, problems)
        if entry.status is EntryStatus.ARCHIVED:
            continue
        lines = (draft.question.line if draft.question else draft.line, *(text.line for text in draft.variants))
        for phrasing, line in zip((entry.question, *entry.variants), lines, strict=True):
            other, earlier = first.setdefault(phrasing, (entry, line))
            if phrasing and other is not entry and other.answer != entry.answer:
                problems.add(
                    line,
                    f"{_short(phrasing)} leads to entry {entry.id} and, on line {earlier}, to entry {other.id} with "
                    "another answer. Keep it in one of them.",
                )


def _check_repeats(draft: Draft, entry: Entry, problems: ProblemList) -> None:
    seen: set[str] = set()
    for text, variant in zip(draft.variants, entry.variants, strict=True):
        if variant and variant in seen:
            problems.add(text.line, f"entry {entry.id} has the variant {_short(variant)} twice. Remove one of them.")
        seen.add(variant)


def _partition(value: str) -> tuple[str, str]:
    """``("group", name)`` of "group: name"; other words with an empty name."""
    word, _, name = value.partition(":")
    return word.strip().casefold(), " ".join(name.split())


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>]", url)
    except ValueError:
        return False


def _short(text: str) -> str:
    return f'"{text[: SHOWN - 1]}…"' if len(text) > SHOWN else f'"{text}"'
