"""For the doctor: does Slack know every group and channel that texts are kept for? Others have no readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.errors import DeskError, SlackRefused
from bot.slack.client import SlackClient
from knowledge.domain import Audience


def readers_known(slack: SlackClient, texts: Iterable[Audience]) -> str:
    """What was found, for people. Raises DeskError naming every group and channel Slack does not know."""
    parts = [part for text in texts for part in text.parts]
    groups = sorted({group for part in parts for group in part.groups})
    channels = sorted({channel for part in parts for channel in part.channels})
    lost = [
        *(f"user group {group}" for group in groups if not _is_known(slack.group_members, group)),
        *(f"channel {channel}" for channel in channels if not _is_known(slack.channel, channel)),
    ]
    if lost:
        raise DeskError(
            f"Slack does not know {', '.join(lost)}: nobody is shown what is kept for them. Write ids (S0123ABCD, "
            "C0123ABCD), not names, and invite the desk to private channels."
        )
    return f"Slack knows the {len(groups)} user groups and {len(channels)} channels that texts are kept for"


def _is_known(look: Callable[[str], object], name: str) -> bool:
    try:
        look(name)
    except SlackRefused:
        return False
    return True
