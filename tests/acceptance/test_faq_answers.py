"""What people do with answers reaches the FAQ: wrong ones are put right, replies are saved, files are imported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_faq import Faq, faq_room

from bot.demo.slack_larkfield import DESK, JONAS, MAYA, PRIYA
from bot.demo.slack_reading import shown_text
from bot.demo.slack_state import Channel, Message
from bot.slack import ids
from bot.testing import verdict
from knowledge.domain import Band, Entry
from knowledge.faq_yaml import write_yaml

FIRST = Entry("faq-001", "Where are the MQLs from my campaign?", "Check the program.")
THIRD = Entry("faq-003", "How do I build a UTM link?", "Use the builder.")
SCRIPT = {"mql": verdict(Band.ANSWER), "utm": verdict(Band.SUGGEST)}


@pytest.fixture
def faq(tmp_path: Path) -> Iterator[Faq]:
    with faq_room(tmp_path, FIRST, THIRD, script=SCRIPT, save_reaction="bookmark") as faq:
        private = Channel("G0PRIVATE", "launch-secret", "private", (MAYA, JONAS, PRIYA, DESK))
        faq.slack.workspace.put_channel(private)
        yield faq


def answer(faq: Faq, text: str, contains: str = "synced") -> Message:
    """Ask in the channel; the desk's answer."""
    ts = faq.slack.say("Maya", "#ask-mops", f"@MOPS Desk {text}")
    return faq.slack.wait_for_message("#ask-mops", contains, thread=ts)


def test_a_wrong_answer_is_attached_to_the_right_entry_in_three_clicks(faq: Faq) -> None:
    reply = answer(faq, "which tag for MQL ads, asks Maya Lindqvist?")
    assert faq.slack.shortcut("Priya", ids.SHORTCUT_WRONG, "#ask-mops", reply.ts).ok
    assert faq.slack.submit("Priya", {"entry": "How do I build a UTM link?"}).ok
    assert "now leads to" in faq.form("Priya")
    (variant,) = faq.entries()["faq-003"].variants
    assert variant.startswith("Which tag for MQL ads")
    assert "Maya" not in variant
    assert faq.history("faq-003")[-1].author == PRIYA


def test_the_right_entry_is_found_by_words(faq: Faq) -> None:
    faq.put(*(Entry(f"e{n}", f"How do I order item {n}?", f"In shop {n}.") for n in range(20)))
    reply = answer(faq, "where are my MQL stickers?")
    faq.slack.shortcut("Priya", "why_this_answer", "#ask-mops", reply.ts)
    told = faq.slack.wait_for_message("#ask-mops", "confidence", seen_by="Priya")
    assert faq.slack.click("Priya", told, "Wrong answer").ok
    view = faq.slack.modal("Priya")
    assert view is not None
    assert faq.slack.choose("Priya", view, ids.FAQ_FIND, "item 17").ok
    assert faq.slack.submit("Priya", {"The right entry": "How do I order item 17?", "phrasing": "stickers?"}).ok
    assert faq.entries()["e17"].variants == ("stickers?",)


def test_a_phrasing_another_entry_has_is_refused_under_its_field(faq: Faq) -> None:
    reply = answer(faq, "where are my MQLs?")
    faq.slack.shortcut("Priya", ids.SHORTCUT_WRONG, "#ask-mops", reply.ts)
    taken = {"entry": "How do I build a UTM link?", "phrasing": FIRST.question}
    assert "faq-001" in faq.slack.submit("Priya", taken).errors["phrasing"]


def test_a_thumb_down_and_its_line_reach_the_queue_and_leave_it_once_put_right(faq: Faq) -> None:
    reply = answer(faq, "where are my MQLs?")
    faq.slack.click("Jonas", reply, "👎 Not helpful")
    thanks = faq.slack.wait_for_message("#ask-mops", "Say what was wrong", seen_by="Jonas")
    assert faq.slack.click("Jonas", thanks, "Say what was wrong").ok
    assert faq.slack.submit("Jonas", {"more": "that is about <!channel> webinars"}).ok
    faq.command("Priya", "/faq review")
    queue = faq.slack.wait_for_message("#ask-mops", "What people said", seen_by="Priya")
    assert "webinars" in shown_text(queue)
    assert faq.slack.click("Priya", queue, "Put it right").ok
    faq.press("Priya", "Nothing to do")
    assert "off the queue" in faq.form("Priya")
    faq.command("Priya", "/faq review")
    faq.slack.wait_for_message("#ask-mops", "Nothing waits for you", seen_by="Priya")


def test_words_that_led_to_an_entry_that_helped_become_its_phrasing_by_a_click(faq: Faq) -> None:
    offered = answer(faq, "utm for partner posts?", "close to that")
    faq.slack.click("Maya", offered, "Where are the MQLs from my campaign?")
    faq.room.settle()
    faq.command("Priya", "/faq review")
    queue = faq.slack.wait_for_message("#ask-mops", "Words that found their answer", seen_by="Priya")
    assert faq.slack.click("Priya", queue, "Add the phrasing").ok
    assert faq.entries()["faq-001"].variants == ("Utm for partner posts?",)


def test_a_reply_is_saved_without_the_people_in_it(faq: Faq) -> None:
    ts = faq.slack.say("Maya", "#campaigns", "hi @Jonas, where is the logo?")
    reply = faq.slack.say("Jonas", "#campaigns", "Hi Maya, in the portal. Ask jonas@example.com", thread=ts)
    assert faq.slack.shortcut("Priya", ids.SHORTCUT_SAVE, "#campaigns", reply).ok
    faq.slack.wait_for(lambda: faq.shows("Priya", ids.VIEW_FAQ_EDITOR))
    faq.tried("Priya")
    (proposal,) = faq.proposals()
    assert (proposal.entry.question, proposal.entry.answer) == ("Where is the logo?", "In the portal. Ask")
    assert proposal.entry.sources[0].title == "Thread in #campaigns"
    assert "archives" in proposal.entry.sources[0].url


@pytest.mark.parametrize("agrees", [True, False])
def test_a_private_reply_waits_for_its_author(faq: Faq, agrees: bool) -> None:
    ts = faq.slack.say("Maya", "#launch-secret", "where is the logo?")
    reply = faq.slack.say("Jonas", "#launch-secret", "In the portal.", thread=ts)
    faq.slack.shortcut("Priya", ids.SHORTCUT_SAVE, "#launch-secret", reply)
    faq.slack.wait_for(lambda: faq.shows("Priya", ids.VIEW_FAQ_EDITOR))
    faq.tried("Priya")
    assert "secret" not in str(faq.proposals()[0].entry)
    faq.slack.submit("Priya")
    assert "They have to agree" in faq.form("Priya")
    asked = faq.slack.wait_for_message(faq.slack.dm("Jonas"), "something you wrote in private")
    faq.slack.click("Jonas", asked, "Yes, use it" if agrees else "No, keep it private")
    told = faq.slack.wait_for_message(faq.slack.dm("Priya"), "agreed" if agrees else "rather keep it private")
    if agrees:
        faq.slack.click("Priya", told, "Look at it")
        faq.slack.submit("Priya")
    assert ("where-is-the-logo" in faq.entries()) is agrees


def test_an_emoji_of_a_curator_makes_a_draft_and_of_others_nothing(faq: Faq) -> None:
    ts = faq.slack.say("Maya", "#campaigns", "where is the logo?")
    reply = faq.slack.say("Jonas", "#campaigns", "In the portal.", thread=ts)
    faq.slack.react("Maya", "#campaigns", reply, "bookmark")
    faq.slack.react("Priya", "#campaigns", reply, "bookmark")
    told = faq.slack.wait_for_message(faq.slack.dm("Priya"), "I made a draft")
    assert faq.slack.click("Priya", told, "Open the draft").ok
    assert [(one.author, one.entry.question) for one in faq.proposals()] == [(PRIYA, "Where is the logo?")]


ROWS = [Entry(f"row-{n}", f"Question {n}?", f"Answer {n}.") for n in range(500)]


def broken_file() -> bytes:
    """500 entries; 20 of them have no answer."""
    text = write_yaml(ROWS)
    for n in range(0, 500, 25):
        text = text.replace(f"answer: Answer {n}.\n", "answer:\n")
    return text.encode()


def test_of_500_rows_20_are_broken_all_are_reported_and_the_good_ones_wait_for_a_click(faq: Faq) -> None:
    faq.slack.share("Priya", "dm", "faq.yaml", broken_file())
    shown = faq.slack.wait_for_message(faq.slack.dm("Priya"), "would add", timeout=20)
    assert shown_text(shown).count("has no answer") == 20
    assert len(faq.entries()) == 2
    assert faq.slack.click("Priya", shown, "Import the 480 good ones").ok
    faq.slack.wait_for_message(faq.slack.dm("Priya"), "480 added", timeout=20)
    assert len(faq.entries()) == 482


def test_the_faq_comes_as_a_file_that_can_be_sent_back(faq: Faq) -> None:
    faq.command("Priya", "/faq export")
    sent = faq.slack.wait_for(lambda: [m for m in faq.slack.messages(faq.slack.dm("Priya")) if m.files])
    assert sent[0].files[0]["name"] == "faq.yaml"
    faq.slack.share("Priya", "dm", "faq.yaml", write_yaml([FIRST, THIRD]).encode())
    faq.slack.wait_for_message(faq.slack.dm("Priya"), "just so")


def test_a_marketers_csv_is_no_import(faq: Faq) -> None:
    faq.slack.share("Maya", "dm", "leads.csv", b"name,email\nx,y\n", "where are my MQLs?")
    faq.slack.wait_for_message(faq.slack.dm("Maya"), "synced")
    assert set(faq.entries()) == {"faq-001", "faq-003"}


def test_others_are_told_who_decides(faq: Faq) -> None:
    assert "Only curators" in faq.command("Maya", "/faq archive faq-001")
    assert "Only curators" in faq.command("Maya", "/faq export")
    reply = answer(faq, "where are my MQLs?")
    faq.slack.shortcut("Maya", ids.SHORTCUT_WRONG, "#ask-mops", reply.ts)
    faq.slack.wait_for_message("#ask-mops", "Only curators decide", seen_by="Maya")
    assert faq.slack.modal("Maya") is None
