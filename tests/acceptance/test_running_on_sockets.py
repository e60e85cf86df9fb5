"""`mops-desk run` in Socket Mode, as a service manager runs it."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import httpx
from support_cli import PROGRAM, free_port, started

from bot.demo.slack_standin import SlackStandIn


def test_a_receiver_on_sockets_says_how_they_are_records_and_leaves_when_it_is_asked_to(home: Path) -> None:
    port = free_port()
    with SlackStandIn(app_token="xapp-stand-in") as slack:
        env = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "PORT": str(port),
            "LOG_FORMAT": "json",
        }
        with started(*PROGRAM, "run", "--role", "receiver", cwd=home, env=env) as process:
            slack.wait_for(lambda: process.poll() is not None or slack.sockets.connected == 2, 60)
            slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
            slack.wait_until_delivered()
            sockets = httpx.get(f"http://127.0.0.1:{port}/readyz").json()["sockets"]
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=30)
        slack.wait_for(lambda: slack.sockets.connected == 0)
        assert (sockets["ok"], sockets["connected"]) == (True, 2)
        assert [delivery.problem for delivery in slack.deliveries] == [None, None]  # a mention comes as two events
        assert process.returncode == 0, err
        assert [json.loads(line)["event"] for line in err.splitlines()].count("socket_opened") == 2
