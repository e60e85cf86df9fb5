"""Curating the FAQ in Slack: proposed by anybody, tried out, decided by curators; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_database import locked
from support_faq import MQL, UTM, Faq, Tried, faq_room

from bot.curation.audit import AuditLog
from bot.curation.findings import Findings
from bot.curation.findings import Tried as Change
from bot.slack import ids
from knowledge.errors import ModelUnavailable
from knowledge.shadowing import Shadow, Twin


@pytest.fixture
def faq(tmp_path: Path) -> Iterator[Faq]:
    with faq_room(tmp_path, UTM, MQL) as faq:
        yield faq


def test_a_curator_writes_an_entry_sees_it_tried_out_and_publishes_it(faq: Faq) -> None:
    typed = {
        "answer": "Ask **legal**.",
        "variants": "gdpr\nmay I mail them",
        "sources": "Policy | https://example.com/p",
    }
    found = faq.edit("Priya", "/faq add may I mail this list?", **typed, tags="privacy, email", reason="asked often")
    assert "Ask *legal*." in str(found.content)
    assert faq.slack.submit("Priya").ok
    assert "is published" in faq.form("Priya")
    entry = faq.entries()["may-i-mail-this-list"]
    assert (entry.variants, entry.tags) == (("gdpr", "may I mail them"), ("privacy", "email"))
    assert faq.history(entry.id)[-1].reason == "asked often"


def test_anybody_proposes_and_a_curator_publishes_from_the_queue(faq: Faq) -> None:
    faq.edit("Maya", "/faq edit FAQ-UTM", answer="With the new builder.")
    assert faq.slack.submit("Maya").ok
    assert "with the curators" in faq.form("Maya")
    assert faq.entries()["faq-utm"].answer == "With the *builder*."
    faq.command("Priya", "/faq review")
    queue = faq.slack.wait_for_message("#ask-mops", "To review", seen_by="Priya")
    assert faq.slack.click("Priya", queue, "Look at it").ok
    assert "With the new builder." in faq.form("Priya")
    assert faq.slack.submit("Priya").ok
    assert faq.entries()["faq-utm"].answer == "With the new builder."


def test_what_is_wrong_is_said_under_its_field_and_nothing_is_closed(faq: Faq) -> None:
    faq.command("Priya", "/faq edit faq-utm")
    wrong = {"sources": "Policy | example", "audience": "everybody", "review_days": "soon"}
    outcome = faq.slack.submit("Priya", wrong)
    assert set(outcome.errors) == {"audience", "review_days"}
    outcome = faq.slack.submit("Priya", {**wrong, "audience": "group: S01, S02", "review_days": "30"})
    assert set(outcome.errors) == {"sources"}
    assert "https://" in outcome.errors["sources"]
    faq.tried("Priya", sources="Policy | https://example.com")
    (proposal,) = faq.proposals()
    assert (sorted(proposal.entry.audience.groups), proposal.entry.review_days) == (["S01", "S02"], 30)


def test_an_entry_changed_meanwhile_shows_what_changed_and_takes_over_mine(faq: Faq) -> None:
    faq.edit("Priya", "/faq edit faq-utm", answer="Mine.")
    faq.edit("Noor", "/faq edit faq-utm", variants="utm link\ntracking link")
    assert faq.slack.submit("Noor").ok
    assert faq.slack.submit("Priya").ok
    shown = faq.form("Priya")
    assert "Noor Haddad changed this entry" in shown
    assert "tracking link" in shown
    faq.press("Priya", "Take over my text")
    faq.found("Priya")
    assert faq.slack.submit("Priya").ok
    entry = faq.entries()["faq-utm"]
    assert (entry.answer, entry.variants) == ("Mine.", ("utm link", "tracking link"))


def test_a_form_that_was_closed_is_kept_and_offered_again(faq: Faq) -> None:
    faq.command("Maya", "/faq add where do I find the logo?")
    view = faq.slack.modal("Maya")
    assert view is not None
    faq.slack.choose("Maya", view, "answer", "In the brand portal.")
    faq.slack.close_modal("Maya")
    faq.command("Maya", "/faq")
    offered = faq.slack.wait_for_message("#ask-mops", "Your drafts", seen_by="Maya")
    assert faq.slack.click("Maya", offered, "Continue").ok
    faq.tried("Maya")
    assert [proposal.entry.answer for proposal in faq.proposals()] == ["In the brand portal."]


def test_sending_the_same_form_twice_makes_one_draft(faq: Faq) -> None:
    for _ in range(2):
        faq.edit("Maya", "/faq add where is the logo?", answer="In the portal.")
    assert len(faq.proposals()) == 1


SHADOWED = Findings(shadows=(Shadow("link for campaigns", "faq-utm", "utm link", 0.82),), questions=200)
BREAKS = Change("utm?", "How do I build a UTM link?", "", "answer", "escalate", better=False, golden=True)


def test_what_speaks_against_it_needs_a_reason(tmp_path: Path) -> None:
    checks = Tried(Findings(changed=(BREAKS,), questions=200, golden=50))
    with faq_room(tmp_path, UTM, MQL, checks=checks) as faq:
        faq.edit("Priya", "/faq edit faq-utm", question="How do I ask for a link?")
        assert "a labelled question breaks" in faq.form("Priya")
        assert faq.slack.submit("Priya").errors == {"reason": "Say in a line why it is right, then publish."}
        assert faq.slack.submit("Priya", {"reason": "the builder is gone"}).ok
        with faq.room.database.read() as session:
            assert AuditLog(session).newest(1)[0].reason == "the builder is gone"


def test_a_phrasing_that_belongs_to_another_entry_is_merged_into_it(tmp_path: Path) -> None:
    with faq_room(tmp_path, UTM, MQL, checks=Tried(SHADOWED)) as faq:
        faq.edit("Priya", "/faq add link for campaigns", answer="Elsewhere.", variants="campaign address")
        assert "82 % like `faq-utm`" in faq.form("Priya")
        faq.press("Priya", "Merge into it")
        faq.found("Priya")
        assert faq.entries()["faq-utm"].variants == ("utm link", "link for campaigns")
        assert [proposal.entry.question for proposal in faq.proposals()] == ["campaign address"]


def test_phrasings_that_are_nearly_the_same_are_left_out_by_a_tick(tmp_path: Path) -> None:
    checks = Tried(Findings(twins=(Twin("utm links", "utm link", 0.98),)))
    with faq_room(tmp_path, UTM, MQL, checks=checks) as faq:
        faq.edit("Priya", "/faq edit faq-utm", variants="utm link\nutm links\ntracking")
        checks.findings = Findings()
        assert faq.slack.submit("Priya", {"twins": ["utm links"]}).ok
        faq.found("Priya")
        assert faq.slack.submit("Priya").ok
        assert faq.entries()["faq-utm"].variants == ("utm link", "tracking")


def test_nobody_publishes_their_own_where_a_second_person_has_to(tmp_path: Path) -> None:
    with faq_room(tmp_path, UTM, second_approval=True) as faq:
        faq.edit("Priya", "/faq edit faq-utm", answer="Mine.")
        assert faq.slack.submit("Priya").ok
        assert "with the curators" in faq.form("Priya")
        faq.command("Noor", "/faq review")
        queue = faq.slack.wait_for_message("#ask-mops", "To review", seen_by="Noor")
        faq.slack.click("Noor", queue, "Look at it")
        assert faq.slack.submit("Noor").ok
        assert faq.entries()["faq-utm"].answer == "Mine."


def test_who_closed_the_form_gets_the_outcome_by_message(faq: Faq) -> None:
    faq.command("Priya", "/faq edit faq-utm")
    assert faq.slack.submit("Priya", {"answer": "Mine."}).ok
    faq.slack.close_modal("Priya")
    faq.room.settle()
    faq.room.clock.skip(2)
    told = faq.slack.wait_for_message(faq.slack.dm("Priya"), "I tried out")
    assert faq.slack.click("Priya", told, "Look at it").ok
    assert faq.shows("Priya", ids.VIEW_FAQ_FOUND)


def test_a_stale_entry_is_reviewed_or_archived_from_the_queue(faq: Faq) -> None:
    faq.room.clock.skip(100 * 86_400)
    faq.command("Priya", "/faq review")
    queue = faq.slack.wait_for_message("#ask-mops", "Not looked at for long", seen_by="Priya")
    assert faq.slack.click("Priya", queue, "Review").ok
    assert faq.slack.submit("Priya").ok
    assert "still right" in faq.form("Priya")
    reviewed = [entry for entry in faq.entries().values() if entry.reviewed_at == faq.room.clock().date()]
    assert len(reviewed) == 1
    faq.command("Priya", "/faq archive faq-mql")
    assert faq.slack.submit("Priya", {"reason": "we left the tool"}).ok
    assert faq.entries()["faq-mql"].status == "archived"


def test_everybody_browses_by_topic(faq: Faq) -> None:
    faq.slack.open_home("Maya")
    home = faq.slack.wait_for(lambda: faq.slack.home("Maya"))
    assert faq.slack.click("Maya", home, "Browse topics").ok
    faq.press("Maya", "utm (1)")
    faq.press("Maya", "See")
    assert "With the _builder_." in str(faq.slack.modal("Maya"))


def test_what_cannot_be_stored_just_now_stays_in_the_form(faq: Faq) -> None:
    faq.command("Maya", "/faq add where is the logo?")
    with locked(faq.room.parts.settings.data_dir):
        outcome = faq.slack.submit("Maya", {"answer": "In the portal."})
    assert outcome.errors == {
        "question": "I couldn't keep that just now, and nothing was changed. Please send it once more in a moment."
    }
    faq.tried("Maya")
    assert [proposal.entry.answer for proposal in faq.proposals()] == ["In the portal."]


def test_what_cannot_be_tried_out_is_said_and_tried_again(tmp_path: Path) -> None:
    checks = Tried()
    checks.fails = ModelUnavailable("the model is not there")
    with faq_room(tmp_path, UTM, checks=checks) as faq:
        faq.command("Priya", "/faq edit faq-utm")
        faq.slack.submit("Priya", {"answer": "Mine."})
        faq.room.settle()
        faq.room.clock.skip(2)
        faq.slack.wait_for(lambda: "the model is not there" in faq.form("Priya"))
        checks.fails = None
        faq.press("Priya", "Try again")
        faq.found("Priya")
        assert faq.slack.submit("Priya").ok
        assert faq.entries()["faq-utm"].answer == "Mine."
