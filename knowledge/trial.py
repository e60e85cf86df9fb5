"""A change to the entries, tried before it is made: what would be answered then, next to what is answered now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from knowledge.domain import Band, Entry, EntryStatus, Hit, Verdict
from knowledge.probes import Difference, Probe
from knowledge.protocols import Codes, Encoder, Matrix, TokenEncoder
from knowledge.snapshot import Snapshot

GIVEN = (Band.ANSWER, Band.SUGGEST)
"""Bands in which people see the first hit."""


class Trial:
    """Two snapshots side by side. ``before`` answers now, ``after`` would."""

    def __init__(self, before: Snapshot, after: Snapshot, encoder: Encoder) -> None:
        self._before = before
        self._after = after
        self._encoder = _remembering(encoder)

    def differences(
        self, probes: Sequence[Probe], progress: Callable[[int, int], None] | None = None
    ) -> Iterator[Difference]:
        """What would change, in the order of the probes. Raises ModelUnavailable."""
        for number, probe in enumerate(probes, 1):
            before = self._before.verdict(probe.question, self._encoder)
            after = self._after.verdict(probe.question, self._encoder)
            if progress is not None:
                progress(number, len(probes))
            if _shown(before) != _shown(after):
                yield Difference(probe, before, after, _better(probe, before, after))


def with_entry(entries: Sequence[Entry], changed: Entry) -> tuple[Entry, ...]:
    """The published entries as they would be after a change to one of them, or with a new one at the end."""
    found = [changed if entry.id == changed.id else entry for entry in entries]
    if changed.id not in {entry.id for entry in entries}:
        found.append(changed)
    return tuple(entry for entry in found if entry.status is EntryStatus.PUBLISHED)


def _shown(verdict: Verdict) -> tuple[Band, tuple[str, str | None, str] | None]:
    """What people would see of it: the band and, where it is given, the first hit with its words."""
    return verdict.band, _identity(verdict.hits[0]) if verdict.hits and verdict.band in GIVEN else None


def _identity(hit: Hit) -> tuple[str, str | None, str]:
    return hit.id, hit.heading, hit.quote


def _better(probe: Probe, before: Verdict, after: Verdict) -> bool | None:
    """Right and given beats not given; what is not given beats wrong; two rights or two wrongs say nothing."""
    if probe.is_right is None:
        return None
    was, will_be = _worth(probe.is_right, before), _worth(probe.is_right, after)
    return None if was == will_be else will_be > was


def _worth(is_right: Callable[[Hit], bool], verdict: Verdict) -> float:
    """2 a right answer, 1 the right one offered, 0 nothing, less for wrong ones (an answer more than an offer)."""
    if not verdict.hits or verdict.band not in GIVEN:
        return 0.0
    weight = 2.0 if verdict.band is Band.ANSWER else 1.0
    return weight if is_right(verdict.hits[0]) else -weight


class _Remembering:
    """An encoder that keeps what it encoded: each question is read once for both sides."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: dict[tuple[str, ...], Matrix] = {}

    @property
    def name(self) -> str:
        """See Encoder."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """See Encoder."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder."""
        key = tuple(texts)
        if key not in self._kept:
            self._kept[key] = self._encoder.encode(texts)
        return self._kept[key]


class _RememberingTokens(_Remembering):
    """The same for one that tells word pieces."""

    def __init__(self, encoder: Encoder, tokens: TokenEncoder) -> None:
        super().__init__(encoder)
        self._tokens = tokens
        self._told: dict[tuple[str, ...], tuple[Matrix, list[Codes]]] = {}

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        """See TokenEncoder."""
        key = tuple(texts)
        if key not in self._told:
            self._told[key] = self._tokens.encode_tokens(texts)
        return self._told[key]


def _remembering(encoder: Encoder) -> Encoder:
    return _RememberingTokens(encoder, encoder) if isinstance(encoder, TokenEncoder) else _Remembering(encoder)
