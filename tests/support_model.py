"""The real model, exported once per test run (half a minute), for tests marked `model`.

Test processes that run side by side share one export: the first to need it makes it, the others wait.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from knowledge.model_encoder import ModelEncoder
from knowledge.model_files import DEFAULT_MODEL
from knowledge.protocols import Matrix

_RUN = "PYTEST_XDIST_TESTRUNUID"  # the same in every process of one run


@cache
def models_folder() -> Path:
    """A folder of exported models, holding the default one; removed when the tests end."""
    run = os.environ.get(_RUN)
    folder = _shared(run) if run else Path(tempfile.mkdtemp(prefix="mops-desk-models-"))
    folder.mkdir(exist_ok=True)
    if not run:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with (folder / ".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        ModelEncoder(DEFAULT_MODEL, folder).prepare()
    return folder


@cache
def samples_folder() -> Path:
    """A folder beside it, for what support_samples keeps until the tests end."""
    folder = _samples(models_folder())
    folder.mkdir(exist_ok=True)
    if not os.environ.get(_RUN):
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def lend_models(data_dir: Path) -> None:
    """Let a desk in ``data_dir`` find the exported model: it is not the export that is tested there."""
    (data_dir / "models").symlink_to(models_folder())


def remove_shared_models(run: str) -> None:
    """What the processes of one run shared, once all of them have ended."""
    for folder in (_shared(run), _samples(_shared(run))):
        shutil.rmtree(folder, ignore_errors=True)


def exported_encoder() -> ModelEncoder:
    """A fresh encoder over that folder."""
    return ModelEncoder(DEFAULT_MODEL, models_folder())


def least_cosine(first: Matrix, second: Matrix) -> float:
    """Of the vectors of two matrices, row by row."""
    return float((first * second).sum(axis=1).min())


def _shared(run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"mops-desk-models-{run}"


def _samples(models: Path) -> Path:
    return models.with_name(f"{models.name}-samples")
