"""The command line as a person meets it: in this process with the double encoder, or as a process of its own."""

from __future__ import annotations

import io
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import structlog
from structlog._config import BoundLoggerLazyProxy
from support_database import settings_of

from bot.cli import main
from bot.logs import QUIET
from bot.settings import Settings
from knowledge.testing import HashingEncoder

PROGRAM = (sys.executable, "-m", "bot.cli")
WITH_DOUBLE = (
    sys.executable,
    "-c",
    "import sys; from bot.cli import main; from knowledge.testing import HashingEncoder; "
    "main(sys.argv[1:], encoder=HashingEncoder())",
)
"""The same program without the seconds that the real model takes to load."""

NAMES = tuple(name.upper() for name in Settings.model_fields)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def problem(self) -> str:
        """What it complained about: an exit code other than 0, nothing on stdout, no traceback."""
        assert self.code != 0, self
        assert "Traceback" not in self.err
        assert self.out == ""
        return self.err.strip()


def run(*arguments: str, stdin: str | bytes = "") -> Ran:
    """Run a command in this process. It reads the environment and the current folder, as always."""
    out, err = io.StringIO(), io.StringIO()
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8")
    try:
        with logs_kept(), redirect_stdout(out), redirect_stderr(err):
            try:
                main(arguments, encoder=HashingEncoder())
                code = 0
            except SystemExit as exc:
                code = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    finally:
        sys.stdin = before
    return Ran(code, out.getvalue(), err.getvalue())


@contextmanager
def logs_kept() -> Iterator[None]:
    """Logging is set up for a process, which here is everybody's: leave it as it was."""
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level, hook = root.handlers[:], root.level, threading.excepthook
    levels = {name: logging.getLogger(name).level for name in QUIET}
    try:
        yield
    finally:
        root.handlers[:], root.level, threading.excepthook = handlers, level, hook
        structlog.configure(**configured)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
        _forget_loggers()


def _forget_loggers() -> None:
    """Loggers that were used meanwhile have kept the set-up of then (``cache_logger_on_first_use``)."""
    for module in tuple(sys.modules.values()):  # a copy made in one step: another thread may import meanwhile
        # asking the module itself would wake lazy ones up
        log = module.__dict__.get("log") if isinstance(module, ModuleType) else None
        if isinstance(log, BoundLoggerLazyProxy):
            vars(log).pop("bind", None)


@contextmanager
def started(*command: str, cwd: Path, env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A process of its own with only these settings; killed at the end if it still runs."""
    inherited = {name: value for name, value in os.environ.items() if name not in NAMES}
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**inherited, "DATA_DIR": str(cwd / "data"), **settings_of(cwd / "data"), **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def spawn(*command: str, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 60.0) -> Ran:
    """Run a process of its own to its end."""
    with started(*command, cwd=cwd, env=env or {}) as process:
        out, err = process.communicate(timeout=timeout)
        return Ran(process.returncode, out, err)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
