"""Intake: files, private requests, campaign links, and what is read from a question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from support_desk import Room, running_desk
from support_forms import BROKEN, SINCE, begin, fill_in, open_form, pick

from bot.demo.slack_reading import shown_text
from bot.slack import ids
from escalation.tables import AttachmentRow


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path) as room:
        yield room
        room.assert_clean()


def test_chosen_files_are_on_the_ticket(room: Room) -> None:
    begin(room.slack, "Something broken")
    png = room.slack.upload("Maya", "empty page.png", b"\x89PNG....", "image/png")
    assert fill_in(room.slack, "Maya", BROKEN | SINCE | {"Screenshot": [png]}).ok
    assert "empty page.png" in shown_text(open_form(room.slack, "Maya"))
    assert room.slack.submit("Maya").ok
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    room.settle()
    with room.database.read() as session:
        (file,) = session.scalars(select(AttachmentRow))
    assert (file.name, file.content, file.content_type) == ("empty page.png", b"\x89PNG....", "image/png")
    assert "Screenshot: empty page.png" in room.tickets()[0].description


def test_a_file_of_the_wrong_kind_is_refused_under_its_input(room: Room) -> None:
    begin(room.slack, "Something broken")
    big = room.slack.upload("Maya", "screen.exe", b"MZ")
    refused = fill_in(room.slack, "Maya", BROKEN | SINCE | {"Screenshot": [big]})
    assert not refused.ok
    assert "allowed types" in str(refused.errors)


def test_a_file_that_is_gone_when_the_ticket_is_there_is_told(room: Room) -> None:
    begin(room.slack, "Something broken")
    png = room.slack.upload("Maya", "page.png", b"png", "image/png")
    assert fill_in(room.slack, "Maya", BROKEN | SINCE | {"Screenshot": [png]}).ok
    room.slack.files.delete(png)
    assert room.slack.submit("Maya").ok
    told = room.slack.wait_for_message(room.slack.dm("Maya"), "couldn't put")
    assert "page.png" in shown_text(told)
    room.slack.wait_for_message("#ops-triage", "page.png")


def test_what_is_kept_private_is_shown_in_no_channel(room: Room) -> None:
    ts = room.slack.say("Jonas", "#campaigns", "our brochure shop shows last year's brochures")
    room.slack.shortcut("Maya", ids.SHORTCUT_TICKET, "#campaigns", ts)
    pick(room.slack, "Something else")
    answers = {
        "Title": "Salary data in the brochure shop",
        "What do you need, and why?": "Please take the salary sheet out of the brochure shop.",
        "Who may read this": ["Only the ops team and me"],
    }
    assert room.slack.submit("Maya", answers).ok
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    room.settle()
    everywhere = [m for c in ("#campaigns", "#ops-triage", "#ask-mops") for m in room.slack.messages(c)]
    assert not [m for m in everywhere if "alary" in shown_text(m) + m.text]
    assert "(private)" in room.tickets()[0].description


@pytest.mark.parametrize("kept", [True, False])
def test_who_fills_in_a_form_says_who_may_read_it(room: Room, kept: bool) -> None:
    """Also when it was begun by a command or in the messages with the desk, which nobody else sees."""
    begin(room.slack, "Something else")
    answers: dict[str, str | list[str]] = {
        "Title": "Take last year out of the brochure shop",
        "What do you need, and why?": "Please take last year's brochures out of the brochure shop.",
    }
    if kept:
        answers["Who may read this"] = ["Only the ops team and me"]
    assert room.slack.submit("Maya", answers).ok
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    room.settle()
    line = " ".join(shown_text(message) for message in room.slack.messages("#ops-triage"))
    assert ("a private request" in line) is kept
    assert ("Take last year out" in line) is not kept
    assert ("(private)" in room.tickets()[0].description) is kept


TAGGED = "https://go.example.com/x?utm_source=LinkedIn&utm_medium=linkedin&utm_campaign=2027q1-emea-launch"


def test_is_this_link_right_gets_the_corrected_link_and_no_ticket(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk is this utm link ok? {TAGGED}")
    reply = room.slack.wait_for_message("#ask-mops", "Not quite yet", thread=ts)
    mended = TAGGED.replace("LinkedIn", "linkedin").replace("utm_medium=linkedin", "utm_medium=paid-social")
    assert f"`{mended.replace('&', '&amp;')}`" in shown_text(reply)
    room.settle()
    assert room.requests() == []
    again = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk please check {mended}")
    room.slack.wait_for_message("#ask-mops", "follows our rules", thread=again)


def test_a_link_torn_by_a_space_in_a_value_is_put_together_and_mended(room: Room) -> None:
    torn = TAGGED.replace("utm_medium=linkedin", "utm_medium=paid social")
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk is this link ok? {torn}")
    reply = room.slack.wait_for_message("#ask-mops", "Not quite yet", thread=ts)
    assert "utm_medium=paid-social&amp;utm_campaign=2027q1-emea-launch`" in shown_text(reply)


def test_a_link_in_a_question_gets_a_note_below_the_answer(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk where are the MQLs that came through {TAGGED}")
    reply = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    assert "For utm_medium=linkedin we write paid-social." in shown_text(reply)


def test_a_tagged_link_in_a_form_must_follow_the_rules(room: Room) -> None:
    begin(room.slack, "Something else", "the landing page of the launch")
    answers = {"What do you need, and why?": "Please put this link on the page.", "Link": TAGGED}
    refused = room.slack.submit("Maya", answers)
    assert "For utm_medium=linkedin we write paid-social." in refused.errors["f:link"]
    assert "Try: https://go.example.com/x?utm_source=linkedin&utm_medium=paid-social" in refused.errors["f:link"]


def test_what_a_question_says_already_is_on_the_ticket_to_be_confirmed_and_in_the_form(room: Room) -> None:
    words = "please import 486 rows of booth leads, sheet https://sheets.example.com/abc because sales calls them"
    ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {words}")
    card = room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
    room.settle()
    (ticket,) = room.tickets()
    _, _, read = ticket.description.partition("h3. Read from the question, to be confirmed")
    assert "Number of rows: 486" in read
    assert "Link to the sheet: https://sheets.example.com/abc" in read
    assert "because sales calls them" in ticket.description.partition("h3. Why")[2]
    room.slack.click("Maya", card, "Add details")
    form = open_form(room.slack, "Maya")
    assert "From what you wrote I filled in" in shown_text(form)
    assert "486" in str(form.content)


def test_a_title_somebody_typed_stays_as_it_is(room: Room) -> None:
    begin(room.slack, "Something broken")
    title = "Leads of the summit are missing. Who saw them last?"
    assert fill_in(room.slack, "Maya", BROKEN | SINCE | {"Title": title}).ok
    room.slack.submit("Maya")
    room.slack.wait_for(room.tickets)
    assert room.tickets()[0].ticket.summary == title
