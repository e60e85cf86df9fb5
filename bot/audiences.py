"""Who will read a reply, decided in one place: when a question comes, again when the reply is sent, and whenever
something is said about a ticket.

    where                        who reads                        what may be said
    DM, slash command, Home      the one person                   what they may read
    private channel, DM of       everyone in it                   what each of them may read
    several people
    public channel               any colleague can open it        internal, and what is kept for this channel
    shared with a company or     strangers, perhaps               public
    offered to one; a guest in
    it; Slack cannot say

A full member of our own team reads what is public or internal, and what is kept for a user group or a channel they
are in. Strangers and guests (of one channel or of several) read what is public, whatever group or channel they are
in, and so does everyone who reads along with them. Deactivated people and bots read nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.beliefs import Belief
from bot.domain import Place, Surface
from bot.errors import DeskError, SlackRefused, SlackUnavailable
from bot.logs import get_logger
from bot.people import Directory
from escalation.domain import Request
from knowledge.domain import Audience, Level

log = get_logger(__name__)

EXTERNAL = Audience()

Readers = tuple[Audience, SlackUnavailable | None]
"""Who reads a reply to a question, and why Slack could not say."""

_Circles = tuple[frozenset[str], frozenset[str]]
"""Groups and channels: those that texts are kept for, or those of them that somebody is in."""

_Looks = Callable[[str, datetime | None], frozenset[str] | None]


class Audiences:
    """What Slack does not say makes readers external. ``texts``: the audiences of what might be said; only membership
    in their groups and channels is looked up, so where there are none it costs nothing.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def of(
        self,
        place: Place,
        person: str,
        texts: Iterable[Audience] = (),
        event_says_shared: bool | None = None,
        *,
        or_wait: bool = False,
    ) -> Audience:
        """Everyone who will read a reply to ``person`` at ``place``.

        ``or_wait``: raises SlackUnavailable when Slack cannot say now, where others take them for strangers.
        """
        if place.surface is Surface.CHANNEL and not is_person(place.channel):
            return self.of_channel(place.channel, texts, event_says_shared, or_wait=or_wait)
        return self.of_person(person, texts, or_wait=or_wait)

    def or_strangers(
        self, place: Place, person: str, texts: Iterable[Audience], event_says_shared: bool | None
    ) -> Readers:
        """As ``of``. While Slack cannot say, they count as strangers, and why it cannot comes with it: what is public
        may be said to them meanwhile, the rest waits.
        """
        try:
            return self.of(place, person, texts, event_says_shared, or_wait=True), None
        except SlackUnavailable as exc:
            return EXTERNAL, exc

    def of_person(self, person: str, texts: Iterable[Audience] = (), *, or_wait: bool = False) -> Audience:
        """One person alone. ``or_wait``: as ``of``."""
        return self._look(person, self._person, texts, None, or_wait=or_wait)

    def in_group(self, group: str, person: str) -> bool:
        """Whether a colleague is in a user group; False when Slack does not say."""
        text = Audience(Level.GROUP, frozenset({group}))
        return self.of_person(person, [text]).may_read(text)

    def of_channel(
        self,
        channel: str,
        texts: Iterable[Audience] = (),
        event_says_shared: bool | None = None,
        *,
        anew: bool = False,
        or_wait: bool = False,
    ) -> Audience:
        """Everyone in a channel. Slack says whether it is shared twice: one "shared" is enough.

        ``anew``: as Slack says now, or what counts for that (``Beliefs``). ``or_wait``: as ``of``.
        """
        if event_says_shared:
            return EXTERNAL
        asked = self._directory.now() if anew else None
        look = partial(self._channel, event_says_shared=event_says_shared)
        return self._look(channel, look, texts, asked, or_wait=or_wait)

    def of_post(self, channel: str, texts: Iterable[Audience], since: datetime) -> Audience:
        """Everyone who will read what is posted in a channel, a DM or to a person, as Slack says after ``since``, or
        as it said a little earlier (``Beliefs``).

        Raises SlackUnavailable when Slack cannot say now; what it refuses to say makes the readers external.
        """
        look = self._person if is_person(channel) else partial(self._channel, event_says_shared=None)
        return self._look(channel, look, texts, since, or_wait=True)

    def _look(
        self,
        where: str,
        look: Callable[[str, _Bound], Audience],
        texts: Iterable[Audience],
        asked: datetime | None,
        *,
        or_wait: bool,
    ) -> Audience:
        try:
            return look(where, self._bound(where, texts, asked))
        except SlackRefused as exc:
            log.warning("readers_unknown", where=where, error=exc.code)
        except DeskError as exc:
            if or_wait:
                raise exc if isinstance(exc, SlackUnavailable) else _cannot_say(exc) from exc
            log.warning("readers_unknown", where=where, error=str(exc))
        return EXTERNAL

    def _bound(self, where: str, texts: Iterable[Audience], asked: datetime | None) -> _Bound:
        groups, channels = circles = _circles_of(texts)
        known = groups | channels
        belief = self._directory.beliefs.of(where, known, asked) if known or not is_for_one(where) else Belief(asked)
        return _Bound(self._directory, circles, belief, must_know=asked is not None)

    def _person(self, person: str, bound: _Bound) -> Audience:
        info = self._directory.known_person(person)
        if info.bot or not info.internal:
            return EXTERNAL
        return bound.everyone([person])

    def _channel(self, channel: str, bound: _Bound, event_says_shared: bool | None) -> Audience:
        if bound.believed is not None:
            return bound.believed
        readers = self._everyone(channel, bound, event_says_shared)
        asked_at = None if is_dm(channel) else self._directory.readers_asked_at(channel)
        if asked_at is not None and readers.may_read(Audience.internal()):
            self._directory.beliefs.found(channel, asked_at)
        return readers

    def _everyone(self, channel: str, bound: _Bound, event_says_shared: bool | None) -> Audience:
        info = self._directory.known_channel(channel, None if is_dm(channel) else bound.since)
        if info.person is not None:
            return self._person(info.person, bound) if info.person else EXTERNAL
        said = {info.shared, event_says_shared}
        if True in said or False not in said:
            return EXTERNAL
        members = self._directory.members(channel, bound.since)
        if members is None:
            return EXTERNAL
        readers = []
        for person in self._directory.known_people(members):
            if person is None or not (person.internal or person.gone):
                return EXTERNAL
            if not (person.gone or person.bot):
                readers.append(person.id)
        return bound.everyone(readers, channel) if info.is_private else bound.colleagues(channel)


class _Bound:
    """Who is in the groups and channels that texts are kept for. A group Slack does not tell about has no members."""

    def __init__(self, directory: Directory, circles: _Circles, belief: Belief, *, must_know: bool) -> None:
        """``must_know``: a group that Slack cannot tell about now is waited for."""
        self.since = belief.since
        self._directory = directory
        self._must_know = must_know
        self._groups, self._channels = map(sorted, circles)
        self.believed = Audience.internal() if belief.colleagues and not any(circles) else None

    def colleagues(self, here: str) -> Audience:
        """Any of them, at a channel."""
        return Audience(Level.INTERNAL, channels=frozenset({here}) & frozenset(self._channels))

    def everyone(self, readers: Iterable[str], here: str = "") -> Audience:
        """Colleagues as readers; ``here`` is a channel that all of them are in."""
        groups = {group: self._members(group, self._directory.group) for group in self._groups}
        channels = {name: self._members(name, self._directory.members) for name in self._channels if name != here}
        at_home = frozenset({here}) & frozenset(self._channels)
        different = {(_of(reader, groups), _of(reader, channels) | at_home) for reader in readers}
        narrowest = [mine for mine in different if not any(_less(other, mine) for other in different)]
        ordered = sorted(narrowest, key=lambda mine: [*map(sorted, mine)])
        kinds = [Audience(Level.INTERNAL, *mine) for mine in ordered]
        return replace(kinds[0], also=tuple(kinds[1:])) if kinds else EXTERNAL

    def _members(self, circle: str, look: _Looks) -> frozenset[str]:
        try:
            return look(circle, self.since) or frozenset()
        except SlackRefused as exc:
            log.warning("members_unknown", of=circle, error=exc.code)
        except DeskError as exc:
            if self._must_know:
                raise
            log.warning("members_unknown", of=circle, error=str(exc))
        return frozenset()


def _circles_of(texts: Iterable[Audience]) -> _Circles:
    """The groups and the channels that texts are kept for."""
    parts = [part for text in texts for part in text.parts]
    nobody = frozenset[str]()
    return nobody.union(*(part.groups for part in parts)), nobody.union(*(part.channels for part in parts))


def _cannot_say(exc: DeskError) -> SlackUnavailable:
    return SlackUnavailable(f"Slack did not say who reads there ({exc}).")


def is_person(channel: str) -> bool:
    """Whether a place to post is a person's id, which stands for their DM with the desk."""
    return channel.startswith(("U", "W"))


def is_dm(channel: str) -> bool:
    """Whether it is a direct message: of the same two people for ever."""
    return channel.startswith("D")


def is_for_one(channel: str) -> bool:
    """Whether one person alone reads what is posted there: a DM, or a person's id."""
    return is_dm(channel) or is_person(channel)


def may_show_texts(request: Request, place: Place, directory: Directory) -> bool:
    """Whether what was said about a request may be shown where its card stands, looked at anew each time.

    True in a DM; in a channel only while all its readers are colleagues, and what is private is private there.
    Raises SlackUnavailable when Slack cannot say now.
    """
    if place.surface is not Surface.CHANNEL or is_for_one(place.channel):
        return True
    asked = directory.now()
    audience = Audiences(directory).of_channel(place.channel, anew=True, or_wait=True)
    if not audience.may_read(Audience.internal()):
        return False
    return not request.draft.origin.private or _is_private(place.channel, asked, directory)


def _is_private(channel: str, asked: datetime, directory: Directory) -> bool:
    try:
        return directory.known_channel(channel, asked).is_private
    except SlackRefused:
        return False
    except DeskError as exc:
        raise exc if isinstance(exc, SlackUnavailable) else _cannot_say(exc) from exc


def _of(reader: str, circles: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(name for name, members in circles.items() if reader in members)


def _less(one: _Circles, other: _Circles) -> bool:
    """Whether somebody reads less than another: whatever the one may read, the other may."""
    return one != other and one[0] <= other[0] and one[1] <= other[1]
