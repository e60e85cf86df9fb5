"""The whole desk on PostgreSQL, and several of them on one database."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from support_cli import PROGRAM, free_port, spawn, started
from support_desk import Room, running_desk
from support_model import lend_models
from support_postgres import Postgres

from bot.bell import Bell
from bot.database import open_database
from bot.demo.slack_larkfield import DESK
from bot.demo.slack_reading import shown_text
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import Message
from bot.desk import Desk
from bot.inbox import Inbox
from bot.incoming import MessageIn
from bot.outbox import Outbox
from bot.tables import InboxRow, OutboxRow

pytestmark = pytest.mark.postgres

FAQ = "version: 1\nentries:\n  - {id: a, question: Where are my MQLs?, answer: Open the dashboard named Lifecycle.}\n"


@contextmanager
def one_more(room: Room, url: str) -> Iterator[Desk]:
    """One more desk with connections of its own: another process, as far as the database can tell."""
    database = open_database(url)
    desk = Desk(replace(room.parts, database=database))
    desk.start()
    yield desk
    desk.stop()
    database.close()


def test_a_question_is_answered_and_another_becomes_a_ticket_that_can_be_withdrawn(
    postgres: Postgres, tmp_path: Path
) -> None:
    with running_desk(tmp_path, database_url=postgres.fresh()) as room:
        known = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        unknown = room.slack.say("Jonas", "#ask-mops", "@MOPS Desk can you move our Pardot forms to HubSpot?")
        room.slack.wait_for_message("#ask-mops", "synced", thread=known)
        card = room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=unknown)
        room.slack.click("Jonas", card, "Not needed")
        room.slack.wait_for(lambda: "is closed" in shown_text(room.slack.fresh(card)))
        room.settle()
        assert room.tickets()[0].ticket.done
        room.assert_clean()


def test_three_desks_on_one_database_answer_each_question_once(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.fresh()
    with running_desk(tmp_path, database_url=url) as room, ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(one_more(room, url))
        asked = [
            room.slack.say("Maya", channel, f"@MOPS Desk where are my MQLs? {number}")
            for number in range(4)
            for channel in ("#ask-mops", "#campaigns")
        ]
        unknown = [room.slack.say("Jonas", "dm", f"can you move form {number} to HubSpot?") for number in range(4)]
        room.slack.wait_until_delivered(20)
        room.slack.wait_for(lambda: _all_done(room), timeout=60)
        said = [room.replies(ts, channel) for ts in asked for channel in ("#ask-mops", "#campaigns")]
        assert sorted(len(replies) for replies in said) == [0] * 8 + [1] * 8
        cards = [room.replies(ts, room.slack.dm("Jonas")) for ts in unknown]
        assert [len(replies) for replies in cards] == [1] * 4
        assert sorted(ticket.ticket.key for ticket in room.tickets()) == [f"MOPS-{number}" for number in range(1, 5)]


def test_a_hundred_recorded_questions_are_worked_off_by_two_desks_without_a_failure(
    postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.fresh()
    with running_desk(tmp_path, database_url=url, started=False) as room:
        inbox = Inbox(room.database, Outbox(Bell(), room.clock), (), room.clock)
        for number in range(100):
            thread = f"{number % 10}.1"
            inbox.record(
                MessageIn(
                    "T1",
                    f"C{number % 5}",
                    "U0MAYA",
                    f"{number}.2",
                    "hello",
                    False,
                    False,
                    False,
                    f"Ev{number}",
                    thread,
                )
            )
        with one_more(room, url), one_more(room, url):
            room.slack.wait_for(lambda: {row.state for row in room.rows(InboxRow)} == {"done"}, timeout=60)
        assert [row.attempts for row in room.rows(InboxRow)] == [1] * 100


def test_while_postgresql_is_away_nothing_is_acknowledged_unsaved_and_afterwards_all_goes_on(
    postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, log = postgres.fresh(), list[str]()

    def logged(event: str) -> bool:
        log.append(capsys.readouterr().out)
        return event in "".join(log)

    with running_desk(tmp_path, database_url=url) as room:
        answered = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        answer = room.slack.wait_for_message("#ask-mops", "synced", thread=answered)
        room.settle()
        with postgres.away(url):
            lost = room.slack.command("Maya", "#ask-mops", "/mops where are my MQLs?")
            assert "where are my MQLs?" in (lost.ack_text or "")
            room.slack.click("Maya", answer, "Ask the ops team")
            assert room.slack.modal("Maya") is None
            room.slack.wait_for_message("#ask-mops", "form couldn't open", seen_by="Maya")
            ts = room.slack.say("Jonas", "dm", "where are my MQLs?")
            room.slack.wait_until_delivered(20)
            failed = room.slack.deliveries[-1]
            assert failed.problem
            room.slack.wait_for(lambda: logged("loop_failed"))
        assert room.slack.redeliver(failed).status == 200
        room.slack.wait_for_message(room.slack.dm("Jonas"), "synced", thread=ts, timeout=10)
        room.settle()
        assert len(room.replies(ts, room.slack.dm("Jonas"))) == 1
        room.slack.wait_for(lambda: logged("loops_work_again"), 10)
    assert "".join(log).count("loop_failed ") == 1


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.timeout(900)  # five processes load the model: minutes on a busy machine
def test_two_receivers_and_two_workers_as_processes_answer_each_question_once(postgres: Postgres, home: Path) -> None:
    url = postgres.fresh()
    (home / "data").mkdir()
    lend_models(home / "data")
    (home / "faq.yaml").write_text(FAQ)
    assert spawn(*PROGRAM, "faq", "import", "faq.yaml", cwd=home, env={"DATABASE_URL": url}).code == 0
    logs: list[str] = []
    with SlackStandIn() as slack, ExitStack() as stack:
        doors = [stack.enter_context(process(home, slack, url, "receiver", logs)) for _ in range(2)]
        for _ in range(2):
            stack.enter_context(process(home, slack, url, "worker", logs))
        asked = []
        for number in range(12):
            slack.connect(doors[number % 2])
            asked.append(slack.say("Maya", "dm", f"where are my MQLs? {number}"))
            slack.wait_until_delivered(20)
        unknown = [slack.say("Jonas", "dm", f"can you move form {number} to HubSpot?") for number in range(4)]
        for ts in asked:
            slack.wait_for_message(slack.dm("Maya"), "Open the dashboard", thread=ts, timeout=150)
        for ts in unknown:
            slack.wait_for_message(slack.dm("Jonas"), "MOPS-", thread=ts, timeout=150)
        slack.redeliver(slack.deliveries[0])
        slack.connect(None)
        time.sleep(3)  # whatever was said twice has been said by then
        answers = [said_by_desk(slack, slack.dm("Maya"), ts) for ts in asked]
        cards = [said_by_desk(slack, slack.dm("Jonas"), ts) for ts in unknown]
        assert [len(said) for said in (*answers, *cards)] == [1] * 16
        keys = {key for (card,) in cards for key in re.findall(r"MOPS-\d+", shown_text(card))}
        assert keys == {f"MOPS-{number}" for number in range(1, 5)}
        assert slack.rejections == []
    assert [line for line in logs if "fail" in line or "Traceback" in line] == []


def said_by_desk(slack: SlackStandIn, channel: str, thread: str) -> list[Message]:
    """What the desk said in a thread."""
    return [message for message in slack.messages(channel, thread) if message.user == DESK]


@contextmanager
def process(home: Path, slack: SlackStandIn, url: str, role: str, logs: list[str]) -> Iterator[str]:
    """A process of its own with this role; yields its address. What it logs is read all along: a full pipe blocks."""
    port = free_port()
    settings = {
        "DATABASE_URL": url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "JIRA_PROJECT": "MOPS",
        "PORT": str(port),
    }
    with started(*PROGRAM, "run", "--role", role, cwd=home, env=settings) as running:
        for stream in (running.stdout, running.stderr):
            threading.Thread(target=lambda stream=stream: logs.extend(stream), daemon=True).start()
        address = f"http://127.0.0.1:{port}"
        slack.wait_for(lambda: running.poll() is not None or serves(address), 150)
        assert running.poll() is None, logs
        yield address


def serves(address: str) -> bool:
    """Whether somebody there serves."""
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _all_done(room: Room) -> bool:
    waiting = [row for row in room.rows(OutboxRow) if row.state != "done" and row.kind != "kept_notice"]
    return not waiting and all(row.state == "done" for row in room.rows(InboxRow))
