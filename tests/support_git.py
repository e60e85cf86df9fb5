"""A git repository that a test writes to."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


class Repository:
    """A clone with a work tree. Every call commits at once; ``day`` is the day of the commits."""

    def __init__(self, path: Path) -> None:
        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        self.path = path
        self.day = "2026-03-01"
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *command: str) -> str:
        """Run git, as somebody."""
        when = f"{self.day}T12:00:00Z"
        names = {f"GIT_{role}_{what}": "tests" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = os.environ | names | {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        done = subprocess.run(
            ["git", "-c", "commit.gpgsign=false", "-C", str(self.path), *command],
            env=environment | {"GIT_CONFIG_GLOBAL": os.devnull},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def put(self, path: str, text: str) -> None:
        """Write a file and commit it."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.commit()

    def move(self, old: str, new: str) -> None:
        """Rename a file and commit that."""
        (self.path / new).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", old, new)
        self.commit()

    def drop(self, path: str) -> None:
        """Delete a file and commit that."""
        (self.path / path).unlink()
        self.commit()

    def commit(self) -> None:
        """Commit whatever is there."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")
