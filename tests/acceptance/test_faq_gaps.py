"""`/faq gaps`: what people ask and the FAQ lacks, and what one click makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_missing import asked

from bot.bookmarks import bookmark
from bot.curation.gap_finder import LOOK_EVERY, LOOKED
from bot.demo.slack_larkfield import JONAS, MAYA, NOOR, PRIYA
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from knowledge.glossary_store import GlossaryStore
from knowledge.proposals import OriginKind, ProposalStore
from knowledge.testing import HashingEncoder

SAID = {
    MAYA: "how do I export the PQA consent history of a contact?",
    JONAS: "can I export the PQA consent history for one contact?",
    NOOR: "export of a contact's PQA consent history, how?",
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Three people asked for the same, with an abbreviation nobody knows, and the desk has looked."""
    folder: Path = tmp_path_factory.mktemp("gaps")
    with running_desk(folder, curators=frozenset({PRIYA}), encoder=HashingEncoder()) as room:
        for person, text in SAID.items():
            asked(room.database, room.clock, text, person)
        began = room.clock()
        room.clock.skip(LOOK_EVERY.total_seconds() + 1)
        room.slack.wait_for(lambda: looked(room) > began.isoformat())
        yield room
        room.settle()
        room.assert_clean()


def looked(room: Room) -> str:
    """When the desk looked last."""
    with room.database.read() as session:
        return bookmark(session, LOOKED) or ""


def shown(room: Room, words: str = "consent") -> Message:
    """The list, as Priya sees it."""
    assert room.slack.command("Priya", "#ask-mops", "/faq gaps").ok
    return room.slack.wait_for_message("#ask-mops", words, seen_by="Priya")


def test_the_list_says_how_much_a_gap_matters_and_others_do_not_see_it(room: Room) -> None:
    told = shown_text(shown(room))
    assert "asked three times by three people" in told
    assert "3 in the last 4 weeks, 0 in the 4 before" in told
    assert "*PQA*: asked three times by three people" in told
    assert "Only curators" in room.desk.missing.shown.shown(MAYA).text


def test_an_abbreviation_is_defined_from_the_list(room: Room) -> None:
    room.slack.click("Priya", shown(room), "Define it")
    assert room.slack.submit("Priya", {"Stands for": "product qualified account"}).ok
    room.slack.wait_for_message("#ask-mops", "now stands for", seen_by="Priya")
    with room.database.read() as session:
        (kept,) = GlossaryStore(session).all()
        assert room.desk.missing.radar.listed(session) == ()
    assert kept.term is not None
    assert (kept.term.term, kept.term.expansion, kept.author) == ("PQA", "product qualified account", PRIYA)


def test_one_click_makes_a_draft_with_the_phrasings_as_variants(room: Room) -> None:
    message = shown(room)
    room.slack.click("Priya", message, "Draft an entry")
    told = room.slack.wait_for_message("#ask-mops", "Draft 1 is made", seen_by="Priya")
    assert buttons(told) == ["Edit the draft"]
    with room.database.read() as session:
        (proposal,) = ProposalStore(session).open()
    assert {proposal.entry.question.lower(), *(each.lower() for each in proposal.entry.variants)} == {
        text.lower() for text in SAID.values()
    }
    assert (proposal.origin.kind, set(proposal.origin.questions)) == (OriginKind.GAP, {1, 2, 3})
    room.slack.click("Priya", message, "Not a gap")  # her list is older than the draft
    assert room.slack.submit("Priya", {"Why is it none?": "answered elsewhere"}).ok
    room.slack.wait_for_message("#ask-mops", "leaves the list", seen_by="Priya")
