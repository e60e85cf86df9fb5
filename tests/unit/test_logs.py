"""Logs: one JSON object per line, and nothing in it that nobody may see."""

from __future__ import annotations

import io
import json
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest
import structlog
from support_canaries import CARDS, TOKENS
from support_cli import logs_kept

from bot.logs import QUIET, configure, mask

TOP = Path(__file__).parents[2]
SECRET = "ABCsecretXYZ/+="


@pytest.fixture(autouse=True)
def _kept() -> Iterator[None]:
    with logs_kept():
        yield


def logged(level: str, style: Any, *events: tuple[str, dict[str, Any]]) -> list[str]:
    """The lines that these events become."""
    err = io.StringIO()
    with redirect_stderr(err):
        configure(level, style, [SECRET])
        for name, facts in events:
            structlog.stdlib.get_logger("tests").error(name, **facts)
        logging.getLogger("vendor").warning("called %s", "https://mia:hunter2@host/x")
    return err.getvalue().splitlines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token xoxb-12-34-abcDEF here", "token [slack token] here"),  # pragma: allowlist secret
        ("xapp-1-A-2-b xoxe.xoxp-1-Mi0y", "[slack token] xoxe.[slack token]"),  # pragma: allowlist secret
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer [secret]"),
        ("Authorization: Basic bWlhOnNlY3JldA==", "Authorization: Basic [secret]"),
        ("ATATT3xFfGF0abcdefgh=12AB", "[jira token]"),
        ("postgresql+psycopg://mia:hunter2@db/desk", "postgresql+psycopg://[credentials]@db/desk"),
        ("mia.lind+x@mail.example.co.uk asked", "[e-mail] asked"),
        ("https://hooks.slack.com/actions/T1/2/abc", "https://hooks.slack.com/[secret]"),
        ("https://example.com/a?token=1&b=2", "[url with parameters]"),
        ("call +49 170 1234567 or +1 (415) 555-2671", "call [phone] or [phone]"),
        (f"paid with {CARDS[0]}", "paid with [card number removed]"),
        (f"key {TOKENS['AWS']}, {TOKENS['GitHub']}", "key [token removed], [token removed]"),
        (
            "password=hunter2! at 2026-11-22T10:30:00+00:00",
            "password=[password removed] at 2026-11-22T10:30:00+00:00",
        ),
        ("12 of 13 in C0123ABCD at 1700000000.000100", "12 of 13 in C0123ABCD at 1700000000.000100"),
    ],
)
def test_tokens_credentials_and_addresses_are_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_a_secret_from_the_settings_is_masked_whatever_it_looks_like() -> None:
    assert mask(f"key={SECRET}.", [SECRET]) == "key=[secret]."
    assert mask("an api", ["api"]) == "an api"  # too short to be one


def test_json_logs_are_one_object_a_line_with_time_level_and_facts() -> None:
    lines = [json.loads(line) for line in logged("info", "json", ("delivered", {"outbox": 7, "ok": True}))]
    assert {key: lines[0][key] for key in ("event", "level", "outbox", "ok")} == {
        "event": "delivered",
        "level": "error",
        "outbox": 7,
        "ok": True,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", lines[0]["timestamp"])
    assert lines[1]["event"] == "called https://[credentials]@host/x"


def _failure(password: str) -> Exception:
    """An error with a traceback, in whose frame a secret is a local variable."""
    local = password
    try:
        int(f"{SECRET} of mia@example.com" + local)
    except ValueError as exc:
        return exc
    raise AssertionError


@pytest.mark.parametrize("style", ["json", "text"])
def test_nothing_secret_gets_out_in_values_lists_or_tracebacks(style: str) -> None:
    password = "xoxb-1-2-local"  # pragma: allowlist secret
    failure = _failure(password)
    facts = {"why": failure, "exc_info": failure, "deep": {"list": [f"mia@example.com {SECRET}", password]}}
    shown = "\n".join(logged("debug", style, ("failed", facts)))
    assert "ValueError" in shown
    for hidden in (SECRET, "mia@example.com", "hunter2", password):
        assert hidden not in shown


def test_a_thread_that_dies_is_one_line_without_the_words_of_its_error() -> None:
    err = io.StringIO()
    with redirect_stderr(err):
        configure("info", "json")
        thread = threading.Thread(target=lambda: int("where are my MQLs?"), name="poller")
        thread.start()
        thread.join()
    said = json.loads(err.getvalue())
    assert (said["event"], said["thread"], said["error"]) == ("thread_failed", "poller", "ValueError")
    assert "MQL" not in err.getvalue()


def test_libraries_that_log_bodies_are_heard_only_when_something_is_wrong() -> None:
    logged("debug", "json")
    for name in QUIET:
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def test_our_log_lines_carry_ids_and_reasons_never_what_people_wrote() -> None:
    texts = re.compile(r"\b(text|question|answer|body|payload|summary|description|message|quote|title|email)=")
    for path in (*TOP.glob("bot/**/*.py"), *TOP.glob("knowledge/**/*.py"), *TOP.glob("escalation/**/*.py")):
        for call in re.findall(r"\blog\.\w+\((?:[^()]|\([^()]*\))*\)", path.read_text(encoding="utf-8")):
            assert not texts.search(call), f"{path.name}: {call}"
