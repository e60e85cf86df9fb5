"""The real model, exported once per test run (half a minute), for tests marked `model`."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from knowledge.model_encoder import ModelEncoder
from knowledge.model_files import DEFAULT_MODEL


@cache
def models_folder() -> Path:
    """A folder of exported models, holding the default one; removed when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="mops-desk-models-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ModelEncoder(DEFAULT_MODEL, folder).prepare()
    return folder


def exported_encoder() -> ModelEncoder:
    """A fresh encoder over that folder."""
    return ModelEncoder(DEFAULT_MODEL, models_folder())
