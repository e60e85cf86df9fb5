"""Calls to Jira are told of by their kind, never by a ticket's key."""

from __future__ import annotations

from contextlib import suppress

from support_trackers import jira

from escalation.errors import TrackerError
from escalation.jira_tracker import JiraTracker


def test_each_call_is_told_with_how_it_ended() -> None:
    told: list[tuple[str, str]] = []
    with jira() as running:
        for token in (running.standin.token, "wrong"):
            tracker = JiraTracker(
                running.url,
                token,
                running.standin.email,
                watch=lambda call, outcome, _s: told.append((call, outcome)),
            )
            with suppress(TrackerError):
                tracker.get("OPS-404")
            with suppress(TrackerError):
                tracker.check("OPS")
    assert ("GET myself", "ok") in told
    assert ("GET mypermissions", "ok") in told
    assert ("GET issue", "rejected") in told
    assert ("GET myself", "denied") in told
    assert not any("404" in call for call, _ in told)


def test_a_jira_that_is_away_is_told_as_unavailable() -> None:
    told: list[str] = []
    tracker = JiraTracker("http://127.0.0.1:9", "t", watch=lambda _call, outcome, _s: told.append(outcome))
    with suppress(TrackerError):
        tracker.check("OPS")
    assert told == ["unavailable"]
