"""From a finished ticket to the draft of an entry: what points at people is left out."""

from __future__ import annotations

from datetime import date

import pytest
from support_messages import request

from bot.entry_drafts import as_entry, first_draft
from bot.people_words import without_people
from bot.ticket_news import Ending, TicketNews
from knowledge.domain import EntryStatus


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Hi Maya, use the wizard.", "Use the wizard."),
        ("ask @Jonas Weber, he has the list", "Ask, he has the list"),
        ("Write to jonas@example.com for access", "Write to for access"),
        ("Maya Lindqvist needs this. Tell Maya.", "Needs this. Tell."),
        ("Hello! Scores update at 02:00.", "Scores update at 02:00."),
        ("The Mayan calendar is unaffected", "The Mayan calendar is unaffected"),
        ("maya has it, LINDQVIST too; Maya's list", "Has it, too; list"),
        ("Call +49 30 1234-567 or (415) 555-0134 or 030 1234567.", "Call or or."),
        ("486 of 500 on 2026-11-22, budget 10 000 000, ticket OPS-1234", None),
        ("ping <@U0123ABCD|maya> or U0AB12CD34 or [~accountid:557058:x]", "Ping or or"),
        ("5b10ac8d82e05b22cc7d4ef5 opened it", "Opened it"),
        ("UTM_CAMPAIGN and WEBINARS stay", None),
        ("", ""),
    ],
)
def test_people_are_left_out(said: str, left: str | None) -> None:
    assert without_people(said, ("Maya Lindqvist",)) == (said if left is None else left)


def test_names_that_are_words_are_left_out_only_where_they_are_names() -> None:
    said = "Will Grant has it. We will grant access in May; marketing knows."
    assert without_people(said, ("Will Grant", "May Field", "Marketing")) == (
        "Has it. We will grant access in May; marketing knows."
    )


def test_the_draft_is_the_question_as_asked_and_the_words_of_the_ending() -> None:
    asked = request(question="can @Priya tell me where our MQLs are?")
    draft = first_draft(asked, TicketNews(ending=Ending("They are in the MQL dashboard.")))
    assert draft == {"question": "Can tell me where our MQLs are?", "answer": "They are in the MQL dashboard."}


def test_without_words_there_is_a_question_only() -> None:
    assert first_draft(request(), TicketNews()) == {"question": "List import for Berlin event", "answer": ""}


def test_the_entry_of_a_ticket_has_one_id_for_ever_and_is_published() -> None:
    entry = as_entry(request(), " Where? ", " There. ", date(2026, 11, 22))
    assert (entry.id, entry.question, entry.answer) == ("ticket-mops-214", "Where?", "There.")
    assert (entry.status, entry.reviewed_at) == (EntryStatus.PUBLISHED, date(2026, 11, 22))
