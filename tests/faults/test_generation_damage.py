"""A generation that is not exactly as it was written is never served."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import DOCUMENTS, ENTRIES, NOON, ask, over, store

from bot.database import Database
from knowledge.domain import Band
from knowledge.errors import GenerationDamaged, KnowledgeError
from knowledge.generations import ABANDONED_AFTER, KEPT, Generations
from knowledge.tables import Base
from knowledge.testing import HashingEncoder


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = database_with(tmp_path / "d.sqlite3", Base.metadata)
    store(found, ENTRIES, DOCUMENTS)
    return found


@pytest.fixture
def built(tmp_path: Path, database: Database) -> Path:
    return tmp_path / "index" / over(tmp_path, database).rebuild()


def flip_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def load(folder: Path, encoder: str = "hashing@1", content_id: str | None = None) -> None:
    origin = Generations(folder.parent).origin(folder.name)
    Generations(folder.parent).load(folder.name, encoder, content_id or origin.content_id)


def test_an_untouched_generation_loads(built: Path) -> None:
    load(built)


def test_a_flipped_bit_in_any_file_is_noticed(built: Path, tmp_path: Path) -> None:
    for file in files(built):
        if file.name == "manifest.json":
            continue
        copy = shutil.copytree(built, tmp_path / "copies" / built.name, dirs_exist_ok=True)
        flip_bit(copy / file.relative_to(built))
        with pytest.raises(GenerationDamaged):
            load(copy)


def test_a_missing_cut_or_additional_file_is_noticed(built: Path, tmp_path: Path) -> None:
    for file in files(built):
        for damage in (Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])):
            copy = shutil.copytree(built, tmp_path / "copies" / built.name, dirs_exist_ok=True)
            damage(copy / file.relative_to(built))
            with pytest.raises(GenerationDamaged):
                load(copy)
    (built / "more.npy").write_bytes(b"")
    with pytest.raises(GenerationDamaged):
        load(built)


def test_a_file_of_another_generation_is_noticed(built: Path, tmp_path: Path, database: Database) -> None:
    store(database, (replace(ENTRIES[0], question="Where did my MQLs go?", answer="To the dashboard."),))
    later = built.parent / over(tmp_path, database).rebuild()
    different = [file for file in files(built) if file.read_bytes() != (later / file.relative_to(built)).read_bytes()]
    assert len(different) >= 5
    for file in different:
        copy = shutil.copytree(built, tmp_path / "copies" / built.name, dirs_exist_ok=True)
        shutil.copy(later / file.relative_to(built), copy / file.relative_to(built))
        if file.name == "manifest.json":
            with pytest.raises(GenerationDamaged):
                load(copy, content_id=Generations(built.parent).origin(later.name).content_id)
        else:
            with pytest.raises(GenerationDamaged):
                load(copy)


def test_the_numbers_in_a_changed_manifest_are_not_trusted(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    for key, value in (("format", 999), ("files", {}), ("files", []), ("origin", {"encoder": "x"})):
        (built / "manifest.json").write_text(json.dumps(manifest | {key: value}))
        with pytest.raises(GenerationDamaged):
            load(built)


def test_another_models_or_another_databases_generation_is_refused(built: Path) -> None:
    with pytest.raises(GenerationDamaged, match="model"):
        load(built, encoder="other")
    with pytest.raises(GenerationDamaged, match="database"):
        load(built, content_id="other")


def test_a_damaged_generation_is_rebuilt_without_encoding(built: Path, tmp_path: Path, database: Database) -> None:
    flip_bit(built / "vectors.npy")
    encoder = HashingEncoder()
    base = over(tmp_path, database, encoder)
    base.ensure_current()
    assert encoder.encoded == 0
    assert base.generation_id != built.name
    assert base.verdict(ask("where are my MQLs?")).band is Band.ANSWER


@pytest.mark.parametrize("content", ["", "nothing-like-that", "../..", "\x00", "/etc"])
def test_a_broken_pointer_leads_to_a_rebuild(built: Path, tmp_path: Path, database: Database, content: str) -> None:
    (built.parent / "CURRENT").write_text(content)
    base = over(tmp_path, database)
    base.ensure_current()
    assert base.generation_id not in (None, built.name)


def test_an_interrupted_build_is_ignored_and_later_removed(built: Path, tmp_path: Path, database: Database) -> None:
    unfinished = built.with_name(f".unfinished-{built.name}")
    shutil.copytree(built, unfinished)
    base = over(tmp_path, database)
    base.ensure_current()
    assert base.generation_id == built.name
    base.rebuild()
    assert unfinished.exists()  # somebody may still be writing it
    over(tmp_path, database, now=NOON + 2 * ABANDONED_AFTER).rebuild()
    assert not unfinished.exists()


def test_only_the_newest_generations_are_kept(tmp_path: Path, database: Database) -> None:
    names = [over(tmp_path, database, now=NOON + timedelta(hours=hour)).rebuild() for hour in range(5)]
    left = {path.name for path in (tmp_path / "index").iterdir() if path.is_dir()}
    assert left == set(names[-KEPT:])


def test_builders_at_the_same_time_do_not_harm_each_other(tmp_path: Path, database: Database) -> None:
    bases = [over(tmp_path, database) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(lambda base: base.rebuild(), bases))
    assert len(names) == 4
    late = over(tmp_path, database)
    late.ensure_current()
    assert late.generation_id in names


def test_a_folder_that_cannot_be_written_is_one_plain_error(tmp_path: Path, database: Database) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")
    with pytest.raises(KnowledgeError, match="DATA_DIR"):
        over(tmp_path, database).rebuild()
