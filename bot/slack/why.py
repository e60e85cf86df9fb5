"""A stored verdict → the message that shows a curator what it rests on."""

from __future__ import annotations

from dataclasses import replace

from bot import why_texts
from bot.domain import Kept
from bot.slack import ids, mrkdwn
from bot.slack.message import Markup, Message, actions, button, clip, one_line, say
from knowledge.domain import Hit, Verdict

_HITS = 5
_NAME_LIMIT = 80
_MATCHED_LIMIT = 90
_NUMBERS_LIMIT = 1_200
_LIMITS = ("answer from", "suggest from")


def why(verdict: Verdict, question_id: int) -> Message:
    """Band, confidence and thresholds, the reason, the closest hits with what matched, and every number."""

    def said(m: Markup) -> str:
        lines = [m.bold(_decided(verdict)), m.words(verdict.reason)]
        lines += [why_texts.CLOSEST, *(f"{n}. {_hit(hit, m)}" for n, hit in enumerate(verdict.hits[:_HITS], 1))]
        return "\n".join(lines if verdict.hits else [*lines[:2], why_texts.NO_HITS])

    numbers = clip("\n".join(f"{name}: {value}" for name, value in verdict.explanation.items()), _NUMBERS_LIMIT)
    wrong = actions(button(why_texts.WRONG, ids.FAQ_WRONG, str(question_id)))
    told = say(lambda m: f"{said(m)}\n{why_texts.NUMBERS}\n{_code(numbers)}" if numbers else said(m), wrong)
    shown = verdict.hits[:_HITS]
    return replace(told, kept=tuple(Kept(hit.audience, hit.kind, hit.id, even_withdrawn=True) for hit in shown))


def not_an_answer() -> Message:
    """The message belongs to no question."""
    return say(why_texts.NOT_AN_ANSWER)


def for_curators() -> Message:
    """To anybody else."""
    return say(why_texts.FOR_CURATORS)


def _decided(verdict: Verdict) -> str:
    told = verdict.explanation
    known = all(name in told for name in _LIMITS)
    limits = why_texts.limits(*(told[name] for name in _LIMITS)) if known else ""
    return why_texts.decided(verdict.band.value, f"{verdict.confidence:.2f}", limits)


def _hit(hit: Hit, m: Markup) -> str:
    matched = m.words(clip(one_line(hit.matched), _MATCHED_LIMIT))
    return why_texts.hit(m.link(clip(one_line(hit.name), _NAME_LIMIT), hit.url), f"{hit.score:.2f}", matched)


def _code(text: str) -> str:
    return "```" + mrkdwn.escape(text.replace("`", "'")) + "```"
