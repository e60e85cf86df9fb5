"""Who somebody is and who can read a place, as far as Slack says; unknown counts as external."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.clock import Clock
from bot.errors import DeskError
from bot.logs import get_logger
from knowledge.domain import Audience

log = get_logger(__name__)

FRESH = timedelta(minutes=5)
"""How long what Slack said about a person or channel is believed."""


@dataclass(frozen=True)
class PersonInfo:
    """A Slack user. ``internal``: a full member of our own team; guests, strangers and unknown people are not."""

    id: str
    name: str
    email: str | None
    internal: bool


@dataclass(frozen=True)
class ChannelInfo:
    """A Slack channel. ``shared`` with another company, or offered to one; None when Slack did not say."""

    id: str
    name: str
    shared: bool | None
    is_private: bool


class LooksUp(Protocol):
    """Slack's own records of people and channels. Raises DeskError."""

    def person(self, person: str) -> Mapping[str, Any]:
        """users.info's user object."""

    def channel(self, channel: str) -> Mapping[str, Any]:
        """conversations.info's channel object."""


class Directory:
    """People and channels, looked up once in a while. Never raises: what cannot be looked up is unknown."""

    def __init__(self, slack: LooksUp, clock: Clock, team: str) -> None:
        self._slack = slack
        self._team = team
        self._clock = clock
        self._lock = threading.Lock()
        self._people: dict[str, tuple[datetime, PersonInfo]] = {}
        self._channels: dict[str, tuple[datetime, ChannelInfo]] = {}

    def person(self, person: str) -> PersonInfo:
        """Who this is; an unknown person is external, without e-mail, named by their id."""
        with self._lock:
            known = self._people.get(person)
        if known and known[0] > self._clock() - FRESH:
            return known[1]
        try:
            found = _person(self._slack.person(person), self._team)
        except DeskError as exc:
            log.warning("person_unknown", person=person, error=str(exc))
            return PersonInfo(person, person, None, internal=False)
        with self._lock:
            self._people[person] = (self._clock(), found)
        return found

    def channel(self, channel: str) -> ChannelInfo:
        """What this channel is; an unknown one counts as shared with strangers."""
        with self._lock:
            known = self._channels.get(channel)
        if known and known[0] > self._clock() - FRESH:
            return known[1]
        try:
            found = _channel(self._slack.channel(channel))
        except DeskError as exc:
            log.warning("channel_unknown", channel=channel, error=str(exc))
            return ChannelInfo(channel, channel, shared=None, is_private=True)
        with self._lock:
            self._channels[channel] = (self._clock(), found)
        return found


def audience_of_channel(channel: ChannelInfo, event_says_shared: bool | None) -> Audience:
    """Everyone in a channel reads the reply.

    Slack says whether it is shared twice: in the event and in the channel's record. One "shared" makes it external,
    and so does silence of both.
    """
    said = {channel.shared, event_says_shared}
    return Audience.internal() if True not in said and False in said else Audience()


def audience_of_person(person: PersonInfo) -> Audience:
    """Only this person reads the reply (DM, slash command)."""
    return Audience.internal() if person.internal else Audience()


def _person(user: Mapping[str, Any], team: str) -> PersonInfo:
    profile = user.get("profile") or {}
    outside = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted"))
    ours = user.get("team_id") == team
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name") or ""
    return PersonInfo(
        id=str(user["id"]),
        name=str(name or user["id"]),
        email=profile.get("email") or None,
        internal=ours and not outside,
    )


def _channel(channel: Mapping[str, Any]) -> ChannelInfo:
    said = [channel[flag] for flag in ("is_ext_shared", "is_pending_ext_shared") if flag in channel]
    return ChannelInfo(
        id=str(channel["id"]),
        name=str(channel.get("name") or channel["id"]),
        shared=any(said) if said else None,
        is_private=any(channel.get(flag) for flag in ("is_im", "is_private", "is_mpim")),
    )
