from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from knowledge.exported_model import MODEL, Export, ExportedModel
from knowledge.model_files import ModelFiles


@pytest.fixture
def files(tmp_path: Path) -> ModelFiles:
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    return ModelFiles.of(str(folder))


def writing(content: bytes = b"graph", refused: str = "") -> Callable[[Path], Export]:
    def export(target: Path) -> Export:
        target.write_bytes(content)
        return Export(1.0, refused, {"torch": "2"})

    return export


def test_nothing_is_found_before_an_export(tmp_path: Path, files: ModelFiles) -> None:
    assert ExportedModel(tmp_path / "models", files).verified() is None


def test_an_export_is_found_by_other_processes(tmp_path: Path, files: ModelFiles) -> None:
    ExportedModel(tmp_path / "models", files).make(writing())
    found = ExportedModel(tmp_path / "models", files).verified()
    assert found
    assert found.read_bytes() == b"graph"
    assert [path.name for path in (tmp_path / "models").iterdir()] == [found.parent.name]


def test_a_damaged_export_is_refused_and_made_again(tmp_path: Path, files: ModelFiles) -> None:
    exported = ExportedModel(tmp_path / "models", files)
    exported.make(writing())
    (exported.folder / MODEL).write_bytes(b"gravy")
    assert exported.verified() is None
    exported.make(writing())
    assert exported.verified()
    assert len(list((tmp_path / "models").iterdir())) == 1


def test_what_was_found_whole_is_looked_at_again_once_it_has_changed(tmp_path: Path, files: ModelFiles) -> None:
    exported = ExportedModel(tmp_path / "models", files)
    exported.make(writing())
    assert exported.verified()
    (exported.folder / MODEL).write_bytes(b"gravy")
    os.utime(exported.folder / MODEL, (1, 1))  # clocks of file systems tick in milliseconds
    assert exported.verified() is None
    exported.make(writing())
    assert exported.verified()


def test_a_manifest_that_is_no_manifest_counts_as_damage(tmp_path: Path, files: ModelFiles) -> None:
    exported = ExportedModel(tmp_path / "models", files)
    exported.make(writing())
    for text in ("", "[]", "{}", '{"exporter": 1}', "\x00"):
        (exported.folder / "manifest.json").write_text(text, encoding="utf-8")
        assert exported.verified() is None
        assert exported.manifest() is None


def test_an_export_that_differs_is_remembered_but_never_served(tmp_path: Path, files: ModelFiles) -> None:
    exported = ExportedModel(tmp_path / "models", files)
    exported.make(writing(refused="its vectors differ (cosine 0.9)"))
    assert exported.verified() is None
    found = exported.manifest()
    assert found
    assert found.refused == "its vectors differ (cosine 0.9)"
    assert not (exported.folder / MODEL).exists()


def test_other_weights_have_a_folder_of_their_own(tmp_path: Path, files: ModelFiles) -> None:
    ExportedModel(tmp_path / "models", files).make(writing())
    assert files.folder
    (files.folder / "model.safetensors").write_bytes(b"newer weights")
    assert ExportedModel(tmp_path / "models", ModelFiles.of(files.model)).verified() is None


def test_exports_at_the_same_time_leave_one_whole_model(tmp_path: Path, files: ModelFiles) -> None:
    def export(number: int) -> None:
        ExportedModel(tmp_path / "models", files).make(writing(bytes([number]) * 100_000))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(export, range(24)))
    found = ExportedModel(tmp_path / "models", files).verified()
    assert found
    assert len(set(found.read_bytes())) == 1
    assert len(list((tmp_path / "models").iterdir())) == 1


def test_an_export_that_fails_leaves_nothing(tmp_path: Path, files: ModelFiles) -> None:
    def failing(target: Path) -> Export:
        target.write_bytes(b"half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        ExportedModel(tmp_path / "models", files).make(failing)
    assert list((tmp_path / "models").iterdir()) == []
