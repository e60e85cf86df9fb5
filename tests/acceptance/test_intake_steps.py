"""Intake: a request arrives complete, whatever a person does with the form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support_desk import Room, running_desk
from support_forms import BROKEN, SINCE, asks_for, begin, fill_in, open_form, pick

from bot.clock import now_utc
from bot.demo.slack_reading import shown_text


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path) as room:
        yield room
        room.assert_clean()


def test_a_long_form_is_filled_in_by_steps_and_files_one_complete_ticket(room: Room) -> None:
    begin(room.slack, "Something broken")
    first = shown_text(open_form(room.slack, "Maya"))
    assert "Step 1 of 2" in first
    assert "Screenshot" not in first
    assert fill_in(room.slack, "Maya", BROKEN | SINCE).ok
    assert room.slack.submit("Maya").ok  # the check before it goes out
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    (ticket,) = room.tickets()
    assert "Nobody can ask us for a price." in ticket.description
    assert "h3. Why" in ticket.description
    assert "needs-info" in ticket.labels


def test_back_keeps_both_steps(room: Room) -> None:
    begin(room.slack, "Something broken")
    here = {
        label: answer for label, answer in (BROKEN | SINCE).items() if asks_for(open_form(room.slack, "Maya"), label)
    }
    assert room.slack.submit("Maya", here).ok
    later = {label: answer for label, answer in BROKEN.items() if label not in here}
    for label, answer in later.items():
        room.slack.choose("Maya", open_form(room.slack, "Maya"), label, answer)
    view = room.slack.modal("Maya")
    assert view is not None
    assert room.slack.click("Maya", view, "Back").ok
    room.slack.wait_for(lambda: "What happened?" in shown_text(open_form(room.slack, "Maya")))
    assert BROKEN["What happened?"] in str(open_form(room.slack, "Maya").content)
    assert room.slack.submit("Maya").ok
    assert later["Business impact (the why)"] in str(open_form(room.slack, "Maya").content)


def test_an_answer_further_up_that_no_longer_fits_brings_the_person_back_to_it(tmp_path: Path) -> None:
    with running_desk(tmp_path) as room:
        begin(room.slack, "Reporting request")
        answers = reporting() | {"Period from": "2026-10-01", "Period to": "2026-09-30"}
        refused = fill_in(room.slack, "Maya", answers)
        assert not refused.ok
        assert "before Period from" in str(refused.errors)


def reporting() -> dict[str, Any]:
    """Good answers to the reporting form."""
    return {
        "Title": "Nordics webinar pipeline",
        "The question": "Which webinars brought pipeline in the Nordics?",
        "Which decision depends on it?": "Decide which two webinar topics we repeat for the Nordics next quarter.",
        "Closest existing report": "tbd",
        "Which people or accounts are counted?": "All accounts in the Nordics, customers left out",
        "Period from": "2026-07-01",
        "Period to": "2026-09-30",
        "Output": "chart",
        "Needed by": int(now_utc().timestamp()) + 30 * 86_400,
        "Who will see it?": "Field marketing leads",
    }


def test_a_closed_form_is_offered_again_and_goes_on_where_it_stopped(room: Room) -> None:
    begin(room.slack, "Something broken")
    room.slack.choose("Maya", open_form(room.slack, "Maya"), "What happened?", BROKEN["What happened?"])
    assert room.slack.close_modal("Maya").ok
    room.clock.skip(2 * 3600 + 5)
    assert room.slack.command("Maya", "#campaigns", "/ticket").ok
    offered = open_form(room.slack, "Maya")
    assert "You stopped in *Something broken* two hours ago" in shown_text(offered)
    assert room.slack.click("Maya", offered, "Continue").ok
    again = open_form(room.slack, "Maya")
    assert BROKEN["What happened?"] in str(again.content)
    assert fill_in(room.slack, "Maya", {k: v for k, v in (BROKEN | SINCE).items() if k != "What happened?"}).ok
    assert room.slack.submit("Maya").ok
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    room.settle()
    assert room.slack.command("Maya", "#campaigns", "/ticket").ok
    assert "You stopped" not in shown_text(open_form(room.slack, "Maya"))


def test_the_app_home_offers_it_too_until_two_weeks_have_passed(room: Room) -> None:
    begin(room.slack, "Something broken")
    room.slack.choose("Maya", open_form(room.slack, "Maya"), "What happened?", BROKEN["What happened?"])
    room.slack.close_modal("Maya")
    room.slack.open_home("Maya")
    home = room.slack.wait_for(lambda: room.slack.home("Maya"))
    assert room.slack.click("Maya", home, "Continue").ok
    assert BROKEN["What happened?"] in str(open_form(room.slack, "Maya").content)
    room.slack.close_modal("Maya")
    room.clock.skip(15 * 86_400)
    assert room.slack.command("Maya", "#campaigns", "/ticket").ok
    assert "You stopped" not in shown_text(open_form(room.slack, "Maya"))


def test_a_form_closed_untouched_leaves_nothing_behind(room: Room) -> None:
    begin(room.slack, "Something else", "the brochure shop is odd")
    room.slack.close_modal("Maya")
    room.slack.command("Maya", "#campaigns", "/ticket")
    offered = shown_text(open_form(room.slack, "Maya"))
    room.slack.click("Maya", open_form(room.slack, "Maya"), "Drop it") if "Drop it" in offered else None
    room.slack.wait_for(lambda: "You stopped" not in shown_text(open_form(room.slack, "Maya")))


def long_forms(folder: Path) -> Path:
    """A forms file with one type of forty fields: every kind of them, over and over; the first waits for the last."""
    kinds = (
        "text",
        "long_text",
        "number",
        "url",
        "date",
        "datetime",
        "select",
        "multi_select",
        "user",
        "checkbox",
        "file",
    )
    lines = ["version: 1", "forms:", "- id: everything", "  name: Everything", "  fields:"]
    lines += ["  - {key: title, label: Title, type: text, required: true}"]
    lines += ["  - {key: early, label: Early, type: text, required_if: {field: late, equals: b}}"]
    for number in range(37):
        kind = kinds[number % len(kinds)]
        options = ", options: [a, b]" if "select" in kind else ""
        lines += [f"  - {{key: f{number}, label: Field {number}, type: {kind}{options}}}"]
    lines += ["  - {key: late, label: Late, type: select, options: [a, b], required: true}"]
    file = folder / "forms.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


EVERY_KIND = {
    "Field 0": "words",
    "Field 1": "more words",
    "Field 2": "12",
    "Field 3": "https://x.example/a",
    "Field 4": "2030-05-14",
    "Field 5": 1_900_000_000,
    "Field 6": "a",
    "Field 7": ["a", "b"],
    "Field 8": "U0PRIYA",
    "Field 9": ["Yes"],
    "Field 36": "https://x.example/b",
}


def test_forty_fields_of_every_kind_arrive_whole_whatever_step_they_stand_on(tmp_path: Path) -> None:
    with running_desk(tmp_path, forms_file=long_forms(tmp_path)) as room:
        begin(room.slack, "Everything")
        file = room.slack.upload("Maya", "plan.pdf", b"%PDF")
        answers = {"Title": "All of it", **EVERY_KIND, "Field 10": [file], "Late": "b"}
        assert fill_in(room.slack, "Maya", answers).ok
        brought_back = open_form(room.slack, "Maya")
        assert "Step 1 of 4" in shown_text(brought_back)
        assert "To fix: Please fill in: Early" in shown_text(brought_back)
        assert fill_in(room.slack, "Maya", {"Early": "now it is there"}).ok
        room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
        room.settle()
        description = room.tickets()[0].description
        for said in ("words", "12", "https://x.example/a", "Tue 14 May 2030", "a, b", "plan.pdf", "now it is there"):
            assert said in description
        room.assert_clean()


def test_switching_the_type_there_and_back_keeps_every_step(tmp_path: Path) -> None:
    with running_desk(tmp_path, forms_file=long_forms(tmp_path)) as room:
        begin(room.slack, "Everything")
        room.slack.choose("Maya", open_form(room.slack, "Maya"), "Field 0", "typed on the first step")
        pick(room.slack, "Something else")
        pick(room.slack, "Everything")
        assert "typed on the first step" in str(open_form(room.slack, "Maya").content)
        room.assert_clean()


def test_a_date_that_passed_while_the_form_was_open_brings_the_person_back_to_its_step(tmp_path: Path) -> None:
    file = tmp_path / "forms.yaml"
    early = "  - {key: day, label: Day, type: date, required: true, validate: {not_in_past: true}}"
    others = [f"  - {{key: f{number}, label: Field {number}, type: text}}" for number in range(14)]
    head = ["version: 1", "forms:", "- id: dated", "  name: Dated", "  fields:"]
    file.write_text("\n".join([*head, early, *others]), encoding="utf-8")
    with running_desk(tmp_path, forms_file=file) as room:
        begin(room.slack, "Dated")
        assert room.slack.submit("Maya", {"Day": now_utc().date().isoformat()}).ok
        room.clock.skip(3 * 86_400)
        assert room.slack.submit("Maya", {"Field 13": "typed on the last step"}).ok
        assert "is over. Pick a later one." in shown_text(open_form(room.slack, "Maya"))
        assert fill_in(room.slack, "Maya", {"Day": "2090-01-02"}).ok
        room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
        assert "typed on the last step" in room.tickets()[0].description
        room.assert_clean()


def test_a_late_word_about_a_pick_never_overwrites_what_came_after_it(room: Room) -> None:
    begin(room.slack, "Something broken")
    before = open_form(room.slack, "Maya")
    room.slack.choose("Maya", before, "Where?", "form")
    late = next(d for d in reversed(room.slack.deliveries) if d.kind == "interaction")
    assert fill_in(room.slack, "Maya", BROKEN | SINCE).ok
    assert room.slack.redeliver(late).ok
    assert room.slack.submit("Maya").ok
    room.slack.wait_for_message(room.slack.dm("Maya"), "MOPS-1")
    assert BROKEN["What happened?"] in room.tickets()[0].description
