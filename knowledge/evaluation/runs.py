"""Saved evaluations: one folder each, with every outcome: a later run is compared question by question."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from knowledge.domain import Band
from knowledge.errors import KnowledgeError
from knowledge.evaluation.asking import Outcome, Remark
from knowledge.evaluation.scorecard import Figures, Measured

RUN_FILE = "run.json"
FORMAT = 1
"""Raise when saved runs can no longer be compared with new ones."""


@dataclass(frozen=True)
class Run:
    """One evaluation. ``sets`` marks what was asked of what content: only runs with the same mark are comparable.

    ``made_at`` is an ISO time in UTC, ``about`` describes the run in words (files, counts, model, version).
    """

    made_at: str
    sets: str
    about: dict[str, str]
    figures: Figures
    measured: Measured


def mark_of(paths: Iterable[Path | None]) -> str:
    """A mark of the bytes of files and folders, in order, wherever they lie. Unreadable files count as absent."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(b"\x00next")
        for file in _files(path):
            digest.update(file.relative_to(path or file).as_posix().encode() + b"\x00" + _content(file))
    return digest.hexdigest()[:16]


def save_run(run: Run, folder: Path) -> Path:
    """Write the run into a folder, made when needed. Raises KnowledgeError."""
    record = {"format": FORMAT, **asdict(run), "figures": as_numbers(run.figures)}
    return save_text(folder / RUN_FILE, json.dumps(record, indent=1))


def save_text(path: Path, text: str) -> Path:
    """Write one file of a run. Raises KnowledgeError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise KnowledgeError(f"{path} cannot be written ({exc.strerror}). Name another folder with --out.") from exc
    return path


def as_numbers(figures: Figures) -> dict[str, dict[str, float | None]]:
    """Figures as they are written to JSON: value, low and high, null where an interval was not computed."""
    return {name: _finite(asdict(figure)) for name, figure in figures.items()}


def last_run(history: Path, sets: str) -> Run | None:
    """The newest run below a folder (one level deep) that asked the same; others and broken ones are passed over."""
    runs = [run for run in map(_read, history.glob(f"*/{RUN_FILE}")) if run is not None and run.sets == sets]
    return max(runs, key=lambda run: run.made_at, default=None)


def is_comparable(now: Measured, before: Measured) -> bool:
    """Whether both asked the same questions in the same order."""
    return _ids(now.outcomes) == _ids(before.outcomes)


def _ids(outcomes: Sequence[Outcome]) -> list[tuple[str, bool]]:
    return [(outcome.id, outcome.answerable) for outcome in outcomes]


def _read(path: Path) -> Run | None:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] != FORMAT:
            return None
        measured = record["measured"]
        return Run(
            made_at=str(record["made_at"]),
            sets=str(record["sets"]),
            about=dict(record["about"]),
            figures={},  # computed again from the outcomes where they are needed
            measured=Measured(
                tuple(_outcome(outcome) for outcome in measured["outcomes"]),
                tuple(_remark(remark) for remark in measured["overheard"]),
                tuple(_remark(remark) for remark in measured["chatter"]),
            ),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _outcome(record: dict[str, Any]) -> Outcome:
    return Outcome(**{**record, "band": Band(record["band"])})


def _remark(record: dict[str, Any]) -> Remark:
    return Remark(**{**record, "band": Band(record["band"])})


def _finite(figure: dict[str, float]) -> dict[str, float | None]:
    return {name: None if math.isnan(value) else round(value, 6) for name, value in figure.items()}


def _files(path: Path | None) -> list[Path]:
    if path is None:
        return []
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _content(file: Path) -> bytes:
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return b""
