"""Backups: made while the desk runs, whole or not at all; and what happens after an older one is put back."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from support_cli import run
from support_crashes import Fate, Hands, Script, Time, World
from support_database import empty_database
from support_desk import Clock, running_desk
from support_postgres import Postgres, database_of_kind

from bot import wiring
from bot.clock import now_utc
from bot.database import Database, open_database
from bot.demo.slack_larkfield import ASK_MOPS, OPS_TRIAGE
from bot.demo.slack_reading import shown_text
from bot.demo.slack_standin import SlackStandIn
from bot.effects import Post, ReadTicket
from bot.errors import BackupFailed
from bot.incoming import FormContext, FormSubmitted, SlashQuestion
from bot.migrate import _config
from bot.operations.backup import Backup, Backups, backups_in, newest_backup
from bot.operations.backup_restore import Restoring
from bot.outbox import Outbox
from bot.restored import GAP, mark_restored
from bot.settings import SAMPLES, Settings
from bot.tables import OutboxRow, QuestionRow

pytestmark = pytest.mark.sqlite("PostgreSQL makes its own backups")

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with an empty desk in it."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "desk.sqlite3").write_bytes(empty_database())
    (data / "thresholds.json").write_text('{"answer": 0.9}')
    return data


@pytest.fixture
def desk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as the command line finds it."""
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.chdir(folder.parent)
    return folder


def backups(folder: Path) -> Backups:
    return Backups(folder / "desk.sqlite3", folder, now_utc)


def restoring(folder: Path) -> Restoring:
    return Restoring(folder / "desk.sqlite3", folder, now_utc)


# Making one.


def test_a_backup_under_load_is_of_one_moment_and_writers_go_on(folder: Path, tmp_path: Path) -> None:
    database, stop, written = open_database(f"sqlite:///{folder / 'desk.sqlite3'}"), threading.Event(), [0] * 4
    writers = [threading.Thread(target=_write_pairs, args=(database, n, written, stop)) for n in range(4)]
    for writer in writers:
        writer.start()
    _until(lambda: min(written) > 5)
    before = sum(written)
    made = backups(folder).to(tmp_path / "backup.tar.gz")
    after = sum(written)
    _until(lambda: sum(written) > after)  # nobody was held up for good
    stop.set()
    for writer in writers:
        writer.join()
    database.close()
    fresh = tmp_path / "fresh"
    restoring(fresh).put_back(made.path)
    pairs = _pairs(fresh)
    assert all(count == 2 for count in pairs.values())  # a transaction is in it whole, or not at all
    assert before <= len(pairs) <= after + 4
    assert made.manifest.rows["desk_outbox"] == 2 * len(pairs)


def test_a_restored_desk_answers_as_before(tmp_path: Path) -> None:
    with running_desk(tmp_path) as room:
        room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.settle()
        made = backups(tmp_path).into(tmp_path / "backups")
        asked = [(row.id, row.text) for row in room.rows(QuestionRow)]
    fresh = tmp_path / "fresh"
    restoring(fresh).put_back(made.path)
    with running_desk(fresh) as room:
        kept = [(row.id, row.text) for row in room.rows(QuestionRow)]
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
        room.settle()
        newest = room.rows(QuestionRow)[-1].id
    assert kept[0] == asked[0]
    assert newest > asked[0][0] + GAP  # buttons of messages the lost desk may have sent mean nobody else's question


def test_a_folder_keeps_the_newest_and_nobody_else_may_read_them(folder: Path, tmp_path: Path) -> None:
    clock = Clock()
    for _ in range(4):
        Backups(folder / "desk.sqlite3", folder, clock).into(tmp_path / "kept", keep=2)
        clock.skip(60)
    left = backups_in(tmp_path / "kept")
    assert len(left) == 2
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [path.name for path in left]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in left)
    newest = newest_backup(tmp_path / "kept")
    assert newest is not None
    assert timedelta(0) <= clock() - timedelta(seconds=60) - newest < timedelta(seconds=30)


def test_a_backup_overwrites_nothing_and_leaves_nothing_when_it_fails(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "there.tar.gz"
    file.write_text("mine")
    with pytest.raises(BackupFailed, match="is there already"):
        backups(folder).to(file)
    (folder / "desk.sqlite3").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(BackupFailed, match="No backup was made"):
        backups(folder).into(tmp_path / "kept")
    assert file.read_text() == "mine"
    assert list((tmp_path / "kept").iterdir()) == []


def test_what_a_killed_backup_left_is_cleared_a_day_later(folder: Path, tmp_path: Path) -> None:
    for name, age in ((".mops-desk-killed", 90_000), (".mops-desk-at-work", 60)):
        (tmp_path / "kept" / name).mkdir(parents=True)
        os.utime(tmp_path / "kept" / name, (time.time() - age,) * 2)
    backups(folder).into(tmp_path / "kept")
    assert [path.name for path in (tmp_path / "kept").glob(".*")] == [".mops-desk-at-work"]


def test_the_command_line_makes_checks_and_restores_one(desk: Path) -> None:
    made = run("backup", "one.tar.gz")
    assert made.code == 0
    assert "mops-desk restore one.tar.gz" in made.out
    (desk / "thresholds.json").write_text("lost")
    assert "is whole" in run("restore", "one.tar.gz", "--check").out
    assert (desk / "thresholds.json").read_text() == "lost"
    back = run("restore", "one.tar.gz")
    assert "Next: start the desk" in back.out
    assert json.loads((desk / "thresholds.json").read_text()) == {"answer": 0.9}
    (aside,) = desk.glob("before-restore-*")
    assert (aside / "thresholds.json").read_text() == "lost"
    assert (aside / "desk.sqlite3").exists()
    assert run("backup").code == 0
    assert len(backups_in(desk / "backups")) == 1


def test_postgresql_is_told_its_own_commands_without_its_password(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://ops:hunter2@db.example/desk")
    for line in (("backup",), ("restore", "one.tar.gz")):
        said = run(*line)
        assert said.code == 2
        assert "mops-desk db restored" in said.err
        assert "hunter2" not in said.err
    assert (
        "pg_dump --format=custom --file=desk.dump --host=db.example --username=ops --dbname=desk" in run("backup").err
    )


# Putting one back.


def test_restoring_is_refused_while_a_desk_has_the_database_open(folder: Path, tmp_path: Path) -> None:
    made = backups(folder).to(tmp_path / "one.tar.gz")
    database = open_database(f"sqlite:///{folder / 'desk.sqlite3'}")
    try:
        with pytest.raises(BackupFailed, match="is in use. Stop the desk"):
            restoring(folder).put_back(made.path)
        assert not list(folder.glob("before-restore-*"))
        assert database.is_writable()
        assert restoring(folder).put_back(made.path, force=True).aside is not None
    finally:
        database.close()
    assert restoring(folder).put_back(made.path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "no archive", "no manifest", "path", "missing"])
def test_a_damaged_or_foreign_file_changes_nothing(folder: Path, tmp_path: Path, damage: str) -> None:
    file = backups(folder).to(tmp_path / "one.tar.gz").path
    _damage(file, damage)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(BackupFailed, match="nothing was changed"):
        restoring(folder).put_back(file)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_backup_of_a_newer_version_is_refused_and_an_older_one_is_brought_up_to_date(
    folder: Path, tmp_path: Path
) -> None:
    _set_version(folder, "0099")
    newer = backups(folder).to(tmp_path / "newer.tar.gz")
    with pytest.raises(BackupFailed, match="Update the desk first"):
        restoring(folder).put_back(newer.path)
    old = tmp_path / "old"
    old.mkdir()
    _tables_of(old / "desk.sqlite3", "0004")
    older = Backups(old / "desk.sqlite3", old, now_utc).to(tmp_path / "older.tar.gz")
    restoring(folder).put_back(older.path)
    database = wiring.open_desk_database(Settings(_env_file=None, data_dir=folder))
    assert database.is_writable()
    database.close()


def test_a_damaged_database_is_replaced_and_kept(folder: Path, tmp_path: Path) -> None:
    made = backups(folder).to(tmp_path / "one.tar.gz")
    (folder / "desk.sqlite3").write_bytes(b"not a database at all")
    done = restoring(folder).put_back(made.path)
    assert done.aside is not None
    assert (done.aside / "desk.sqlite3").read_bytes() == b"not a database at all"


# What the lost desk did after the backup was made is not done again.


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
    assert world.requests() == []


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

    outbox = Outbox(hands.desk._shared.outbox_bell, hands.desk._parts.clock)
    with hands.database.write() as session:
        outbox.put(session, "read:1:now", ReadTicket(1))


def _write_pairs(database: Database, number: int, written: list[int], stop: threading.Event) -> None:
    while not stop.is_set():
        name = f"{number}-{written[number]}"
        with database.write() as session:
            for half in ("a", "b"):
                row = _row(f"{name}:{half}", number)
                row.state, row.finished_at, row.error = "done", NOW, name
                session.add(row)
        written[number] += 1


def _pairs(folder: Path) -> dict[str, int]:
    database = open_database(f"sqlite:///{folder / 'desk.sqlite3'}")
    found: dict[str, int] = {}
    with database.read() as session:
        for row in session.query(OutboxRow).filter(OutboxRow.error.is_not(None)):
            found[str(row.error)] = found.get(str(row.error), 0) + 1
    database.close()
    return found


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _damage(file: Path, how: str) -> None:
    content = bytearray(file.read_bytes())
    match how:
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "flipped":
            content[len(content) // 2] ^= 0xFF
            file.write_bytes(content)
        case "no archive":
            file.write_text("hello")
        case "no manifest" | "path":
            with tarfile.open(file, "w:gz") as archive:
                inside = tarfile.TarInfo("desk.sqlite3" if how == "no manifest" else "../../desk.sqlite3")
                archive.addfile(inside)
        case _:
            file.unlink()


def _set_version(folder: Path, version: str) -> None:

    connection = sqlite3.connect(folder / "desk.sqlite3")
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()
    connection.close()


def _tables_of(path: Path, version: str) -> None:

    database = open_database(f"sqlite:///{path}")
    config = _config()
    with database.engine.execution_options(desk_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    database.close()
