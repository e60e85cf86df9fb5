"""What was fetched last time, in a folder of its own: so that a page that did not change is not sent again.

Losing it costs a fetch; nothing is true because it stands here. One file per address, written whole.
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
import zlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

FORMAT = 1
"""Raise it when what is noted of a page is found out in another way."""


UNFINISHED_S = 3_600
"""Seconds for which a round that was broken off can be gone on with."""

_ROUND = ".round"


@dataclass(frozen=True)
class CachedPage:
    """A page as it came. ``asked``: the address it is listed by; ``address``: where it was found in the end;
    ``canonical``: the one it has.

    ``suffix`` says how its ``body`` is read; ``etag`` and ``modified`` are sent back to ask whether it changed.
    """

    asked: str
    address: str
    canonical: str
    suffix: str
    etag: str
    modified: str
    changed_at: date | None
    body: bytes

    @property
    def version(self) -> str:
        """Changes with everything that is noted."""
        noted = f"{FORMAT} {self.address} {self.canonical} {self.suffix} {self.changed_at} ".encode()
        return sha256(noted + sha256(self.body).digest()).hexdigest()[:32]

    @property
    def validators(self) -> dict[str, str]:
        """Headers that ask for the page only if it changed."""
        both = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in both.items() if value}


class WebCache:
    """The pages of one source. The folder is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._began = sys.maxsize

    def page(self, asked: str) -> CachedPage | None:
        """The page by the address it is listed by; None when it is not here, or not whole."""
        try:
            head, _, body = self._file(asked).read_bytes().partition(b"\n")
            noted = json.loads(head)
            if noted.pop("format") != FORMAT or noted["asked"] != asked:
                return None
            day = noted.pop("changed_at")
            changed_at = date.fromisoformat(day) if day else None
            return CachedPage(**noted, changed_at=changed_at, body=zlib.decompress(body))
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            return None

    def keep(self, page: CachedPage) -> None:
        """Put a page in the place of what was there. A folder that cannot be written is only slower."""
        day = page.changed_at.isoformat() if page.changed_at else None
        noted = asdict(replace(page, body=b"")) | {"changed_at": day, "format": FORMAT}
        del noted["body"]
        file = self._file(page.asked)
        draft = file.with_name(f".{uuid.uuid4().hex}")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(json.dumps(noted).encode() + b"\n" + zlib.compress(page.body, 1))
            os.replace(draft, file)

    def forget(self, asked: str) -> None:
        """Nothing of this page is kept."""
        with suppress(OSError):
            self._file(asked).unlink(missing_ok=True)

    def begin(self) -> None:
        """A round begins. One that was broken off lately is gone on with: what it fetched need not be asked again."""
        mark = self._folder / _ROUND
        with suppress(OSError):
            if not mark.exists() or time.time() - mark.stat().st_mtime > UNFINISHED_S:
                self._folder.mkdir(parents=True, exist_ok=True)
                mark.write_bytes(b"")
            self._began = mark.stat().st_mtime_ns

    def is_of_this_round(self, asked: str) -> bool:
        """Whether the page was fetched, or found unchanged, since the round began."""
        with suppress(OSError):
            return self._file(asked).stat().st_mtime_ns > self._began
        return False

    def confirm(self, asked: str) -> None:
        """The page was found unchanged."""
        with suppress(OSError):
            os.utime(self._file(asked))

    def end(self, asked: Collection[str]) -> None:
        """The round is over: nothing is kept but these pages."""
        kept = {self._file(one).name for one in asked}
        with suppress(OSError):
            for file in [one for one in self._folder.iterdir() if one.name not in kept]:
                file.unlink()

    def _file(self, asked: str) -> Path:
        return self._folder / f"{sha256(asked.encode()).hexdigest()[:40]}.page"
