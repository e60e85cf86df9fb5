"""FAQ files on disk: read, check and write them as YAML or CSV, by their suffix.

An entry without an id gets one made of its question's words (``faq_check.slug_of``), the same on every import.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from knowledge.domain import Entry
from knowledge.errors import FaqInvalid, FaqNotWritten, Problem
from knowledge.faq_check import entries_of
from knowledge.faq_csv import read_csv, write_csv
from knowledge.faq_draft import Draft, ProblemList
from knowledge.faq_yaml import read_yaml, write_yaml

MAX_BYTES = 10_000_000
"""Far above a curated FAQ: 10,000 entries with 20 variants each stay below it."""

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class _Format:
    """One way to write an FAQ down. ``encoding`` is for writing; reading accepts UTF-8 with or without a mark."""

    read: Callable[[str, ProblemList], tuple[Draft, ...]]
    write: Callable[[Iterable[Entry]], str]
    encoding: str


_YAML = _Format(read_yaml, write_yaml, "utf-8")
_CSV = _Format(read_csv, write_csv, "utf-8-sig")  # without the mark Excel takes UTF-8 for a local code page
FORMATS = {".yaml": _YAML, ".yml": _YAML, ".csv": _CSV}


def read_faq(path: Path) -> tuple[Entry, ...]:
    """The entries of a file, in file order, at least one. Raises FaqInvalid with every problem in the file."""
    entries, problems = _read(path)
    if problems:
        raise FaqInvalid(problems)
    return entries


def check_faq(path: Path) -> tuple[Problem, ...]:
    """Everything wrong with a file, from its top to its end; empty when it can be imported."""
    return _read(path)[1]


def problems_of(entry: Entry) -> tuple[str, ...]:
    """Everything wrong with one entry, wherever it was written: what reading it from a file would say of it."""
    problems = ProblemList("")
    entries_of(read_yaml(write_yaml([entry]), problems), problems)
    return tuple(problem.message for problem in problems.in_order())


def write_faq(path: Path, entries: Sequence[Entry]) -> None:
    """Write a file that reads back as the same entries; a failure leaves what stood there. Raises FaqNotWritten."""
    chosen = FORMATS.get(path.suffix.casefold())
    if chosen is None:
        raise FaqNotWritten(f"{path} is neither YAML nor CSV. Choose a name ending in {', '.join(FORMATS)}.")
    data = chosen.write(entries).encode(chosen.encoding)
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{uuid4().hex[:8]}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as exc:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise FaqNotWritten(f"{path} cannot be written ({exc.strerror}). Choose another folder.") from exc


def _read(path: Path) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    problems = ProblemList(str(path))
    chosen = FORMATS.get(path.suffix.casefold())
    if chosen is None:
        problems.add(1, f"the file is neither YAML nor CSV by its name. Give it one ending in {', '.join(FORMATS)}.")
        return (), problems.in_order()
    text = _text(path, problems)
    drafts = chosen.read(text, problems) if text is not None else ()
    return entries_of(drafts, problems), problems.in_order()


def _text(path: Path, problems: ProblemList) -> str | None:
    try:
        if path.is_dir():
            problems.add(1, "this is a folder. Name the file in it.")
            return None
        if not path.is_file():
            problems.add(1, "there is no such file. Check the name and the folder.")
            return None
        if path.stat().st_size > MAX_BYTES:
            size = f"{path.stat().st_size / 1e6:.0f} MB"
            problems.add(
                1, f"the file has {size}; {MAX_BYTES // 1_000_000} MB fit. Is it the right one? If so, split it."
            )
            return None
        data = path.read_bytes()
    except OSError as exc:
        problems.add(1, f"the file cannot be read ({exc.strerror}). Check who may read it.")
        return None
    return decoded(data, problems)


def decoded(data: bytes, problems: ProblemList) -> str | None:
    """The text of a file's bytes; None, with what to do about it in ``problems``, when there is none."""
    if data.startswith(UTF16_MARKS):
        problems.add(1, "the file is UTF-16 text. Save it as UTF-8 (in Excel: CSV UTF-8).")
    elif b"\x00" in data:
        problems.add(1, "the file is binary, not text. Export it as YAML or CSV first.")
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            line = data.count(b"\n", 0, exc.start) + 1
            problems.add(line, "the text is not UTF-8 here. Save the file as UTF-8 (in Excel: CSV UTF-8).")
    return None
