"""One load on one desk, from a fresh copy of the data to the figures."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

import load_desk
import load_figures
from load_desk import Program
from load_measure import Watch
from load_profiles import Profile, Setting

_SAYS_EVERY_S = 30.0


def run(profile: Profile, setting: Setting) -> dict[str, Any]:
    """Put the desk under one load. Returns the figures."""
    home = setting.scratch / profile.name
    shutil.copytree(setting.base, home, symlinks=True)
    database_url = setting.database_url or f"sqlite:///{home / 'data' / 'desk.sqlite3'}"
    with ExitStack() as stack:
        log = stack.enter_context((home / "desk.log").open("w", encoding="utf-8"))
        slack = stack.enter_context(load_desk.slack(setting.latency_s))
        desks = stack.enter_context(_desks(home, slack.url, log, setting))
        ready = [round(load_desk.wait_ready(program), 2) for program in desks]
        taking_in = stack.enter_context(_taking_in(profile, home, setting))
        watch = Watch([*desks, slack, *taking_in], database_url)
        generator = _start(profile, setting, desks, home)
        stopped = _restart(profile, setting, stack, desks, watch, home, slack.url, log)
        sent = _records(generator, home)
        drained = _drain(profile, slack.url, sent)
        busy = [one.name for one in taking_in if one.process.poll() is None]
        watch.close()
        stopped += [_stop(program) for program in desks]
        seen = load_desk.notebook(slack.url)
    found = load_figures.figures(sent, seen, watch, database_url)
    asked_for = {name: getattr(profile, name) for name in ("rate", "seconds", "channels", "twins", "passages")}
    outcome = {"ready_s": ready, "drained_s": drained, "stopped": stopped, "still_ingesting": bool(busy)}
    where = {"seed": setting.seed, "slack_latency_s": setting.latency_s, "roles": setting.roles}
    return {"profile": profile.name, **asked_for, **where, **outcome, **found}


@contextmanager
def _desks(home: Path, slack_url: str, log: TextIO, setting: Setting) -> Iterator[list[Program]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                load_desk.desk(home, slack_url, log, role, f"{role}-{number}", database_url=setting.database_url)
            )
            for number, role in enumerate(setting.roles)
        ]


def _start(profile: Profile, setting: Setting, desks: Sequence[Program], home: Path) -> subprocess.Popen[str]:
    plan = {
        "urls": [program.url for program in desks if not program.name.startswith("worker")],
        "secret": load_desk.SECRET,
        "rate": profile.rate,
        "seconds": profile.seconds,
        "channels": profile.channels,
        "texts": load_desk.texts(),
        "seed": setting.seed,
        "twins": profile.twins,
        "retry_after_s": profile.retry_after_s,
    }
    return load_desk.send(plan, home / "sent.jsonl")


@contextmanager
def _taking_in(profile: Profile, home: Path, setting: Setting) -> Iterator[list[Program]]:
    """`mops-desk ingest` over a folder of so many passages, meanwhile."""
    if not profile.passages:
        yield []
        return
    load_desk.write_documents(home / "more", profile.passages)
    with load_desk.ingesting(home, home / "more", setting.database_url) as program:
        yield [program]


def _restart(
    profile: Profile,
    setting: Setting,
    stack: ExitStack,
    desks: list[Program],
    watch: Watch,
    home: Path,
    slack_url: str,
    log: TextIO,
) -> list[dict[str, Any]]:
    """SIGTERM under load, and a new life on the same port; nothing for profiles without."""
    if profile.stop_after is None:
        return []
    time.sleep(profile.stop_after)
    before = desks[0]
    ended = _stop(before)
    again = load_desk.desk(
        home, slack_url, log, "all", "again", database_url=setting.database_url, port=before.url.rpartition(":")[2]
    )
    desks[0] = stack.enter_context(again)
    watch.add(desks[0])
    return [ended]


def _records(generator: subprocess.Popen[str], home: Path) -> dict[str, Any]:
    begun = said = time.time()
    while generator.poll() is None:
        time.sleep(0.2)
        if time.time() - said > _SAYS_EVERY_S:
            said = time.time()
            print(f"  … sending for {said - begun:.0f} s", flush=True)  # noqa: T201
    if generator.returncode != 0:
        raise RuntimeError("the generator failed")
    lines = [json.loads(line) for line in (home / "sent.jsonl").read_text(encoding="utf-8").splitlines()]
    return {"events": lines[:-1], **lines[-1]}


def _drain(profile: Profile, slack_url: str, sent: dict[str, Any]) -> float | None:
    """Seconds until every acknowledged question has its answer; None when that took too long, or nobody waited."""
    if profile.drained_within is None:
        return None
    since = said = time.time()
    waiting, first = set(load_figures.asked(sent)), 0
    while time.time() < since + profile.drained_within:
        page = load_desk.notebook(slack_url, first)["notes"]
        first += len(page)
        waiting -= set(load_figures.messages_by_thread(page))
        if not waiting:
            return round(time.time() - since, 2)
        time.sleep(0.5)
        if time.time() - said > _SAYS_EVERY_S:
            said = time.time()
            print(f"  … {len(waiting)} questions wait for their answer", flush=True)  # noqa: T201
    return None


def _stop(program: Program) -> dict[str, Any]:
    begun = time.time()
    program.process.terminate()
    try:
        code = program.process.wait(30)
    except subprocess.TimeoutExpired:
        code = -1
    return {"name": program.name, "code": code, "seconds": round(time.time() - begun, 2)}
