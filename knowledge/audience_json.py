"""An audience as plain JSON values, in rows, generations and between processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge.domain import Audience, Level

_LEAST, _MOST = 2, 4


def audience_to_json(audience: Audience) -> list[Any]:
    """Level and groups; channels and what holds besides only where there are any, as in rows of before there were."""
    values: list[Any] = [audience.level.value, sorted(audience.groups)]
    if audience.channels or audience.also:
        values.append(sorted(audience.channels))
    if audience.also:
        values.append([audience_to_json(part) for part in audience.also])
    return values


def audience_from_json(values: Sequence[Any]) -> Audience:
    """The audience back. Raises KeyError, TypeError or ValueError when it is none."""
    if isinstance(values, str) or not _LEAST <= len(values) <= _MOST:
        raise ValueError("level and groups were expected")
    level, groups = values[:_LEAST]
    channels, also = [*values[_LEAST:], [], []][: _MOST - _LEAST]
    return Audience(Level(level), _ids(groups), _ids(channels), tuple(map(audience_from_json, also)))


def _ids(values: Sequence[Any]) -> frozenset[str]:
    if isinstance(values, str) or not all(isinstance(value, str) for value in values):
        raise TypeError("a list of ids was expected")
    return frozenset(values)
