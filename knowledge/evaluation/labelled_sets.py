"""Labelled questions on disk: JSONL files of what is asked and what should be found.

A line of a questions file holds ``question`` (or ``thread``, whose last text is asked, or ``text``) and ``gold``: an
entry's id, a list of ``{"path", "heading"}`` (any of them is right), or null when the desk must not answer.
``style``, ``kind``, ``must_contain`` and ``id`` are optional, other keys are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.domain import Hit, HitKind
from knowledge.errors import LabelsInvalid, Problem


@dataclass(frozen=True)
class Gold:
    """One right answer: an entry, a section, or (without heading) any section of a page."""

    entry: str | None = None
    path: str | None = None
    heading: str | None = None

    def is_hit(self, hit: Hit) -> bool:
        """Whether the hit is this answer."""
        if self.entry is not None:
            return hit.kind is HitKind.ENTRY and hit.id == self.entry
        return self.is_page(hit) and (self.heading is None or _same(self.heading, hit.heading))

    def is_page(self, hit: Hit) -> bool:
        """Whether the hit stands on this answer's page."""
        return self.path is not None and hit.path == self.path

    def __str__(self) -> str:
        return self.entry or " › ".join(part for part in (self.path, self.heading) if part)


@dataclass(frozen=True)
class LabelledQuestion:
    """A question and its right answers; without any, the desk must not answer it.

    ``must_contain``: a good quote holds one of these texts. ``style`` and ``kind`` are free words to group by.
    """

    id: str
    text: str
    earlier: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    style: str = ""
    kind: str = ""
    must_contain: tuple[str, ...] = ()

    @property
    def is_answerable(self) -> bool:
        """Whether there is a right answer."""
        return bool(self.gold)


@dataclass(frozen=True)
class LabelledSets:
    """Everything that is asked: questions (answerable or not), and remarks that want no reply at all."""

    questions: tuple[LabelledQuestion, ...]
    chatter: tuple[LabelledQuestion, ...] = ()


def read_sets(questions: Path, unanswerable: Path | None = None, chatter: Path | None = None) -> LabelledSets:
    """The sets of up to three files. Raises LabelsInvalid naming every bad line of the first bad file."""
    asked = _read(questions, _question)
    if unanswerable is not None:
        asked += _read(unanswerable, _unanswerable)
    return LabelledSets(asked, _read(chatter, _unanswerable) if chatter is not None else ())


def _read(path: Path, parse: Callable[[dict[str, Any], str], LabelledQuestion]) -> tuple[LabelledQuestion, ...]:
    found: list[LabelledQuestion] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            found.append(parse(_record(line), f"{path.stem}-{number}"))
        except ValueError as exc:
            problems.append(Problem(str(path), number, str(exc)))
    if not found and not problems:
        problems.append(Problem(str(path), 1, "the file holds no questions. Add one JSON object per line."))
    if problems:
        raise LabelsInvalid(tuple(problems))
    return tuple(found)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        problem = Problem(str(path), 1, "the file cannot be read as UTF-8 text. Check the path.")
        raise LabelsInvalid((problem,)) from exc


def _record(line: str) -> dict[str, Any]:
    advice = "the line is not a JSON object. Mend or remove it."
    try:
        record = json.loads(line)
    except ValueError as exc:
        raise ValueError(advice) from exc
    if isinstance(record, dict):
        return record
    raise ValueError(advice)


def _question(record: dict[str, Any], name: str) -> LabelledQuestion:
    if "gold" not in record:
        raise ValueError('the question has no "gold". Name the right answer, or null when there is none.')
    return _labelled(record, name, _golds(record["gold"]))


def _unanswerable(record: dict[str, Any], name: str) -> LabelledQuestion:
    if record.get("gold"):
        raise ValueError('a question that must not be answered has a "gold". Move it to the questions file.')
    return _labelled(record, name, ())


def _labelled(record: dict[str, Any], name: str, gold: tuple[Gold, ...]) -> LabelledQuestion:
    texts = _texts(record)
    return LabelledQuestion(
        id=str(record.get("id", name)),
        text=texts[-1],
        earlier=texts[:-1],
        gold=gold,
        style=str(record.get("style") or ""),
        kind=str(record.get("kind") or ""),
        must_contain=_strings(record.get("must_contain") or [], "must_contain"),
    )


def _texts(record: dict[str, Any]) -> tuple[str, ...]:
    thread = record.get("thread")
    if thread:
        return _strings(thread, "thread")
    return _strings([record.get("question", record.get("text"))], "question")


def _strings(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise ValueError(f'"{key}" is missing or not text. Mend or remove the line.')
    return tuple(value)


def _golds(value: object) -> tuple[Gold, ...]:
    golds = () if value is None else value if isinstance(value, list) else (value,)
    return tuple(_gold(gold) for gold in golds)


def _gold(value: object) -> Gold:
    if isinstance(value, str) and value:
        return Gold(entry=value)
    if isinstance(value, dict) and isinstance(value.get("path"), str):
        return Gold(path=value["path"], heading=value.get("heading"))
    raise ValueError('"gold" is neither an entry id nor a list of {"path", "heading"}. Mend it.')


def _same(heading: str, found: str | None) -> bool:
    return found is not None and " ".join(heading.split()) == " ".join(found.split())
