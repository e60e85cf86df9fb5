"""Curation's forms and messages hold whatever people write: within Slack's limits, nothing live, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.conversations import AskedQuestion
from bot.curation import faq_lists, faq_views
from bot.curation.entry_form import FITS, texts_of, too_long
from bot.curation.faq_blocks import View
from bot.curation.faq_browse import topic_view, topics_view
from bot.curation.faq_context import About
from bot.curation.faq_queue import Phrasing, Queue, Said
from bot.curation.faq_queue_view import home_blocks, queue_message
from bot.curation.findings import Findings, Tried
from bot.curation.reviews import DueEntry
from bot.curation.wrong_answer_view import say_more_view, wrong_view
from bot.demo.slack_limits import broadcasts, check_message, check_view
from bot.domain import Place, ReplyKind, Surface
from bot.missing import Gap
from bot.slack.message import Message
from bot.testing import verdict
from knowledge.domain import Band, Entry, SourceLink
from knowledge.proposals import Origin, Proposal, ProposalState
from knowledge.shadowing import Shadow, Twin

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TODAY = date(2027, 3, 1)
NASTY = {
    "loud": "<!channel> @here <@U0MAYA> &amp; *bold* `code` <https://evil.example|click> {asker.region|x}\n",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 ",
    "rtl": "\u202eאיפה הלידים שלי؟ أين العملاء ",
    "markdown": "# Head\n- [x](javascript:alert(1)) ![i](http://x) <script>\n| a | b |\n|---|---|\n",
    "long": "averylongwordwithoutanyspaces" * 20,
}


def nasty(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def entry_of(text: str, length: int) -> Entry:
    long = nasty(text, length)
    link = SourceLink(long[:1_500], "https://example.com/" + "x" * 900)
    return Entry(
        "id-" + "x" * 190,
        long[:2_000],
        long,
        variants=tuple(f"{n}{long[:300]}" for n in range(40)),
        sources=(link,) * 5,
        tags=tuple(f"{n}{long[:80]}" for n in range(12)),
        owner=long[:500],
    )


def proposal_of(entry: Entry) -> Proposal:
    origin = Origin(needs_ok_of="U0MAYA")
    return Proposal(999_999, entry, 3, ProposalState.DRAFT, "U0PRIYA", entry.question, origin, NOW, NOW)


def findings_of(entry: Entry) -> Findings:
    words = entry.question
    return Findings(
        shadows=tuple(Shadow(words, f"other-{n}-{'x' * 180}", words, 0.9) for n in range(8)),
        twins=tuple(Twin(text, words, 0.97) for text in entry.variants),
        changed=tuple(Tried(words, words, words, "answer", "suggest", n % 2 == 0, golden=True) for n in range(50)),
        questions=200,
        golden=50,
    )


def views_of(entry: Entry) -> Iterator[tuple[str, View]]:
    proposal, about = proposal_of(entry), About(entry=entry.id, base=3)
    yield "editor", faq_views.editor_view(entry, about, curator=True, reason=entry.question)
    yield "trying", faq_views.trying_view(proposal, TODAY)
    for publish in (True, False):
        yield "found", faq_views.found_view(proposal, findings_of(entry), may_publish=publish, today=TODAY)
    yield "not tried", faq_views.not_tried_view(proposal, entry.question)
    yield "conflict", faq_views.conflict_view(proposal, Entry("x", "q", "a"), entry, entry.question[:80], "today")
    yield "entry", faq_views.entry_view(entry, TODAY, curator=True, due=True)
    yield "archive", faq_views.reason_view(entry, about)
    yield "topics", topics_view([replace(entry, id=str(n)) for n in range(300)])
    yield "topic", topic_view(entry.tags[0], [replace(entry, id=str(n)) for n in range(300)])
    yield "say more", say_more_view(About(question=1))
    found = [replace(entry, id=f"{n}-{entry.id}") for n in range(12)]
    yield "wrong", wrong_view(question(entry.question), entry.question[:200], found, entry.question[:200])


def question(text: str) -> AskedQuestion:
    place = Place("T0LARK", "C0ASKMOPS", Surface.CHANNEL)
    return AskedQuestion(1, 1, "U0MAYA", text, place, ReplyKind.ANSWER, verdict(Band.ANSWER), None, NOW)


def queue_of(entry: Entry) -> Queue:
    gap = Gap(1, entry.question, (), 5, 4, 1, 3, 2, (1, 2), (), (), 0)
    return Queue(
        to_review=(proposal_of(entry),) * 9,
        drafts=(proposal_of(entry),) * 9,
        due=tuple(DueEntry(entry, TODAY) for _ in range(9)),
        said=tuple(Said(n, entry.question, entry.question, entry.question) for n in range(9)),
        phrasings=tuple(Phrasing(n, entry.question, entry) for n in range(9)),
        gaps=(gap,) * 9,
    )


def messages_of(entry: Entry) -> Iterator[tuple[str, Message]]:
    entries = [replace(entry, id=f"{n}-{entry.id}") for n in range(30)]
    yield "list", faq_lists.entries_page(entries, 1, entry.question, TODAY, curator=False)
    yield "nothing", faq_lists.entries_page([], 0, entry.question, TODAY, curator=True)
    yield "no such", faq_lists.no_such_entry(entry.question, entries[:3], TODAY, curator=True)
    yield "help", faq_lists.help_text([proposal_of(entry)] * 9, NOW, curator=True)
    yield "queue", queue_message(queue_of(entry), NOW, {"U0PRIYA": entry.question})


CASES = [
    pytest.param(text, length, id=f"{name}-{length}")
    for name, text in NASTY.items()
    for length in (60, 3_400, 20_000)
]


@pytest.mark.parametrize(("text", "length"), CASES)
def test_every_form_fits_and_wakes_nobody(text: str, length: int) -> None:
    for name, view in views_of(entry_of(text, length)):
        assert check_view(view) == [], name
        assert broadcasts(view) == [], name
        assert len(json.dumps(view, ensure_ascii=False)) < 25_000, name


@pytest.mark.parametrize(("text", "length"), CASES)
def test_every_message_fits_and_wakes_nobody(text: str, length: int) -> None:
    for name, message in messages_of(entry_of(text, length)):
        sent = {"text": message.text, "blocks": list(message.blocks)}
        assert check_message(sent) is None, name
        assert broadcasts(sent) == [], name
    home = {"type": "home", "blocks": home_blocks(queue_of(entry_of(text, length)), (), NOW, {})}
    assert check_view(home) == []


def test_a_text_slack_cannot_take_is_left_out_and_said() -> None:
    entry = replace(Entry("x", "q?", ""), answer="a" * (FITS + 1))
    desk = "https://desk.example.com/desk/entry?id=x"
    view = faq_views.editor_view(entry, About(entry="x", base=1), curator=True, desk_url=desk)
    assert too_long(entry) == ("answer",)
    assert "answer" not in {block.get("block_id") for block in view["blocks"]}
    assert "Answer is longer than the 3,000 characters" in json.dumps(view)
    assert desk in json.dumps(view)


def test_what_an_editor_shows_is_what_the_entry_says() -> None:
    entry = Entry(
        "x", "q?", "a", variants=("v", "w"), tags=("t", "u"), sources=(SourceLink("P", "https://p.example"),)
    )
    view = faq_views.editor_view(entry, About(entry="x", base=1), curator=True)
    shown = {
        block["block_id"]: block["element"].get("initial_value", "") for block in view["blocks"] if "element" in block
    }
    assert {name: shown[name] for name in shown if name != "reason"} == {
        name: text for name, text in texts_of(entry).items() if name != "checklist"
    }
