"""Documents from a git repository of Markdown: what a branch holds, dated by its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from knowledge.audience_json import audience_to_json
from knowledge.content_hash import PARSER_VERSION
from knowledge.domain import Audience, Document
from knowledge.errors import DocumentUnreadable
from knowledge.folder_source import MAX_BYTES, MISNAMED, NOT_UTF8
from knowledge.git_program import Blobs, GitClone, GitFile, History
from knowledge.page_document import document_of
from knowledge.page_reader import PageReader
from knowledge.protocols import DocumentRef
from knowledge.published import CLEAN_SUFFIXES, published_url
from knowledge.unseen import printable

_LFS = b"version https://git-lfs.github.com/spec/"


class GitSource:
    """The Markdown pages that a clone's branch (``ref``) holds below ``folder``; nothing is fetched, pulled or run.

    What is committed counts, not the work tree, so a bare clone will do. A page was last changed when the history
    says so; its own words count only where a shallow clone does not know. Not safe for several threads.
    """

    def __init__(
        self,
        name: str,
        clone: Path,
        *,
        folder: str = "",
        ref: str = "HEAD",
        base_url: str | None = None,
        audience: Audience | None = None,
        pages: PageReader | None = None,
    ) -> None:
        self._name = name
        self._clone = GitClone(clone)
        self._folder = folder.strip("/")
        self._ref = ref
        self._base_url = base_url
        self._audience = audience or Audience.internal()
        self._pages = pages or PageReader()
        self._commit = ""
        self._blobs: Blobs | None = None
        self._dates: _Dates | None = None
        setup = f"{PARSER_VERSION} {base_url} {audience_to_json(self._audience)}"
        self._setup = sha256(setup.encode()).hexdigest()[:8]

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    def list(self) -> Iterable[DocumentRef]:
        """See Source. A version is the blob's id: a page that did not change is never read again."""
        self.rest()
        self._commit = self._clone.commit(self._ref)
        files = (file for file in self._clone.files(self._commit, self._folder) if _is_page(file.path))
        return [self._listed(file) for file in sorted(files, key=_place)]

    def read(self, ref: DocumentRef) -> Document:
        """See Source."""
        if ref.version == MISNAMED:
            raise DocumentUnreadable(ref.path, NOT_UTF8)
        page = self._pages.page(self._bytes(ref.path), ref.path)
        page = replace(page, changed_at=self._changed_at(ref.path) or page.changed_at)
        url = page.url or published_url(self._base_url, ref.path)
        return document_of(page, self._name, ref.path, url, page.audience or self._audience)

    def moved(self, gone: Collection[str], new: Collection[str]) -> Mapping[str, str]:
        """See KnowsMoves: what git itself takes for renames, through any number of them."""
        if not self._commit:
            return {}
        history = self._clone.history(
            self._commit, "--name-status", "--find-renames", "--diff-filter=RD", folder=self._folder
        )
        try:
            return _renames(self._below(history), gone, new)
        finally:
            history.close()

    def rest(self) -> None:
        """See Rests: ends the git processes."""
        if self._blobs is not None:
            self._blobs.close()
        if self._dates is not None:
            self._dates.close()
        self._blobs = self._dates = None

    def _listed(self, file: GitFile) -> DocumentRef:
        path = printable(file.path)
        return DocumentRef(path, MISNAMED if path != file.path else f"{file.blob}-{self._setup}")

    def _bytes(self, path: str) -> bytes:
        if "\n" in path:
            raise DocumentUnreadable(path.replace("\n", " "), "has a line break in its name: rename it")
        if self._blobs is None:
            self._commit = self._commit or self._clone.commit(self._ref)
            self._blobs = self._clone.blobs()
        content = self._blobs.content(f"{self._ref}:{self._inside(path)}", MAX_BYTES)
        if content is None:
            raise DocumentUnreadable(path, "is no longer in the repository")
        if isinstance(content, int):
            limit = MAX_BYTES // 1_000_000
            raise DocumentUnreadable(path, f"has {content / 1e6:.0f} MB; {limit} MB fit: split it or leave it out")
        if content.startswith(_LFS):
            raise DocumentUnreadable(path, "is only a pointer to Git LFS: run `git lfs pull`, and use `kind: folder`")
        return content

    def _changed_at(self, path: str) -> date | None:
        if self._dates is None:
            history = self._clone.history(self._commit, "--name-only", "--no-renames", folder=self._folder)
            self._dates = _Dates(history, self._clone.cut_off())
        return self._dates.of(self._inside(path))

    def _inside(self, path: str) -> str:
        return f"{self._folder}/{path}" if self._folder else path

    def _below(self, history: History) -> Iterator[Sequence[str]]:
        """Each commit's names, relative to the folder."""
        prefix = f"{self._folder}/" if self._folder else ""
        for _, _, names in history.commits():
            yield [name.removeprefix(prefix) for name in names]


class _Dates:
    """When files were last changed: one pass over the history, as far as it was needed yet."""

    def __init__(self, history: History, cut_off: frozenset[str]) -> None:
        self._history = history
        self._commits = history.commits()
        self._cut_off = cut_off
        self._found: dict[str, date | None] = {}

    def of(self, path: str) -> date | None:
        """The day of the last commit that changed a file (named from the top); None when it is not known."""
        while path not in self._found:
            if not self._step():
                return None
        return self._found[path]

    def close(self) -> None:
        """End the pass."""
        self._history.close()

    def _step(self) -> bool:
        """Take in one more commit; False when there are none."""
        found = next(self._commits, None)
        if found is None:
            return False
        commit, day, names = found
        changed = None if commit in self._cut_off else _day(day)
        for name in names:
            self._found.setdefault(name, changed)
        return True


def _renames(commits: Iterator[Sequence[str]], gone: Collection[str], new: Collection[str]) -> dict[str, str]:
    """Follow the new paths back until each is one of the gone ones, or every gone one is accounted for."""
    before = {path: path for path in new}
    wanted, found = set(gone), {}
    for names in commits:
        if not wanted or not before:
            break
        for old, now in _changes(names):
            if now is None:
                wanted.discard(old)
            elif now in before:
                first = before.pop(now)
                if old in wanted:
                    found[first] = old
                    wanted.discard(old)
                else:
                    before[old] = first
    return found


def _changes(names: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """(old path, new path) of renames and (path, None) of deletions in `--name-status -z` output."""
    words = iter(names)
    for word in words:
        status = word.strip()
        if status == "D":
            yield next(words, ""), None
        elif status.startswith("R"):
            old = next(words, "")
            yield old, next(words, "")


def _is_page(path: str) -> bool:
    parts = path.split("/")
    return parts[-1].casefold().endswith(CLEAN_SUFFIXES) and not any(part.startswith(".") for part in parts)


def _place(file: GitFile) -> list[str]:
    """Folders in their order, as a folder source has them."""
    return file.path.split("/")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
