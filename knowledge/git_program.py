"""The git program, asked for what a clone holds. The one module that runs it.

The program rather than a library: it reads every format of repository there is, walks 100,000 commits in seconds, and
whoever has a clone has it. It runs without hooks, prompts, network and anybody's settings: what stands in the clone's
own configuration can start no other program.
"""

from __future__ import annotations

import os
import subprocess
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SourceUnavailable
from knowledge.programs import end

SECONDS = 60.0
"""How long listing a commit's files may take."""

_CHUNK = 65_536
_KEPT = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
_OVERRIDES = {
    "safe.directory": "*",  # the clone may belong to another user; nothing in it is run
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "log.showSignature": "false",
    "diff.external": "",
    "diff.renameLimit": "2000",
    "credential.helper": "",
}


@dataclass(frozen=True)
class GitFile:
    """A file of a commit. ``blob`` names its content, ``size`` is in bytes; ``path`` is as ``os.fsdecode`` has it."""

    path: str
    blob: str
    size: int


class GitClone:
    """A clone on this machine, bare or with a work tree. Raises SourceUnavailable when git or the clone fails."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def commit(self, ref: str) -> str:
        """The commit a branch, tag or HEAD stands for."""
        if not self._path.is_dir():
            raise SourceUnavailable(f"{self._path} is not there. Clone the repository, or check `path`.")
        if ref.startswith("-"):
            raise SourceUnavailable(f"{ref} is no branch or tag. Check `ref`.")
        found = self._run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        if found is None:
            is_clone = self._run("rev-parse", "--git-dir") is not None
            trouble = f"has no commit called {ref}. Check `ref`" if is_clone else "is no git clone. Check `path`"
            raise SourceUnavailable(f"{self._path} {trouble}.")
        return found.decode().strip()

    def files(self, commit: str, folder: str) -> list[GitFile]:
        """The regular files of a commit below a folder ("" for all of it), by path relative to it."""
        listed = self._run("ls-tree", "-r", "-z", "-l", f"{commit}:{folder}")
        if listed is None:
            raise SourceUnavailable(f"{self._path} has no folder {folder or 'to list'}. Check `folder`.")
        return [file for line in listed.split(b"\0") if (file := _file(line)) is not None]

    def history(self, commit: str, *options: str, folder: str = "") -> History:
        """Its commits, newest first, each with the names that `git log` with these options gives."""
        below = ["--", folder] if folder else []
        command = ["log", "--format=tformat:%x01%H %cs", "-z", "--no-ext-diff", "--no-textconv", *options, commit]
        return History(self._start(*command, *below))

    def blobs(self) -> Blobs:
        """Contents of files, one after the other."""
        return Blobs(self._start("cat-file", "--batch"))

    def cut_off(self) -> frozenset[str]:
        """The commits at which a shallow clone ends: they seem to have made every file."""
        found = self._run("rev-parse", "--git-path", "shallow")
        if found is None:
            return frozenset()
        try:
            return frozenset((self._path / found.decode().strip()).read_text(encoding="ascii").split())
        except (OSError, UnicodeDecodeError):
            return frozenset()

    def _run(self, *command: str) -> bytes | None:
        """What a command prints; None when it fails."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell; see _OVERRIDES
                self._command(command), env=self._environment(), capture_output=True, timeout=SECONDS, check=False
            )
        except FileNotFoundError as exc:
            raise SourceUnavailable("git is not installed here. Install it, or use `kind: folder`.") from exc
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise SourceUnavailable(f"git did not answer about {self._path}. Try again; check the disk.") from exc
        return done.stdout if done.returncode == 0 else None

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - no shell; see _OVERRIDES
                self._command(command),
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as exc:
            raise SourceUnavailable("git could not be started. Install it, or use `kind: folder`.") from exc

    def _command(self, command: Sequence[str]) -> list[str]:
        return ["git", "--no-pager", "--literal-pathspecs", "-C", str(self._path), *command]

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        for number, (name, value) in enumerate(_OVERRIDES.items()):
            kept |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        return kept | {
            "GIT_CONFIG_COUNT": str(len(_OVERRIDES)),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(self._path.absolute().parent),  # the clone itself, not one around it
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }


class _Process:
    """A running git, ended by ``close`` or when nobody holds it any more."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.close = weakref.finalize(self, end, process)


class History(_Process):
    """Commits as they are read: ``(commit, day of the commit, names)``. Nothing is read before it is asked for."""

    def commits(self) -> Iterator[tuple[str, str, list[str]]]:
        """Each commit once, newest first."""
        for record in self._records():
            head, _, names = record.partition(b"\0")
            commit, _, day = head.decode("ascii", "replace").partition(" ")
            found = names.removeprefix(b"\n").split(b"\0")
            yield commit, day.strip(), [name.decode("utf-8", "replace") for name in found if name]

    def _records(self) -> Iterator[bytes]:
        output = self._process.stdout
        rest = b""
        while output is not None and (chunk := output.read1(_CHUNK)):  # type: ignore[attr-defined]
            *whole, rest = (rest + chunk).split(b"\x01")
            yield from filter(None, whole)
        if rest:
            yield rest


class Blobs(_Process):
    """Contents by name (``HEAD:docs/a.md``)."""

    def content(self, name: str, most: int) -> bytes | int | None:
        """A file's bytes; its size when it has more than ``most``; None when there is none."""
        files, answers = self._process.stdin, self._process.stdout
        if files is None or answers is None:
            return None
        try:
            files.write(name.encode("utf-8", "replace") + b"\n")
            files.flush()
            parts = answers.readline().split()
            if len(parts) < 3 or parts[-2] != b"blob":  # noqa: PLR2004 - "<id> blob <size>"
                return None
            size = int(parts[-1])
            if size > most:
                _skip(answers, size + 1)
                return size
            return answers.read(size + 1)[:size]
        except (OSError, ValueError) as exc:
            raise SourceUnavailable("git ended in the middle of reading. Try again; check the disk.") from exc


def _skip(stream: object, count: int) -> None:
    while count > 0:
        read = len(stream.read(min(count, _CHUNK)))  # type: ignore[attr-defined]
        if not read:
            return
        count -= read


def _file(line: bytes) -> GitFile | None:
    """A line of ls-tree; None for links, submodules and what is no line."""
    facts, _, path = line.partition(b"\t")
    parts = facts.split()
    if len(parts) != 4 or parts[0] not in (b"100644", b"100755"):  # noqa: PLR2004 - mode, kind, id, size
        return None
    return GitFile(path.decode("utf-8", "surrogateescape"), parts[2].decode("ascii"), int(parts[3]))
