"""One spawned process that answers messages: for work that wants other threads or libraries than serving does.

Spawned, never forked: a child forked after torch or faiss has run on several threads hangs.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

STOP_SECONDS = 2.0
"""How long a child that has nothing to do may take to leave before it is ended."""

NICENESS = 19
"""Work on every core takes what is left over: beside it the desk goes on answering; alone it is as quick as ever."""

Answer = Callable[[Any], Any]


class ChildStopped(Exception):
    """The child is gone or could not do it. The message is one line without anything from the texts it was given."""


class Child:
    """A process that was handed ``plan`` and answers one message at a time. Use as a context manager.

    ``prepare(plan)`` runs in the child and returns the function that answers; both must be importable by name.
    """

    def __init__(self, prepare: Callable[[Any], Answer], plan: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, prepare, plan), daemon=True)
        try:
            self._process.start()
        except OSError as exc:
            raise ChildStopped("no process could be started") from exc
        theirs.close()  # so that a dead child is the end of the pipe, not silence

    def ask(self, message: object) -> Any:  # noqa: ANN401 - whatever the child's function returns
        """The child's answer. Raises ChildStopped when it failed, was killed or never started."""
        try:
            self._connection.send(message)
            done, answer = self._connection.recv()
        except (EOFError, OSError) as exc:
            raise ChildStopped("the process ended") from exc
        if not done:
            raise ChildStopped(str(answer))
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._process.join(STOP_SECONDS if kind is None else 0)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(connection: Connection, prepare: Callable[[Any], Answer], plan: object) -> None:
    """The child's whole life: one answer per message, until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the parent ends us
    atexit.register(os._exit, 0)  # once others have tidied up: taking torch apart afterwards takes a second
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    answer: Answer | None = None
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = answer or prepare(plan)
            reply = True, answer(message)
        except Exception as exc:  # noqa: BLE001 - told to the parent, whatever it is
            reply = False, type(exc).__name__
        with contextlib.suppress(OSError):
            connection.send(reply)
