"""A small file that an admin writes, read anew whenever it changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from knowledge.faq_draft import ProblemList

T = TypeVar("T")

MAX_BYTES = 1_000_000


class FollowedFile(Generic[T]):
    """What ``read`` makes of a file. Safe for several threads; a call costs one look at the file's date."""

    def __init__(self, path: Path, read: Callable[[Path], T], empty: T) -> None:
        self._path = path
        self._read = read
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._value = empty

    def __call__(self) -> T:
        """What the file holds now. Raises what ``read`` raises."""
        with self._lock:
            state = self._state()
            if state is None or state != self._seen:
                self._value, self._seen = self._read(self._path), state
            return self._value

    def _state(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def text_in(path: Path, setting: str, problems: ProblemList) -> str | None:
    """The file's text; None when there is none to read, and ``problems`` says why. ``setting`` names the file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            problems.add(1, f"the file is larger than {MAX_BYTES // 1_000_000} MB. Is it the right one?")
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.add(1, "the file is not UTF-8 text. Save it as UTF-8.")
    except OSError as exc:
        problems.add(1, f"the file cannot be read ({exc.strerror}). Check {setting}.")
    return None
