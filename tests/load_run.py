"""`make load`: the desk under load, with figures. One profile after the other, each on a fresh copy of the data.

    sustained   RATE questions a second (8.3, Slack's own ceiling) for SECONDS, each mention delivered twice as in Slack
    burst       100 a second for 60 s, then until every answer is out
    flood       500 a second for 30 s: more than it can take; each acknowledgement must have its row
    ingest      sustained, while 10,000 passages are taken in

Everything runs on 127.0.0.1: the desk, a lean Slack and the generator in processes of their own. Exit code 1 when a
promise is not kept. Figures go to OUT (JSON, and a table that people can read).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import load_desk
import load_measure
from load_desk import Program
from load_measure import Watch, spread

SLACK_CEILING = 8.3
"""Events a second: 30,000 an hour and workspace (docs.slack.dev, Events API, rate limiting)."""


@dataclass(frozen=True)
class Profile:
    """A load and what is promised under it, in seconds."""

    name: str
    rate: float
    seconds: float
    channels: int = 60
    twins: bool = False
    ack_p99: float = 0.25
    answer_p95: float | None = None
    drained_within: float | None = 600.0
    retry_after_s: tuple[float, ...] = (0.0, 60.0, 300.0)
    ingest: int = 0


PROFILES = {
    "sustained": Profile("sustained", SLACK_CEILING, 1800, twins=True, answer_p95=2.0),
    "burst": Profile("burst", 100, 60, ack_p99=1.0),
    "flood": Profile("flood", 500, 30, ack_p99=3.0, drained_within=None),
    "ingest": Profile("ingest", SLACK_CEILING, 120, twins=True, ack_p99=0.5, ingest=10_000),
}


@dataclass(frozen=True)
class Setting:
    """Where and with what a run happens."""

    base: Path
    scratch: Path
    seed: int
    latency_s: float
    database_url: str = ""  # of PostgreSQL; "" is SQLite in the data folder
    receivers: int = 0  # processes of each role; 0 and 0: one process for all
    workers: int = 0


def run(profile: Profile, setting: Setting) -> dict[str, Any]:
    """Put the desk under one load. Returns the figures."""
    home = setting.scratch / profile.name
    shutil.copytree(setting.base, home, symlinks=True)
    database_url = setting.database_url or f"sqlite:///{home / 'data' / 'desk.sqlite3'}"
    with load_desk.slack(setting.latency_s) as slack, (home / "desk.log").open("w", encoding="utf-8") as log:
        with _desks(home, slack.url, log, setting) as desks:
            ready = [load_desk.wait_ready(program) for program in desks]
            urls = [program.url for program in desks if "worker" not in program.name]
            watch = Watch([*desks, slack], database_url)
            try:
                sent = _send(profile, setting, urls, home)
                drained = _drain(profile, slack.url, sent, time.time())
            finally:
                watch.close()
            notes = load_desk.notebook(slack.url)
            stopped = [_stop(program) for program in desks]
    figures = _figures(profile, sent, notes, watch, database_url)
    return {**figures, "drained_s": drained, "ready_s": ready, "stopped": stopped, "seed": setting.seed}


@contextmanager
def _desks(home: Path, slack_url: str, log: Any, setting: Setting) -> Iterator[list[Program]]:
    roles = ["receiver"] * setting.receivers + ["worker"] * setting.workers or ["all"]
    with load_desk.ExitStack() as stack:
        yield [
            stack.enter_context(
                load_desk.desk(
                    home, slack_url, log, role, f"{role}-{number}", database_url=setting.database_url
                )
            )
            for number, role in enumerate(roles)
        ]


def _send(profile: Profile, setting: Setting, urls: Sequence[str], home: Path) -> dict[str, Any]:
    """Send everything; a folder is ingested meanwhile if the profile says so. Returns the generator's records."""
    out = home / "sent.jsonl"
    plan = {
        "urls": urls,
        "secret": load_desk.SECRET,
        "rate": profile.rate,
        "seconds": profile.seconds,
        "channels": profile.channels,
        "texts": load_desk.texts(),
        "seed": setting.seed,
        "twins": profile.twins,
        "retry_after_s": profile.retry_after_s,
    }
    generator = load_desk.send(plan, out)
    if generator.wait() != 0:
        raise RuntimeError("the generator failed")
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return {"events": lines[:-1], **lines[-1]}


def _asked(sent: dict[str, Any]) -> dict[str, float]:
    """When each question that was acknowledged was due, by where it stands."""
    found: dict[str, float] = {}
    for event in sent["events"]:
        if event["answers"] and event["answers"][-1][1] == 200:
            found[f"{event['channel']}:{event['ts']}"] = event["due"]
    return found


def _drain(profile: Profile, slack_url: str, sent: dict[str, Any], since: float) -> float | None:
    """Seconds until every acknowledged question has its answer; None when that took too long, or nobody waited."""
    if profile.drained_within is None:
        return None
    waiting = set(_asked(sent))
    first = 0
    while time.time() < since + profile.drained_within:
        page = load_desk.notebook(slack_url, first)["notes"]
        first += len(page)
        waiting -= set(load_measure.keys_of_thread(page))
        if not waiting:
            return round(time.time() - since, 2)
        time.sleep(0.5)
    return None


def _stop(program: Program) -> dict[str, Any]:
    begun = time.time()
    program.process.terminate()
    try:
        code = program.process.wait(30)
    except subprocess.TimeoutExpired:
        code = -1
    return {"name": program.name, "code": code, "seconds": round(time.time() - begun, 2)}


def _figures(
    profile: Profile, sent: dict[str, Any], seen: dict[str, Any], watch: Watch, database_url: str
) -> dict[str, Any]:
    asked, notes = _asked(sent), seen["notes"]
    threads = load_measure.keys_of_thread(notes)
    first_answers = {place: min(at for at, _ in found) for place, found in threads.items()}
    reacted = {f"{note['channel']}:{note['ts']}": note["at"] for note in notes if note["kind"] == "react"}
    recorded = {row[0] for row in load_measure.rows(database_url, "SELECT message_key FROM desk_inbox")}
    deliveries = [delivery for event in sent["events"] for delivery in event["answers"]]
    first = [event["answers"][0] for event in sent["events"] if event["answers"]]
    return {
        "profile": profile.name,
        "rate": profile.rate,
        "seconds": profile.seconds,
        "channels": profile.channels,
        "events": len(sent["events"]),
        "questions": len({event["number"] for event in sent["events"]}),
        "ack_s": spread([took for _, status, took in deliveries if status == 200]),
        "first_answer_of_receiver_s": spread([took for _, _, took in first]),
        "refused": sum(status not in (0, 200) for _, status, _ in deliveries),
        "no_answer_in_time": sum(status == 0 for _, status, _ in deliveries),
        "given_up": sum(not event["answers"] or event["answers"][-1][1] != 200 for event in sent["events"]),
        "acknowledged_without_row": sum(f"T0LOAD:{place}" not in recorded for place in asked),
        "reaction_s": spread([at - asked[place] for place, at in reacted.items() if place in asked]),
        "answer_s": spread([at - asked[place] for place, at in first_answers.items() if place in asked]),
        "unanswered": sum(place not in threads for place in asked),
        "twice": load_measure.twice(notes) + sum(
            sum(key.startswith("reply:") for _, key in found) > 1 for found in threads.values()
        ),
        "too_early": seen["too_early"],
        "calls": seen["calls"],
        "deepest": {"inbox": max(q[1] for q in watch.queued), "outbox": max(q[2] for q in watch.queued)},
        "cpu_s": {**{name: round(used, 2) for name, used in watch.cpu.items()}, "generator": round(sent["cpu_s"], 2)},
        "memory_mb": {name: round(size) for name, size in watch.memory.items()},
        "generator_late_s": round(sent["late_s"], 4),
    }


def broken(profile: Profile, figures: dict[str, Any]) -> list[str]:
    """The promises that were not kept."""
    found = []
    if figures["ack_s"]["p99"] > profile.ack_p99:
        found.append(f"acknowledgement p99 {figures['ack_s']['p99']} s, promised {profile.ack_p99} s")
    if profile.answer_p95 is not None and figures["answer_s"]["p95"] > profile.answer_p95:
        found.append(f"answer p95 {figures['answer_s']['p95']} s, promised {profile.answer_p95} s")
    if profile.drained_within is not None and figures["drained_s"] is None:
        found.append(f"{figures['unanswered']} questions had no answer {profile.drained_within} s after the last event")
    for name in ("acknowledged_without_row", "twice", "too_early"):
        if figures[name]:
            found.append(f"{name}: {figures[name]}")
    found += [f"{one['name']} ended with {one['code']} after {one['seconds']} s" for one in figures["stopped"] if one["code"] or one["seconds"] > 10]
    return found


def main() -> int:
    """Run what was asked for, print the figures, and say which promises were not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=[*PROFILES, "all"], default="sustained")
    parser.add_argument("--rate", type=float)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--channels", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--out", type=Path, default=Path("build/load"))
    parser.add_argument("--models", type=Path)
    given = parser.parse_args()
    names = list(PROFILES) if given.profile == "all" else [given.profile]
    changes = {name: value for name in ("rate", "seconds", "channels") if (value := getattr(given, name)) is not None}
    given.out.mkdir(parents=True, exist_ok=True)
    failed = False
    with tempfile.TemporaryDirectory(prefix="mops-desk-load-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        load_desk.prepare(scratch / "base", models=load_desk.export_model((given.models or given.out / "models").resolve()))
        for name in names:
            profile = replace(PROFILES[name], **changes)
            figures = run(profile, Setting(scratch / "base", scratch, given.seed, given.latency))
            figures["broken"] = broken(profile, figures)
            (given.out / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
            print(json.dumps(figures, indent=1))  # noqa: T201
            failed = failed or bool(figures["broken"])
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
