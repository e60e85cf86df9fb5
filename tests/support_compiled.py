"""Compiled SQL statements, shared among many short lives of a desk: compiling them is much of their work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine


class Compiled(dict[Any, Any]):
    """A cache for every engine of a process.

    SQLAlchemy's key begins with the engine's dialect, and every life has an engine of its own: the name must do.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        """Whatever the dialect."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


COMPILED = Compiled()


def quick(engine: Engine) -> Engine:
    """The same engine, which compiles nothing that another has compiled."""
    return engine.execution_options(compiled_cache=COMPILED)
