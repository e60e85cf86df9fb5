"""Checklists below an answer: clicked through in place by its asker, up to an explanation or a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support_checklists import CHECKLIST, ENTRY, publish, script
from support_cli import run
from support_desk import Room, running_desk
from support_forms import BROKEN, SINCE, fill_in

from bot.checklist_report import checklist_reports
from bot.demo.slack_larkfield import PRIYA
from bot.demo.slack_reading import buttons, press, shown_text
from bot.demo.slack_state import Message
from bot.desk import Desk
from bot.domain import Escalation
from bot.tables import FeedbackRow
from knowledge.domain import Audience, Checklist, Choice, EntryStatus, Level, Outcome, Step
from knowledge.faq_file import write_faq

SLOW = 20.0  # seconds, on a busy machine
FIRST, SECOND = "Is the program synced, Maya?", "Do people have a success status?"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path, script=script()) as room:
        publish(room)
        yield room
        room.settle()
        room.assert_clean()


def ask(room: Room, channel: str = "#ask-mops") -> Message:
    mention = "@MOPS Desk " if channel != "dm" else ""
    ts = room.slack.say("Maya", channel, f"{mention}where are my MQLs?")
    return room.slack.wait_for_message(channel if channel != "dm" else room.slack.dm("Maya"), FIRST, thread=ts)


def click(room: Room, message: Message, label: str, then: str, who: str = "Maya") -> Message:
    """The same message after a click, once it says ``then``."""
    room.slack.click(who, message, label)
    changed = room.slack.wait_for_message(message.channel, then, thread=message.thread_ts, seen_by="Maya")
    assert changed.ts == message.ts
    return changed


def press_as_shown(room: Room, message: Message, label: str) -> None:
    """A press on what the person still sees, whatever the message says by now."""
    room.slack.interactions.act_on_message(room.slack.person("Maya"), message, press(message, label))


def test_an_answer_ends_with_the_first_question_in_the_readers_own_terms(room: Room) -> None:
    answer = ask(room)
    said = shown_text(answer)
    assert "Three usual causes." in said
    assert "synced_ to the CRM" not in said  # the whole answer is behind "Show more"
    assert "See the program's summary in #ask-mops." in said
    assert buttons(answer)[:2] == ["Yes", "No"]
    assert "Ask the ops team" in buttons(answer)


def test_each_click_goes_on_in_place_and_back_leads_back(room: Room) -> None:
    second = click(room, ask(room), "Yes", SECOND)
    assert "✓ Program is synced" in shown_text(second)
    assert buttons(second) == ["Yes", "No", "Back", "Ask the ops team"]
    first = click(room, second, "Back", FIRST)
    assert "👍 Helpful" in buttons(first)
    end = click(room, first, "No", "Set the sync, then look again on ")
    assert "https://example.com/sync" in shown_text(end)
    assert "the next day" not in shown_text(end)
    assert buttons(end) == ["That explains it", "Open a ticket", "Back"]


def test_what_explains_it_ends_there_and_counts_as_helpful(room: Room) -> None:
    end = click(room, click(room, ask(room), "Yes", SECOND), "No", "Only a success status counts.")
    done = click(room, end, "That explains it", "Good, that's settled.")
    assert buttons(done) == ["Ask the ops team"]
    assert "→ No success status" in shown_text(done)
    assert [row.helpful for row in room.rows(FeedbackRow)] == [True]
    with room.database.read() as session:
        (report,) = checklist_reports(session)
    assert (report.started, report.explained, report.tickets, report.left) == (1, 1, 0, 0)


def test_a_hand_over_opens_one_ticket_that_says_what_was_ruled_out(room: Room) -> None:
    end = click(room, click(room, ask(room), "Yes", SECOND), "Yes", "it's none of them")
    assert buttons(end) == ["Open a ticket", "Back"]
    for _ in range(3):
        press_as_shown(room, end, "Open a ticket")
    room.settle(SLOW)
    room.slack.wait_for_message("#ask-mops", "Passed on to the ops team", thread=end.thread_ts)
    room.slack.wait_for_message("#ask-mops", "with everything you've checked", thread=end.thread_ts)
    (ticket,) = room.tickets()
    assert (
        "h3. Already checked\n{noformat}\n- Program is synced\n- People have a success status" in ticket.description
    )
    assert ticket.description.count("Already checked") == 1
    assert room.requests()[0].draft.form_id == "something_broken"
    with room.database.read() as session:
        (report,) = checklist_reports(session)
    assert (report.started, report.tickets, report.left) == (1, 1, 0)


def test_an_explanation_that_is_not_it_goes_into_the_ticket_too(room: Room) -> None:
    end = click(room, ask(room), "No", "Set the sync")
    click(room, end, "Open a ticket", "Passed on to the ops team")
    room.settle()
    (ticket,) = room.tickets()
    assert (
        "- Is the program synced, there? No\n- Was told, and it didn't settle it: Set the sync" in ticket.description
    )


def test_a_ticket_opened_half_way_hears_of_it_as_well(room: Room) -> None:
    answer = ask(room)
    room.slack.click("Maya", answer, "Not what I meant")
    others = room.slack.wait_for_message("#ask-mops", "next closest", thread=answer.thread_ts)
    room.slack.click("Maya", answer, "Yes")
    room.settle(SLOW)
    room.slack.click("Maya", others, "None of these")
    room.settle(SLOW)
    assert "h3. Already checked\n{noformat}\n- Program is synced\n{noformat}" in room.tickets()[0].description


def test_pressing_twice_counts_once(room: Room) -> None:
    answer = ask(room)
    for _ in range(3):
        press_as_shown(room, answer, "Yes")
    room.settle(SLOW)
    shown = room.slack.wait_for_message("#ask-mops", SECOND, thread=answer.thread_ts)
    assert shown_text(shown).count("✓") == 1


def test_strangers_are_told_and_ops_may_help(room: Room) -> None:
    answer = ask(room)
    room.slack.click("Jonas", answer, "Yes")
    told = room.slack.wait_for_message("#ask-mops", "so I leave the buttons to them", seen_by="Jonas")
    assert told.ephemeral_for
    room.settle()
    assert FIRST in shown_text(room.slack.message("#ask-mops", answer.ts))
    click(room, answer, "Yes", SECOND, who="Priya")


def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    with running_desk(tmp_path, script=script()) as room:
        publish(room)
        second = click(room, ask(room), "Yes", SECOND)
        room.desk.stop()
        room.slack.click("Maya", second, "No")  # recorded, and nobody works on it
        again = Desk(room.parts)
        again.start()
        shown = room.slack.wait_for_message("#ask-mops", "Only a success status counts.", thread=second.thread_ts)
        again.stop()
    assert shown.ts == second.ts
    assert "✓ Program is synced" in shown_text(shown)


def test_buttons_of_an_edited_checklist_say_so_and_start_again(room: Room) -> None:
    second = click(room, ask(room), "Yes", SECOND)
    steps = (replace(CHECKLIST.steps[0], ask="Is it really synced?"), CHECKLIST.steps[1])
    publish(room, replace(ENTRY, checklist=replace(CHECKLIST, steps=steps)))
    stale = click(room, second, "No", "were changed since you started")
    assert buttons(stale) == ["Start again", "Ask the ops team"]
    again = click(room, stale, "Start again", "Is it really synced?")
    assert "✓" not in shown_text(again)
    click(room, again, "Yes", SECOND)


def test_a_checklist_that_was_taken_back_says_so(room: Room) -> None:
    answer = ask(room)
    publish(room, replace(ENTRY, status=EntryStatus.ARCHIVED))
    gone = click(room, answer, "Yes", "took these questions back")
    assert buttons(gone) == ["Ask the ops team"]


def test_in_private_only_the_asker_sees_it_and_the_card_comes_to_them(room: Room) -> None:
    room.slack.command("Maya", "#ask-mops", "/mops where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", FIRST, seen_by="Maya")
    second = click(room, answer, "Yes", SECOND)
    end = click(room, second, "Yes", "it's none of them")
    assert end.ephemeral_for
    click(room, end, "Open a ticket", "Passed on to the ops team")
    room.slack.wait_for_message(room.slack.dm("Maya"), "with everything you've checked")
    room.settle()
    assert len(room.tickets()) == 1


def test_in_a_direct_message_it_works_the_same(room: Room) -> None:
    second = click(room, ask(room, "dm"), "Yes", SECOND)
    click(room, second, "No", "Only a success status counts.")


def test_with_escalation_offer_the_form_opens_with_the_named_type_and_keeps_what_was_checked(tmp_path: Path) -> None:
    with running_desk(tmp_path, script=script(), escalation=Escalation.OFFER, curators=frozenset({PRIYA})) as room:
        publish(room)
        end = click(room, click(room, ask(room), "Yes", SECOND), "Yes", "it's none of them")
        assert buttons(end) == ["Ask the ops team", "Back"]
        room.slack.click("Maya", end, "Ask the ops team")
        view = room.slack.wait_for(lambda: room.slack.modal("Maya"))
        assert "Something broken" in shown_text(view)
        fill_in(room.slack, "Maya", {**BROKEN, **SINCE})  # its last step is looked at once more
        assert room.slack.submit("Maya").ok
        room.settle(SLOW)
        assert "- Program is synced\n- People have a success status" in room.tickets()[0].description
        room.assert_clean()


def test_a_shared_answer_has_no_buttons_of_a_checklist(room: Room) -> None:
    room.slack.command("Maya", "#ask-mops", "/mops where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", FIRST, seen_by="Maya")
    room.slack.click("Maya", answer, "Share in channel")
    shared = room.slack.wait_for_message("#ask-mops", "Shared by", seen_by="Jonas")
    assert "Yes" not in buttons(shared)
    assert "synced_ to the CRM" in shown_text(shared)


def test_somebody_who_may_no_longer_read_it_is_shown_nothing_more(room: Room) -> None:
    answer = ask(room)
    room.knowledge.rebound["faq-001"] = Audience(Level.GROUP, frozenset({"S0OPS"}))
    room.slack.click("Maya", answer, "Yes")
    room.slack.wait_for_message("#ask-mops", "I can't show this in that channel", seen_by="Maya")
    assert "✓" not in shown_text(room.slack.message("#ask-mops", answer.ts))


def test_the_report_of_a_fresh_desk_and_a_type_without_a_form_are_said(home: Path) -> None:
    assert run("faq", "checklists").out == "Nobody has begun a checklist yet.\n"
    outcome = Outcome(ticket="something_brokn")
    steps = (Step("a", "Is it?", (Choice("Yes", outcome=outcome), Choice("No", outcome=outcome))),)
    write_faq(Path("faq.yaml"), [replace(ENTRY, checklist=Checklist(steps))])
    fine, note = run("faq", "check", "faq.yaml").out.splitlines()
    assert fine == "faq.yaml is fine: 1 entry."
    assert note.startswith("faq-001: its checklist opens tickets of the type something_brokn")
