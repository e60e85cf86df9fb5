"""A folder as a source: which files count, and where they are published."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from knowledge.domain import Audience
from knowledge.errors import DocumentUnreadable, SourceUnavailable
from knowledge.folder_source import MAX_BYTES, FolderSource
from knowledge.protocols import DocumentRef


def put(path: Path, content: str | bytes = "# A\ntext\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def paths(source: FolderSource) -> list[str]:
    return [ref.path for ref in source.list()]


def test_documents_are_listed_in_order_and_other_files_are_not(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.HTML", "a/_index.markdown", "c.htm", "d.zip", ".hidden.md", ".git/x.md"):
        put(tmp_path / name)
    assert paths(FolderSource("docs", tmp_path)) == ["a/_index.markdown", "a/z.HTML", "b.md", "c.htm"]


def test_a_single_file_is_a_source_too(tmp_path: Path) -> None:
    source = FolderSource("docs", put(tmp_path / "a.md"))
    (ref,) = source.list()
    assert source.read(ref).path == "a.md"
    with pytest.raises(SourceUnavailable, match="I read .md"):
        FolderSource("docs", put(tmp_path / "a.zip")).list()


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path / "out" / "secret.md")
    root = put(tmp_path / "in" / "a.md").parent
    (root / "b.md").symlink_to(outside)
    (root / "c").symlink_to(outside.parent)
    (root / "d.md").symlink_to(root / "a.md")
    (root / "e.md").symlink_to(root / "gone.md")
    assert paths(FolderSource("docs", root)) == ["a.md", "d.md"]
    with pytest.raises(DocumentUnreadable, match="outside"):
        FolderSource("docs", root).read(DocumentRef("../out/secret.md", ""))


def test_a_pipe_that_is_called_like_a_page_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    assert paths(FolderSource("docs", tmp_path)) == []


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("a/list import.md", "https://example.com/docs/a/list%20import"),
        ("a/_index.md", "https://example.com/docs/a/"),
        ("index.html", "https://example.com/docs/"),
        ("b.html", "https://example.com/docs/b.html"),
    ],
)
def test_the_address_follows_the_path(tmp_path: Path, path: str, url: str) -> None:
    put(tmp_path / path)
    source = FolderSource("docs", tmp_path, "https://example.com/docs/")
    assert source.read(next(iter(source.list()))).url == url


def test_a_page_may_narrow_or_widen_its_audience(tmp_path: Path) -> None:
    put(tmp_path / "a.md", "---\naudience: public\n---\nx\n")
    put(tmp_path / "b.md")
    source = FolderSource("docs", tmp_path, audience=Audience.internal())
    assert [source.read(ref).audience for ref in source.list()] == [Audience(), Audience.internal()]


def test_another_address_means_another_version(tmp_path: Path) -> None:
    put(tmp_path / "a.md")
    (plain,) = FolderSource("docs", tmp_path).list()
    (published,) = FolderSource("docs", tmp_path, "https://example.com").list()
    assert plain.version != published.version


def test_a_file_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.md").open("wb") as file:
        file.truncate(MAX_BYTES * 5 // 2)
    source = FolderSource("docs", tmp_path)
    with pytest.raises(DocumentUnreadable, match="has 50 MB; 20 MB fit"):
        source.read(next(iter(source.list())))


def test_a_missing_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="Check the path"):
        FolderSource("docs", tmp_path / "none").list()


def test_a_name_that_is_not_utf8_is_told_of_in_characters_that_can_be_shown(tmp_path: Path) -> None:
    put(tmp_path / "fine.md")
    put(tmp_path / os.fsdecode(b"caf\xe9.md"))
    put(tmp_path / os.fsdecode(b"caf\xe9") / "in it.md")
    (tmp_path / os.fsdecode(b"\xe9.md")).symlink_to(tmp_path / "gone.md")
    source = FolderSource("docs", tmp_path)
    refs = {ref.path: ref for ref in source.list()}
    assert set(refs) == {"fine.md", r"caf\xe9.md", r"caf\xe9/in it.md"}
    assert source.read(refs["fine.md"]).title == "A"
    for path in (r"caf\xe9.md", r"caf\xe9/in it.md"):
        with pytest.raises(DocumentUnreadable, match="is not UTF-8: rename it"):
            source.read(refs[path])
