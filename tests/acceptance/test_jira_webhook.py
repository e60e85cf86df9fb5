"""Jira's webhook: a signed hint at most. Doubled, reordered, forged or nonsense, it does no harm."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest
from support_life import WithJira, jira_life

from bot.tables import InboxRow


def test_doubled_and_reordered_webhooks_change_nothing_twice(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        ts, card = life.ask("OPS-1")
        early = life.jira.standin.webhook("jira:issue_updated", "OPS-1")
        life.jira.standin.say("OPS-1", "Priya", "On it.")
        life.jira.standin.update("OPS-1", status="Done")
        assert life.hook("comment_created", times=3) == [204] * 3
        assert life.hook(times=3) == [204] * 3
        assert life.post(*early) == 204
        life.after_a_moment()
        assert len([row for row in life.room.rows(InboxRow) if row.kind == "ticket_changed"]) == 3
        assert [text for text in life.said(ts) if "is done" in text and "Did that solve it?" in text]
        assert len(life.said(ts)) == 2
        assert "is done" in life.shown(card)


def test_forged_webhooks_are_refused_and_unread(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        life.ask("OPS-1")
        body, headers = life.jira.standin.webhook("jira:issue_updated", "OPS-1")
        unsigned = {name: value for name, value in headers.items() if name != "X-Hub-Signature"}
        assert life.post(body, unsigned) == 401
        assert life.post(body + b" ", headers) == 401
        assert life.post(body, {**headers, "X-Hub-Signature": "sha256=é".encode().decode("latin-1")}) == 401
        assert life.post(b"x" * 1_000_001, headers) == 413
        assert [row for row in life.room.rows(InboxRow) if row.kind == "ticket_changed"] == []


@pytest.mark.parametrize(
    ("body", "answer"),
    [(b"{", 400), (b"\xff", 400), (b"[" * 100_000, 400), (b"[]", 204), (b'{"issue": {"key": "x"}}', 204)],
)
def test_signed_nonsense_is_harmless(tmp_path: Path, body: bytes, answer: int) -> None:
    with jira_life(tmp_path) as life:
        assert life.post(body, signed(life, body)) == answer
        assert life.room.rows(InboxRow) == []


def test_a_webhook_about_somebody_elses_issue_is_nobodys_business(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        body = b'{"issue": {"key": "OTHER-7"}}'
        assert life.post(body, signed(life, body)) == 204
        life.room.settle()
        assert life.reads() == 0


def signed(life: WithJira, body: bytes) -> dict[str, str]:
    """Headers Jira itself would send with these bytes."""
    secret = life.jira.standin.webhook_secret.encode()
    return {"X-Hub-Signature": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}


def test_without_a_secret_there_is_no_webhook(tmp_path: Path) -> None:
    with jira_life(tmp_path, "polling") as life:
        assert life.hook("jira:issue_updated", "OPS-1") == [404]
