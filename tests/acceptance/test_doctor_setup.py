"""What the doctor says about each thing that can be wrong around a desk, one at a time, and how to mend it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from support_cli import run
from support_desk import empty_database

from bot.clock import now_utc
from bot.demo.jira_standin import JiraStandIn
from bot.demo.slack_larkfield import ASK_MOPS, OPS_TRIAGE, PRIYA
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import UserGroup
from bot.doctor import checks
from bot.doctor_check import Check, State
from bot.doctor_machine import clock, data_folder
from bot.doctor_slack import channels, set_up
from bot.doctor_store import heard
from bot.domain import Role
from bot.errors import DeskError
from bot.heartbeat_store import ProcessHeartbeats
from bot.serving import serve
from bot.settings import Settings
from bot.slack.inspection import Inspection
from bot.slack.manifest import Variant, manifest
from bot.wiring import open_desk_database
from knowledge.testing import HashingEncoder

SECRET = "0123456789abcdef" * 2


@dataclass
class Setup:
    """A desk's surroundings, all in order at first."""

    slack: SlackStandIn
    jira: JiraStandIn
    settings: dict[str, Any]

    def check(self, name: str, **changed: Any) -> Check:
        """What the doctor says of one thing."""
        settings = Settings(_env_file=None, **{**self.settings, **changed})
        return next(check for check in checks(settings, HashingEncoder()) if check.name == name)


@contextmanager
def surroundings(home: Path) -> Iterator[Setup]:
    jira = JiraStandIn()
    folder = home / "data"
    folder.mkdir(mode=0o700)
    (folder / "desk.sqlite3").write_bytes(empty_database())
    with SlackStandIn(signing_secret=SECRET) as slack, serve(jira.app) as jira_url:
        slack.workspace.put_group(UserGroup("S0OPS", "ops", members=(PRIYA,)))
        settings = {
            "data_dir": folder,
            "port": 0,
            "slack_bot_token": slack.bot_token,
            "slack_signing_secret": SECRET,
            "slack_api_url": slack.api_url,
            "jira_url": jira_url,
            "jira_email": jira.email,
            "jira_api_token": jira.token,
            "jira_project": "OPS",
            "ops_channel": OPS_TRIAGE,
            "listen_channels": frozenset({ASK_MOPS}),
            "triage": PRIYA,
            "curators": frozenset({PRIYA, "S0OPS"}),
            "owners": {"ops-email": "S0OPS"},
        }
        yield Setup(slack, jira, settings)


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    """Surroundings of its own, to be spoilt."""
    with surroundings(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """Surroundings that stay in order."""
    with surroundings(tmp_path_factory.mktemp("sound")) as made:
        yield made


def test_nothing_is_wrong_where_all_is_set_up(sound: Setup) -> None:
    settings = Settings(_env_file=None, **sound.settings)
    found = list(checks(settings, HashingEncoder()))
    assert {check.name: check.detail for check in found if not check.ok} == {}
    assert {check.name for check in found if check.state is State.WARN} == {"index", "backups"}
    assert {"port", "folder", "queues", "heard", "secret", "app", "channels", "people", "clock"} <= {
        check.name for check in found
    }


@pytest.mark.parametrize(
    ("name", "changed", "state", "advice"),
    [
        ("secret", {"slack_signing_secret": "not-it"}, State.WARN, "Copy it again from Basic Information"),
        ("channels", {"ops_channel": "C0NOWHERE"}, State.FAIL, "OPS_CHANNEL C0NOWHERE: Slack knows no such channel"),
        ("channels", {"listen_channels": frozenset({"general"})}, State.FAIL, "LISTEN_CHANNELS general"),
        ("people", {"triage": "U0NOBODY"}, State.FAIL, "TRIAGE U0NOBODY: Slack knows nobody with this id"),
        ("people", {"triage": "U0DESK"}, State.FAIL, "is a bot"),
        ("people", {"curators": frozenset({"S0GONE"})}, State.FAIL, "Slack knows no such user group"),
        ("people", {"owners": {"ops": "U0NOBODY"}}, State.FAIL, "OWNERS U0NOBODY"),
        ("news", {"jira_poll_seconds": 0}, State.FAIL, "set JIRA_POLL_SECONDS"),
        ("news", {"jira_webhook_secret": "short"}, State.WARN, "secrets.token_hex"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(
    sound: Setup, name: str, changed: dict[str, Any], state: State, advice: str
) -> None:
    found = sound.check(name, **changed)
    assert found.state is state
    assert advice in found.detail


def leave_the_channel(setup: Setup) -> None:
    known = setup.slack.workspace.channels
    known[OPS_TRIAGE] = replace(known[OPS_TRIAGE], members=(PRIYA,))


def let_go(setup: Setup) -> None:
    users = setup.slack.workspace.users
    users[PRIYA] = replace(users[PRIYA], deleted=True)


def empty_the_group(setup: Setup) -> None:
    setup.slack.workspace.put_group(UserGroup("S0OPS", "ops"))


def forbid_comments(setup: Setup) -> None:
    setup.jira.deny("ADD_COMMENTS", "TRANSITION_ISSUES")


def let_a_row_wait(setup: Setup) -> None:
    database = open_desk_database(Settings(_env_file=None, **setup.settings))
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO desk_inbox (key, kind, payload, state, attempts, memo, next_at, created_at)"
                " VALUES ('k', 'message', '{}', 'ready', 0, '{}', :at, :at)"
            ),
            {"at": (now_utc() - timedelta(minutes=9)).replace(tzinfo=None).isoformat(" ")},
        )
    database.close()


@pytest.mark.parametrize(
    ("name", "spoil", "state", "advice"),
    [
        ("channels", leave_the_channel, State.FAIL, "Write /invite @MOPS Desk in #ops-triage."),
        ("people", let_go, State.FAIL, "has left the workspace"),
        ("people", empty_the_group, State.FAIL, "nobody in it"),
        ("tickets", forbid_comments, State.FAIL, "ADD_COMMENTS (comment), TRANSITION_ISSUES (move them"),
        ("queues", let_a_row_wait, State.WARN, "no worker runs. Start one: `mops-desk run`"),
    ],
)
def test_what_broke_elsewhere_is_named_with_what_to_do(
    setup: Setup, name: str, spoil: Callable[[Setup], None], state: State, advice: str
) -> None:
    assert setup.check(name).ok
    spoil(setup)
    found = setup.check(name)
    assert found.state is state
    assert advice in found.detail


def test_an_archived_channel_is_named() -> None:
    async def archived(_request: Request) -> Response:
        return JSONResponse({"ok": True, "channel": {"is_archived": True, "is_member": True}})

    app = Starlette(routes=[Route("/conversations.info", archived, methods=["POST"])])
    with serve(app) as url, pytest.raises(DeskError, match="is archived"):
        channels(Inspection("xoxb-1", url), {"OPS_CHANNEL": (OPS_TRIAGE,)})


def test_a_taken_port_is_told_from_a_desk_that_runs(sound: Setup) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        other.listen()
        assert "is taken" in sound.check("port", port=other.getsockname()[1]).detail

    async def readyz(_request: Request) -> Response:
        return JSONResponse({"ready": False, "workers": {"ok": False}}, status_code=503)

    with serve(Starlette(routes=[Route("/readyz", readyz)])) as url:
        found = sound.check("port", port=int(url.rsplit(":", 1)[1]))
        assert found.detail.startswith("a desk runs")


@pytest.mark.parametrize(("seconds", "state"), [(0, State.OK), (90, State.WARN), (-400, State.FAIL)])
def test_a_clock_that_is_off_is_told_before_slack_refuses(sound: Setup, seconds: int, state: State) -> None:
    settings = Settings(_env_file=None, **sound.settings)
    found = checks(settings, HashingEncoder(), lambda: now_utc() + timedelta(seconds=seconds))
    check = next(check for check in found if check.name == "clock")
    assert check.state is state
    assert state is State.OK or "NTP" in check.detail


def test_a_server_that_does_not_say_the_time_is_a_worry() -> None:
    with pytest.raises(DeskError, match="date --utc"):
        clock(None, "Slack's", now_utc())


def test_a_folder_others_can_look_into_is_named_with_the_command(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(DeskError, match=f"chmod 700 {tmp_path}"):
        data_folder(tmp_path)
    tmp_path.chmod(0o700)
    assert "ours alone" in data_folder(tmp_path)


def test_a_database_with_other_tables_or_none_of_our_safety_is_told(setup: Setup) -> None:
    assert "write-ahead log" in setup.check("database").detail
    database = open_desk_database(Settings(_env_file=None, **setup.settings))
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert "newer version" in setup.check("database").detail


def app_as(shown: dict[str, Any]) -> Starlette:
    """A Slack whose app is set up as given."""

    async def answer(request: Request) -> Response:
        answers = {
            "auth.test": {"bot_id": "B1"},
            "bots.info": {"bot": {"app_id": "A1"}},
            "apps.manifest.export": {"manifest": shown},
        }
        return JSONResponse({"ok": True, **answers[request.path_params["method"]]})

    return Starlette(routes=[Route("/{method}", answer, methods=["POST"])])


@pytest.mark.parametrize("spoilt", ["", "command", "event", "shortcut", "mode"])
def test_an_app_that_is_set_up_otherwise_is_told_what_it_lacks(spoilt: str) -> None:
    shown = manifest(Variant.HTTP)
    if spoilt == "command":
        shown["features"]["slash_commands"].pop()
    elif spoilt == "event":
        shown["settings"]["event_subscriptions"]["bot_events"].remove("message.im")
    elif spoilt == "shortcut":
        shown["features"]["shortcuts"].pop()
    elif spoilt == "mode":
        shown["settings"]["socket_mode_enabled"] = True
    lacks = {"command": "commands /faq", "event": "events message.im", "shortcut": "shortcuts save_as_faq"}
    with serve(app_as(shown)) as url:
        slack = Inspection("xoxb-1", url)
        if not spoilt:
            assert "those of our manifest" in set_up(slack, slack, socket_mode=False)
            return
        with pytest.raises(DeskError, match=lacks.get(spoilt, "Socket Mode switched off")):
            set_up(slack, slack, socket_mode=False)


def test_without_a_configuration_token_it_says_what_to_compare() -> None:
    said = set_up(Inspection("xoxb-1", "http://127.0.0.1:9"), None, socket_mode=True)
    assert "slack-manifest.socket.yaml" in said
    assert "/mops, /ticket, /faq" in said
    assert "app_mention" in said


def test_json_has_one_line_for_each_check(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "0")
    lines = [json.loads(line) for line in run("doctor", "--json").out.splitlines()]
    assert {"name", "state", "detail"} == set(lines[0])
    assert [line["name"] for line in lines if line["state"] == "fail"] == ["settings"]


@pytest.mark.parametrize(("count", "said"), [(1, "1 process works"), (2, "2 processes work")])
def test_one_process_works_and_two_work(count: int, said: str, tmp_path: Path) -> None:
    database = open_desk_database(Settings(_env_file=None, data_dir=tmp_path))
    with database.write() as session:
        for number in range(count):
            ProcessHeartbeats(session).beat(f"p{number}", Role.ALL, True, now_utc())
    assert said in heard(database, now_utc())
    database.close()
