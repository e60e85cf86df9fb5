"""What people say about tickets by their keys, and about their own."""

from __future__ import annotations

import time

import pytest

from bot.remarks import Remark
from bot.ticket_remarks import KeySaid, OwnTickets, ticket_remark


@pytest.mark.parametrize(
    "text",
    [
        "MOPS-7",
        "mops-7?",
        "ticket MOPS-7",
        "hi, MOPS-7 please",
        "what happened to MOPS-7?",
        "What's happening with MOPS-7?",
        "any news on MOPS-7?",
        "status of MOPS-7",
        "MOPS-7 status?",
        "what is the status of ticket MOPS-7",
        "where is MOPS-7?",
        "is MOPS-7 done yet?",
        "can you tell me what happened to MOPS-7?",
        "show me MOPS-7",
        "who is working on MOPS-7?",
    ],
)
def test_a_key_alone_or_a_question_how_it_stands_asks_for_that_ticket(text: str) -> None:
    meant = ticket_remark(text)
    assert isinstance(meant, KeySaid)
    assert (meant.key, meant.remark) == ("MOPS-7", Remark.STATUS)


@pytest.mark.parametrize(
    "text",
    ["cancel MOPS-7", "please close MOPS-7", "can you cancel MOPS-7 please?", "I don't need MOPS-7 any more"],
)
def test_a_ticket_nobody_needs_is_named_by_its_key(text: str) -> None:
    assert ticket_remark(text) == KeySaid("MOPS-7", Remark.NEVER_MIND, alone=False)


@pytest.mark.parametrize(
    "text",
    ["my tickets", "show me my tickets", "what are my open requests?", "list tickets", "which tickets do I have?"],
)
def test_several_tickets_of_ones_own_are_asked_for_in_any_thread(text: str) -> None:
    assert ticket_remark(text) == OwnTickets(any_thread=True)


@pytest.mark.parametrize(
    "text", ["my ticket", "what is my ticket status?", "what's the status of my ticket?", "cancel my request"]
)
def test_one_ticket_of_ones_own_is_the_threads_where_it_has_one(text: str) -> None:
    assert ticket_remark(text) == OwnTickets()


@pytest.mark.parametrize(
    "text",
    [
        "why does MOPS-7 say that the list has no consent?",
        "is the list from MOPS-7 the one for Berlin?",
        "MOPS-7 and MOPS-8",
        "see https://jira.example.com/browse/MOPS-7",
        "how do I cancel a webinar?",
        "how long do my tickets usually take?",
        "what is the status of the Berlin webinar?",
        "any news?",
        "can you rename the campaign in MOPS-7?",
    ],
)
def test_a_sentence_that_says_more_stays_a_question(text: str) -> None:
    assert ticket_remark(text) is None


@pytest.mark.parametrize("text", ["MOPS-1 ", "hi, ", "my tickets ", "all the "])
def test_very_long_texts_are_judged_quickly(text: str) -> None:
    started = time.process_time()
    ticket_remark((text * 40_000)[:39_999] + "x")
    assert time.process_time() - started < 1
