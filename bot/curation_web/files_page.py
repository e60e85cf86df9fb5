"""Many entries at once: a file looked through before it is imported, and the whole FAQ as a file."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.curation_web import more_texts as words
from bot.curation_web.shown import to
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit
from bot.curation_web.visit import Upload as File
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore
from knowledge.faq_csv import write_csv
from knowledge.faq_file import MAX_BYTES
from knowledge.faq_upload import Upload, read_upload
from knowledge.faq_yaml import write_yaml

FILE_LIMIT = MAX_BYTES + 100_000
CONFIRM_LIMIT = MAX_BYTES * 4 // 3 + 100_000
"""The file comes back from the preview in base64: byte for byte what was looked at."""

ALL, GOOD = "all", "good"
SHOWN = 200


@dataclass(frozen=True)
class Planned:
    """What importing an entry would do: ``new``, ``changed`` or ``same``."""

    entry: Entry
    what: str


class FilesPage:
    """Nothing is imported before its preview was seen; the same file twice changes nothing."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part."""
        return (
            Page("/import", self.choose),
            Page("/import", self.look, "POST", FILE_LIMIT),
            Page("/import/confirm", self.bring_in, "POST", CONFIRM_LIMIT),
            Page("/export", self.export),
        )

    def choose(self, visit: Visit, problem: str = "", status: int = 200) -> Response:
        """The form for a file."""
        return self._tools.shown.page(visit, "import.html", status, problem=problem)

    def look(self, visit: Visit) -> Response:
        """What the file would do, and everything wrong with it."""
        file = visit.upload("file")
        if file is None or not file.data:
            return self.choose(visit, words.NO_FILE, 400)
        return self._previewed(visit, file)

    def bring_in(self, visit: Visit) -> Response:
        """Import the file that was looked at: all of it or, when asked for, its good entries."""
        file = _returned(visit)
        if file is None:
            return self.choose(visit, words.NO_FILE, 400)
        upload = read_upload(file.name, file.data)
        if not upload.entries or (upload.faults and visit.typed("which") != GOOD):
            return self._previewed(visit, file, 400)
        with self._tools.database.write() as session:
            done = self._tools.curation.import_entries(
                session, upload.entries, visit.person, visit.typed("reason").strip() or words.imported(file.name)
            )
        return to(f"/?done=import&n={done.added + done.changed}")

    def export(self, visit: Visit) -> Response:
        """Every entry, whatever its status."""
        with self._tools.database.read() as session:
            entries = EntryStore(session).all()
        if visit.asked("as") == "csv":
            return _download(write_csv(entries).encode("utf-8-sig"), "faq.csv", "text/csv")
        return _download(write_yaml(entries).encode(), "faq.yaml", "application/yaml")

    def _previewed(self, visit: Visit, file: File, status: int = 200) -> Response:
        upload = read_upload(file.name, file.data)
        with self._tools.database.read() as session:
            planned = _planned(session, upload)
        return self._tools.shown.page(
            visit,
            "import_preview.html",
            status,
            file=file.name,
            data=base64.b64encode(file.data).decode(),
            upload=upload,
            planned=planned[:SHOWN],
            counts={what: sum(each.what == what for each in planned) for what in ("new", "changed", "same")},
        )


def _planned(session: Session, upload: Upload) -> list[Planned]:
    known = {entry.id: entry for entry in EntryStore(session).all()}
    return [Planned(entry, _what(known.get(entry.id), entry)) for entry in upload.entries]


def _what(before: Entry | None, entry: Entry) -> str:
    if before is None:
        return "new"
    return "same" if before == entry else "changed"


def _returned(visit: Visit) -> File | None:
    try:
        data = base64.b64decode(visit.typed("data"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return File(visit.typed("name"), data) if data else None


def _download(data: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=kind, headers=headers)
