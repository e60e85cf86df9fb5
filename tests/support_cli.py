"""The command line as a person meets it: in this process with the double encoder, or as a process of its own."""

from __future__ import annotations

import io
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
import structlog
from structlog._config import BoundLoggerLazyProxy
from support_database import settings_of

from bot.cli import main
from bot.logs import QUIET
from bot.settings import Settings
from knowledge.protocols import Encoder
from knowledge.testing import HashingEncoder

PROGRAM = (sys.executable, "-m", "bot.cli")
WITH_DOUBLE = (
    sys.executable,
    "-c",
    "import sys; from bot.cli import main; from knowledge.testing import HashingEncoder; "
    "main(sys.argv[1:], encoder=HashingEncoder())",
)
"""The same program without the seconds that the real model takes to load."""

DOUBLE = HashingEncoder()
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


def run(*arguments: str, stdin: str | bytes = "", encoder: Encoder | None = DOUBLE) -> Ran:
    """Run a command in this process. It reads the environment and the current folder, as always.

    Without an ``encoder`` it takes the model that the settings name.
    """
    return ended(lambda: main(arguments, encoder=encoder), stdin)


def ended(program: Callable[[], None], stdin: str | bytes = "", encoding: str = "utf-8") -> Ran:
    """Run this to its end in this process, on a terminal with this encoding."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for _ in range(2))
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8")
    try:
        with logs_kept(), redirect_stdout(out), redirect_stderr(err):
            try:
                program()
                code = 0
            except SystemExit as exc:
                code = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    finally:
        sys.stdin = before
    shown, told = (stream.detach().getvalue().decode(encoding) for stream in (out, err))
    return Ran(code, shown, told)


def live_in(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Commands find their settings and data in this folder, and nothing else."""
    for name in NAMES:
        patch.delenv(name, raising=False)
    patch.setenv("DATA_DIR", str(home / "data"))
    for name, value in settings_of(home / "data").items():
        patch.setenv(name, value)
    patch.chdir(home)


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
