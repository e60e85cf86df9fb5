"""The text form of `ask`: what the desk would say, as Slack would show it."""

from __future__ import annotations

import pytest

from bot import texts
from bot.answer_text import lines
from bot.domain import Reply, ReplyKind
from knowledge.domain import Band, Cause, Verdict

NOTHING = Verdict(Band.ESCALATE, 0.1, (), "Nothing fits.", Cause.NO_MATCH)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ReplyKind.FRAGMENT, texts.FRAGMENT),
        (ReplyKind.OFF_TOPIC, texts.OFF_TOPIC),
        (ReplyKind.PEOPLE, texts.PEOPLE),
        (ReplyKind.OFFER, texts.OFFER),
    ],
)
def test_what_comes_with_a_button_says_so(kind: ReplyKind, said: str) -> None:
    first, *_ = lines(Reply(kind, NOTHING), "link")
    assert first == f"{said} [{texts.ASK_OPS}]"


@pytest.mark.parametrize(
    ("took", "note"), [("Where is it?", texts.took_first("Where is it?")), ("", texts.ONE_OF_SEVERAL)]
)
def test_of_several_questions_it_says_which_it_took(took: str, note: str) -> None:
    told = list(lines(Reply(ReplyKind.SUGGEST, NOTHING, several=True, took=took), "Where is it? When is it?"))
    assert note in told
    assert note not in list(lines(Reply(ReplyKind.SUGGEST, NOTHING), "Where is it?"))
