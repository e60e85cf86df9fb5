"""Documents from a folder of files, or from a single file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from knowledge.audience_json import audience_to_json
from knowledge.content_hash import PARSER_VERSION
from knowledge.domain import Audience, Document
from knowledge.errors import DocumentUnreadable, SourceUnavailable
from knowledge.page import Page
from knowledge.page_document import document_of
from knowledge.page_kinds import READABLE, is_readable, takes_sidecar
from knowledge.page_reader import PageReader
from knowledge.protocols import DocumentRef
from knowledge.published import published_url
from knowledge.sidecar import MAX_BYTES as MAX_SIDECAR
from knowledge.sidecar import sidecar_names
from knowledge.unseen import printable

MAX_BYTES = 20_000_000
"""Far above any page; a larger file is a dump, which would hold up an ingest for minutes."""

MAX_PATH = 1_000  # the database column

MISNAMED = "misnamed"
"""The version of a file whose path is not UTF-8: listed under a printable one, by which nothing can be opened."""

NOT_UTF8 = "has a name, or lies in a folder with one, that is not UTF-8: rename it"


class FolderSource:
    """The documents below ``root`` of the kinds in page_kinds; ``root`` may also be one file.

    Hidden files and folders are left out, linked folders are not entered, and a linked file counts only when it lies
    below the root; ``takes`` picks the files by name (see is_readable). ``base_url`` is where the root is published:
    a page's address is made of it and the page's path. What a document cannot say itself may stand in a sidecar
    beside it (see sidecar).
    """

    def __init__(
        self,
        name: str,
        root: Path,
        base_url: str | None = None,
        audience: Audience | None = None,
        pages: PageReader | None = None,
        takes: Callable[[str, bool], bool] = is_readable,
    ) -> None:
        self._name = name
        self._takes = takes
        self._root = root
        self._base_url = base_url
        self._audience = audience or Audience.internal()
        self._pages = pages or PageReader()
        self._broken: dict[str, tuple[str, str]] = {}
        setup = f"{PARSER_VERSION} {base_url} {audience_to_json(self._audience)}"
        self._setup = sha256(setup.encode()).hexdigest()[:8]

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def root(self) -> Path:
        """The folder or file it reads."""
        return self._root

    def list(self) -> Iterable[DocumentRef]:
        """See Source. A version is size, time of change and setup: other parsers or addresses mean a new reading."""
        root = self._resolved_root()
        if root.is_file():
            if not self._takes(root.name, True):
                raise SourceUnavailable(f"{self._root} is no file I can read. I read {', '.join(READABLE)}.")
            files = [root]
        else:
            files = sorted(self._files(root), key=lambda file: file.relative_to(root).parts)
        return [ref for file in files if (ref := self._ref(file, root)) is not None]

    def read(self, ref: DocumentRef) -> Document:
        """See Source."""
        if ref.version == MISNAMED:
            raise DocumentUnreadable(ref.path, NOT_UTF8)
        data = self._bytes(ref.path)
        page = self._page(ref, data)
        audience = page.audience or self._audience
        url = page.url or published_url(self._base_url, ref.path)
        return document_of(page, self._name, ref.path, url, audience)

    def _page(self, ref: DocumentRef, data: bytes) -> Page:
        """The parsed file. One that broke its parser is not given to it again before it changes: it cost time."""
        version, reason = self._broken.get(ref.path, ("", ""))
        if version == ref.version and reason:
            raise DocumentUnreadable(ref.path, reason)
        sidecar = self._sidecar_bytes(ref.path)
        try:
            return self._pages.page(data, ref.path, sidecar)
        except DocumentUnreadable as exc:
            self._broken[ref.path] = ref.version, exc.reason
            raise

    def _resolved_root(self) -> Path:
        try:
            return self._root.resolve(strict=True)
        except (OSError, RuntimeError) as exc:
            raise SourceUnavailable(f"{self._root} is not there or cannot be opened. Check the path.") from exc

    def _files(self, root: Path) -> Iterator[Path]:
        def refuse(exc: OSError) -> None:
            # Skipping the folder would look like a deletion of everything in it.
            name = printable(str(exc.filename))
            raise SourceUnavailable(f"{name} cannot be listed ({exc.strerror}). Check who may read it.") from exc

        for folder, folders, names in os.walk(root, onerror=refuse, followlinks=False):
            folders[:] = [name for name in folders if not name.startswith(".")]
            beside = set(names)
            for name in names:
                if name.startswith("."):
                    continue
                has_sidecar = any(sidecar in beside for sidecar in sidecar_names(name))
                if self._takes(name, has_sidecar):
                    yield Path(folder, name)

    def _ref(self, file: Path, root: Path) -> DocumentRef | None:
        path = file.name if file == root else file.relative_to(root).as_posix()
        if printable(path) != path:
            return DocumentRef(printable(path), MISNAMED) if os.path.isfile(file) else None
        try:
            if not file.resolve(strict=True).is_relative_to(root):
                return None
            info = file.stat()
        except FileNotFoundError:  # gone since, or a link to nowhere
            return None
        except (OSError, RuntimeError):
            return DocumentRef(path, "unreadable")  # reading it will say why; leaving it out would delete it
        if not stat.S_ISREG(info.st_mode):
            return None
        return DocumentRef(path, f"{info.st_size}-{info.st_mtime_ns}-{self._setup}{self._sidecar_version(file)}")

    def _sidecar_version(self, file: Path) -> str:
        """Says of a sidecar what a version says of its document; "" without one."""
        try:
            info = beside.stat() if (beside := _sidecar(file)) else None
        except OSError:
            return "-unreadable"  # reading it will say why
        return f"-{info.st_size}-{info.st_mtime_ns}" if info else ""

    def _bytes(self, path: str) -> bytes:
        root = self._resolved_root()
        try:
            file = (root if root.is_file() else root / path).resolve(strict=True)
            if not file.is_relative_to(root) or not file.is_file():
                raise DocumentUnreadable(path, "lies outside the folder or is no file")
            if len(path) > MAX_PATH:
                raise DocumentUnreadable(path, f"has a path longer than {MAX_PATH:,} characters: shorten it")
            size = file.stat().st_size
            if size > MAX_BYTES:
                limit = MAX_BYTES // 1_000_000
                raise DocumentUnreadable(path, f"has {size / 1e6:.0f} MB; {limit} MB fit: split it or leave it out")
            return file.read_bytes()
        except (OSError, RuntimeError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) else "its links go round in a circle"
            raise DocumentUnreadable(path, f"cannot be read ({reason})") from exc

    def _sidecar_bytes(self, path: str) -> bytes:
        root = self._resolved_root()
        beside = _sidecar(root if root.is_file() else root / path)
        if beside is None:
            return b""
        try:
            if beside.stat().st_size > MAX_SIDECAR or not beside.resolve(strict=True).is_relative_to(
                root.parent if root.is_file() else root
            ):
                raise DocumentUnreadable(path, f"has a sidecar, {beside.name}, that is far too large or a link away")
            return beside.read_bytes()
        except (OSError, RuntimeError) as exc:
            raise DocumentUnreadable(path, f"has a sidecar, {beside.name}, that cannot be read") from exc


def _sidecar(file: Path) -> Path | None:
    """The sidecar that lies beside a file."""
    if not takes_sidecar(file.name):
        return None
    found = (file.with_name(name) for name in sidecar_names(file.name))
    return next((path for path in found if path.is_file()), None)
