"""What a load run looks at from outside: CPU and memory of each process, and the desk's rows."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from load_desk import Program
from sqlalchemy import create_engine, text

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY_S = 1.0


def cpu_s(pid: int) -> float:
    """Seconds of CPU a process has used, in user and kernel mode; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> float:
    """Resident memory now; 0 when the process is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


def cpus() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def load() -> float:
    """How many processes wanted a CPU in the last minute, ours included."""
    return round(os.getloadavg()[0], 2)


def rows(database_url: str, sql: str) -> list[tuple[Any, ...]]:
    """What a query finds, over a connection of its own."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql)).all()]
    finally:
        engine.dispose()


OPEN_ROWS = (
    "SELECT (SELECT count(*) FROM desk_inbox WHERE finished_at IS NULL), "
    "(SELECT count(*) FROM desk_outbox WHERE finished_at IS NULL)"
)


@dataclass
class Watch:
    """Samples processes and queues once a second until ``close``."""

    programs: Sequence[Program]
    database_url: str
    cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    queued: list[tuple[float, int, int]] = field(default_factory=list)  # when, inbox, outbox

    def __post_init__(self) -> None:
        self._before = {program.name: cpu_s(program.pid) for program in self.programs}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="watch", daemon=True)
        self._thread.start()

    def add(self, program: Program) -> None:
        """Another process, from its start on."""
        self._before[program.name] = 0.0
        self.programs = [*self.programs, program]

    def close(self) -> None:
        """Take the last sample."""
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        engine = create_engine(self.database_url)
        while True:
            last = self._over.wait(_EVERY_S)
            for program in self.programs:
                used = cpu_s(program.pid) - self._before[program.name]
                self.cpu[program.name] = max(used, self.cpu.get(program.name, 0.0))
                self.memory[program.name] = max(memory_mb(program.pid), self.memory.get(program.name, 0.0))
            with engine.connect() as connection:
                inbox, outbox = connection.execute(text(OPEN_ROWS)).one()
            self.queued.append((time.time(), inbox, outbox))
            if last:
                engine.dispose()
                return
