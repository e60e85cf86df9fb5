"""An older backup is put back: what the lost desk said and filed since then is not said or filed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support_crashes import Fate, Hands, Script, Time, World
from support_database import empty_database
from support_postgres import Postgres, database_of_kind

from bot import wiring
from bot.demo.slack_larkfield import ASK_MOPS, OPS_TRIAGE
from bot.demo.slack_reading import shown_text
from bot.demo.slack_standin import SlackStandIn
from bot.effects import Post, ReadTicket
from bot.incoming import FormContext, FormSubmitted, SlashQuestion
from bot.operations.backup import Backup, Backups
from bot.operations.backup_restore import Restoring
from bot.restored import GAP, mark_restored
from bot.settings import SAMPLES, Settings
from bot.tables import OutboxRow

pytestmark = pytest.mark.sqlite("PostgreSQL makes its own backups")

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    moment = Time()
    forms = wiring.request_forms(Settings(_env_file=None, forms_file=SAMPLES / "intake_forms.yaml"))
    with SlackStandIn(clock=moment.unix) as slack:
        (tmp_path / "desk.sqlite3").write_bytes(empty_database())
        yield World(slack, moment, tmp_path, forms)


class Drill:
    """A desk that is backed up after every single step, and lost."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.taken: list[Backup] = []

    def live(self, *steps: Callable[[World, Hands], None]) -> None:
        """Do these, working in between as a desk does."""
        hands = self.world.desk(Fate())
        for step in steps:
            step(self.world, hands)
            self.back_up()
            while hands.worker.run_once() or hands.dispatcher.run_once():
                self.back_up()
            self.world.time.pass_(61)
        hands.database.close()

    def back_up(self) -> None:
        """At this moment."""
        maker = Backups(self.world.folder / "desk.sqlite3", self.world.folder, self.world.time)
        self.taken.append(maker.to(self.world.folder / f"{len(self.taken)}.tar.gz"))

    def go_back_to(self, backup: Backup) -> Hands:
        """The desk is lost; a new one starts on a backup."""
        self.world.time.pass_(300)
        Restoring(self.world.folder / "desk.sqlite3", self.world.folder, self.world.time).put_back(backup.path)
        return self.world.desk(Fate())

    def settle(self, hands: Hands) -> None:
        """Every lease, doubt and kept notice has its time."""
        for seconds in (0, 61, 301, 301, 301):
            self.world.time.pass_(seconds)
            hands.work()


@pytest.mark.parametrize("text", ["@MOPS Desk where are my MQLs?", "@MOPS Desk move our forms to HubSpot"])
def test_whenever_the_backup_was_made_nothing_is_said_or_filed_twice_after_it_is_put_back(
    world: World, text: str
) -> None:
    script, drill = Script(text), Drill(world)
    drill.live(script.ask)
    said, ops = _said(world, script), _ops(world)
    tickets = len(world.tracker.tickets)
    assert len(drill.taken) > 3
    for backup in drill.taken:
        hands = drill.go_back_to(backup)
        drill.settle(hands)
        hands.database.close()
        assert _said(world, script) == said, backup.path
        assert _ops(world) == ops, backup.path
        assert len(world.tracker.tickets) == tickets, backup.path
        assert world.states() == []


def test_a_question_that_nobody_answered_before_the_loss_is_answered_after_it(world: World) -> None:
    script, drill = Script("@MOPS Desk where are my MQLs?"), Drill(world)
    hands = world.desk(Fate())
    script.ask(world, hands)
    drill.back_up()
    hands.database.close()  # lost here
    hands = drill.go_back_to(drill.taken[0])
    drill.settle(hands)
    hands.database.close()
    assert len(_said(world, script)) == 1


def test_news_that_the_lost_desk_told_are_not_told_again(world: World) -> None:
    script, drill = Script("@MOPS Desk move our forms to HubSpot"), Drill(world)
    drill.live(script.ask)
    filed = drill.taken[-1]
    hands = world.desk(Fate())
    key = world.requests()[0].ticket
    assert key is not None
    world.tracker.say(key.key, "Priya", "The forms are moved.")
    _read_again(hands)
    drill.settle(hands)
    hands.database.close()
    told = _said(world, script)
    assert any("The forms are moved." in text for text in told)
    hands = drill.go_back_to(filed)
    _read_again(hands)
    drill.settle(hands)
    hands.database.close()
    assert _said(world, script) == told


def test_of_what_leaves_no_trace_its_person_hears_and_gets_their_words_back(world: World) -> None:
    drill, hands = Drill(world), world.desk(Fate())
    team = world.slack.workspace.team.id
    form = FormSubmitted(
        "U0MAYA", "something_else", {"title": "Forms", "notes": "All twelve."}, FormContext(team), "v:1"
    )
    hands.inbox.record(form)
    hands.inbox.record(SlashQuestion(team, ASK_MOPS, "U0MAYA", "where is *it*?", "https://127.0.0.1/x", "s:1"))
    drill.back_up()
    hands.database.close()
    hands = drill.go_back_to(drill.taken[0])
    drill.settle(hands)
    hands.database.close()
    dm = world.slack.dm("U0MAYA")
    told = [shown_text(message) for message in world.slack.messages(dm)]
    assert len([text for text in told if "please send it again" in text]) == 2
    assert any("All twelve." in text for text in told)
    assert [request.id for request in world.requests()] == [GAP]  # the mark that numbers go on from


@pytest.mark.postgres
def test_postgresql_put_back_by_its_own_tools_is_marked_and_counts_on(postgres: Postgres, tmp_path: Path) -> None:
    with database_of_kind("postgres", tmp_path, postgres) as database:
        with database.write() as session:
            session.add(_row("ready", 1))
            session.flush()
            mark_restored(session, NOW, NOW + timedelta(hours=1))
        with database.write() as session:
            session.add(_row("later", 2))
            session.flush()
            rows = {row.key: row for row in session.query(OutboxRow)}
        assert rows["ready"].memo == {"unsure": NOW.isoformat()}
        assert rows["later"].id > GAP


# What these tests share.


def _row(key: str, number: int) -> OutboxRow:
    payload = {"kind": "post", "channel": "C1", "text": str(number), "blocks": []}
    return OutboxRow(key=key, kind=Post.kind, payload=payload, state="ready", next_at=NOW, created_at=NOW)


def _said(world: World, script: Script) -> list[str]:
    return [shown_text(message) for message in world.said(script.ts)]


def _ops(world: World) -> list[str]:
    return [message.ts for message in world.slack.messages(OPS_TRIAGE)]


def _read_again(hands: Hands) -> None:

    outbox = hands.desk._shared.outbox
    with hands.database.write() as session:
        outbox.put(session, "read:1:now", ReadTicket(1))
