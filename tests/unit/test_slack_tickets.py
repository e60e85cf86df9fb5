"""Ticket cards, lists and notices."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support_messages import BUSY, COMPONENT, FIELDS, TICKET, request

from bot.slack import ids, tickets
from bot.slack.message import Message
from escalation.domain import RequestState

HOSTILE = "<!channel> <@U1> & @here"


def button_ids(message: Message) -> list[str]:
    return [e["action_id"] for block in message.blocks if block["type"] == "actions" for e in block["elements"]]


def said(message: Message) -> str:
    texts = [block["text"]["text"] for block in message.blocks if "text" in block]
    return "\n".join(
        [
            *texts,
            *(
                e["text"]
                for block in message.blocks
                for e in block.get("elements", ())
                if "text" in e and isinstance(e["text"], str)
            ),
        ]
    )


def test_card_says_key_link_triage_what_is_missing_and_status() -> None:
    message = tickets.ticket_card(request(), "Priya", FIELDS[:2])
    assert "*<https://jira.example.com/browse/MOPS-214|MOPS-214>*" in said(message)
    assert "Priya is on triage today" in said(message)
    assert "they still need: *Title* and *Business goal*." in said(message)
    assert "Request · To do · nobody on it yet" in said(message)
    assert button_ids(message) == [ids.ADD_DETAILS, ids.NOT_NEEDED]
    assert "MOPS-214 (https://jira.example.com/browse/MOPS-214)" in message.text


def test_buttons_carry_the_request_and_details_are_primary_only_while_something_is_missing() -> None:
    row = tickets.ticket_card(request(), None, FIELDS[:1]).blocks[-1]["elements"]
    assert [b["value"] for b in row] == ["7", "7"]
    assert row[0]["style"] == "primary"
    assert "style" not in tickets.ticket_card(request()).blocks[-1]["elements"][0]


def test_many_missing_fields_stay_short() -> None:
    assert "*Link to the sheet* and 8 more." in said(tickets.ticket_card(request(), None, FIELDS[:12]))


def test_assignee_replaces_triage() -> None:
    shown = said(tickets.ticket_card(request(ticket=BUSY), "Uma"))
    assert "In progress · Priya" in shown
    assert "on triage" not in shown


@pytest.mark.parametrize("because", list(tickets.Because))
def test_every_reason_opens_with_the_key(because: tickets.Because) -> None:
    assert "MOPS-214" in tickets.ticket_card(request(), opened_because=because).text


def test_unknown_reason_reads_like_a_plain_request() -> None:
    assert tickets.ticket_card(request(), opened_because="from the future").text.startswith("Done: MOPS-214")


def test_card_without_an_address_shows_the_bare_key() -> None:
    shown = said(tickets.ticket_card(request(ticket=replace(TICKET, url=""))))
    assert "*MOPS-214*" in shown


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (RequestState.QUEUED, "I've kept your request (ref *7F3K*)"),
        (RequestState.UNKNOWN, "I've kept your request (ref *7F3K*)"),
        (RequestState.WITHDRAWN, "I've dropped your request (ref *7F3K*)"),
        (RequestState.DEAD, "I couldn't file your request (ref *7F3K*)"),
    ],
)
def test_every_state_says_where_the_request_is(state: RequestState, words: str) -> None:
    assert words in said(tickets.ticket_card(request(state)))


def test_a_field_jira_demands_is_named_and_can_be_added() -> None:
    message = tickets.ticket_card(replace(request(RequestState.NEEDS_FIELDS), missing=(COMPONENT,)))
    assert "*Component*" in said(message)
    assert button_ids(message) == [ids.ADD_DETAILS, ids.NOT_NEEDED]


def test_done_ticket_has_no_more_buttons_but_a_next_step() -> None:
    message = tickets.ticket_card(request(ticket=replace(BUSY, status="Done", done=True)))
    assert button_ids(message) == []
    assert "MOPS-214 (https://jira.example.com/browse/MOPS-214) is done." in message.text


def test_list_shows_ten_and_counts_the_rest() -> None:
    shown = said(tickets.ticket_list([request()] * 12))
    assert shown.count("•") == 10
    assert "and 2 older" in shown


def test_one_ticket_shows_its_last_change_in_the_readers_zone() -> None:
    message = tickets.one_ticket("MOPS-214", request(ticket=BUSY))
    assert "updated <!date^1795271400^" in said(message)
    assert "updated 21 Nov 2026 14:30 UTC" in message.text


def test_words_of_people_and_jira_are_only_text() -> None:
    ticket = replace(TICKET, summary=HOSTILE, status=HOSTILE, assignee=HOSTILE, key=HOSTILE)
    loud = request(ticket=ticket, summary=HOSTILE)
    waiting = request(RequestState.QUEUED, summary=HOSTILE)
    for message in (
        tickets.ticket_card(loud, HOSTILE, [replace(FIELDS[0], label=HOSTILE)]),
        tickets.ticket_list([loud, waiting]),
        tickets.one_ticket(HOSTILE, None),
        tickets.ops_rejected(HOSTILE),
        tickets.ops_denied(HOSTILE),
        tickets.form_not_opened(HOSTILE),
    ):
        everything = json.dumps([message.text, *message.blocks], ensure_ascii=False)
        assert "<!channel" not in everything
        assert "<@" not in everything
        assert "@here" not in everything


def test_form_that_did_not_open_gives_the_words_back() -> None:
    message = tickets.form_not_opened("Import 486 badge scans", ids.ADD_DETAILS, "7")
    assert "Import 486 badge scans" in message.text
    assert button_ids(message) == [ids.ADD_DETAILS]
