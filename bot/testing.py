"""Doubles of the desk's own: knowledge that answers by script, for tests of the flow around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from knowledge.domain import Audience, Band, Cause, Citation, Hit, HitKind, IndexState, Question, SourceLink, Verdict
from knowledge.lessons import Lessons, Outcome

ANSWER_CONFIDENCE, SUGGEST_CONFIDENCE, ESCALATE_CONFIDENCE = 0.95, 0.6, 0.1


def entry_hit(number: int, title: str, text: str) -> Hit:
    """A hit on an FAQ entry with one source."""
    return Hit(
        kind=HitKind.ENTRY,
        id=f"faq-{number:03}",
        title=title,
        path=None,
        heading=None,
        url=f"https://example.com/faq/{number}",
        text=text,
        quote=text,
        score=1.0 - number / 10,
        citation=Citation(sources=(SourceLink(f"{title} (page)", f"https://example.com/faq/{number}"),), owner="ops"),
    )


HITS = (
    entry_hit(1, "Where are the MQLs from my campaign?", "Check that the program is *synced* to the CRM campaign."),
    entry_hit(2, "What is an MQL?", "Somebody sales development should call."),
    entry_hit(3, "How do I build a UTM link?", "Use the UTM builder."),
    entry_hit(4, "How long does an email take?", "Five business days."),
)

_ANSWERS = {
    Band.ANSWER: (ANSWER_CONFIDENCE, Cause.GOOD_MATCH, "The closest entry fits the question well."),
    Band.SUGGEST: (SUGGEST_CONFIDENCE, Cause.CLOSE_MATCHES, "A few entries are close, none is certain."),
    Band.ESCALATE: (ESCALATE_CONFIDENCE, Cause.NO_MATCH, "Nothing close enough was found."),
    Band.QUIET: (ESCALATE_CONFIDENCE, Cause.NOT_A_QUESTION, "This is not a question for the desk."),
}


def verdict(band: Band, hits: tuple[Hit, ...] = HITS, cause: Cause | None = None) -> Verdict:
    """A verdict in a band, with its usual confidence and reason."""
    confidence, usual, reason = _ANSWERS[band]
    return Verdict(band, confidence, hits, reason, cause or usual, generation="scripted")


class ScriptedKnowledge:
    """Gives the verdict of the first key found in the question's text; otherwise nothing close was found.

    ``asked`` keeps the questions in order; ids of hits in ``withdrawn`` are gone, ``rebound`` gives them another
    audience. Hits are filtered by the question's audience. Implements what the desk asks of knowledge.
    """

    def __init__(self, script: Mapping[str, Verdict | Callable[[], Verdict]]) -> None:
        self._script = dict(script)
        self.asked: list[Question] = []
        self.withdrawn: set[str] = set()
        self.rebound: dict[str, Audience] = {}

    def verdict(self, question: Question) -> Verdict:
        """The scripted verdict; a callable in its place is called (to fail, or to take time)."""
        self.asked.append(question)
        for key, scripted in self._script.items():
            if key in question.text.lower():
                found = scripted if isinstance(scripted, Verdict) else scripted()
                found = self._readable(found, question.audience)
                return found if question.addressed else _overheard(found)
        return verdict(Band.ESCALATE) if question.addressed else verdict(Band.QUIET)

    def audiences(self) -> frozenset[Audience]:
        """Those of all scripted hits that need no call."""
        scripted = [found for found in self._script.values() if isinstance(found, Verdict)]
        return frozenset(hit.audience for found in scripted for hit in found.hits)

    def audience_of(self, kind: HitKind, id_: str) -> Audience | None:
        """As ``withdrawn`` and ``rebound`` say; what was never scripted is as it was."""
        del kind
        return None if id_ in self.withdrawn else self.rebound.get(id_, Audience())

    def current(self, hit: Hit) -> Hit | None:
        """As ``withdrawn`` and ``rebound`` say."""
        if hit.id in self.withdrawn:
            return None
        return replace(hit, audience=self.rebound.get(hit.id, hit.audience))

    def learned(self, outcomes: Sequence[Outcome]) -> Lessons:
        """A script learns nothing."""
        return Lessons("scripted")

    def state(self) -> IndexState | None:
        """A script is always current."""
        return IndexState("scripted", None, len(self._script), 0, is_current=True)

    def ensure_current(self) -> None:
        """There is nothing to load."""

    def refresh(self) -> bool:
        """Nothing ever changes."""
        return False

    def _readable(self, found: Verdict, audience: Audience) -> Verdict:
        current = [hit for hit in map(self.current, found.hits) if hit is not None]
        hits = tuple(hit for hit in current if audience.may_read(hit.audience))
        if not found.hits or (hits and hits[0].id == found.hits[0].id):
            return replace(found, hits=hits)
        return verdict(Band.ESCALATE, hits)


def _overheard(found: Verdict) -> Verdict:
    return found if found.band is Band.ANSWER else replace(found, band=Band.QUIET)
