"""Fixtures that every folder of tests may use."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import support_one_thread as support_one_thread
from support_database import ON_POSTGRES, close_databases, drop_databases
from support_model import remove_shared_models
from support_postgres import Postgres, database_of_kind, leave_postgres, remove_shared_postgres, shared_postgres
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from bot.database import Database

TORCH = "contract/test_encoder_contract.py", "acceptance/test_reranker.py"
"""Files that load torch, which takes seven seconds: the same process runs them."""

MEMORY, ROOM = Path("/dev/shm"), 2**31
"""Where tests keep their files, if it holds so many bytes more."""

OFTEN = 20_000, 10, 10
"""How often garbage is looked for (see gc.set_threshold): as often as by itself takes a twentieth of the run."""


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """One PostgreSQL server for the whole run, started by the first test that asks for it."""
    return shared_postgres()


@pytest.fixture(scope="module", autouse=True)
def _databases() -> Iterator[None]:
    """What a file's tests made on PostgreSQL goes when they end."""
    yield
    drop_databases()


@pytest.fixture(autouse=True)
def _connections() -> Iterator[None]:
    """A connection that nobody closes is a warning, and warnings are errors."""
    yield
    close_databases()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A real database with all tables, once of each kind."""
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    with database_of_kind(request.param, tmp_path, server) as database:
        yield database


def _draw_tracebacks_plainly() -> None:
    """With all variables in them, as structlog does by itself, one takes a second, and its loop stands still."""
    before_the_last = structlog.get_config()["processors"][:-1]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before_the_last, plain])


def _keep_files_in_memory() -> None:
    """Processes die in these tests, never the machine: syncing to a disk is a tenth of the run and proves nothing."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _hear_ctrl_c() -> None:
    """A script that runs the tests in its background has it ignored, by the programs they stop with it too."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Set logs up, and name a run of several processes, so that they can share what is slow to make."""
    _draw_tracebacks_plainly()
    _keep_files_in_memory()
    _hear_ctrl_c()
    if ON_POSTGRES:  # a desk that stops does not wait for its index thread, which may connect once more
        config.addinivalue_line("filterwarnings", "ignore:.*was deleted while still open:ResourceWarning")
    if hasattr(config.option, "testrunuid") and not hasattr(config, "workerinput"):
        config.option.testrunuid = config.option.testrunuid or uuid.uuid4().hex


class ByFile(LoadFileScheduling):
    """Tests of a file run in one process, and so do the files of TORCH."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "torch" if file.endswith(TORCH) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    """For ``--dist loadfile``."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_sessionstart() -> None:
    """Nothing that is collected becomes garbage: looking for it again and again takes seconds in every process."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on as usual, but without looking through all tests and modules each time, and a tenth as often."""
    gc.freeze()
    gc.set_threshold(*OFTEN)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On PostgreSQL, tests whose point is SQLite itself are left out, with their reason."""
    if not ON_POSTGRES:
        return
    for item in items:
        if marker := item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.skip(reason=f"SQLite only: {marker.args[0]}"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that started the others outlives them, and clears up."""
    leave_postgres()
    run = getattr(config.option, "testrunuid", None)
    if run and not hasattr(config, "workerinput"):
        remove_shared_models(run)
        remove_shared_postgres(run)
