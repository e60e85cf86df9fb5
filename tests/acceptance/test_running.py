"""`mops-desk run` as a service manager runs it: a process of its own, started, signalled, stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text
from support_cli import PROGRAM, free_port, spawn, started
from support_database import installed_url
from support_model import lend_models

from bot.demo.slack_standin import SlackStandIn

FAQ = "version: 1\nentries:\n  - {id: a, question: Where are my MQLs?, answer: Open the dashboard named Lifecycle.}\n"
HEAVY = "torch faiss sentence_transformers transformers tokenizers sklearn onnxruntime"
TELLING = (
    sys.executable,
    "-c",
    "import atexit, sys; from bot.cli import main\n"
    f"heavy = set('{HEAVY}'.split())\n"
    "atexit.register(lambda: sys.stderr.write(f'loaded: {sorted(heavy & set(sys.modules))}'))\n"
    "main(sys.argv[1:])",
)
"""The same program, which says at its end what it has loaded."""


@contextmanager
def running(
    home: Path, slack: SlackStandIn, *arguments: str, program: Sequence[str] = PROGRAM
) -> Iterator[subprocess.Popen[str]]:
    """The bot in HTTP mode, connected to the stand-in, accepting events."""
    port = free_port()
    env = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "PORT": str(port),
        "LOG_FORMAT": "json",
    }
    with started(*program, "run", *arguments, cwd=home, env=env) as process:
        url = f"http://127.0.0.1:{port}"
        slack.wait_for(lambda: process.poll() is not None or healthy(url), 60)
        assert process.poll() is None, process.communicate()
        slack.connect(url)
        yield process
        slack.connect(None)


def healthy(url: str) -> bool:
    """Whether somebody answers there."""
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def stop(process: subprocess.Popen[str]) -> tuple[float, str]:
    """Ask it to end, as service managers do. Returns how long that took, and its log."""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert out == ""
    return time.monotonic() - begun, err


def inbox(home: Path) -> list[Any]:
    """(kind, state) of everything that came in."""
    engine = create_engine(installed_url(home / "data"))
    with engine.connect() as connection:
        found = connection.execute(text("SELECT kind, state FROM desk_inbox ORDER BY id")).all()
    engine.dispose()
    return [tuple(row) for row in found]


@pytest.mark.model
@pytest.mark.timeout(400)
def test_the_bot_answers_and_ends_within_ten_seconds_of_sigterm_with_nothing_lost(home: Path) -> None:
    (home / "data").mkdir(exist_ok=True)
    lend_models(home / "data")
    (home / "faq.yaml").write_text(FAQ, encoding="utf-8")
    assert spawn(*PROGRAM, "faq", "import", "faq.yaml", cwd=home, timeout=200).code == 0
    with SlackStandIn() as slack:
        with running(home, slack) as process:
            ts = slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
            slack.wait_for_message("#ask-mops", "named Lifecycle", thread=ts, timeout=120)
            for number in range(5):
                slack.say("Jonas", "#ask-mops", f"@MOPS Desk can you move form {number} to another tool?")
            slack.wait_until_delivered()
            took, log = stop(process)
        assert took < 10
        assert "form 3" not in log
        kinds = [kind for kind, _ in inbox(home)]
        assert [kind for kind in kinds if kind != "due"] == ["message"] * 6  # on working days a digest may be due
        assert {state for _, state in inbox(home)} <= {"done", "ready"}


def test_a_receiver_records_events_without_loading_model_or_index(home: Path) -> None:
    with SlackStandIn() as slack, running(home, slack, "--role", "receiver", program=TELLING) as process:
        slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        slack.wait_until_delivered()
        assert {state for _, state in inbox(home)} == {"ready"}
        assert stop(process)[1].endswith("loaded: []")


def test_sigterm_during_the_start_of_the_index_does_not_wait_for_it(home: Path) -> None:
    with SlackStandIn() as slack, running(home, slack) as process:
        took, err = stop(process)
    assert took < 10, err
