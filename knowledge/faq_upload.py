"""An FAQ file as bytes that somebody sent: the entries that are good, and everything wrong with the others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from knowledge.domain import Entry
from knowledge.errors import Problem
from knowledge.faq_check import entries_of
from knowledge.faq_draft import Draft, ProblemList
from knowledge.faq_file import FORMATS, MAX_BYTES, decoded


@dataclass(frozen=True)
class Fault:
    """A problem, and the entry it belongs to: its number in the file (from 1) and its name. 0: the whole file."""

    problem: Problem
    number: int = 0
    name: str = ""


@dataclass(frozen=True)
class Upload:
    """What a file holds. ``entries`` are those without a fault, in file order; ``rows`` is how many there were."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    rows: int

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The faults without their entries, from the top of the file to its end."""
        return tuple(fault.problem for fault in self.faults)

    @property
    def broken(self) -> int:
        """How many entries have a fault."""
        return self.rows - len(self.entries)


def read_upload(name: str, data: bytes) -> Upload:
    """Read a YAML or CSV file by its name's ending. Never raises.

    A fault of the file as a whole (wrong version, unknown column, not text) leaves no good entry. A fault between two
    entries counts for the one above it.
    """
    problems = ProblemList(PurePosixPath(name.replace("\\", "/")).name[:200])
    text = _text(name, data, problems)
    chosen = FORMATS.get(PurePosixPath(name).suffix.casefold())
    drafts = chosen.read(text, problems) if chosen and text is not None else ()
    entries = entries_of(drafts, problems)
    faults = tuple(_fault(problem, drafts, entries) for problem in problems.in_order())
    broken = {fault.number for fault in faults}
    good = () if 0 in broken else (entry for number, entry in enumerate(entries, 1) if number not in broken)
    return Upload(tuple(good), faults, len(drafts))


def _text(name: str, data: bytes, problems: ProblemList) -> str | None:
    if PurePosixPath(name).suffix.casefold() not in FORMATS:
        problems.add(1, f"the file is neither YAML nor CSV by its name. Give it one ending in {', '.join(FORMATS)}.")
        return None
    if len(data) > MAX_BYTES:
        problems.add(1, f"the file has {len(data) / 1e6:.0f} MB; {MAX_BYTES // 1_000_000} MB fit. Split it.")
        return None
    return decoded(data, problems)


def _fault(problem: Problem, drafts: Sequence[Draft], entries: Sequence[Entry]) -> Fault:
    number = bisect_right([draft.line for draft in drafts], problem.line)
    if not number:
        return Fault(problem)
    typed = drafts[number - 1].id
    return Fault(problem, number, typed.value if typed and typed.value else entries[number - 1].question)
