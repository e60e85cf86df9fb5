"""What the desk would do about a question, as lines for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot import texts
from bot.domain import Reply, ReplyKind
from bot.slack import answers, replies
from bot.slack.markdown import to_plain
from knowledge.domain import Band, Hit, Standing, Verdict

NOT_ASKED = "The desk would stay silent: nobody asked it, and it joins in only when it has a good match."

_BUTTON = f"[{texts.ASK_OPS}]"
_WITH_BUTTON = {
    ReplyKind.OFF_TOPIC: texts.OFF_TOPIC,
    ReplyKind.FRAGMENT: texts.FRAGMENT,
    ReplyKind.PEOPLE: texts.PEOPLE,
    ReplyKind.OFFER: texts.OFFER,
    ReplyKind.NOTHING_TO_LOOK_IN: texts.NOTHING_TO_LOOK_IN.format(command=texts.IMPORT_COMMAND),
}

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What moves cursors or changes terminals. A document must not be able to."""


def lines(reply: Reply, asked: str, explain: bool = False) -> Iterator[str]:
    """What the desk would say, and with ``explain`` every number behind it; safe to print on a terminal.

    ``asked`` is the question's text.
    """
    yield from (_CONTROL.sub("", line) for line in _lines(reply, asked, explain))


def _lines(reply: Reply, asked: str, explain: bool) -> Iterator[str]:
    verdict = reply.verdict
    match reply.kind:
        case ReplyKind.ANSWER:
            yield from _answer(verdict.hits[0])
        case ReplyKind.SUGGEST:
            yield "Close, but not certain. One of these?"
            yield from (f"  - {name(hit)}" for hit in verdict.hits[: answers.SUGGESTED])
        case ReplyKind.SILENCE:
            yield "The desk would stay silent." if verdict.band is Band.QUIET else NOT_ASKED
        case kind:
            yield _without_hits(kind, asked)
    if reply.several:
        yield texts.took_first(reply.took) if reply.took else texts.ONE_OF_SEVERAL
    yield f"({verdict.band.value}, confidence {verdict.confidence:.2f}: {verdict.reason})"
    if explain:
        yield from _explanation(verdict)


def _without_hits(kind: ReplyKind, asked: str) -> str:
    """What is said where nothing is shown, with the button that goes with it."""
    if kind in _WITH_BUTTON:
        return f"{_WITH_BUTTON[kind]} {_BUTTON}"
    match kind:
        case ReplyKind.SMALL_TALK:
            return f"{answers.small_talk(asked).text} {_BUTTON}"
        case ReplyKind.HELP:
            return replies.help_text().text
        case ReplyKind.ON_CALL:
            return "The desk would say who is on triage: `mops-desk oncall show`."
        case ReplyKind.FORGET_ME:
            return texts.FORGET_HOW.replace("`", "")
        case ReplyKind.STATUS:
            return "The desk would say how the thread's ticket stands, or that there is none."
        case _:
            return "The desk would hand this to the ops team."


def name(hit: Hit) -> str:
    """A hit's title, with its section for a passage, and its page, slide, rows or moment."""
    return f"{hit.name}, {hit.citation.place}" if hit.citation.place else hit.name


def _answer(hit: Hit) -> Iterator[str]:
    yield to_plain(hit.quote or hit.text)
    yield ""
    where = hit.url or hit.path or hit.id
    owner = f" · {hit.citation.owner}" if hit.citation.owner else ""
    marked = "" if hit.citation.standing is Standing.CURRENT else f" · marked {hit.citation.standing.value}"
    yield f"Source: {name(hit)} ({where}){owner}{_age(hit)}{marked}"


def _age(hit: Hit) -> str:
    """When somebody last looked over an entry, or changed a page."""
    cited = hit.citation
    if cited.reviewed_at:
        return f" · {texts.reviewed(texts.day(cited.reviewed_at))}"
    return f" · {texts.changed(texts.day(cited.changed_at))}" if cited.changed_at else ""


def _explanation(verdict: Verdict) -> Iterator[str]:
    yield f"\nIndex generation: {verdict.generation or 'none'}"
    for key, value in verdict.explanation.items():
        yield f"{key}: {value}"
    for rank, hit in enumerate(verdict.hits, 1):
        yield f"\n{rank}. [{hit.kind.value}] {name(hit)}  score {hit.score:.3f}"
        yield f"   matched: {' '.join(hit.matched.split())[:120]}"
        yield "   " + "  ".join(f"{key}={value:.3f}" for key, value in sorted(hit.features.items()))
