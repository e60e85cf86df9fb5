"""Making the ticket of a request exist once, whatever happens on the way. The state machine; no storage, no waiting.

One ``attempt`` is one step. What it returns says what to do next; the caller keeps the memo between steps.

====================  ==================================  ======================================================
memo                  what happens in this attempt        outcome
====================  ==================================  ======================================================
never sent            created                             Filed
never sent            refused for certain (429, no        RetryAt, definite, after 10 s, 30 s, 1, 2, 5, 10 min,
                      connection)                         or what Retry-After says (an hour at most)
never sent            no clear answer (timeout, reset,    RetryAt, not definite: unknown since now
                      5xx)
never sent            content refused                     Rejected with the fields to ask for
any                   we are refused (401, 403)           Denied; the memo stays as it is
unknown since T       marker found                        Filed
unknown since T       search failed                       RetryAt, not definite; nothing is created
unknown since T       not found before T + 15 min         RetryAt at T + 10 s, 60 s, 5, 10, 15 min, not definite
unknown since T       not found at T + 15 min or later    created again, as if never sent
====================  ==================================  ======================================================

The figures are FACTS, measured: Jira's search lags writes by up to minutes; creating again after a search at once
brought back all duplicates, waiting past the lag none. A lag above 15 minutes would defeat this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation.domain import FieldType, NewTicket, Ticket, TrackerField
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerError, TrackerRejected, TrackerUnavailable
from escalation.protocols import Tracker

SEARCH_AT = tuple(timedelta(seconds=s) for s in (10, 60, 300, 600, 900))
"""When to look for the marker, counted from the call whose outcome is unknown."""

CREATE_AGAIN_AFTER = SEARCH_AT[-1]
"""A search this long after an unknown outcome is believed when it finds nothing."""

BACKOFF = tuple(timedelta(seconds=s) for s in (10, 30, 60, 120, 300, 600))
"""Waits after definite failures in a row; the last one repeats."""

MAX_WAIT = timedelta(hours=1)
"""Longest wait taken from a tracker's Retry-After."""

_OURS = frozenset({"project", "issuetype", "summary", "description", "labels", "reporter"})
_REQUIRED = re.compile(r"\s+(is required|is mandatory|must be specified)\b.*$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class FilingMemo:
    """What must survive between attempts.

    ``attempts`` are failures in a row; ``unknown_since`` is when a create call began that may have worked;
    ``searches`` counts the looks taken since then, for the record.
    """

    attempts: int = 0
    unknown_since: datetime | None = None
    searches: int = 0

    def interrupted(self, began_at: datetime) -> FilingMemo:
        """The memo after an attempt begun at ``began_at`` that never reported back (the process died).

        Use it whatever the memo says: an attempt on an unknown outcome may have created again.
        """
        searching_until = CREATE_AGAIN_AFTER - timedelta(minutes=1)  # it may have started a little after began_at
        if self.unknown_since is not None and began_at - self.unknown_since < searching_until:
            return self  # that attempt can only have searched
        return FilingMemo(unknown_since=began_at)

    def by(self, now: datetime) -> FilingMemo:
        """The memo as it is now; a call cannot have begun later: the clock was put back meanwhile."""
        late = self.unknown_since is not None and self.unknown_since > now
        return replace(self, unknown_since=now) if late else self

    def to_json(self) -> dict[str, str | int | None]:
        """For the outbox row."""
        since = self.unknown_since.isoformat() if self.unknown_since else None
        return {"attempts": self.attempts, "unknown_since": since, "searches": self.searches}

    @classmethod
    def from_json(cls, body: Mapping[str, str | int | None] | None) -> FilingMemo:
        """From the outbox row; nothing there means never sent."""
        body = body or {}
        since = body.get("unknown_since")
        return cls(
            attempts=int(body.get("attempts") or 0),
            unknown_since=datetime.fromisoformat(str(since)) if since else None,
            searches=int(body.get("searches") or 0),
        )


@dataclass(frozen=True)
class Filed:
    """The ticket exists."""

    ticket: Ticket


@dataclass(frozen=True)
class RetryAt:
    """Attempt again at ``when`` with ``memo``. ``definite``: nothing was created so far, for certain."""

    when: datetime
    memo: FilingMemo
    reason: str
    definite: bool


@dataclass(frozen=True)
class Rejected:
    """The tracker refused the content; nothing was created.

    ``fields`` are to be asked of the person. None: people cannot mend it, ops must (a wrong project, a screen).
    """

    fields: tuple[TrackerField, ...]
    message: str


@dataclass(frozen=True)
class Denied:
    """The tracker refused us: stop, tell ops once, keep the request and its memo as they are."""

    message: str


FilingOutcome = Filed | RetryAt | Rejected | Denied


class Filing:
    """The create-once service over any tracker. Never raises a TrackerError."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker

    def attempt(self, new: NewTicket, memo: FilingMemo, now: datetime) -> FilingOutcome:
        """One step towards the ticket: at most one create call, and none while an outcome is unknown."""
        if memo.unknown_since is None:
            return self._create(new, memo, now)
        try:
            ticket = self._tracker.find_by_marker(new.marker)
        except TrackerDenied as exc:
            return Denied(str(exc))
        except TrackerError as exc:
            retry_after = exc.retry_after if isinstance(exc, TrackerUnavailable) else None
            later = replace(memo, attempts=memo.attempts + 1)
            return RetryAt(now + _wait(memo.attempts, retry_after), later, str(exc), definite=False)
        if ticket is not None:
            return Filed(ticket)
        elapsed = now - memo.unknown_since
        if elapsed >= CREATE_AGAIN_AFTER:
            return self._create(new, FilingMemo(), now)
        when = memo.unknown_since + next(at for at in SEARCH_AT if at > elapsed)
        looked = FilingMemo(unknown_since=memo.unknown_since, searches=memo.searches + 1)
        return RetryAt(when, looked, "Not found yet; the tracker's search may lag behind.", definite=False)

    def _create(self, new: NewTicket, memo: FilingMemo, now: datetime) -> FilingOutcome:
        try:
            return Filed(self._tracker.create(new))
        except OutcomeUnknown as exc:
            return RetryAt(now + SEARCH_AT[0], FilingMemo(unknown_since=now), str(exc), definite=False)
        except TrackerUnavailable as exc:
            return _try_again(memo, now, exc)
        except TrackerDenied as exc:
            return Denied(str(exc))
        except TrackerRejected as exc:
            return self._rejected(new, exc, memo, now)

    def _rejected(self, new: NewTicket, refusal: TrackerRejected, memo: FilingMemo, now: datetime) -> FilingOutcome:
        """Say what is missing. The tracker is asked which fields it demands; its own error words fill the gaps."""
        wrong = {key: words for key, words in refusal.field_errors.items() if key not in _OURS}
        if not wrong:
            return Rejected((), str(refusal))
        try:
            demanded = self._tracker.required_fields(new.project, new.issue_type)
        except TrackerUnavailable as exc:
            return _try_again(memo, now, exc)
        except TrackerError:
            demanded = ()
        asked = [
            replace(field, problem=wrong.get(field.id, "") if field.id in new.fields else "")
            for field in demanded
            if field.id in wrong or field.id not in new.fields
        ]
        known = {field.id for field in asked}
        asked += [
            TrackerField(key, _REQUIRED.sub("", words).strip() or key, FieldType.TEXT)
            for key, words in wrong.items()
            if key not in known
        ]
        return Rejected(tuple(asked), str(refusal))


def _try_again(memo: FilingMemo, now: datetime, exc: TrackerUnavailable) -> RetryAt:
    later = FilingMemo(attempts=memo.attempts + 1)
    return RetryAt(now + _wait(memo.attempts, exc.retry_after), later, str(exc), definite=True)


def _wait(failures: int, retry_after: float | None) -> timedelta:
    """What the tracker asked for, within a second and an hour; our own pace when it asked for nothing."""
    if retry_after is not None:
        return timedelta(seconds=min(max(retry_after, 1.0), MAX_WAIT.total_seconds()))
    return BACKOFF[min(failures, len(BACKOFF) - 1)]
