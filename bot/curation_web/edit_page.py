"""Writing an entry: a new one, a change, a draft. What is typed becomes a proposal and is tried out at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.responses import Response

from bot.curation.entry_form import (
    ANSWER,
    AUDIENCE,
    CHECKLIST,
    OWNER,
    QUESTION,
    REVIEW_DAYS,
    SOURCES,
    TAGS,
    VARIANTS,
    Typed,
    texts_of,
    typed,
)
from bot.curation.refusals import CurationRefused, Refusal
from bot.curation_web import entry_texts as words
from bot.curation_web.preview import read_aloud
from bot.curation_web.shown import to
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit
from bot.logs import get_logger
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore
from knowledge.errors import KnowledgeError
from knowledge.proposals import Proposal, ProposalStore

log = get_logger(__name__)

FIELDS = (QUESTION, VARIANTS, ANSWER, CHECKLIST, SOURCES, TAGS, OWNER, AUDIENCE, REVIEW_DAYS)
_NEW = Entry("", "", "")
_LONGEST_ID = 200


@dataclass(frozen=True)
class _About:
    """What is written on: an entry as it was when the form was opened (``base``), or a draft."""

    entry: Entry
    base: int | None = None
    proposal: Proposal | None = None


class EditPage:
    """The editor. Nothing goes live from here: what is saved is a proposal, whoever wrote it."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part."""
        return (
            Page("/edit", self.opened),
            Page("/edit", self.saved, "POST"),
            Page("/edit/preview", self.previewed, "POST"),
            Page("/preview", self.fragment, "POST"),
        )

    def opened(self, visit: Visit) -> Response:
        """The form: of the entry or proposal that the address names, else of a new entry."""
        about = self._about(visit.asked("id"), visit.asked("proposal"))
        given = texts_of(about.entry)
        if not about.entry.id:
            given[QUESTION] = visit.asked(QUESTION)
        return self._form(visit, about, given)

    def saved(self, visit: Visit) -> Response:
        """Keep what was typed as a proposal, and try it out."""
        about = self._typed_about(visit)
        given = _given(visit)
        read = typed(given, replace(about.entry, id=about.entry.id or visit.typed("new_id").strip()[:_LONGEST_ID]))
        problems = {**read.problems, **self._id_problem(visit, about)}
        if problems:
            return self._form(visit, about, given, problems, 400)
        proposal = self._kept(visit, about, read)
        return self._tried(proposal)

    def previewed(self, visit: Visit) -> Response:
        """The form again, with the answer as people will read it: for browsers without the script."""
        return self._form(visit, self._typed_about(visit), _given(visit), preview=True)

    def fragment(self, visit: Visit) -> Response:
        """The same for the script: the answer's lines alone."""
        return self._tools.shown.page(visit, "preview.html", lines=read_aloud(visit.typed(ANSWER)))

    def _about(self, entry_id: str, proposal: str) -> _About:
        with self._tools.database.read() as session:
            if proposal:
                found = ProposalStore(session).get(int(proposal)) if _is_number(proposal) else None
                if found is None or not found.is_open:
                    raise CurationRefused(Refusal.GONE)
                return _About(found.entry, found.base_version, found)
            if not entry_id:
                return _About(_NEW)
            entry = EntryStore(session).get(entry_id)
            if entry is None:
                raise CurationRefused(Refusal.GONE)
            return _About(entry, EntryStore(session).version(entry_id))

    def _typed_about(self, visit: Visit) -> _About:
        """What the form was about, with the version it was opened with."""
        about = self._about(visit.typed("id"), visit.typed("proposal"))
        base = visit.typed("base")
        return about if about.proposal or not _is_number(base) else replace(about, base=int(base))

    def _id_problem(self, visit: Visit, about: _About) -> Mapping[str, str]:
        wished = visit.typed("new_id").strip()
        if about.entry.id or not wished:
            return {}
        with self._tools.database.read() as session:
            taken = EntryStore(session).version(wished) is not None
        return {"new_id": words.ID_TAKEN} if taken else {}

    def _kept(self, visit: Visit, about: _About, read: Typed) -> Proposal:
        reason = visit.typed("reason").strip()
        curation = self._tools.curation
        with self._tools.database.write() as session:
            if about.proposal is not None:
                return curation.change(session, about.proposal.id, read.entry, visit.person, reason)
            return curation.propose(session, read.entry, visit.person, reason, base=about.base)

    def _tried(self, proposal: Proposal) -> Response:
        """On to the proposal. What cannot be tried right now is kept, and can be tried from there."""
        try:
            self._tools.try_out(proposal)
        except KnowledgeError as exc:
            log.warning("proposal_not_tried", proposal=proposal.id, error=type(exc).__name__)
        return to(f"/proposals/{proposal.id}?done=saved")

    def _form(
        self,
        visit: Visit,
        about: _About,
        given: Mapping[str, str],
        problems: Mapping[str, str] | None = None,
        status: int = 200,
        preview: bool = False,
    ) -> Response:
        return self._tools.shown.page(
            visit,
            "edit.html",
            status,
            entry=about.entry,
            base_version=about.base,
            proposal=about.proposal,
            given=given,
            new_id=visit.typed("new_id"),
            reason=visit.typed("reason") or (about.proposal.reason if about.proposal else ""),
            problems=problems or {},
            lines=read_aloud(given.get(ANSWER, "")),
            preview=preview,
        )


def _given(visit: Visit) -> dict[str, str]:
    return {name: visit.typed(name) for name in FIELDS}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - fits the column
