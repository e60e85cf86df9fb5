"""The Markdown of a git repository: what a branch holds, when it changed, where it moved. Nothing of it is run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from support_database import database_with
from support_git import Repository

from knowledge.document_store import DocumentStore
from knowledge.domain import Document
from knowledge.errors import DocumentUnreadable, SourceUnavailable
from knowledge.git_source import GitSource
from knowledge.ingest import IngestSummary, ingest
from knowledge.tables import Base

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LONG = "Badge scans from a trade show arrive as a spreadsheet with names.\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "handbook")
    made.put("a.md", f"# A\n{LONG}")
    made.day = "2026-05-01"
    made.put("guides/b.md", "# B\nTwo.\n")
    return made


def source(repository: Repository, **options: object) -> GitSource:
    return GitSource("handbook", repository.path, **options)  # type: ignore[arg-type]


def documents(source: GitSource) -> Sequence[Document]:
    found = [source.read(ref) for ref in source.list()]
    source.rest()
    return found


def paths(source: GitSource) -> list[str]:
    return [ref.path for ref in source.list()]


def test_pages_are_dated_by_the_history(repository: Repository) -> None:
    found = documents(source(repository, base_url="https://x.example/h"))
    assert [(one.path, one.changed_at) for one in found] == [
        ("a.md", date(2026, 3, 1)),
        ("guides/b.md", date(2026, 5, 1)),
    ]
    assert found[1].url == "https://x.example/h/guides/b"


def test_what_is_not_committed_does_not_count_nor_what_is_no_page(repository: Repository) -> None:
    for path in (".github/x.md", "code.py", "notes.txt", "c.markdown"):
        repository.put(path, "# X\ntext\n")
    (repository.path / "draft.md").write_text("# Draft\n")
    (repository.path / "a.md").write_text("# Changed\n")
    os.symlink("/etc/passwd", repository.path / "link.md")
    repository.git("add", "link.md")
    repository.git("commit", "-q", "-m", "link")
    found = source(repository)
    assert paths(found) == ["a.md", "c.markdown", "guides/b.md"]
    assert documents(found)[0].title == "A"


def test_a_folder_of_it_is_enough(repository: Repository) -> None:
    (found,) = documents(source(repository, folder="/guides/"))
    assert (found.path, found.title, found.changed_at) == ("b.md", "B", date(2026, 5, 1))


def test_a_branch_and_a_bare_clone_can_be_read(repository: Repository, tmp_path: Path) -> None:
    repository.git("switch", "-q", "-c", "draft")
    repository.put("c.md", "# C\nThree.\n")
    repository.git("switch", "-q", "main")
    repository.git("clone", "-q", "--bare", str(repository.path), str(tmp_path / "bare.git"))
    assert paths(source(repository)) == ["a.md", "guides/b.md"]
    assert paths(GitSource("bare", tmp_path / "bare.git", ref="draft")) == ["a.md", "c.md", "guides/b.md"]


def test_an_unchanged_page_keeps_its_version_whatever_else_changes(repository: Repository) -> None:
    before = {ref.path: ref.version for ref in source(repository).list()}
    repository.put("guides/b.md", "# B\nThree.\n")
    after = {ref.path: ref.version for ref in source(repository).list()}
    assert before["a.md"] == after["a.md"]
    assert before["guides/b.md"] != after["guides/b.md"]


def test_renamed_pages_stay_the_same_documents_even_when_their_text_changed(
    repository: Repository, tmp_path: Path
) -> None:
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    text = "".join(f"Line {n} of a page that is long enough to be known again.\n" for n in range(20))
    repository.put("old.md", f"# Old\n{text}")
    pages = source(repository)
    ingest(pages, database, lambda: NOW)
    with database.read() as session:
        before = {one.path: one.key for one in DocumentStore(session).stored("handbook")}
    repository.move("old.md", "between.md")
    repository.move("between.md", "guides/new.md")
    repository.put("guides/new.md", f"# New\n{text}")
    assert ingest(pages, database, lambda: NOW) == IngestSummary(moved=1, unchanged=2)
    with database.read() as session:
        stored = {one.path: one.key for one in DocumentStore(session).stored("handbook")}
        assert stored["guides/new.md"] == before["old.md"]
        assert DocumentStore(session).current_path("handbook", "old.md") == "guides/new.md"


def test_a_deleted_page_leaves_and_another_new_one_is_not_it(repository: Repository, tmp_path: Path) -> None:
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    pages = source(repository)
    ingest(pages, database, lambda: NOW)
    repository.drop("a.md")
    repository.put("new.md", "# New\nSomething else entirely, with words of its own.\n")
    assert ingest(pages, database, lambda: NOW) == IngestSummary(added=1, removed=1, unchanged=1)


def test_a_shallow_clone_knows_no_dates_where_it_ends(repository: Repository, tmp_path: Path) -> None:
    repository.put("dated.md", "---\nlast_updated: 2024-01-02\n---\n# D\nText.\n")
    repository.put("a.md", f"# A\nMore. {LONG}")
    url = f"file://{repository.path}"
    repository.git("clone", "-q", "--depth", "1", url, str(tmp_path / "shallow"))
    found = {one.path: one.changed_at for one in documents(GitSource("h", tmp_path / "shallow"))}
    assert found == {"a.md": None, "dated.md": date(2024, 1, 2), "guides/b.md": None}


def test_names_of_all_sorts_are_read(repository: Repository) -> None:
    names = ["ümläut.md", "two words.md", "quote'\"s.md", ":(top).md", "-option.md"]
    for name in names:
        repository.put(name, f"# {name}\ntext\n")
    found = {one.path: one.changed_at for one in documents(source(repository))}
    assert set(names) <= set(found)
    assert found["ümläut.md"] == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "pointer to Git LFS"),
        ("x" * 20_000_001, "has 20 MB; 20 MB fit"),
        ("\x00\x01", "is not a text file"),
    ],
)
def test_a_page_that_cannot_be_read_fails_alone(repository: Repository, text: str, reason: str) -> None:
    repository.put("bad.md", text)
    pages = source(repository)
    refs = {ref.path: ref for ref in pages.list()}
    with pytest.raises(DocumentUnreadable, match=reason):
        pages.read(refs["bad.md"])
    assert pages.read(refs["guides/b.md"]).title == "B"
    pages.rest()


@pytest.mark.parametrize(
    ("folder", "ref", "advice"),
    [
        ("nowhere", "HEAD", "has no folder nowhere. Check `folder`."),
        ("", "no-such-branch", "has no commit called no-such-branch. Check `ref`."),
        ("", "--output=x", "is no branch or tag. Check `ref`."),
    ],
)
def test_what_is_not_in_the_clone_is_told(repository: Repository, folder: str, ref: str, advice: str) -> None:
    with pytest.raises(SourceUnavailable) as caught:
        source(repository, folder=folder, ref=ref).list()
    assert advice in str(caught.value)


def test_a_folder_that_is_no_clone_is_refused_even_inside_one(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="is no git clone. Check `path`"):
        GitSource("h", repository.path / "guides").list()
    with pytest.raises(SourceUnavailable, match="is not there. Clone the repository"):
        GitSource("h", tmp_path / "none").list()


def test_nothing_that_a_clone_brings_along_is_run(repository: Repository, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    script = repository.path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "filter.x.smudge",
        "diff.x.textconv",
        "gpg.program",
    ):
        repository.git("config", name, str(script))
    repository.git("config", "log.showSignature", "true")
    (repository.path / ".gitattributes").write_text("*.md diff=x filter=x\n")
    pages = source(repository)
    assert [one.title for one in documents(pages)] == ["A", "B"]
    assert pages.moved(["gone.md"], ["a.md"]) == {}
    assert not mark.exists()


def test_another_users_clone_and_our_own_settings_do_not_matter(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert paths(source(repository)) == ["a.md", "guides/b.md"]


def test_without_git_it_is_told_what_to_do(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SourceUnavailable, match="git is not installed here. Install it, or use `kind: folder`"):
        source(repository).list()


def test_a_name_that_is_not_utf8_is_told_of_and_keeps_no_other_page(repository: Repository) -> None:
    (repository.path / os.fsdecode(b"caf\xe9.md")).write_text("# C\ntext\n")
    (repository.path / os.fsdecode(b"caf\xe8.md")).write_text("# D\ntext\n")
    repository.commit()
    pages = source(repository)
    refs = {ref.path: ref for ref in pages.list()}
    assert set(refs) == {"a.md", "guides/b.md", r"caf\xe8.md", r"caf\xe9.md"}
    assert pages.read(refs["a.md"]).title == "A"
    with pytest.raises(DocumentUnreadable, match="is not UTF-8: rename it"):
        pages.read(refs[r"caf\xe9.md"])
