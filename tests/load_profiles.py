"""The loads, and what is promised under each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

SLACK_CEILING = 8.3
"""Events a second: 30,000 an hour and workspace (docs.slack.dev, Events API, rate limits)."""

STOPPED_WITHIN_S = 10.0


@dataclass(frozen=True)
class Profile:
    """A load, and what is promised under it, in seconds. ``drained_within`` None: nobody waits for the answers.

    ``twins``: each mention is delivered as ``app_mention`` and as ``message``, as Slack does. ``passages`` are taken
    in meanwhile. ``stop_after``: the desk gets a SIGTERM so long after the first event, and is started again.
    """

    name: str
    rate: float
    seconds: float
    channels: int = 60
    twins: bool = False
    ack_p99: float | None = 0.25
    answer_p95: float | None = None
    drained_within: float | None = 600.0
    retry_after_s: tuple[float, ...] = (0.0, 60.0, 300.0)
    passages: int = 0
    stop_after: float | None = None


PROFILES = {
    "sustained": Profile("sustained", SLACK_CEILING, 1800, twins=True, answer_p95=2.0),
    "burst": Profile("burst", 100, 60, ack_p99=1.0),
    "flood": Profile("flood", 500, 30, ack_p99=None, drained_within=None),
    "ingest": Profile("ingest", SLACK_CEILING, 180, twins=True, ack_p99=0.5, passages=10_000),
    "stop": Profile(
        "stop", SLACK_CEILING, 30, twins=True, ack_p99=None, retry_after_s=(0.0, 20.0, 60.0), stop_after=15
    ),
}


@dataclass(frozen=True)
class Setting:
    """Where, and with what. No ``receivers`` and ``workers``: one process does everything."""

    base: Path
    scratch: Path
    seed: int = 1
    latency_s: float = 0.1
    database_url: str = ""
    receivers: int = 0
    workers: int = 0

    @property
    def roles(self) -> list[str]:
        """The role of each process."""
        return ["receiver"] * self.receivers + ["worker"] * self.workers or ["all"]


def broken(profile: Profile, figures: dict[str, Any]) -> list[str]:
    """The promises that were not kept, in words."""
    found = []
    ack, answer = figures["ack_s"]["p99"], figures["answer_s"]["p95"]
    if profile.ack_p99 is not None and not ack <= profile.ack_p99:
        found.append(f"acknowledgement p99 {ack} s, promised {profile.ack_p99} s")
    if profile.answer_p95 is not None and not answer <= profile.answer_p95:
        found.append(f"answer p95 {answer} s, promised {profile.answer_p95} s")
    if profile.drained_within is not None and figures["drained_s"] is None:
        found.append(f"{figures['unanswered']} without an answer {profile.drained_within:.0f} s after the last event")
    if profile.drained_within is not None and figures["given_up"]:
        found.append(f"{figures['given_up']} events were given up by Slack")
    found += [
        f"{name}: {figures[name]}"
        for name in ("acknowledged_without_row", "twice", "too_early", "slowed")
        if figures[name]
    ]
    for one in figures["stopped"]:
        if one["code"] != 0 or one["seconds"] > STOPPED_WITHIN_S:
            found.append(f"{one['name']} ended with code {one['code']}, {one['seconds']} s after SIGTERM")
    return found
