"""The decision on a question: band, confidence and the reason, from the ranked candidates and the way it was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.calibration import Calibration, Logistic
from knowledge.candidates import Candidate
from knowledge.domain import Band, Cause, HitKind, Question
from knowledge.gate import Speech, reports_trouble, speech_of
from knowledge.signals import chance_of, log_odds, signals

OFF_TOPIC = ((0.33, 0.50), (0.40, 0.10), (0.25, 0.65))
"""Below both numbers of a pair (best cosine, share of its terms in the best hit) nothing the team wrote is about the

question. Round numbers: no right first hit of a labelled set that would be shown lies there.
"""

REASONS = {
    Cause.GOOD_MATCH: "The closest {thing} fits the question well.",
    Cause.CLOSE_MATCHES: "Some of what the team has written comes close, but nothing is clearly the answer.",
    Cause.NO_MATCH: "Nothing in the FAQ or the documents comes close enough to this question.",
    Cause.NOTHING_INDEXED: "There is nothing to look in yet: nobody has added an FAQ or documents.",
    Cause.SMALL_TALK: "This is a greeting, a thank-you or the like rather than a question.",
    Cause.OFF_TOPIC: "This is about something the team has not written anything on.",
    Cause.NOT_A_QUESTION: "This was not said to the desk and does not ask for an answer.",
}
TROUBLE = "This says that something does not work, and nothing that was found is clearly about that."
_THING = {HitKind.ENTRY: "FAQ entry", HitKind.PASSAGE: "section of the documents"}


@dataclass(frozen=True)
class Decision:
    """What the judge decided; together with the hits it makes a Verdict."""

    band: Band
    cause: Cause
    confidence: float
    reason: str
    explanation: dict[str, str] = field(default_factory=dict)


NOTHING_INDEXED = Decision(Band.ESCALATE, Cause.NOTHING_INDEXED, 0.0, REASONS[Cause.NOTHING_INDEXED])


class Judge:
    """Decides by one calibration. Pure: the same question and candidates give the same decision."""

    def __init__(self, calibration: Calibration, offsets: Mapping[int, float] | None = None) -> None:
        """``offsets``: what is added to the log-odds of the confidence where these targets come first."""
        self._calibration = calibration
        self._offsets = offsets or {}

    def decide(self, question: Question, ranked: Sequence[Candidate]) -> Decision:
        """The decision on a question with its candidates, best first (possibly none)."""
        speech = speech_of(question.text)
        found = signals(ranked) if ranked else {}
        confidence = self._confidence(ranked[0], found) if ranked else 0.0
        if speech is Speech.SMALL_TALK:
            confidence = 0.0  # there is no question that a hit could answer
        cause = self._cause(speech, ranked, found, confidence)
        band = _BANDS[cause]
        reason = REASONS[cause].format(thing=_THING[ranked[0].kind] if ranked else "")
        if cause is Cause.CLOSE_MATCHES and reports_trouble(question.text):  # people look at it; no choices to read
            band, cause, reason = Band.ESCALATE, Cause.NO_MATCH, TROUBLE
        if not question.addressed:
            band, cause, reason = _overheard(speech, band, cause, reason)
        return Decision(band, cause, confidence, reason, self._explanation(speech, ranked, found))

    def _confidence(self, first: Candidate, found: dict[str, float]) -> float:
        confidence = self._calibration.confidence(first.kind, found)
        offset = self._offsets.get(first.target)
        return confidence if offset is None else chance_of(log_odds(confidence) + offset)

    def _cause(
        self, speech: Speech, ranked: Sequence[Candidate], found: dict[str, float], confidence: float
    ) -> Cause:
        if speech is Speech.SMALL_TALK:
            return Cause.SMALL_TALK
        if not ranked:
            return Cause.NO_MATCH
        if any(found["meaning"] < meaning and found["coverage"] < coverage for meaning, coverage in OFF_TOPIC):
            return Cause.OFF_TOPIC
        limits = self._calibration.of(ranked[0].kind)
        if confidence >= limits.answer:
            return Cause.GOOD_MATCH
        return Cause.CLOSE_MATCHES if confidence >= limits.suggest else Cause.NO_MATCH

    def _explanation(self, speech: Speech, ranked: Sequence[Candidate], found: dict[str, float]) -> dict[str, str]:
        """Every number the decision rests on, readable."""
        told = {"speech": speech.value} | {name: f"{value:.3f}" for name, value in found.items()}
        if ranked:
            limits = self._calibration.of(ranked[0].kind)
            told |= {"kind": ranked[0].kind.value, "answer from": f"{limits.answer:.2f}"}
            told |= {"suggest from": f"{limits.suggest:.2f}", "confidence from": _formula(limits.model)}
            if ranked[0].target in self._offsets:
                told["failed lately"] = f"{self._offsets[ranked[0].target]:.2f} on the log-odds"
        return told


def _formula(model: Logistic) -> str:
    """How the signals add up to the log-odds of the confidence."""
    parts = [f"{weight:.2f} x {name}" for name, weight in model.weights.items()]
    return " + ".join([*parts, f"({model.bias:.2f})"])


def _overheard(speech: Speech, band: Band, cause: Cause, reason: str) -> tuple[Band, Cause, str]:
    """What was not said to the desk is its business only when it asks for something; the band then says how sure."""
    if speech is Speech.SMALL_TALK or (speech is Speech.QUESTION and cause is Cause.OFF_TOPIC):
        return Band.QUIET, cause, reason
    if speech is not Speech.QUESTION:
        return Band.QUIET, Cause.NOT_A_QUESTION, REASONS[Cause.NOT_A_QUESTION]
    return band, cause, reason


_BANDS = {
    Cause.GOOD_MATCH: Band.ANSWER,
    Cause.CLOSE_MATCHES: Band.SUGGEST,
    Cause.NO_MATCH: Band.ESCALATE,
    Cause.NOTHING_INDEXED: Band.ESCALATE,
    Cause.SMALL_TALK: Band.ESCALATE,
    Cause.OFF_TOPIC: Band.ESCALATE,
    Cause.NOT_A_QUESTION: Band.QUIET,
}
