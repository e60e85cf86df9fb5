"""Try a question: what the desk would say, with every number behind it; and real questions asked again."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from bot.curation_web.asked_lately import asked_again, asked_lately
from bot.curation_web.preview import read_aloud
from bot.curation_web.tools import Tools
from bot.curation_web.visit import Page, Visit
from bot.domain import Place
from knowledge.domain import Audience, Level, Question

AGAIN = (50, 200)
"""How many real questions may be asked again at once."""

LONGEST = 2_000


class TryPage:
    """Reads only: nothing that is tried here is recorded or learned from."""

    def __init__(self, tools: Tools, is_private: Callable[[Place], bool]) -> None:
        self._tools = tools
        self._is_private = is_private

    def pages(self) -> tuple[Page, ...]:
        """The paths of this part."""
        return Page("/try", self.tried), Page("/try/again", self.again)

    def tried(self, visit: Visit) -> Response:
        """One question, if the address has one."""
        text = visit.asked("q")[:LONGEST]
        outside = visit.asked("reader") == "public"
        overheard = visit.asked("overheard") == "1"
        audience = Audience(Level.PUBLIC) if outside else Audience.internal()
        question = Question(text, addressed=not overheard, audience=audience)
        verdict = self._tools.services.knowledge.verdict(question) if text else None
        return self._tools.shown.page(
            visit,
            "try.html",
            text=text,
            outside=outside,
            overheard=overheard,
            verdict=verdict,
            read_aloud=read_aloud,
            again=AGAIN,
        )

    def again(self, visit: Visit) -> Response:
        """The last real questions: what they got then, what they get now."""
        most = AGAIN[1] if visit.asked("n") == str(AGAIN[1]) else AGAIN[0]
        with self._tools.database.read() as session:
            lately = asked_lately(session, most, self._is_private)
        found = asked_again(lately, self._tools.services.knowledge)
        return self._tools.shown.page(visit, "again.html", asked=found, private=lately.private, again=AGAIN)
