"""Canary secrets: the whole desk at LOG_LEVEL=debug, with everything going wrong, and no secret to be seen anywhere.

Secrets are those of the settings, and those that people paste: each format through each way to type.
"""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text as sql
from support_canaries import CARDS, TOKENS
from support_cli import logs_kept, run
from support_desk import Clock, Room, running_desk
from support_forms import BROKEN, SINCE, begin, fill_in
from support_trackers import Jira, jira

from bot.clock import now_utc
from bot.demo.jira_standin_faults import server_error
from bot.demo.slack_faults import ANY
from bot.logs import configure
from bot.settings import Settings
from bot.slack import ids
from bot.tables import InboxRow

OURS = {
    "slack_bot_token": TOKENS["Slack bot"].replace("9999", "8888"),
    "slack_signing_secret": "canary0signing0secret0f1e2d3c",
    "jira_webhook_secret": "canary-webhook-secret-4711",
}
TYPED = (*TOKENS.values(), *CARDS)
PASSWORD = "Hunter2!canary"


@dataclass
class Watched:
    """A desk and everything that is written or sent where it runs."""

    room: Room
    jira: Jira
    folder: Path
    written: io.StringIO
    secrets: list[str] = field(default_factory=lambda: [*OURS.values(), "stand-in-token", *TYPED, PASSWORD])

    def seen(self) -> Iterator[tuple[str, str]]:
        """(where, what is there) for everything a secret could have got to."""
        yield "log", self.written.getvalue()
        for call in self.room.slack.calls:
            yield f"Slack {call.method}", json.dumps(call.arguments, default=str, ensure_ascii=False)
        for issue in self.jira.standin.issues:
            ours = [one for one in issue.comments if one["author"]["displayName"] != "Priya"]
            yield f"Jira {issue.key}", repr({**vars(issue), "comments": ours})
        with closing(sqlite3.connect(self.folder / "desk.sqlite3")) as database:
            yield "database", "\n".join(database.iterdump())
        for page in ("/metrics", "/readyz", "/healthz"):
            yield page, httpx.get(self.room.url + page).text

    def assert_nobody_saw_any(self) -> None:
        """Not in whole, and not a long piece of one."""
        for where, what in self.seen():
            for secret in self.secrets:
                assert secret not in what, where
                assert secret[-16:] not in what, where


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    written, clock = io.StringIO(), Clock()
    with redirect_stderr(written), redirect_stdout(written), logs_kept(), jira(clock=clock) as site:
        configure("debug", "json", Settings(_env_file=None, jira_api_token="stand-in-token", **OURS).secrets)
        with running_desk(
            folder,
            tracker=site.tracker,
            jira_project="OPS",
            webhook_secret=OURS["jira_webhook_secret"],
            bot_token=OURS["slack_bot_token"],
            signing_secret=OURS["slack_signing_secret"],
            clock=clock,
        ) as room:
            yield Watched(room, site, folder, written)


def test_what_people_paste_is_nowhere_whichever_way_they_type_it(tmp_path: Path) -> None:
    with watched(tmp_path) as desk:
        room, slack = desk.room, desk.room.slack
        for number, secret in enumerate(TYPED):
            match number % 4:
                case 0:
                    slack.say("Maya", "#ask-mops", f"@MOPS Desk can you connect the shop with {secret} please?")
                case 1:
                    slack.say("Jonas", "dm", f"where are my mqls? key {secret}\npassword: {PASSWORD}")
                case 2:
                    slack.command("Maya", "#ask-mops", f"/mops please renew {secret}")
                case _:
                    ts = slack.say("Noor", "#campaigns", f"the shop says {secret} is wrong")
                    slack.shortcut("Maya", ids.SHORTCUT_ASK, "#campaigns", ts)
            if number % 4 == 0:
                room.settle(30)
                room.clock.skip(2)
        begin(slack, "Something broken", f"shop {TYPED[3]}")
        fill_in(slack, "Maya", BROKEN | SINCE | {"What happened?": f"We set {TYPED[2]} and {PASSWORD=} yesterday."})
        slack.submit("Maya")
        room.settle(30)
        desk.assert_nobody_saw_any()
        for path in tmp_path.rglob("*"):  # not even in what the database has thrown away
            kept = path.read_bytes() if path.is_file() else b""
            assert [one for one in TYPED if one.encode() in kept] == [], path.name
        assert len(desk.jira.standin.issues) > 3
        assert "[token removed]" in repr([vars(issue) for issue in desk.jira.standin.issues])


def test_no_failure_shows_a_secret(tmp_path: Path) -> None:
    with watched(tmp_path) as desk:
        room, slack, site = desk.room, desk.room.slack, desk.jira.standin
        ts = slack.say("Maya", "#ask-mops", "@MOPS Desk can you move our forms to another tool?")
        slack.wait_for_message("#ask-mops", "OPS-1", thread=ts)
        site.say("OPS-1", "Priya", f"Use {TYPED[0]} and card {CARDS[0]}, the new password is {PASSWORD}.")
        body, headers = site.webhook("comment_created", "OPS-1")
        site.faults.next("create", server_error(401), server_error(500))
        slack.faults.refuse(ANY, "invalid_auth", times=3)
        slack.faults.drop_before("chat.postMessage")
        slack.faults.garble("chat.update")
        slack.say("Jonas", "#ask-mops", f"@MOPS Desk please change {TYPED[1]} in our shop")
        for forged in (headers, {**headers, "X-Hub-Signature": "sha256=0"}, {}):
            httpx.post(f"{room.url}/jira/webhook", content=body + TYPED[4].encode(), headers=forged)
        httpx.post(f"{room.url}/jira/webhook", content=body, headers=headers)
        httpx.post(f"{room.url}/slack/events", content=TYPED[5].encode())
        slip_in(room, {"kind": "message", "text": f"{TYPED[6]} {PASSWORD}"}, {"kind": "no such kind", "x": TYPED[7]})
        for _ in range(4):
            room.clock.skip(70)
            room.settle(30)
        assert "inbox_failed_trace" in desk.written.getvalue()  # tracebacks were written
        forget(room)
        desk.assert_nobody_saw_any()


def slip_in(room: Room, *payloads: dict[str, str]) -> None:
    """Rows that no desk could have written: handling them fails with whatever they hold in the error."""
    with room.database.write() as session:
        for number, payload in enumerate(payloads):
            now = now_utc()
            key, kind = f"odd:{number}", payload["kind"]
            session.add(InboxRow(key=key, kind=kind, payload=payload, state="ready", next_at=now, created_at=now))


def forget(room: Room) -> None:
    """Take the rows that were slipped in out again."""
    with room.database.write() as session:
        session.execute(sql("DELETE FROM desk_inbox WHERE key LIKE 'odd:%'"))


def test_the_doctor_and_a_broken_setting_show_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    secrets = {
        "SLACK_BOT_TOKEN": TOKENS["Slack bot"],
        "SLACK_APP_TOKEN": TOKENS["Slack app"],
        "SLACK_SIGNING_SECRET": "canary0signing0secret0f1e2d3c",
        "SLACK_CLIENT_SECRET": "canary0client0secret",
        "JIRA_API_TOKEN": TOKENS["Atlassian"],
        "JIRA_WEBHOOK_SECRET": "canary-webhook-secret-4711",
        "CONFLUENCE_API_TOKEN": "canary-confluence-4712",
        "DATABASE_URL": "postgresql+psycopg://desk:canary-database-4713@127.0.0.1:1/desk",
    }
    addresses = {"SLACK_API_URL": "http://127.0.0.1:1/", "JIRA_URL": "http://127.0.0.1:1", "JIRA_PROJECT": "OPS"}
    for name, value in (secrets | addresses | {"DATA_DIR": str(tmp_path), "LOG_LEVEL": "debug"}).items():
        monkeypatch.setenv(name, value)
    for broken in ({}, {"JIRA_POLL_SECONDS": "soon"}, {"SLACK_BOT_TOKEN": f"{TOKENS['Slack bot']}… cut"}):
        for name, value in broken.items():
            monkeypatch.setenv(name, value)
        told = run("doctor")
        for secret in (*list(secrets.values())[:-1], "canary-database-4713"):
            assert secret not in told.out + told.err
    assert "canary" not in repr(Settings.model_construct(slack_signing_secret="canary"))
