"""From a question to a draft and to the ticket that is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.demo
from escalation.domain import Closest, Draft, Origin, Person, Request, RequestState
from escalation.drafts import draft_from_question, guess_form, new_ticket, prefill
from escalation.forms_file import load_forms
from escalation.summary import MAX_SUMMARY, cut, summary_of
from escalation.word_similarity import WordSimilarity

FORMS = load_forms(Path(bot.demo.__file__).parent / "data" / "intake_forms.yaml")
ANN = Person("U1", "Ann Lee", "ann@example.com")
HERE = Origin("#ask-mops", "https://chat.example/p1")


def draft_of(question: str, *earlier: str) -> Draft:
    return draft_from_question(question, ANN, HERE, earlier, (), FORMS, WordSimilarity())


def request_of(draft: Draft) -> Request:
    return Request(7, "7F3K", "mops-desk-0123456789ab", draft, RequestState.QUEUED, datetime(2027, 1, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("question", "summary"),
    [
        ("where are my MQLs?", "Where are my MQLs?"),
        ("Hi team! Quick question: where are my MQLs?", "Where are my MQLs?"),
        ("hello\n\nWe ran an event in Berlin last week. Can you import the list?", "Can you import the list?"),
        ("Good morning everyone, the sync is stuck", "The sync is stuck"),
        ("Help! The CRM sync stopped working.", "The CRM sync stopped working."),
        ("<!channel> who owns the nurture?", "Channel who owns the nurture?"),
        ("highlights of the week", "Highlights of the week"),
        ("hi", ""),
    ],
)
def test_the_summary_is_the_question_without_the_greeting(question: str, summary: str) -> None:
    assert summary_of(question) == summary


@pytest.mark.parametrize(
    ("question", "summary"),
    [
        (
            "This is ridiculous!!! I have asked THREE times why my leads are not in salesforce…",
            "Why my leads are not in salesforce",
        ),
        (
            "Ugh, not again... the form on our pricing page shows an error",
            "The form on our pricing page shows an error",
        ),
        ("Can anybody hear me? The newsletter went out twice.", "The newsletter went out twice."),
        (
            "Hi, hope you are well. Many thanks in advance! We need a nurture for partners",
            "We need a nurture for partners",
        ),
        ("We sent 4,000 invitations today. The link in them is broken!!!", "The link in them is broken"),
        ("This is ridiculous!!!", "This is ridiculous"),
    ],
)
def test_the_summary_is_what_is_asked_or_wrong_not_the_temper_around_it(question: str, summary: str) -> None:
    assert summary_of(question) == summary


LINK = "https://go.example.com/lp-summit?utm_source=linkedin&utm_medium=paid-social&utm_campaign=2027q1-emea-launch"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Our page {LINK} is broken", "Our page https://go.example.com/… is broken"),
        (LINK, "https://go.example.com/…"),
        (
            "The registration page shows an error to everybody from Austria",
            "The registration page shows an error to…",
        ),
        (
            "Our page http://go.example.com is broken, for everybody abroad",
            "Our page http://go.example.com is broken…",
        ),
    ],
)
def test_a_title_is_cut_neither_inside_a_word_nor_inside_a_link(text: str, title: str) -> None:
    assert cut(text, 44) == title


def test_a_forms_title_is_cut_as_well_as_a_tickets() -> None:
    words = "Our page shows an error to everybody who comes from Austria, Switzerland or Liechtenstein today"
    assert prefill(FORMS[5], words)["title"] == words.rsplit(" ", 2)[0] + "…"


def test_a_long_question_is_cut_at_a_word() -> None:
    summary = summary_of("can you check " + "the attribution of our campaigns " * 20)
    assert len(summary) <= MAX_SUMMARY
    assert summary.endswith("…")
    assert not summary.endswith(" …")


@given(st.text(max_size=400))
def test_any_text_gives_one_line_of_bounded_length(text: str) -> None:
    summary = summary_of(text)
    assert len(summary) <= MAX_SUMMARY + 2  # "ß" may become "SS"
    assert "\n" not in summary


def test_a_bare_greeting_still_gets_a_summary() -> None:
    assert draft_of("hi").summary == "Question from Ann Lee"
    assert draft_of("hi", "Where is the brief?").summary == "Where is the brief?"


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("can you import a list of leads from our Berlin event?", "list_import"),
        ("can someone send an invitation email to customers in the Nordics?", "email_send"),
        ("please create a new landing page for the summit", "landing_page"),
        ("we need a webinar in May for DACH", "webinar"),
        ("I need a dashboard with pipeline by region", "reporting_request"),
        ("the landing page is broken since this morning", "something_broken"),
        ("The CRM sync isn't working", "something_broken"),
        ("where are my MQLs?", None),
        ("who approves budget?", None),
        ("This is ridiculous!!! I have asked THREE times why my leads are not in salesforce", None),
        ("The list import isn't working, why are our leads still not in the CRM?", "something_broken"),
        ("", None),
    ],
)
def test_the_request_type_is_guessed_from_real_signs_only(question: str, form: str | None) -> None:
    assert guess_form(question, FORMS, WordSimilarity()) == form


@pytest.mark.parametrize("question", ["urgent help please", "is this the wrong name?", "help me with my data"])
def test_urgency_alone_does_not_make_it_broken(question: str) -> None:
    assert guess_form(question, FORMS, WordSimilarity()) != "something_broken"


def test_the_same_question_gives_the_same_draft() -> None:
    assert draft_of("where are my MQLs?") == draft_of("where are my MQLs?")


def test_a_draft_keeps_what_was_asked_and_found() -> None:
    closest = (Closest("Missing-MQL checklist", "https://docs.example/1", "does not cover partners"),)
    draft = draft_from_question("and partners? ", ANN, HERE, ["where are my MQLs?"], closest, FORMS, WordSimilarity())
    assert (draft.question, draft.thread, draft.closest) == ("and partners?", ("where are my MQLs?",), closest)
    assert (draft.requester, draft.origin, draft.answers) == (ANN, HERE, {})


def test_a_ticket_without_a_form_goes_to_the_default_project() -> None:
    draft = draft_of("where are my MQLs?")
    new = new_ticket(draft, request_of(draft), FORMS, "DEF")
    assert (new.project, new.issue_type, new.summary) == ("DEF", "Task", "Where are my MQLs?")
    assert new.labels == ("mops-desk", "mops-desk-0123456789ab")
    assert new.reporter_email == "ann@example.com"
    assert "7F3K" in new.description


def test_a_form_names_project_type_and_labels_and_the_setting_overrides_the_project() -> None:
    draft = draft_of("the landing page is broken")
    new = new_ticket(draft, request_of(draft), FORMS, "DEF")
    assert (new.project, new.issue_type) == ("OPS", "Bug")
    assert new.labels == ("mops-desk", "mops-desk-0123456789ab", "incident")
    assert new_ticket(draft, request_of(draft), FORMS, "DEF", "MINE").project == "MINE"


def test_an_answer_of_tbd_adds_the_label_needs_info() -> None:
    draft = replace(draft_of("the page is broken"), form_id="something_broken", answers={"since": "tbd"})
    assert "needs-info" in new_ticket(draft, request_of(draft), FORMS, "DEF").labels
    draft = replace(draft, answers={"title": "tbd"})  # not a field that allows it
    assert "needs-info" not in new_ticket(draft, request_of(draft), FORMS, "DEF").labels


def test_labels_never_hold_spaces_or_doubles() -> None:
    draft = replace(draft_of("where?"), labels=("list import", "mops-desk", " "))
    assert new_ticket(draft, request_of(draft), FORMS, "DEF").labels == (
        "mops-desk",
        "mops-desk-0123456789ab",
        "list-import",
    )
