"""One entry: as people read it, its versions side by side, and what is decided about it."""

from __future__ import annotations

from starlette.responses import Response

from bot.curation.entry_form import texts_of
from bot.curation.refusals import CurationRefused, Refusal
from bot.curation_web import entry_texts as words
from bot.curation_web.preview import read_aloud
from bot.curation_web.shown import address, to
from bot.curation_web.side_by_side import compare
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit
from knowledge.entry_store import EntryStore, EntryVersion
from knowledge.proposals import ProposalStore
from knowledge.reviewing import due_on, is_overdue


class EntryPage:
    """Reads an entry and its history; archives, restores, and says that it is still right."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part. Ids are any text, so they stand in the query."""
        return (
            Page("/entry", self.one),
            Page("/entry/history", self.history),
            Page("/entry/reviewed", self.reviewed, "POST"),
            Page("/entry/archive", self.archive, "POST"),
            Page("/entry/restore", self.restore, "POST"),
        )

    def one(self, visit: Visit, problem: str = "", status: int = 200) -> Response:
        """The entry as it is now."""
        entry_id = visit.asked("id") or visit.typed("id")
        with self._tools.database.read() as session:
            entry = EntryStore(session).get(entry_id)
            history = EntryStore(session).history(entry_id)
            proposals = ProposalStore(session).of_entry(entry_id)
        if entry is None:
            raise CurationRefused(Refusal.GONE)
        today = self._tools.clock().date()
        return self._tools.shown.page(
            visit,
            "entry.html",
            status,
            entry=entry,
            fields=texts_of(entry),
            lines=read_aloud(entry.answer),
            read_aloud=read_aloud,
            last=history[-1],
            proposals=proposals,
            due=due_on(entry),
            overdue=is_overdue(entry, today),
            problem=problem,
        )

    def history(self, visit: Visit, problem: str = "", status: int = 200) -> Response:
        """Every version, and two of them side by side: the newest change unless the address names others."""
        entry_id = visit.asked("id") or visit.typed("id")
        with self._tools.database.read() as session:
            history = EntryStore(session).history(entry_id)
        if not history:
            raise CurationRefused(Refusal.GONE)
        after = _version(history, visit.asked("after")) or history[-1]
        before = _version(history, visit.asked("before")) or _version(history, str(after.version - 1))
        return self._tools.shown.page(
            visit,
            "history.html",
            status,
            entry=history[-1].entry,
            history=tuple(reversed(history)),
            before=before,
            after=after,
            fields=compare(before.entry if before else None, after.entry),
            problem=problem,
        )

    def reviewed(self, visit: Visit) -> Response:
        """Still right."""
        with self._tools.database.write() as session:
            self._tools.curation.reviewed(session, visit.typed("id"), visit.person)
        return to(address("/entry", id=visit.typed("id"), done="review", n=1))

    def archive(self, visit: Visit) -> Response:
        """Out of the answers, with a reason."""
        reason = visit.typed("reason").strip()
        if not reason:
            return self.one(visit, words.ARCHIVE_NEEDS_REASON, 400)
        with self._tools.database.write() as session:
            self._tools.curation.archive(session, visit.typed("id"), visit.person, reason)
        return to(address("/entry", id=visit.typed("id"), done="archive", n=1))

    def restore(self, visit: Visit) -> Response:
        """As it was in an earlier version, with a reason."""
        reason, version = visit.typed("reason").strip(), visit.typed("version")
        if not reason:
            return self.history(visit, words.RESTORE_NEEDS_REASON, 400)
        number = int(version) if version.isascii() and version.isdigit() else 0
        with self._tools.database.write() as session:
            self._tools.curation.restore(session, visit.typed("id"), number, visit.person, reason)
        return to(address("/entry", id=visit.typed("id"), done="restore", n=number))


def _version(history: tuple[EntryVersion, ...], number: str) -> EntryVersion | None:
    return next((each for each in history if str(each.version) == number), None)
