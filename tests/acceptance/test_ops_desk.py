"""What ops people decide from the request's line in their channel: who may, what it does, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_life import Own, jira_life, own_life

from bot.bell import Bell
from bot.demo.jira_standin_faults import denied, too_many
from bot.demo.slack_larkfield import JONAS, PRIYA
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from bot.inbox import Inbox
from bot.incoming import FormContext, OpsSubmitted
from bot.outbox import Outbox
from bot.slack import ids
from bot.tables import RequestPlaceRow
from knowledge.entry_store import EntryStore


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Own]:
    with own_life(tmp_path, poll_seconds=0) as life:
        yield life


def line(life: Own, key: str = "MOPS-1") -> Message:
    """The request's line in the ops channel."""
    return life.room.slack.wait_for_message("#ops-triage", key)


def menu(life: Own, message: Message, entry: str, person: str = "Priya") -> None:
    """Choose from the line's menu."""
    assert life.room.slack.choose(person, message, ids.OPS_MORE, entry).ok


def note(life: Own, message: Message, words: str) -> None:
    """Teammates read it below the line."""
    life.room.slack.wait_for_message("#ops-triage", words, thread=message.ts)


def test_taking_a_ticket_makes_it_mine_everywhere(life: Own) -> None:
    ts, card = life.ask("MOPS-1")
    message = line(life)
    life.room.slack.click("Priya", message, "Take it")
    life.room.settle()
    assert life.room.tickets()[0].ticket.assignee == "Priya Raman"
    assert "To do · Priya Raman" in life.shown(card)
    note(life, message, "Priya Raman takes")
    assert len(life.said(ts)) == 1


def test_reassigning_gives_it_to_another(life: Own) -> None:
    life.ask("MOPS-1")
    message = line(life)
    menu(life, message, "Reassign")
    assert life.room.slack.submit("Priya", {"Who takes it?": JONAS}).ok
    life.room.settle()
    assert life.room.tickets()[0].ticket.assignee == "Jonas Weber"
    note(life, message, "Priya Raman gives *<https://tracker.example.com/MOPS-1|MOPS-1>* to Jonas Weber.")


def test_asking_for_details_reaches_the_askers_thread_with_a_button(life: Own) -> None:
    ts, _ = life.ask("MOPS-1")
    life.room.slack.click("Priya", line(life), "Ask for details")
    form = life.room.slack.modal("Priya")
    assert form is not None
    assert "'initial_value': 'Campaign link, " in str(form.content)
    assert life.room.slack.submit("Priya", {"What do you need from them?": "Which forms, <!here> please?"}).ok
    asked = life.room.slack.wait_for_message("#ask-mops", "Priya Raman needs something from you", thread=ts)
    assert "Which forms, &lt;!here&gt; please?" in shown_text(asked)
    assert buttons(asked) == ["Add details"]
    life.room.settle()
    ticket = life.room.tickets()[0]
    assert "needs-info" in ticket.labels
    assert "Priya Raman in Slack asked the requester" in ticket.comments[0]
    with life.room.database.read() as session:
        place = session.get(RequestPlaceRow, 1)
        assert place is not None
        assert place.info_asked_at is not None


def test_what_the_form_lacks_is_asked_for_without_a_second_lead_in(life: Own) -> None:
    ts, _ = life.ask("MOPS-1")
    life.room.slack.click("Priya", line(life), "Ask for details")
    assert life.room.slack.submit("Priya").ok
    asked = shown_text(life.room.slack.wait_for_message("#ask-mops", "Priya Raman needs", thread=ts))
    assert "something from you for *<https://tracker.example.com/MOPS-1|MOPS-1>*: Campaign link, " in asked


def test_asking_for_details_takes_words_where_nothing_is_known_to_be_missing(life: Own) -> None:
    life.ask("MOPS-1", words="can you rename our partner program?")
    life.room.slack.click("Priya", line(life), "Ask for details")
    form = life.room.slack.modal("Priya")
    assert form is not None
    assert "initial_value" not in str(form.content)
    assert not life.room.slack.submit("Priya").ok


def test_changing_the_type_changes_form_and_ticket(life: Own) -> None:
    life.ask("MOPS-1")
    message = line(life)
    menu(life, message, "Change type")
    assert life.room.slack.submit("Priya", {"What is it really?": "Reporting request"}).ok
    life.room.settle()
    wanted = next(form for form in life.room.parts.forms if form.name == "Reporting request")
    assert life.room.tickets()[0].ticket.issue_type == wanted.issue_type
    assert life.room.requests()[0].draft.form_id == wanted.id
    note(life, message, "changed the type of")


def test_closing_with_a_resolution_tells_the_asker_and_asks(life: Own) -> None:
    ts, _ = life.ask("MOPS-1")
    menu(life, line(life), "Close with a resolution")
    assert life.room.slack.submit("Priya", {"How did it end?": "All forms are in HubSpot."}).ok
    told = life.room.slack.wait_for_message("#ask-mops", "Did that solve it?", thread=ts)
    assert "is done: All forms are in HubSpot." in shown_text(told)
    life.room.settle()
    assert life.room.tickets()[0].ticket.status == "Done"
    assert life.room.tickets()[0].comments == ("All forms are in HubSpot.",)


def test_declining_gives_a_reason_and_a_better_way(life: Own) -> None:
    ts, card = life.ask("MOPS-1")
    menu(life, line(life), "Decline kindly")
    answers = {"Why not?": "We leave Pardot next month.", "What would help them instead?": "The HubSpot team does."}
    assert life.room.slack.submit("Priya", answers).ok
    told = life.room.slack.wait_for_message("#ask-mops", "Does that work for you?", thread=ts)
    assert "won't do *<https://tracker.example.com/MOPS-1|MOPS-1>* as asked." in shown_text(told)
    assert "We leave Pardot next month.\nThe HubSpot team does." in shown_text(told)
    life.room.settle()
    assert life.room.tickets()[0].ticket.resolution == "Won't do"
    life.after_a_moment(30)
    assert ": declined." in life.shown(card)
    assert "is done" not in life.shown(card)
    assert not [m for m in life.room.slack.messages("#ops-triage") if "Draft an entry" in shown_text(m)]


@pytest.mark.parametrize("entry", ["Reassign", "Change type", "Close with a resolution", "Decline kindly"])
def test_the_menu_opens_for_ops_people_only(life: Own, entry: str) -> None:
    life.ask("MOPS-1")
    message = line(life)
    menu(life, message, entry, "Jonas")
    life.room.slack.wait_for_message("#ops-triage", "That button is for the ops team", seen_by="Jonas")
    assert life.room.slack.modal("Jonas") is None


def test_nobody_else_may_take_or_forge_a_decision(life: Own) -> None:
    life.ask("MOPS-1")
    life.room.slack.click("Jonas", line(life), "Take it")
    forged = (ids.OPS_CLOSE, ids.OPS_REASSIGN, ids.OPS_ASK_INFO, ids.OPS_RETYPE, ids.DRAFT_ENTRY, "ops_nonsense")
    for action in forged:
        values = {"words": "x", "person": JONAS, "form_id": "reporting", "question": "q", "answer": "a"}
        forge(life, JONAS, action, 1, values)
    forge(life, PRIYA, ids.OPS_CLOSE, 99, {"words": "x"})
    forge(life, PRIYA, ids.OPS_RETYPE, 1, {"form_id": "no_such_form"})
    life.after_a_moment()
    ticket = life.room.tickets()[0]
    assert (ticket.ticket.assignee, ticket.ticket.done, ticket.comments) == (None, False, ())
    with life.room.database.read() as session:
        assert EntryStore(session).count() == 0


def forge(life: Own, person: str, action: str, request: int, values: dict[str, str]) -> None:
    """A form that never was opened arrives."""
    item = OpsSubmitted(person, action, request, values, FormContext(), f"forged:{person}:{action}:{request}")
    Inbox(life.room.database, Outbox(Bell(), life.room.clock), (), life.room.clock).record(item)


def test_a_closed_request_takes_no_more_decisions(life: Own) -> None:
    _, card = life.ask("MOPS-1")
    message = line(life)
    life.room.slack.click("Maya", card, "Not needed")
    life.room.slack.wait_for(lambda: "is closed" in life.shown(card))
    forge(life, PRIYA, ids.OPS_CLOSE, 1, {"words": "done"})
    life.room.slack.wait_for_message(life.room.slack.dm("Priya"), "is closed already")
    assert life.room.slack.fresh(message)


def test_what_jira_refuses_reaches_who_decided_it(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        life.ask("OPS-1")
        message = life.room.slack.wait_for_message("#ops-triage", "OPS-1")
        life.room.slack.click("Priya", message, "Take it")  # nobody in Jira has her address
        told = life.room.slack.wait_for_message(life.room.slack.dm("Priya"), "I couldn't assign")
        assert "Nothing has changed there" in shown_text(told)


def test_a_jira_that_is_away_is_told_once_and_gets_the_decision_later(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        life.jira.standin.add_user("Priya Raman", "priya@example.com")
        life.ask("OPS-1")
        message = life.room.slack.wait_for_message("#ops-triage", "OPS-1")
        life.jira.standin.faults.next("users", too_many(), too_many())
        life.room.slack.click("Priya", message, "Take it")
        life.room.slack.wait_for_message(life.room.slack.dm("Priya"), "Jira isn't answering right now. I'll assign")
        life.room.live_through(30, 6)
        assert life.jira.standin.issues[0].assignee == "Priya Raman"
        told = [
            m for m in life.room.slack.messages(life.room.slack.dm("Priya")) if "isn't answering" in shown_text(m)
        ]
        assert len(told) == 1


def test_what_jira_forbids_reaches_who_decided_it_and_is_done_once_allowed(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        life.jira.standin.add_user("Priya Raman", "priya@example.com")
        life.ask("OPS-1")
        message = life.room.slack.wait_for_message("#ops-triage", "OPS-1")
        life.jira.standin.faults.next("assign", denied())
        life.room.slack.click("Priya", message, "Take it")
        life.room.slack.wait_for_message(life.room.slack.dm("Priya"), "Jira doesn't let me assign")
        life.room.slack.wait_for_message("#ops-triage", "doesn't let me in")
        life.room.clock.skip(301)
        life.room.settle()
        life.room.slack.wait_for(lambda: life.jira.standin.issues[0].assignee == "Priya Raman")


def test_every_decision_reaches_jira(tmp_path: Path) -> None:
    with jira_life(tmp_path, service_desk=True) as life:
        life.jira.standin.add_user("Priya Raman", "priya@example.com")
        ts, card = life.ask("OPS-1")
        message = life.room.slack.wait_for_message("#ops-triage", "OPS-1")
        life.room.slack.click("Priya", message, "Take it")
        life.room.slack.wait_for(lambda: "To Do · Priya Raman" in life.shown(card))
        assert life.room.slack.choose("Priya", message, ids.OPS_MORE, "Close with a resolution").ok
        assert life.room.slack.submit("Priya", {"How did it end?": "All forms are in HubSpot."}).ok
        life.room.slack.wait_for_message("#ask-mops", "Did that solve it?", thread=ts)
        (issue,) = life.jira.standin.issues
        assert (issue.status, issue.assignee) == ("Done", "Priya Raman")


def test_a_resolution_becomes_an_entry_after_a_curator_edited_it(life: Own) -> None:
    life.ask("MOPS-1", words="can you tell @Jonas how we move Pardot forms?")
    menu(life, line(life), "Close with a resolution")
    life.room.slack.submit("Priya", {"How did it end?": "Hi Maya, use the migration wizard. Ask jonas@example.com."})
    offer = life.room.slack.wait_for_message("#ops-triage", "Would its answer help")
    life.room.slack.click("Jonas", offer, "Draft an entry")
    life.room.slack.wait_for_message("#ops-triage", "Only curators publish", seen_by="Jonas")
    life.room.slack.click("Priya", offer, "Draft an entry")
    form = life.room.slack.modal("Priya")
    assert form is not None
    for name in ("Maya", "Jonas", "jonas@"):
        assert name not in str(form.content["blocks"][1:])
    assert "se the migration wizard." in str(form.content)
    assert life.room.slack.submit("Priya", {"Question": "How do we move Pardot forms?"}).ok
    life.room.settle()
    life.room.clock.skip(2)
    life.room.slack.wait_for(lambda: "goes live" in shown_text(life.room.slack.modal("Priya") or form))
    assert life.room.slack.submit("Priya").ok
    with life.room.database.read() as session:
        (entry,) = EntryStore(session).published()
    assert (entry.id, entry.question) == ("ticket-mops-1", "How do we move Pardot forms?")
    assert "migration wizard" in entry.answer


def test_a_private_request_is_offered_as_no_entry(life: Own) -> None:
    life.ask("MOPS-1", "dm")
    menu(life, line(life), "Close with a resolution")
    life.room.slack.submit("Priya", {"How did it end?": "The budget is 40,000."})
    life.room.slack.wait_for_message(life.room.slack.dm("Maya"), "Did that solve it?")
    forge(life, PRIYA, ids.DRAFT_ENTRY, 1, {"question": "q", "answer": "a"})
    life.after_a_moment()
    ops = "".join(shown_text(m) for m in life.room.slack.messages("#ops-triage"))
    assert "Draft an entry" not in ops
    assert "40,000" not in ops
    with life.room.database.read() as session:
        assert EntryStore(session).count() == 0
