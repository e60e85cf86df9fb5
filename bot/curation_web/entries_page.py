"""The table of entries, and doing one thing to many of them."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.curation_web import desk_texts as words
from bot.curation_web.all_entries import AllEntries
from bot.curation_web.entry_table import table, wanted_of
from bot.curation_web.shown import to
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit
from knowledge.domain import EntryStatus

REVIEW, ARCHIVE, TAG, UNTAG, OWNER = "review", "archive", "tag", "untag", "owner"


class EntriesPage:
    """Lists, filters, and what can be done to many entries at once: all of them or, when one is refused, none."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._entries = AllEntries(tools.database)

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part."""
        return Page("/", self.listed), Page("/entries/bulk", self.bulk, "POST")

    def listed(self, visit: Visit, problem: str = "", status: int = 200) -> Response:
        """The table as the address wants it."""
        found = table(self._entries.now(), wanted_of(visit.query), self._tools.clock().date())
        return self._tools.shown.page(
            visit,
            "entries.html",
            status,
            table=found,
            wanted=found.wanted,
            statuses=list(EntryStatus),
            problem=problem,
        )

    def bulk(self, visit: Visit) -> Response:
        """Review, archive, tag or hand over what is ticked."""
        ids, do, value = visit.ticked("id"), visit.typed("do"), " ".join(visit.typed("value").split())
        problem = _problem(ids, do, value)
        if problem:
            return self.listed(visit, problem, 400)
        with self._tools.database.write() as session:
            for entry_id in ids:
                self._one(session, visit.person, entry_id, do, value)
        back = visit.typed("back")
        return to(f"/?{back}{'&' if back else ''}done={do}&n={len(ids)}")

    def _one(self, session: Session, by: str, entry_id: str, do: str, value: str) -> None:
        curation = self._tools.curation
        match do:
            case "review":
                curation.reviewed(session, entry_id, by, value or words.BULK_REVIEWED)
            case "archive":
                curation.archive(session, entry_id, by, value)
            case "tag":
                curation.filed(session, entry_id, by, with_tags=_tags(value))
            case "untag":
                curation.filed(session, entry_id, by, without_tags=_tags(value))
            case _:
                curation.filed(session, entry_id, by, owner=value)


def _problem(ids: tuple[str, ...], do: str, value: str) -> str:
    if not ids:
        return words.NOTHING_TICKED
    if do not in (REVIEW, ARCHIVE, TAG, UNTAG, OWNER):
        return words.NOTHING_CHOSEN
    if do == ARCHIVE and not value:
        return words.ARCHIVE_NEEDS_REASON
    if do in (TAG, UNTAG) and not value:
        return words.TAG_NEEDS_NAME
    return ""


def _tags(value: str) -> tuple[str, ...]:
    return tuple(" ".join(tag.split()) for tag in value.split(",") if tag.strip())
