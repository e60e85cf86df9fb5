"""Who somebody is, what a channel is and who is in it, as far as Slack says, asked once in a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from bot.beliefs import Afresh, Believes
from bot.clock import Clock
from bot.domain import Place, Surface
from bot.errors import DeskError, SlackUnavailable
from bot.logs import get_logger

log = get_logger(__name__)

V = TypeVar("V")

FRESH = timedelta(minutes=5)
"""How long what Slack said about a person, a channel or a group is believed."""

MEMBERS = 10_000
"""Members of a channel that are looked through; who reads in a larger one is not known."""

PEOPLE = 50_000
"""People of a workspace that are looked through at once."""

CHANNELS = 10_000
"""Channels of the desk that are looked through at once."""

ONE_BY_ONE = 20
"""People who are looked up one by one before it is cheaper to ask for everyone."""

_REMEMBERED = 50_000


@dataclass(frozen=True)
class PersonInfo:
    """A Slack user. ``internal``: a full member of our own team; guests, strangers and unknown people are not.

    Who is ``gone`` (deactivated) or a ``bot`` reads nothing.
    """

    id: str
    name: str
    email: str | None
    internal: bool
    gone: bool = False
    bot: bool = False
    zone: str = ""  # the person's time zone, e.g. Europe/Berlin; "" when Slack did not say


@dataclass(frozen=True)
class ChannelInfo:
    """A Slack conversation. ``shared`` with another company, or offered to one; None when Slack did not say.

    ``person``: who talks with the desk in it, when it is a direct message; "" when Slack did not say who.
    """

    id: str
    name: str
    shared: bool | None
    is_private: bool
    person: str | None = None


class LooksUp(Protocol):
    """Slack's own records. Every call raises DeskError; what is iterated does so on its way."""

    def person(self, person: str) -> Mapping[str, Any]:
        """users.info's user object."""

    def people(self) -> Iterable[Mapping[str, Any]]:
        """users.list's user objects."""

    def channel(self, channel: str) -> Mapping[str, Any]:
        """conversations.info's channel object."""

    def conversations(self) -> Iterable[Mapping[str, Any]]:
        """users.conversations' channel objects: all channels the desk is in."""

    def members(self, channel: str) -> Iterable[str]:
        """conversations.members' ids."""

    def group_members(self, group: str) -> Iterable[str]:
        """usergroups.users.list's ids."""


class _Remembered(Generic[V]):
    """What was looked up, believed for FRESH."""

    def __init__(self, look_up: Callable[[str], V], clock: Clock) -> None:
        self._look_up = look_up
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[datetime, V]] = {}

    def get(self, key: str, since: datetime | None = None) -> V:
        """The value, looked up after ``since`` where that is given. Raises DeskError; failures are not remembered."""
        found = self.peek(key, since)
        if found is not None:
            return found
        now = self._clock()  # what Slack says holds for the moment it was asked
        value = self._look_up(key)
        self.put(key, value, now)
        return value

    def peek(self, key: str, since: datetime | None = None) -> V | None:
        """The value if it is known."""
        now = self._clock()
        with self._lock:
            at, value = self._known.get(key, (None, None))
        fresh = at is not None and at > now - FRESH and (since is None or at >= since)
        return value if fresh else None

    def asked_at(self, key: str) -> datetime | None:
        """When what is known was looked up."""
        with self._lock:
            return self._known[key][0] if key in self._known else None

    def put(self, key: str, value: V, now: datetime) -> None:
        """Remember it as looked up at ``now``."""
        with self._lock:
            if len(self._known) >= _REMEMBERED:
                self._known = {name: (at, old) for name, (at, old) in self._known.items() if at > now - FRESH}
            self._known[key] = now, value


class Directory:
    """People, channels and groups. ``person`` and ``channel`` never raise: what cannot be looked up is unknown.

    The others raise DeskError, and take ``since``: what Slack said before that time does not count.
    """

    def __init__(self, slack: LooksUp, clock: Clock, team: str, beliefs: Believes | None = None) -> None:
        """``beliefs`` say how old an answer may be; without them ``since`` alone does."""
        self.beliefs = beliefs or Afresh()
        self._slack = slack
        self._team = team
        self._clock = clock
        self._one_look = threading.Lock()
        self._people = _Remembered(lambda person: _person(self._slack.person(person), self._team), clock)
        self._channels = _Remembered(lambda channel: _channel(self._slack.channel(channel)), clock)
        self._members = _Remembered(self._look_for_members, clock)
        self._groups = _Remembered(lambda group: frozenset(self._slack.group_members(group)), clock)

    def person(self, person: str) -> PersonInfo:
        """Who this is; an unknown person is external, without e-mail, named by their id."""
        try:
            return self._people.get(person)
        except DeskError as exc:
            log.warning("person_unknown", person=person, error=str(exc))
            return PersonInfo(person, person, None, internal=False)

    def channel(self, channel: str) -> ChannelInfo:
        """What this channel is; an unknown one counts as shared with strangers."""
        try:
            return self._channels.get(channel)
        except DeskError as exc:
            log.warning("channel_unknown", channel=channel, error=str(exc))
            return ChannelInfo(channel, channel, shared=None, is_private=True)

    def is_private(self, place: Place) -> bool:
        """Direct messages, slash commands and private channels: where not every colleague reads. As ``channel``."""
        return place.surface is not Surface.CHANNEL or self.channel(place.channel).is_private

    def now(self) -> datetime:
        """The moment from which on an answer of Slack's is news."""
        return self._clock()

    def known_person(self, person: str) -> PersonInfo:
        """Who this is, as Slack says."""
        return self._people.get(person)

    def known_channel(self, channel: str, since: datetime | None = None) -> ChannelInfo:
        """What this channel is, as Slack says: of this one, or when that is asked too often, of all at once."""
        try:
            return self._channels.get(channel, since)
        except SlackUnavailable:
            found = self._among_all(channel, since)
            if found is None:
                raise
            return found

    def readers_asked_at(self, channel: str) -> datetime | None:
        """When Slack last said what a channel is and who is in it: the earlier of the two."""
        info, members = self._channels.asked_at(channel), self._members.asked_at(channel)
        return min(info, members) if info and members else None

    def members(self, channel: str, since: datetime | None = None) -> frozenset[str] | None:
        """Who is in a channel; None when they are more than MEMBERS."""
        found = self._members.get(channel, since)
        return None if len(found) > MEMBERS else found

    def group(self, group: str, since: datetime | None = None) -> frozenset[str]:
        """Who is in a user group."""
        return self._groups.get(group, since)

    def known_people(self, people: Iterable[str]) -> Iterator[PersonInfo | None]:
        """Who all of these are, in any order; None for one who could not be found out about."""
        missing = []
        for person in people:
            known = self._people.peek(person)
            if known is not None:
                yield known
            else:
                missing.append(person)
        if len(missing) > ONE_BY_ONE:
            self._look_for_everyone()
        asked = 0
        for person in missing:
            known = self._people.peek(person)
            if known is None and asked < ONE_BY_ONE:
                asked += 1
                known = self._people.get(person)
            yield known

    def _look_for_members(self, channel: str) -> frozenset[str]:
        return frozenset(islice(self._slack.members(channel), MEMBERS + 1))

    def _among_all(self, channel: str, since: datetime | None) -> ChannelInfo | None:
        """One look for whoever needs one now. None for where the desk is no member."""
        with self._one_look:
            known = self._channels.peek(channel, since)
            if known is None:
                now = self._clock()
                for one in map(_channel, islice(self._slack.conversations(), CHANNELS)):
                    self._channels.put(one.id, one, now)
                known = self._channels.peek(channel, since)
            return known

    def _look_for_everyone(self) -> None:
        now = self._clock()
        for user in islice(self._slack.people(), PEOPLE):
            found = _person(user, self._team)
            self._people.put(found.id, found, now)


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
        gone=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")),
        zone=str(user.get("tz") or ""),
    )


def _channel(channel: Mapping[str, Any]) -> ChannelInfo:
    said = [channel[flag] for flag in ("is_ext_shared", "is_pending_ext_shared") if flag in channel]
    said += [True] if channel.get("pending_connected_team_ids") or channel.get("pending_shared") else []
    return ChannelInfo(
        id=str(channel["id"]),
        name=str(channel.get("name") or channel["id"]),
        shared=any(said) if said else None,
        is_private=any(channel.get(flag) for flag in ("is_im", "is_private", "is_mpim")),
        person=str(channel.get("user") or "") if channel.get("is_im") else None,
    )
