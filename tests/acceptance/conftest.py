"""Fixtures of the acceptance tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_cli import live_in


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of somebody who has just installed the desk: no settings, no data."""
    live_in(tmp_path, monkeypatch)
    return tmp_path
