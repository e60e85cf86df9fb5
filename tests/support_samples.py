"""The sample FAQ and documents under the real model: embedded once per test run (fifteen seconds of computing)."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support_model import lend_models, samples_folder

from bot.database import open_database
from bot.evaluating import FOLDER, Content, desk_with
from bot.settings import SAMPLES, Settings
from knowledge.evaluation.kept_vectors import copy_vectors
from knowledge.knowledge_base import KnowledgeBase

CONTENT = Content(SAMPLES / "faq.yaml", SAMPLES / "documents")


@contextmanager
def sample_desk() -> Iterator[KnowledgeBase]:
    """A desk that knows the samples. Processes that run side by side wait for each other's vectors."""
    folder = samples_folder()
    with _turn(folder), _desk(folder) as base:
        yield base


def lend_vectors(database: Path) -> None:
    """Give a desk's SQLite file the samples' vectors: it is not the embedding that is tested there."""
    folder = samples_folder()
    with _turn(folder):
        if not (vectors := list(folder.glob(f"{FOLDER}/vectors-*.sqlite3"))):
            with _desk(folder):
                vectors = list(folder.glob(f"{FOLDER}/vectors-*.sqlite3"))
    source, target = (open_database(f"sqlite:///{path}") for path in (*vectors, database))
    try:
        copy_vectors(source, target)
    finally:
        source.close()
        target.close()


@contextmanager
def _desk(folder: Path) -> Iterator[KnowledgeBase]:
    if not (folder / "models").exists():
        lend_models(folder)
    settings = Settings(_env_file=None, data_dir=folder)  # type: ignore[call-arg]
    with desk_with(CONTENT, settings) as base:
        yield base


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    with (folder / ".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
