"""Requests from the first word to the ticket: complete, once, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_forms import fill_in

from bot.clock import now_utc
from bot.demo.slack_reading import buttons, shown_text
from bot.slack import ids
from bot.testing import verdict
from escalation.domain import RequestState
from escalation.testing import Fault, InMemoryTracker
from knowledge.domain import Band

UNKNOWN = "can you move our Pardot forms to HubSpot?"
OTHER = "could somebody book a photographer for the Berlin booth?"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path) as room:
        yield room
        room.assert_clean()


def ticket_card(room: Room, key: str = "MOPS-1") -> tuple[str, str]:
    """Maya asks what the desk does not know; (ts of the question, ts of the ticket's card)."""
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {UNKNOWN}")
    return ts, room.slack.wait_for_message("#ask-mops", key, thread=ts).ts


def test_an_unsure_answer_opens_one_prefilled_ticket_and_shows_its_card(room: Room) -> None:
    ts, card = ticket_card(room)
    room.settle()
    (ticket,) = room.tickets()
    assert ticket.ticket.summary == "Can you move our Pardot forms to HubSpot?"
    assert UNKNOWN in ticket.description
    assert "Maya Lindqvist" in ticket.description
    assert ts.replace(".", "") in ticket.description  # the permalink
    assert "the MQLs from my campaign" in ticket.description  # what was found closest
    assert ticket.reporter_email == "maya@example.com"
    assert "mops-desk" in ticket.labels
    shown = room.slack.message("#ask-mops", card)
    assert "Priya Raman is on triage" in shown_text(shown)
    assert "https://tracker.example.com/MOPS-1" in shown_text(shown)
    assert buttons(shown) == ["Add details", "Not needed"]
    assert len(room.replies(ts)) == 1


def test_a_second_unanswered_question_in_the_thread_goes_onto_the_same_ticket(room: Room) -> None:
    ts, _ = ticket_card(room)
    room.slack.say("Maya", "#ask-mops", "and could you move the lists as well?", thread=ts)
    room.slack.wait_for(lambda: len(room.replies(ts)) == 2)
    room.settle()
    (ticket,) = room.tickets()
    assert "move the lists" in ticket.comments[0]


def test_a_ticket_asked_for_inside_a_thread_holds_what_was_said_there_before(room: Room) -> None:
    ts = room.slack.say("Jonas", "#campaigns", "The <Berlin> list is 14 rows short & nobody knows why")
    room.slack.say("Maya", "#campaigns", "same for Munich", thread=ts)
    room.slack.say("Maya", "#campaigns", "@MOPS Desk can you find the missing rows?", thread=ts)
    room.slack.wait_for_message("#campaigns", "MOPS-1", thread=ts)
    description = room.tickets()[0].description
    assert "Jonas Weber: The <Berlin> list is 14 rows short & nobody knows why" in description
    assert "Maya Lindqvist: same for Munich" in description


def test_ask_ops_on_a_question_that_has_a_ticket_adds_to_that_ticket(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    for notes in ("The dashboard has been empty since Monday.", "It is the Berlin webinar campaign."):
        room.slack.click("Maya", answer, "Ask the ops team")
        switch(room, "Something else")
        assert room.slack.submit("Maya", {"Title": "Where are my MQLs?", "What do you need, and why?": notes}).ok
        room.settle()
    (ticket,) = room.tickets()
    assert "Berlin webinar" in ticket.description


def test_not_needed_closes_the_ticket_and_the_card_says_so(room: Room) -> None:
    _, card = ticket_card(room)
    room.slack.click("Maya", room.slack.message("#ask-mops", card), "Not needed")
    room.slack.wait_for(lambda: "closed" in shown_text(room.slack.message("#ask-mops", card)))
    room.settle()
    assert room.tickets()[0].ticket.done


def test_details_are_asked_for_per_field_confirmed_and_reach_the_ticket(room: Room) -> None:
    _, card = ticket_card(room)
    room.slack.click("Maya", room.slack.message("#ask-mops", card), "Add details")
    switch(room, "Reporting request")
    refused = fill_in(room.slack, "Maya", reporting() | {"The question": "Too short"})
    assert not refused.ok
    assert "20 characters" in str(refused.errors)
    assert fill_in(room.slack, "Maya", reporting()).ok
    confirm = room.slack.modal("Maya")
    assert confirm is not None
    assert "Which webinars brought pipeline in the Nordics?" in shown_text(confirm)
    assert room.slack.submit("Maya").ok
    room.slack.wait_for(lambda: "details are in" in shown_text(room.slack.message("#ask-mops", card)))
    room.settle()
    (ticket,) = room.tickets()
    assert "Which webinars brought pipeline in the Nordics?" in ticket.description
    assert UNKNOWN in ticket.description


def switch(room: Room, request_type: str, person: str = "Maya") -> None:
    """Pick another request type in the open form, and see its fields."""
    form = room.slack.modal(person)
    assert form is not None
    room.slack.choose(person, form, ids.REQUEST_TYPE, request_type)
    first_label = {"Reporting request": "The question", "Something else": "and why?", "Email send": "Kind of email"}
    room.slack.wait_for(lambda: first_label[request_type] in shown_text(room.slack.modal(person) or form))


def reporting() -> dict[str, object]:
    """Good answers to the reporting form, by label."""
    return {
        "Title": "Nordics webinar pipeline",
        "The question": "Which webinars brought pipeline in the Nordics?",
        "Which decision depends on it?": "Decide which two webinar topics we repeat for the Nordics next quarter.",
        "Closest existing report": "tbd",
        "Which people or accounts are counted?": "All accounts in the Nordics, customers left out",
        "Period from": "2026-07-01",
        "Period to": "2026-09-30",
        "Output": "chart",
        "Needed by": later(20),
        "Who will see it?": "Field marketing leads",
    }


def later(days: int) -> int:
    """Unix seconds, some days from now, as Slack's picker gives them."""
    return int((now_utc() + timedelta(days=days)).timestamp())


def test_what_was_typed_survives_a_change_of_type_there_and_back(room: Room) -> None:
    room.slack.command("Maya", "#ask-mops", "/ticket webinar follow-up email for the Nordics")
    switch(room, "Reporting request")
    form = room.slack.modal("Maya")
    assert form is not None
    room.slack.choose("Maya", form, "The question", "Which webinars brought pipeline in the Nordics?")
    for other in ("Email send", "Reporting request"):
        switch(room, other)
    form = room.slack.modal("Maya")
    assert form is not None
    assert "Which webinars brought pipeline in the Nordics?" in str(form.content)


def test_a_slash_ticket_opens_the_form_with_its_words_and_its_card_goes_to_the_dm(room: Room) -> None:
    assert room.slack.command("Maya", "#campaigns", "/ticket Something odd with our brochure shop").ok
    form = room.slack.modal("Maya")
    assert form is not None
    assert "Something odd with our brochure shop" in str(form.content)
    room.slack.choose("Maya", form, ids.REQUEST_TYPE, "Something else")
    assert room.slack.submit(
        "Maya", {"What do you need, and why?": "The shop shows last year's brochures to everyone."}
    ).ok
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    room.slack.wait_for_message("#campaigns", "Got it", seen_by="Maya")
    room.settle()
    assert [t.ticket.summary for t in room.tickets()] == ["Something odd with our brochure shop"]


def test_open_a_ticket_on_a_message_puts_the_card_into_its_thread(room: Room) -> None:
    ts = room.slack.say("Jonas", "#campaigns", "our brochure shop shows last year's brochures")
    room.slack.shortcut("Maya", ids.SHORTCUT_TICKET, "#campaigns", ts)
    switch(room, "Something else")
    assert room.slack.submit("Maya").ok
    room.slack.wait_for_message("#campaigns", "MOPS-1", thread=ts)


def test_a_double_click_on_send_files_one_ticket(room: Room) -> None:
    room.slack.command("Maya", "#campaigns", "/ticket Something odd with our brochure shop")
    switch(room, "Something else")
    room.slack.submit("Maya", {"What do you need, and why?": "The shop shows last year's brochures to everyone."})
    submission = [d for d in room.slack.deliveries if d.name == "view_submission"][-1]
    room.slack.redeliver(submission)
    room.settle()
    assert len(room.tickets()) == 1


def test_tickets_are_listed_and_shown_by_key_to_their_owner(room: Room) -> None:
    ticket_card(room)
    room.slack.command("Maya", "#ask-mops", "/ticket list")
    listed = room.slack.wait_for_message("#ask-mops", "one request", seen_by="Maya")
    assert "MOPS-1" in shown_text(listed)
    room.slack.command("Maya", "#ask-mops", "/ticket mops-1")
    room.slack.wait_for_message("#ask-mops", "To do", seen_by="Maya")
    room.slack.command("Jonas", "#ask-mops", "/ticket MOPS-99")
    room.slack.wait_for_message("#ask-mops", "can't find", seen_by="Jonas")


def test_a_private_question_is_ticketed_in_private(room: Room) -> None:
    room.slack.command("Maya", "#ask-mops", f"/mops {UNKNOWN}")
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    room.settle()
    assert [m for m in room.slack.messages("#ask-mops", seen_by="Jonas")] == []
    assert room.requests()[0].draft.origin.private
    room.slack.command("Jonas", "#ask-mops", "/ticket MOPS-1")
    room.slack.wait_for_message("#ask-mops", "can't find", seen_by="Jonas")


def test_while_jira_is_away_the_person_hears_within_five_seconds_and_the_ticket_comes_later(tmp_path: Path) -> None:
    tracker = InMemoryTracker()
    tracker.fail("create", Fault.UNAVAILABLE)
    with running_desk(tmp_path, tracker=tracker) as room:
        ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {UNKNOWN}")
        room.slack.wait_for(lambda: room.requests())
        assert room.replies(ts) == []
        room.clock.skip(4)
        kept = room.slack.wait_for_message("#ask-mops", "I've kept your request", thread=ts, timeout=1.5)
        assert room.requests()[0].ref in shown_text(kept)
        room.clock.skip(10)
        later = room.slack.wait_for_message("#ask-mops", "Jira is back", thread=ts)
        assert later.ts != kept.ts
        assert len(tracker.tickets) == 1
        room.assert_clean()


def test_a_request_jira_takes_at_once_is_never_called_kept(room: Room) -> None:
    ts, _ = ticket_card(room)
    room.settle()
    room.clock.skip(30)
    room.settle()
    assert len(room.replies(ts)) == 1


def test_a_lost_answer_from_jira_does_not_make_a_second_ticket(tmp_path: Path) -> None:
    tracker = InMemoryTracker()
    tracker.fail("create", Fault.LOST_AFTER)
    with running_desk(tmp_path, tracker=tracker) as room:
        ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {UNKNOWN}")
        room.slack.wait_for(lambda: room.requests() and room.requests()[0].state is RequestState.UNKNOWN)
        room.clock.skip(11)
        room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
        assert room.requests()[0].state is RequestState.FILED
        assert len(tracker.tickets) == 1


def test_denied_by_jira_the_request_is_kept_and_ops_is_told_once(tmp_path: Path) -> None:
    tracker = InMemoryTracker()
    tracker.fail("create", *[Fault.DENIED] * 5)
    with running_desk(tmp_path, tracker=tracker) as room:
        first = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {UNKNOWN}")
        room.slack.wait_for_message("#ops-triage", "doesn't let me in")
        room.clock.skip(4)
        room.slack.wait_for_message("#ask-mops", "I've kept your request", thread=first)
        second = room.slack.say("Jonas", "#ask-mops", f"@MOPS Desk {OTHER}")
        room.slack.wait_for(lambda: len(room.requests()) == 2)
        room.clock.skip(4)
        room.slack.wait_for_message("#ask-mops", "I've kept your request", thread=second)
        assert len(room.slack.messages("#ops-triage")) == 1
        assert [request.state for request in room.requests()] == [RequestState.QUEUED] * 2


def test_a_channel_the_desk_may_not_write_in_gets_its_answer_by_dm(tmp_path: Path) -> None:
    with running_desk(tmp_path, script={"mql": verdict(Band.ANSWER)}) as room:
        room.slack.faults.refuse("chat.postMessage", "not_in_channel", times=1)
        room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
        told = room.slack.wait_for_message(room.slack.dm("Maya"), "can't write in")
        assert "synced" in shown_text(told)


def test_what_is_said_in_a_tickets_thread_goes_onto_the_ticket_by_name(room: Room) -> None:
    ts, _ = ticket_card(room)
    room.slack.say("Maya", "#ask-mops", "it is about 14 forms", thread=ts)
    room.slack.wait_for_message("#ask-mops", "Added to", thread=ts)
    room.settle()
    assert room.tickets()[0].comments == ("Maya Lindqvist in Slack: it is about 14 forms",)


def test_any_news_tells_how_the_ticket_stands_and_never_mind_offers_to_close_it(room: Room) -> None:
    ts, _ = ticket_card(room)
    room.slack.say("Maya", "#ask-mops", "any news?", thread=ts)
    room.slack.wait_for_message("#ask-mops", "nobody on it yet\nPriya Raman is on triage", thread=ts)
    room.slack.say("Maya", "#ask-mops", "ok never mind", thread=ts)
    offered = room.slack.wait_for_message("#ask-mops", "can be closed", thread=ts)
    room.slack.click("Maya", offered, "Not needed")
    room.slack.wait_for_message("#ask-mops", "is closed", thread=ts)
    room.slack.click("Maya", offered, "Not needed")
    room.slack.wait_for_message("#ask-mops", "closed already", seen_by="Maya")


def test_only_the_asker_and_the_ops_team_may_close_a_ticket(room: Room) -> None:
    ts, card = ticket_card(room)
    room.slack.click("Jonas", room.slack.message("#ask-mops", card), "Not needed")
    room.slack.wait_for_message("#ask-mops", "Maya Lindqvist's request", seen_by="Jonas")
    room.settle()
    assert not room.tickets()[0].ticket.done
    room.slack.click("Priya", room.slack.message("#ask-mops", card), "Not needed")
    told = room.slack.wait_for_message("#ask-mops", "Priya Raman closed", thread=ts)
    assert "<@U0MAYA>" in shown_text(told)
    room.settle()
    assert room.tickets()[0].ticket.done


def fill_in_something_else(room: Room, person: str) -> None:
    """Send the open form as the general type."""
    switch(room, "Something else", person)
    assert room.slack.submit(person, {"What do you need, and why?": "All 14 forms, because Pardot ends in May."}).ok


def test_a_colleague_may_add_details_and_is_named(room: Room) -> None:
    ts, card = ticket_card(room)
    room.slack.click("Jonas", room.slack.message("#ask-mops", card), "Add details")
    fill_in_something_else(room, "Jonas")
    room.slack.wait_for_message("#ask-mops", "Jonas Weber added details to", thread=ts)
    room.settle()
    (ticket,) = room.tickets()
    assert "Pardot ends in May" in ticket.description


def test_details_for_a_ticket_that_was_closed_meanwhile_become_a_new_one(room: Room) -> None:
    ts, card = ticket_card(room)
    room.slack.click("Maya", room.slack.message("#ask-mops", card), "Add details")
    room.slack.click("Maya", room.slack.message("#ask-mops", card), "Not needed")
    room.slack.wait_for_message("#ask-mops", "is closed", thread=ts)
    fill_in_something_else(room, "Maya")
    room.slack.wait_for_message("#ask-mops", "MOPS-2", thread=ts)
    room.settle()
    assert "Pardot ends in May" in room.tickets()[1].description
