"""The load runs of `make load`, small: what must hold on any machine, however busy. Times are for quiet ones.

CI puts the desk under load for half a minute instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

import load_desk
import pytest
from load_profiles import PROFILES, Profile, Setting, broken
from load_run import run
from support_model import models_folder

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are looked at in /proc")


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.timeout(400)
def test_questions_at_slacks_ceiling_are_all_kept_and_answered_once(tmp_path: Path) -> None:
    setting = Setting(tmp_path / "base", tmp_path)
    load_desk.prepare(setting.base, models=models_folder(), documents=False)
    profile = Profile("short", 8.3, 5, twins=True, ack_p99=None, drained_within=200)
    figures = run(profile, setting)
    assert broken(profile, figures) == [], figures
    assert figures["questions"] == figures["acknowledged"] == 42
    assert figures["slack_calls"]["reactions.add"] <= 42  # one each at most: some are answered before a sign is due


def test_each_promise_that_is_not_kept_is_named() -> None:
    worst = {
        "ack_s": {"p99": 0.26},
        "answer_s": {"p95": float("nan")},
        "drained_s": None,
        "unanswered": 3,
        "given_up": 2,
        "acknowledged_without_row": 1,
        "twice": 1,
        "too_early": 0,
        "slowed": {"conversations.info": 2},
        "stopped": [{"name": "all-0", "code": 0, "seconds": 10.5}],
    }
    assert len(broken(PROFILES["sustained"], worst)) == 8
