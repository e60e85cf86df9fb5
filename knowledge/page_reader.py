"""Files as pages, whatever is in them: small texts here, all else in a process of its own that may die of it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import weakref
from dataclasses import dataclass
from typing import Any

from knowledge.errors import DocumentUnreadable
from knowledge.page import Page
from knowledge.page_json import page_from_json
from knowledge.page_kinds import GUARDED, HTML, parse, suffix_of
from knowledge.programs import end

LARGE_TEXT = 200_000
"""Bytes from which a text goes to the other process, too: what is quadratic in a parser shows from there on."""

SMALL_HTML = 8_000
"""The same for web pages: a hundred KB of broken markup (`<a b="<a b="…`) keep a parser busy for an hour."""

MAX_ANSWER = 64_000_000  # bytes of a page as JSON
_STOP_SECONDS = 2.0
_BROKEN = "broke its reader: open it and save it anew, or leave it out"
_KEPT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV")
"""The environment of the other process: what Python needs, and no token or password."""


@dataclass(frozen=True)
class Limits:
    """What one file may take: ``memory`` in bytes, ``seconds`` of computing, ``wait`` seconds on the clock.

    After ``idle`` seconds without a file the process leaves.
    """

    memory: int = 1_000_000_000
    seconds: float = 60.0
    wait: float = 180.0
    idle: float = 20.0


class PageReader:
    """Reads one file at a time; safe for several threads. The other process starts with the first file that needs it,
    leaves by itself when there is nothing to do, and is replaced when it dies.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def page(self, data: bytes, path: str, sidecar: bytes = b"") -> Page:
        """The page in a file's bytes. ``path`` tells its kind, and names it. Raises DocumentUnreadable."""
        if len(data) <= _most_here(suffix_of(path)):
            return parse(data, path, sidecar)
        with self._lock:
            answer = self._asked(data, path, sidecar)
        if "refused" in answer:
            raise DocumentUnreadable(path, " ".join(str(answer["refused"]).split()))
        try:
            return page_from_json(answer["page"])
        except (KeyError, TypeError, ValueError) as exc:
            raise DocumentUnreadable(path, _BROKEN) from exc

    def _asked(self, data: bytes, path: str, sidecar: bytes) -> dict[str, Any]:
        for _ in range(2):
            child = self._child = self._child or _Child(self._limits)
            try:
                answer = child.ask(data, path, sidecar)
            except _Left:  # it was idle and on its way out: nobody's fault
                self._end()
                continue
            except _Died as exc:
                self._end()
                raise DocumentUnreadable(path, str(exc)) from exc
            if answer.get("last"):
                self._end()
            return answer
        raise DocumentUnreadable(path, "could not be handed to its reader: try again")

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
        self._child = None


def _most_here(suffix: str) -> int:
    """Bytes up to which a file is safe to read in this process."""
    if suffix in GUARDED:
        return -1
    return SMALL_HTML if suffix in HTML else LARGE_TEXT


class _Left(Exception):
    """The process had left before it took the file."""


class _Died(Exception):
    """The process died of the file. The message is the reason for the summary."""


class _Child:
    """The other process, started afresh (nothing is forked that goes on running our code)."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        wanted = json.dumps({"memory": limits.memory, "seconds": limits.seconds, "idle": limits.idle})
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-P", "-m", "knowledge.parsing_child", wanted],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
        )
        self.end = weakref.finalize(self, end, self._process)

    def ask(self, data: bytes, path: str, sidecar: bytes) -> dict[str, Any]:
        """The answer about one file. Raises _Left or _Died."""
        late, process = threading.Event(), self._process  # the clock must not keep this object alive

        def stop() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(self._limits.wait, stop)
        clock.daemon = True
        clock.start()
        try:
            line = self._exchange(data, path, sidecar)
        finally:
            clock.cancel()
        if not line.endswith(b"\n"):
            raise self._end_of(late.is_set(), line)
        with contextlib.suppress(ValueError, RecursionError):
            answer = json.loads(line)
            if isinstance(answer, dict):
                return answer
        raise _Died(_BROKEN)

    def _exchange(self, data: bytes, path: str, sidecar: bytes) -> bytes:
        order = {"path": path, "size": len(data), "sidecar": len(sidecar)}
        files, answers = self._process.stdin, self._process.stdout
        if files is None or answers is None:
            return b""
        try:
            files.write(json.dumps(order).encode() + b"\n")
            files.write(data)
            files.write(sidecar)
            files.flush()
            return answers.readline(MAX_ANSWER)
        except OSError:
            return b""

    def _end_of(self, late: bool, line: bytes) -> Exception:
        """Why there is no answer."""
        if late:
            return _Died(f"takes longer than {self._limits.wait:.0f} seconds to read: split it or leave it out")
        if line:
            return _Died("holds more text than one document may: split it")
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(_STOP_SECONDS)
            if code == 0:
                return _Left()
            if code == -_CPU_SIGNAL:
                return _Died(
                    f"takes more than {self._limits.seconds:.0f} seconds of work to read: split it or leave it out"
                )
        return _Died(_BROKEN)


_CPU_SIGNAL = 24  # SIGXCPU; Windows has neither the name nor the limit
