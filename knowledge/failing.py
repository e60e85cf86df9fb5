"""Entries whose answers keep failing lose confidence until somebody reviews them.

An answer is given when nine in ten such answers are right. What people said of one entry's answers since it was last
written or reviewed is weighed against that as a beta-binomial: ten earlier answers, nine of them right, then theirs.
Where the share that results is lower, the log-odds of the confidence sink by the difference.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from knowledge.disk import write_whole
from knowledge.errors import KnowledgeError
from knowledge.signals import log_odds

FAILING_FILE = "failing.json"

PROMISED = 0.9
"""The share of right answers that the answer band aims at (see knowledge.thresholds)."""

EARLIER = 10.0
"""How many answers the promise counts for next to what people said."""

LEAST_FAILED = 2
"""One person's thumb is no pattern."""


@dataclass(frozen=True)
class Record:
    """How often an entry's answer was said to be right, and wrong, since it was last written or reviewed."""

    right: int = 0
    wrong: int = 0

    @property
    def offset(self) -> float:
        """What its confidence loses, in log-odds: 0 or less."""
        if self.wrong < LEAST_FAILED:
            return 0.0
        share = (self.right + PROMISED * EARLIER) / (self.right + self.wrong + EARLIER)
        return min(0.0, log_odds(share) - log_odds(PROMISED))


@dataclass(frozen=True)
class Failing:
    """The offsets by entry; entries that are fine are not in it."""

    offsets: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, records: Mapping[str, Record]) -> Failing:
        """Who fails, of these records."""
        found = {entry_id: round(record.offset, 4) for entry_id, record in sorted(records.items())}
        return cls({entry_id: offset for entry_id, offset in found.items() if offset < 0.0})


NONE_FAILING = Failing()


def saved_failing(folder: Path) -> Failing:
    """What is kept in a folder; nothing when there is no such file, or it is not ours. Cheap."""
    try:
        record = json.loads((folder / FAILING_FILE).read_text(encoding="utf-8"))
        offsets = {str(entry_id): float(offset) for entry_id, offset in record.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return NONE_FAILING
    return Failing({entry_id: offset for entry_id, offset in offsets.items() if math.isfinite(offset) and offset < 0})


def save_failing(folder: Path, failing: Failing) -> None:
    """Write the file, whole or not at all. Raises KnowledgeError."""
    try:
        write_whole(folder / FAILING_FILE, json.dumps(dict(failing.offsets), indent=1, sort_keys=True) + "\n")
    except OSError as exc:
        raise KnowledgeError(
            f"Which answers keep failing cannot be saved in {folder} ({exc.strerror}). Check DATA_DIR."
        ) from exc
