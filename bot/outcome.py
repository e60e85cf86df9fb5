"""How carrying out an effect ended, as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

Then = Callable[[Session], None]
"""What to write in the transaction that settles the row."""


def nothing(_session: Session) -> None:
    """Nothing more to write."""


@dataclass(frozen=True)
class Done:
    """It has taken effect."""

    then: Then = nothing


@dataclass(frozen=True)
class Wait:
    """Its turn comes at ``at``; nothing was tried, and it does not count as an attempt. The lane waits."""

    at: datetime
    why: str
    memo: Mapping[str, Any] = field(default_factory=dict)
    then: Then = nothing


@dataclass(frozen=True)
class Retry:
    """Nothing happened, for certain; again at ``at``. The lane waits, unless the effect itself is to blame."""

    at: datetime
    why: str
    memo: Mapping[str, Any] = field(default_factory=dict)
    then: Then = nothing
    holds_lane: bool = True


@dataclass(frozen=True)
class Unsure:
    """It may have taken effect; look again at ``at``. The lane goes on."""

    at: datetime
    why: str
    memo: Mapping[str, Any] = field(default_factory=dict)
    then: Then = nothing


@dataclass(frozen=True)
class Refused:
    """It will never take effect; ``then`` tells a person."""

    why: str
    then: Then = nothing


Outcome = Done | Wait | Retry | Unsure | Refused
