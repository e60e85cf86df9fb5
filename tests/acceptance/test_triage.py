"""Triage: who is on duty, the ops channel's line per request, the digest, pings, reminders and the kind end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_forms import BROKEN, SINCE, begin, fill_in

from bot.clock import now_utc
from bot.demo.slack_larkfield import JONAS, PRIYA
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Message
from escalation.domain import Label
from escalation.rotation import Member, Rotation
from escalation.testing import Fault, InMemoryTracker
from escalation.working_hours import WorkingHours

UNKNOWN = "can you move our Pardot forms to HubSpot?"
MONDAY = now_utc().date() + timedelta(days=7 - now_utc().weekday())
TEAM = Rotation(
    (Member(PRIYA, "Priya Raman"), Member(JONAS, "Jonas Weber")),
    start=MONDAY,
    hours=WorkingHours("UTC"),
    owner_within=timedelta(hours=4),
    digest_at=time(9, 30),
)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path, rotation=TEAM) as room:
        go_to(room, MONDAY, 10)  # too late for Monday's digest to have anything to tell
        yield room
        room.assert_clean()


def go_to(room: Room, day: date, hour: int, minute: int = 0) -> None:
    """Let time pass until this moment; what was due before is done, and so is what is due then."""
    room.settle()
    room.clock.skip((datetime.combine(day, time(hour, minute), UTC) - room.clock()).total_seconds())
    look(room)


def look(room: Room) -> None:
    """Look at the clock without waiting for the desk's own look, and do what is due."""
    room.desk.timetable().run_once()
    room.settle()


def ask(room: Room, words: str = UNKNOWN) -> str:
    """Maya asks what the desk does not know, and has her ticket's card; the thread."""
    thread = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {words}")
    room.slack.wait_for_message("#ask-mops", "MOPS-", thread=thread)
    room.settle()
    return thread


def in_ops(room: Room) -> list[Message]:
    """What the ops channel shows, without what is said in threads."""
    return [message for message in room.slack.messages("#ops-triage") if message.thread_ts in (None, message.ts)]


def digests(room: Room) -> list[str]:
    return [shown_text(message) for message in in_ops(room) if "Triage on" in shown_text(message)]


def duty_dms(room: Room, person: str = "Priya") -> list[str]:
    return [shown_text(message) for message in room.slack.messages(room.slack.dm(person))]


def test_a_new_ticket_has_one_line_for_ops_and_a_dm_for_whoever_is_on_duty(room: Room) -> None:
    ask(room)
    (line,) = in_ops(room)
    shown = shown_text(line)
    assert "MOPS-1" in shown
    assert "Can you move our Pardot forms to HubSpot?" in shown
    assert "ready" in shown
    assert "nobody on it yet; Priya Raman is on triage" in shown
    assert "Take it" in buttons(line)
    (told,) = duty_dms(room)
    assert "New on your triage" in told
    assert duty_dms(room, "Jonas") == []


def test_the_line_follows_its_ticket_in_place(room: Room) -> None:
    ask(room)
    (line,) = in_ops(room)
    room.slack.click("Priya", line, "Take it")
    room.slack.wait_for(lambda: "nobody on it yet" not in shown_text(in_ops(room)[0]))
    room.settle()
    assert [message.ts for message in in_ops(room)] == [line.ts]
    assert "Priya" in shown_text(in_ops(room)[0])


def test_a_private_request_shows_ops_no_text(room: Room) -> None:
    room.slack.command("Maya", "#ask-mops", f"/mops {UNKNOWN}")
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    room.settle()
    (line,) = in_ops(room)
    assert "a private request" in shown_text(line)
    assert "Pardot" not in str(line)


@pytest.mark.parametrize("alarming", [True, False])
def test_an_urgent_report_is_seen_at_a_glance_and_a_calm_one_stays_calm(room: Room, alarming: bool) -> None:
    begin(room.slack, "Something broken")
    tomorrow = int((room.clock() + timedelta(days=1)).timestamp())
    worse = {"How bad?": "urgent", "Could personal data be exposed?": "not-sure", "Next deadline": tomorrow}
    assert fill_in(room.slack, "Maya", BROKEN | SINCE | (worse if alarming else {})).ok
    room.slack.submit("Maya")
    room.slack.wait_for(lambda: in_ops(room))
    room.settle()
    (told,) = duty_dms(room)
    card = room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    for shown in (shown_text(in_ops(room)[0]), told, shown_text(card)):
        assert ("*urgent* · *personal data: not sure*" in shown) is alarming
        assert ("urgent" in shown) is alarming


def test_nobody_on_a_ticket_for_the_teams_limit_pings_whoever_is_on_duty_once_per_limit(room: Room) -> None:
    ask(room)
    go_to(room, MONDAY, 13, 50)
    assert len(duty_dms(room)) == 1
    go_to(room, MONDAY, 14, 5)
    room.slack.wait_for(lambda: len(duty_dms(room)) == 2)
    assert "nobody on it for four hours" in duty_dms(room)[1]
    go_to(room, MONDAY, 16)
    go_to(room, MONDAY + timedelta(days=1), 8)  # eight working hours have not passed
    assert len(duty_dms(room)) == 2


def test_the_digest_comes_once_a_working_day_and_names_what_waits(room: Room) -> None:
    ask(room)
    tuesday = MONDAY + timedelta(days=1)
    go_to(room, tuesday, 9, 20)
    assert digests(room) == []
    go_to(room, tuesday, 9, 31)
    room.slack.wait_for(lambda: digests(room))
    for minute in (32, 45):
        go_to(room, tuesday, 9, minute)
    (digest,) = digests(room)
    assert "one open request" in digest
    assert "Nobody on it yet" in digest
    assert "MOPS-1" in digest


def test_a_digest_missed_while_the_desk_was_off_comes_late_but_not_after_work(room: Room) -> None:
    ask(room)
    go_to(room, MONDAY + timedelta(days=1), 18)
    go_to(room, MONDAY + timedelta(days=5), 12)  # a Saturday
    assert digests(room) == []
    go_to(room, MONDAY + timedelta(days=7), 15)
    room.slack.wait_for(lambda: len(digests(room)) == 1)


def test_who_owes_details_is_reminded_twice_and_then_the_ticket_is_closed_kindly(room: Room) -> None:
    thread = ask(room)
    needs_info(room)
    for days, said in ((2, "can't go on with"), (4, "still waits for your details"), (14, "for now: the details")):
        go_to(room, MONDAY + timedelta(days=days), 11)
        room.slack.wait_for(lambda said=said: said in shown_text(room.replies(thread)[-1]))
    room.settle()
    assert len(room.replies(thread)) == 4
    assert buttons(room.replies(thread)[-1]) == ["Open it again"]
    assert room.tickets()[0].ticket.done


def needs_info(room: Room) -> None:
    """Ops marks the ticket in the tracker, and the desk sees it."""
    room.tracker.change("MOPS-1", Label(add=("needs-info",)), "by-ops")
    line = in_ops(room)[0]
    room.slack.click("Priya", line, "Take it")
    room.settle()
    look(room)


def test_an_answer_ends_the_reminders(room: Room) -> None:
    thread = ask(room)
    needs_info(room)
    room.slack.say("Maya", "#ask-mops", "it is about 14 forms", thread=thread)
    room.slack.wait_for_message("#ask-mops", "Added to", thread=thread)
    before = len(room.replies(thread))
    for days in (2, 4, 14):
        go_to(room, MONDAY + timedelta(days=days), 11)
    assert len(room.replies(thread)) == before
    assert not room.tickets()[0].ticket.done


def oncall(room: Room, person: str, words: str = "") -> str:
    room.slack.command(person, "#campaigns", f"/mops oncall {words}")
    return shown_text(room.slack.messages("#campaigns", seen_by=person)[-1])


def test_everybody_sees_who_is_on_triage_until_when_and_who_follows(room: Room) -> None:
    said = oncall(room, "Maya")
    assert f"<@{PRIYA}> is on triage until" in said
    assert f"then <@{JONAS}>" in said


def test_the_ops_team_swaps_and_takes_days_off_and_the_channel_hears_of_it(room: Room) -> None:

    assert f"<@{JONAS}> is on triage" in oncall(room, "Priya", "swap @jonas")
    room.slack.wait_for_message("#ops-triage", "Jonas Weber takes over")
    assert f"<@{JONAS}> is on triage until" in oncall(room, "Maya")
    assert f"<@{PRIYA}> is on triage meanwhile" in oncall(room, "Jonas", f"off {MONDAY}..{MONDAY}")
    assert f"<@{PRIYA}> is on triage until" in oncall(room, "Maya")
    ask(room)
    room.slack.wait_for(lambda: len(duty_dms(room)) == 1)
    assert duty_dms(room, "Jonas") == []


MISFITS = [
    ("Maya", "swap @jonas", "Only the ops team changes"),
    ("Priya", "swap @nobody", "I can't tell who"),
    ("Priya", "swap", "Try /mops oncall swap @name"),
    ("Priya", "off tomorrow", "Try /mops oncall swap @name"),
    ("Priya", "off 2020-01-01", "Those days are over"),
    ("Priya", "import https://cal.example.com/a.ics", "mops-desk oncall import"),
]


def test_what_does_not_fit_is_answered_with_what_would(room: Room) -> None:
    for person, words, said in MISFITS:
        assert said in oncall(room, person, words).replace("`", "")
    assert f"<@{PRIYA}> is on triage until" in oncall(room, "Maya")


def test_a_request_jira_has_not_taken_for_ten_minutes_is_shown_to_ops(tmp_path: Path) -> None:
    tracker = InMemoryTracker()
    tracker.fail("create", *[Fault.UNAVAILABLE] * 9)
    with running_desk(tmp_path, tracker=tracker, rotation=TEAM) as room:
        room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {UNKNOWN}")
        room.slack.wait_for(lambda: room.requests())
        room.live_through(660, 60)
        line = room.slack.wait_for_message("#ops-triage", "waits for Jira")
        assert room.requests()[0].ref in shown_text(line)
        room.live_through(3000, 300)
        room.slack.wait_for(lambda: "MOPS-1" in shown_text(in_ops(room)[0]))
        assert len(in_ops(room)) == 1
