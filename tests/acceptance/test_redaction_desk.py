"""Tokens, card numbers, people's addresses and numbers: what is kept, what is passed on, what people are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_canaries import CARDS, TOKENS
from support_desk import Room, running_desk
from support_forms import BROKEN, SINCE, begin, fill_in, open_form

from bot.demo.slack_larkfield import DESK, MAYA
from bot.demo.slack_reading import shown_text
from bot.incoming import MessageIn
from bot.slack import ids, parse
from bot.tables import InboxRow, QuestionRow

TOKEN, CARD = TOKENS["GitHub"], CARDS[0]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path) as room:
        yield room
        room.assert_clean()


def test_a_pasted_token_is_not_kept_and_its_person_is_told_once(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk why is my mql sync with {TOKEN} late?")
    told = room.slack.wait_for_message("#ask-mops", "left out", thread=ts)
    room.settle()
    assert "looks like a token" in shown_text(told)
    assert "If it is real, change it" in shown_text(told)
    assert room.rows(QuestionRow)[0].text == "why is my mql sync with [token removed] late?"
    assert len(room.replies(ts)) == 2  # the answer, and this


@pytest.mark.parametrize(
    "ask",
    [
        lambda room, words: room.slack.say("Maya", "dm", words),
        lambda room, words: room.slack.command("Maya", "#ask-mops", f"/mops {words}"),
    ],
    ids=["dm", "command"],
)
def test_whichever_way_it_is_asked_nothing_of_it_is_stored(room: Room, ask: object) -> None:
    ask(room, f"the mql export of card {CARD} fails, password: hunter2!x")  # type: ignore[operator]
    room.settle()
    (row,) = room.rows(QuestionRow)
    assert row.text == "the mql export of card [card number removed] fails, password: [password removed]"


def test_a_token_in_a_form_is_left_out_and_its_person_told_in_their_messages(room: Room) -> None:
    begin(room.slack, "Something broken")
    assert fill_in(
        room.slack, "Maya", BROKEN | SINCE | {"What happened?": f"The sync with {TOKEN} stopped today."}
    ).ok
    assert "[token removed]" in shown_text(open_form(room.slack, "Maya"))
    assert room.slack.submit("Maya").ok
    room.slack.wait_for_message(room.slack.dm("Maya"), "left out")
    room.settle()
    assert "The sync with [token removed] stopped today." in room.tickets()[0].description


def test_overheard_words_the_desk_does_not_act_on_are_answered_with_silence(room: Room) -> None:
    ts = room.slack.say("Maya", "#campaigns", f"here is the key {TOKEN}")
    room.settle()
    assert room.replies(ts, "#campaigns") == []
    assert room.rows(InboxRow) == []


def test_addresses_of_people_stay_off_a_ticket_that_is_opened_unasked(room: Room) -> None:
    ts = room.slack.say(
        "Maya", "#ask-mops", "@MOPS Desk take jane@acme.example.com, +49 170 1234567 off the Berlin list"
    )
    card = room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
    assert "I left an e-mail address and a phone number off the ticket" in shown_text(card)
    description = room.tickets()[0].description
    assert "take [e-mail address left out], [phone number left out] off the Berlin list" in description
    assert "jane@" not in str(room.tickets())


def test_with_add_details_its_person_decides_that_the_address_goes_onto_the_ticket(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk the preference form is broken for jane@acme.example.com")
    card = room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
    assert room.slack.click("Maya", card, "Add details").ok
    broken = BROKEN | SINCE | {"What happened?": "The form only shows jane@acme.example.com an empty page."}
    assert fill_in(room.slack, "Maya", broken).ok
    check = open_form(room.slack, "Maya")
    assert "what looks like an e-mail address of a person" in shown_text(check)
    assert "only shows [e-mail address left out] an empty page" in shown_text(check)
    assert not room.slack.submit("Maya").ok  # nothing is chosen beforehand
    assert room.slack.submit("Maya", {"What looks like somebody's personal data": "Send it as I typed it"}).ok
    room.settle()
    assert "only shows jane@acme.example.com an empty page" in room.tickets()[0].description
    room.slack.wait_for(lambda: "off the ticket" not in shown_text(room.slack.message("#ask-mops", card.ts)))


def test_or_that_it_is_left_out(room: Room) -> None:
    begin(room.slack, "Something broken")
    broken = BROKEN | SINCE | {"What happened?": "The form only shows jane@acme.example.com an empty page."}
    assert fill_in(room.slack, "Maya", broken).ok
    assert room.slack.submit("Maya", {"What looks like somebody's personal data": "Leave it out"}).ok
    room.settle()
    assert "only shows [e-mail address left out] an empty page" in room.tickets()[0].description
    assert "jane@" not in str(room.tickets())


def test_a_form_without_such_words_asks_nothing_more(room: Room) -> None:
    begin(room.slack, "Something broken")
    assert fill_in(room.slack, "Maya", BROKEN | SINCE).ok
    assert "personal data" not in shown_text(open_form(room.slack, "Maya")).replace("Could personal data", "")
    assert room.slack.submit("Maya").ok


def test_the_thread_on_a_ticket_has_no_tokens_either(room: Room) -> None:
    ts = room.slack.say("Jonas", "#campaigns", f"our form posts with {TOKEN}, ask bob@acme.example.com")
    said = room.slack.say("Maya", "#campaigns", "@MOPS Desk the brochure shop is closed", thread=ts)
    assert said
    room.slack.wait_for_message("#campaigns", "MOPS-1", thread=ts)
    assert TOKEN not in room.tickets()[0].description
    assert "Jonas Weber: our form posts with [token removed], ask [e-mail" in room.tickets()[0].description


def test_what_is_read_in_a_channels_history_is_cleaned_as_well() -> None:
    said = {"type": "message", "channel": "C1", "user": MAYA, "ts": "1.1", "text": f"renew {TOKEN}"}
    item = parse.event({"event": said}, DESK)
    assert isinstance(item, MessageIn)
    assert item.text == "renew [token removed]"


def test_a_message_chosen_for_a_ticket_is_cleaned_too(room: Room) -> None:
    ts = room.slack.say("Jonas", "#campaigns", f"it says {TOKEN} is invalid")
    room.slack.shortcut("Maya", ids.SHORTCUT_TICKET, "#campaigns", ts)
    assert TOKEN not in str(open_form(room.slack, "Maya"))
