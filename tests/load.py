"""`make load`: the desk under load, with figures. Each profile runs on a fresh copy of the data.

    sustained   8.3 questions a second, Slack's own ceiling, for 30 minutes; each mention comes twice, as in Slack
    burst       100 events a second for 60 s, then until every answer is out
    flood       500 a second for 30 s: more than the desk can take; each acknowledgement must have its row
    ingest      sustained, while 10,000 passages are taken in
    stop        sustained, with a SIGTERM in the middle and a new start
    start       how soon a desk that was just started takes events, and answers

All of it runs on 127.0.0.1: the desk, a lean Slack and the generator, each in processes of its own. Figures go to
OUT/<profile>.json; the exit code is 1 when a promise was not kept.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import load_desk
from load_profiles import PROFILES, Profile, Setting, broken
from load_report import table
from load_run import run
from load_start import START, started
from support_postgres import leave_postgres, shared_postgres

_DURABLE = (
    *(f"ALTER SYSTEM SET {name} = on" for name in ("fsync", "synchronous_commit", "full_page_writes")),
    "SELECT pg_reload_conf()",
)
"""Tests spare the disk; under load it is waited for, as anywhere."""


def main() -> int:
    """Run what was asked for, and say what was found."""
    given = _arguments()
    given.out.mkdir(parents=True, exist_ok=True)
    models = load_desk.export_model((given.models or given.out / "models").resolve())
    names = [*PROFILES, START] if given.profile == "all" else [given.profile]
    return max(_one(name, given, models) for name in names)


def _one(name: str, given: argparse.Namespace, models: Path) -> int:
    scratch = tempfile.TemporaryDirectory(prefix="mops-desk-load-", ignore_cleanup_errors=True)
    with scratch as folder, _setting(Path(folder), given, models) as setting:
        print(f"{name}: the data is ready, the desk starts …", flush=True)  # noqa: T201
        figures = started(setting) if name == START else _under_load(_profile(name, given), setting)
    suffix = "-postgres" if given.postgres else ""
    (given.out / f"{name}{suffix}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"{table(figures)}\n", flush=True)  # noqa: T201
    return int(bool(figures["broken"]))


def _under_load(profile: Profile, setting: Setting) -> dict[str, Any]:
    figures = run(profile, setting)
    return {**figures, "broken": broken(profile, figures)}


@contextmanager
def _setting(scratch: Path, given: argparse.Namespace, models: Path) -> Iterator[Setting]:
    """A prepared desk: on SQLite, or with --postgres two receivers and two workers on one PostgreSQL."""
    base = Setting(scratch / "base", scratch, given.seed, given.latency)
    if not given.postgres:
        load_desk.prepare(base.base, models=models)
        yield base
        return
    server = shared_postgres()
    server.command(*_DURABLE)
    setting = replace(base, database_url=server.fresh(), receivers=2, workers=2)
    load_desk.prepare(setting.base, setting.database_url, models)
    try:
        yield setting
    finally:
        leave_postgres()


def _profile(name: str, given: argparse.Namespace) -> Profile:
    changes = {key: value for key in ("rate", "seconds", "channels") if (value := getattr(given, key)) is not None}
    profile = replace(PROFILES[name], **changes)
    return profile if given.times else replace(profile, ack_p99=None, answer_p95=None)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", choices=[*PROFILES, START, "all"], default="sustained")
    parser.add_argument("--rate", type=float, help="events a second")
    parser.add_argument("--seconds", type=float, help="how long they are sent")
    parser.add_argument("--channels", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds until Slack answers a call")
    parser.add_argument("--postgres", action="store_true", help="two receivers and two workers on one PostgreSQL")
    parser.add_argument(
        "--no-times", dest="times", action="store_false", help="for busy machines: times are reported only"
    )
    parser.add_argument("--out", type=Path, default=Path("build/load"))
    parser.add_argument("--models", type=Path, help="a folder with the exported model; made there if it is missing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
