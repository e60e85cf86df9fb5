"""The figures of a load run as a table that people can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def table(figures: Mapping[str, Any]) -> str:
    """One line per figure; what was promised and not kept comes last."""
    lines = [f"== {figures['profile']} =="]
    lines += [f"{name:26} {_shown(value)}" for name, value in figures.items() if name not in ("profile", "broken")]
    lines += [f"NOT KEPT: {words}" for words in figures["broken"]] or ["every promise was kept"]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{key} {_shown(one)}" for key, one in value.items()) or "none"
    return str(value) if isinstance(value, str) else json.dumps(value)
