"""How soon a desk that was just started takes events, and how soon its first answer stands in Slack."""

from __future__ import annotations

import shutil
import time
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import load_desk
from load_desk import Program
from load_figures import messages_by_thread, spread
from load_profiles import STOPPED_WITHIN_S, Setting

START = "start"
STARTS = 5
TAKES_EVENTS_S, ANSWERED_S = 3.0, 5.0
"""What is promised, from the start of the process on."""


def started(setting: Setting) -> dict[str, Any]:
    """Start a desk several times, ask at once, and stop it."""
    found = [_life(setting, number) for number in range(STARTS)]
    takes, answered = [life[0] for life in found], [life[1] for life in found]
    broken = [f"took events after {s:.2f} s" for s in takes if s > TAKES_EVENTS_S]
    broken += [f"answered after {s:.2f} s" for s in answered if s > ANSWERED_S]
    broken += [f"ended {life[2]:.2f} s after SIGTERM" for life in found if life[2] > STOPPED_WITHIN_S]
    figures = {
        "takes_events_s": spread(takes),
        "first_answer_s": spread(answered),
        "stops_s": spread([s for _, _, s in found]),
    }
    return {"profile": START, "starts": STARTS, **figures, "broken": broken}


def _life(setting: Setting, number: int) -> tuple[float, float, float]:
    """Seconds until it takes events, until the first answer is posted, and from SIGTERM to the end."""
    home = setting.scratch / f"start-{number}"
    shutil.copytree(setting.base, home, symlinks=True)
    log = (home / "desk.log").open("w", encoding="utf-8")
    with log, load_desk.slack(setting.latency_s) as slack, load_desk.desk(home, slack.url, log) as desk:
        takes = _until_it_listens(desk)
        plan = {"urls": [desk.url], "secret": load_desk.SECRET, "rate": 10, "seconds": 0.1, "channels": 1}
        load_desk.send({**plan, "texts": ["where are my MQLs?"]}, home / "sent.jsonl")
        while not messages_by_thread(load_desk.notebook(slack.url)["notes"]):
            if time.time() > desk.started_at + 120:
                raise TimeoutError("no answer within two minutes")
            time.sleep(0.02)
        answered = time.time() - desk.started_at
        begun = time.time()
        desk.process.terminate()
        if desk.process.wait(30) != 0:
            raise RuntimeError(f"it ended with {desk.process.returncode}")
        return takes, answered, time.time() - begun


def _until_it_listens(desk: Program) -> float:
    while time.time() < desk.started_at + 60:
        try:
            with urlopen(f"{desk.url}/healthz", timeout=5):
                return time.time() - desk.started_at
        except (URLError, OSError):
            time.sleep(0.01)
    raise TimeoutError("it never listened")
