"""Backups: made while the desk runs, whole or not at all; and what happens after an older one is put back."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import tarfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from support_cli import run
from support_database import empty_database
from support_desk import Clock, running_desk

from bot import wiring
from bot.clock import now_utc
from bot.database import Database, open_database
from bot.effects import Post
from bot.errors import BackupFailed
from bot.migrate import _config
from bot.operations.backup import Backups, backups_in, newest_backup
from bot.operations.backup_restore import Restoring
from bot.restored import GAP
from bot.settings import Settings
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


def test_a_target_is_a_file_unless_it_is_a_folder_or_ends_like_one(desk: Path) -> None:
    home = desk.parent
    (home / "there.d").mkdir()
    for target in ("one", "two.tar", "three.tar.gz", "new/four.bak"):
        assert run("backup", target).code == 0
        assert run("restore", target, "--check").code == 0
        assert (home / target).is_file()
    (home / "one").rename(home / "there.d" / "mops-desk-20260101T000000Z.tar.gz")
    for target in ("there.d", "new/", "newer/"):
        assert run("backup", target, "--keep", "1").code == 0
        (kept,) = backups_in(home / target)
        assert "20260101" not in kept.name


def test_only_a_folder_keeps_a_number_of_backups(desk: Path) -> None:
    refused = run("backup", "backups", "--keep", "3")
    assert refused.code == 2
    assert "--keep is for folders, and backups would be a file. If it is a folder: backups/" in refused.problem
    assert not (desk.parent / "backups").exists()


def test_the_numbers_a_restore_leaves_out_are_no_questions(desk: Path) -> None:
    for _ in range(2):
        name = f"{len(list(desk.parent.glob('*.gz')))}.tar.gz"
        assert ", 0 questions, 0 requests), checked" in run("backup", name).out
        assert run("restore", name).code == 0
    with running_desk(desk) as room:
        room.slack.say("Maya", "#ask-mops", "@MOPS Desk please move our forms to another tool")
        room.settle()
        assert len(room.rows(QuestionRow)) == 3
    assert ", 1 question, 1 request), checked" in run("backup", "last.tar.gz").out


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


# What these tests share.


def _row(key: str, number: int) -> OutboxRow:
    payload = {"kind": "post", "channel": "C1", "text": str(number), "blocks": []}
    return OutboxRow(key=key, kind=Post.kind, payload=payload, state="ready", next_at=NOW, created_at=NOW)


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
