"""One thing the doctor looked at, and how a look becomes a result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import DeskError
from escalation.errors import EscalationError
from knowledge.errors import KnowledgeError


class State(StrEnum):
    """How it is. Only FAIL keeps the desk from working as it should."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """One thing looked at; ``detail`` says what was found, and how to mend it."""

    name: str
    state: State
    detail: str

    @property
    def ok(self) -> bool:
        """Whether the desk can work with it."""
        return self.state is not State.FAIL


class Worry(DeskError):
    """It works, but somebody should look at it."""


def looked(name: str, look: Callable[[], str]) -> Check:
    """The result of a look. A broken one never hides the next."""
    try:
        return Check(name, State.OK, look())
    except Worry as exc:
        return Check(name, State.WARN, str(exc))
    except (DeskError, KnowledgeError, EscalationError) as exc:
        return Check(name, State.FAIL, str(exc))
