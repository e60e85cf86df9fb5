"""What is missing: gaps, abbreviations nobody defined, and the glossary they go into."""

from __future__ import annotations

from starlette.responses import Response

from bot.curation.refusals import CurationRefused, Refusal
from bot.curation_web.shown import address, to
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit
from knowledge.glossary import Term


class MissingPage:
    """Lists what others found, and hands every decision to their services."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._services = tools.services

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part."""
        return (
            Page("/gaps", self.gaps),
            Page("/gaps/{number:int}/draft", self.draft, "POST"),
            Page("/gaps/{number:int}/dismiss", self.dismiss, "POST"),
            Page("/gaps/ignore", self.ignore, "POST"),
            Page("/glossary", self.glossary),
            Page("/glossary", self.define, "POST"),
            Page("/glossary/remove", self.remove, "POST"),
        )

    def gaps(self, visit: Visit) -> Response:
        """Gaps by how many people asked, single questions, and abbreviations."""
        with self._tools.database.read() as session:
            found = self._services.gaps.listed(session)
            undefined = self._services.radar.listed(session)
        return self._tools.shown.page(visit, "gaps.html", found=found, undefined=undefined)

    def draft(self, visit: Visit) -> Response:
        """A proposal out of a gap, opened in the editor."""
        with self._tools.database.write() as session:
            proposal = self._services.gaps.draft(session, visit.path["number"], visit.person)
        return to(address("/edit", proposal=proposal.id, done="drafted"))

    def dismiss(self, visit: Visit) -> Response:
        """It is no gap."""
        with self._tools.database.write() as session:
            self._services.gaps.dismiss(session, visit.path["number"], visit.person, visit.typed("reason"))
        return to("/gaps?done=dismissed")

    def ignore(self, visit: Visit) -> Response:
        """It is no abbreviation."""
        with self._tools.database.write() as session:
            self._services.radar.ignore(session, visit.typed("term"), visit.person)
        return to("/gaps?done=ignored")

    def glossary(self, visit: Visit, refused: CurationRefused | None = None) -> Response:
        """Every term, and the form for one: empty, or filled with the term that the address names."""
        with self._tools.database.read() as session:
            terms = self._services.glossary.listed(session)
        named = visit.asked("term")
        chosen = next((each.term for each in terms if each.term.term == named), Term(named, ""))
        wanted = _typed(visit) if refused else chosen
        return self._tools.shown.page(
            visit,
            "glossary.html",
            200 if refused is None else 409,
            terms=terms,
            wanted=wanted,
            reason=visit.typed("reason"),
            refused=refused,
        )

    def define(self, visit: Visit) -> Response:
        """Write a term."""
        try:
            with self._tools.database.write() as session:
                self._services.glossary.define(session, _typed(visit), visit.person, visit.typed("reason").strip())
        except CurationRefused as exc:
            if exc.refusal is Refusal.NOT_A_CURATOR:
                raise
            return self.glossary(visit, exc)
        return to("/glossary?done=defined")

    def remove(self, visit: Visit) -> Response:
        """Take a term out."""
        with self._tools.database.write() as session:
            self._services.glossary.remove(session, visit.typed("term"), visit.person, visit.typed("reason").strip())
        return to("/glossary?done=undefined")


def _typed(visit: Visit) -> Term:
    aliases = tuple(alias.strip() for alias in visit.typed("aliases").split(",") if alias.strip())
    return Term(
        visit.typed("term").strip(),
        visit.typed("expansion").strip(),
        aliases,
        visit.typed("definition").strip(),
        visit.typed("exact") == "1",
    )
