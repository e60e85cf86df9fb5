"""Whether what was said about a request may be shown where its card stands: checked each time something is."""

from __future__ import annotations

from bot.domain import Place, Surface
from bot.people import Directory, audience_of_channel
from escalation.domain import Request
from knowledge.domain import Level


def may_show_texts(request: Request, place: Place, directory: Directory) -> bool:
    """True in a DM; in a channel only while all its readers are colleagues, and what is private is private there.

    A channel that could not be looked up counts as shared with strangers.
    """
    if place.surface is not Surface.CHANNEL or place.channel.startswith(("D", "U", "W")):
        return True
    channel = directory.channel(place.channel)
    if audience_of_channel(channel, None).level is Level.PUBLIC:
        return False
    return channel.is_private or not request.draft.origin.private
