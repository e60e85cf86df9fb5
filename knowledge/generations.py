"""The folder of generations: which one is current, how a new one takes its place, when old ones go."""

from __future__ import annotations

import os
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from knowledge.disk import sync
from knowledge.errors import GenerationDamaged, KnowledgeError
from knowledge.generation import Generation, Origin, is_whole, load_generation, read_origin, write_generation

KEPT = 2
"""The current generation and the one before it, which another process may still be reading."""

ABANDONED_AFTER = timedelta(hours=6)
"""An unfinished build older than this was interrupted; no build takes that long."""

SETTLED_AFTER = timedelta(minutes=1)
"""A younger generation may be one that another process has written and is about to make current."""

_STAMP = "%Y%m%dT%H%M%S%f"
_CURRENT = "CURRENT"
_UNFINISHED = ".unfinished-"


class Generations:
    """The generations below one folder. Several processes may publish and load at the same time:

    names are unique, a generation appears whole or not at all, and the last to publish is current.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_id(self, now: datetime) -> str:
        """A unique name that sorts by time."""
        return f"{now.strftime(_STAMP)}-{uuid.uuid4().hex[:8]}"

    def current_id(self) -> str | None:
        """The name of the current generation; None when there is none yet."""
        try:
            name = (self._folder / _CURRENT).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return name if name and (self._folder / name).is_dir() and "/" not in name and "\\" not in name else None

    def origin(self, generation_id: str) -> Origin:
        """What a generation says it was built from (cheap). Raises GenerationDamaged."""
        return read_origin(self._folder / generation_id)

    def has(self, origin: Origin) -> bool:
        """Whether the current generation was built from exactly this and is whole on disk. Loads nothing."""
        name = self.current_id()
        try:
            return name is not None and self.origin(name) == origin and is_whole(self._folder / name)
        except GenerationDamaged:
            return False

    def load(self, generation_id: str, encoder: str, content_id: str) -> Generation:
        """A verified generation. Raises GenerationDamaged, also for another encoder's or another database's."""
        folder = self._folder / generation_id
        origin = read_origin(folder)
        if origin.encoder != encoder:
            raise GenerationDamaged(f"Generation {generation_id} was built with another embedding model.")
        if origin.content_id != content_id:
            raise GenerationDamaged(f"Generation {generation_id} was built from another database.")
        return load_generation(folder)

    def publish(self, generation: Generation, now: datetime) -> None:
        """Write the generation and make it current, atomically; then remove what is no longer needed.

        Raises KnowledgeError when the folder cannot be written; the current generation then stays.
        """
        try:
            self._write(generation)
            self._switch(generation.id)
        except OSError as exc:
            raise KnowledgeError(
                f"The search index could not be written to {self._folder} ({exc.strerror or type(exc).__name__}). "
                "Check that DATA_DIR can be written and has space."
            ) from exc
        self._clean_up(now)

    def _write(self, generation: Generation) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f"{_UNFINISHED}{generation.id}"
        unfinished.mkdir()
        try:
            write_generation(generation, unfinished)
            unfinished.rename(self._folder / generation.id)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync(self._folder)

    def _switch(self, generation_id: str) -> None:
        temporary = self._folder / f".{_CURRENT}-{uuid.uuid4().hex}"
        try:
            temporary.write_text(generation_id + "\n", encoding="utf-8")
            sync(temporary)
            os.replace(temporary, self._folder / _CURRENT)
        finally:
            temporary.unlink(missing_ok=True)
        sync(self._folder)

    def _clean_up(self, now: datetime) -> None:
        """Remove all but the newest generations, and builds that were interrupted long ago."""
        finished = sorted(
            path.name for path in self._folder.iterdir() if path.is_dir() and not path.name.startswith(".")
        )
        kept = {*finished[-KEPT:], self.current_id()}
        old = [name for name in finished if name not in kept and _age(name, now) > SETTLED_AFTER]
        unfinished = [path.name for path in self._folder.glob(f"{_UNFINISHED}*")]
        old += [name for name in unfinished if _age(name.removeprefix(_UNFINISHED), now) > ABANDONED_AFTER]
        for name in old:
            shutil.rmtree(self._folder / name, ignore_errors=True)


def built_at(name: str) -> datetime | None:
    """When a generation's name was given, in UTC; None for names that are not ours."""
    try:
        return datetime.strptime(name.split("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _age(name: str, now: datetime) -> timedelta:
    """How long ago a generation's name was given, by the same clock; endless for names that are not ours."""
    begun = built_at(name)
    return timedelta.max if begun is None else now - begun
