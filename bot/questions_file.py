"""A JSONL file of questions, as `mops-desk ask --batch` reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import DeskError

SHOWN = 20
"""How many bad lines are named; a file of another kind has nothing else."""


@dataclass(frozen=True)
class BatchLine:
    """One line: its id, whatever JSON value that is, and what was asked, the latest last."""

    id: Any
    texts: tuple[str, ...]


def read_questions(path: Path) -> tuple[BatchLine, ...]:
    """Every question of the file, at least one; blank lines are left out. Raises DeskError naming every bad line."""
    questions, problems = [], []
    for number, line in enumerate(_text(path).split("\n"), 1):  # splitlines() would cut inside JSON strings
        if not line.strip():
            continue
        question = _question(line)
        if question is None:
            problems.append(
                f'{path}:{number}  is not a line like {{"id": "q1", "question": "…"}}. Mend or remove it.'
            )
        else:
            questions.append(question)
    if len(problems) > SHOWN:
        problems[SHOWN:] = [f"… and {len(problems) - SHOWN} more lines like these."]
    if problems:
        raise DeskError("\n".join(problems))
    if not questions:
        raise DeskError(f'{path} is empty. Write one question per line: {{"id": "q1", "question": "…"}}.')
    return tuple(questions)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise DeskError(f"{path} cannot be read ({exc.strerror}). Name a JSONL file.") from exc
    except UnicodeDecodeError as exc:
        raise DeskError(f"{path} is not UTF-8 text. Name a JSONL file, one question per line.") from exc


def _question(line: str) -> BatchLine | None:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(item, dict):
        return None
    thread = item.get("thread")
    texts = tuple(thread) if isinstance(thread, list) and thread else (item.get("question", item.get("text")),)
    return BatchLine(item.get("id"), texts) if all(isinstance(text, str) for text in texts) else None
