"""What of a Confluence site is read, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.domain import Audience


class Flavour(StrEnum):
    """Which Confluence it is; AUTO looks which API answers."""

    AUTO = "auto"
    CLOUD = "cloud"
    SERVER = "server"  # Data Center, too


@dataclass(frozen=True)
class ConfluenceSettings:
    """What one Confluence source reads.

    ``spaces`` are keys. With ``below`` only the pages with these ids, and what is below them. With ``labels`` only
    pages that carry one of them; those with one of ``without_labels`` are withheld. Labels are in small letters.
    ``audience`` is that of pages without restrictions. ``groups`` names the Slack user groups that hold the
    members of a Confluence group, by its name or id: a page restricted to groups outside it is not taken in.
    ``owner`` is named where a page's label (`owner-lifecycle`) names none; without it the page's creator is.
    """

    spaces: tuple[str, ...]
    below: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()
    without_labels: frozenset[str] = frozenset()
    audience: Audience = field(default_factory=Audience.internal)
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attachments: bool = False
    owner: str | None = None
    flavour: Flavour = Flavour.AUTO
