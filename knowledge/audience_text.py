"""How people write an audience, in every file of ours: ``public``, ``internal``, groups, channels.

    audience: internal
    audience: {group: S0123ABCD}                 # a user group, by its id; or a list: whoever is in any of them
    audience: {channel: C0123ABCD}               # the members of a channel; or `channels:` with a list
    audience: {groups: [S01], channels: [C01]}   # whoever is in any of these

In a CSV cell: ``group: S0123`` and ``channel: C0123``, one per line.
"""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.domain import Audience, Level
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText

LEVELS = (Level.PUBLIC.value, Level.INTERNAL.value)
GROUP_KEYS, CHANNEL_KEYS = ("group", "groups"), ("channel", "channels")
HOW = "Write `public`, `internal`, `{group: S0123ABCD}` or `{channel: C0123ABCD}`."


class AudienceUnclear(ValueError):
    """What stands there is no audience. ``line`` is where, ``advice`` what to write."""

    def __init__(self, line: int, advice: str) -> None:
        self.line = line
        self.advice = advice
        super().__init__(advice)


def read_audience(node: YamlNode) -> Audience:
    """The audience a YAML value means. Raises AudienceUnclear: a text is never shown wider by a slip of the pen."""
    if isinstance(node, YamlText):
        word = node.value.strip().casefold()
        if word in LEVELS:
            return Audience(Level(word))
        raise AudienceUnclear(node.line, f"this audience is not known: {node.value[:60]!r}. {HOW}")
    if not isinstance(node, YamlMap):
        raise AudienceUnclear(node.line, f"a list is no audience by itself. {HOW}")
    groups: list[str] = []
    channels: list[str] = []
    for key, value in node.pairs:
        name = key.value.strip().casefold() if isinstance(key, YamlText) else ""
        if name in GROUP_KEYS:
            groups += ids_in(value)
        elif name in CHANNEL_KEYS:
            channels += ids_in(value)
        else:
            raise AudienceUnclear(key.line, f"`{name or '…'}` is no audience. {HOW}")
    return circles(groups, channels) if groups or channels else _empty(node.line)


def circles(groups: Iterable[str], channels: Iterable[str] = ()) -> Audience:
    """For whoever is in any of these groups or channels; for nobody without any."""
    in_groups, in_channels = frozenset(groups), frozenset(channels)
    return Audience(Level.GROUP if in_groups or not in_channels else Level.CHANNEL, in_groups, in_channels)


def ids_in(node: YamlNode) -> list[str]:
    """One id, or a list of them. Raises AudienceUnclear."""
    found = [" ".join(item.value.split()) for item in _items(node) if isinstance(item, YamlText)]
    if not found or not all(found) or len(found) != len(_items(node)):
        _empty(node.line)
    return found


def plain_audience(audience: Audience) -> str | dict[str, str | list[str]]:
    """What stands in a YAML file for it; ``read_audience`` reads the same audience back (``also`` has no words)."""
    if audience.level not in (Level.GROUP, Level.CHANNEL):
        return audience.level.value
    plain: dict[str, str | list[str]] = {}
    for name, ids in (("group", sorted(audience.groups)), ("channel", sorted(audience.channels))):
        if ids:
            plain[name] = ids[0] if len(ids) == 1 else ids
    return plain or {"group": []}


def _items(node: YamlNode) -> tuple[YamlNode, ...]:
    return node.items if isinstance(node, YamlList) else (node,)


def _empty(line: int) -> Audience:
    raise AudienceUnclear(line, f"this names no group and no channel. {HOW}")
