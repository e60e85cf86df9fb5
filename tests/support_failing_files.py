"""Lets the N-th step with which files are written fail, as a full or failing disk does."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_STEPS = ("fsync", "replace", "rename", "mkdir")
_ERRORS = (errno.ENOSPC, errno.EIO, errno.EDQUOT)


class FailingDisk:
    """Counts fsync, replace, rename, mkdir and files that are opened to be written; ``fails_at`` 0: none fails."""

    def __init__(self) -> None:
        self.fails_at = 0
        self.counted = 0
        self.failed = ""

    def arm(self, number: int) -> None:
        """The N-th from now fails, once."""
        self.fails_at, self.counted, self.failed = number, 0, ""

    def calm(self) -> None:
        """Nothing fails any more."""
        self.fails_at = 0

    def step(self, name: str) -> None:
        """One is about to be taken."""
        self.counted += 1
        if self.counted == self.fails_at:
            self.failed = name
            code = _ERRORS[self.fails_at % len(_ERRORS)]
            raise OSError(code, os.strerror(code))


@contextmanager
def failing_disk() -> Iterator[FailingDisk]:
    """The disk of this process, which may fail from now on."""
    disk = FailingDisk()

    def watched(name: str, original: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            disk.step(name)
            return original(*args, **kwargs)

        return call

    def opened(file: Any, mode: str = "r", *args: Any, original: Any = io.open, **kwargs: Any) -> Any:
        if set(mode) & set("wax+"):
            disk.step("open")
        return original(file, mode, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        for name in _STEPS:
            patch.setattr(os, name, watched(name, getattr(os, name)))
        patch.setattr(io, "open", opened)
        yield disk
