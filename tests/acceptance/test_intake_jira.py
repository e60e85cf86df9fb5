"""What Jira demands and no form covers is asked for by type, and Jira's own words stand under the right input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_desk import Room, running_desk
from support_forms import asks_for, open_form, pick
from support_trackers import Jira, jira

from bot.demo.slack_reading import field, shown_text
from bot.demo.slack_state import Message


@pytest.fixture(params=[True, False], ids=["cloud", "server"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Room, Jira]]:
    with (
        jira(cloud=request.param) as running,
        running_desk(tmp_path, tracker=running.tracker, jira_project="OPS") as room,
    ):
        yield room, running
        room.assert_clean()


def waiting_card(room: Room) -> Message:
    """Maya asks what the desk does not know, and Jira wants more than it was given."""
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk can you move our Pardot forms to HubSpot?")
    return room.slack.wait_for_message("#ask-mops", "more", thread=ts)


def test_every_kind_of_field_jira_demands_is_asked_for_and_a_wrong_value_comes_back_to_its_input(
    office: tuple[Room, Jira],
) -> None:
    room, running = office
    standin = running.standin
    standin.add_user("Jonas", "jonas@example.com")
    for number, (name, kind, options) in enumerate(
        [
            ("Cost note", "string", ()),
            ("Budget", "number", ()),
            ("Team", "option", ("Data", "Web")),
            ("Due on", "date", ()),
            ("Sponsor", "user", ()),
        ]
    ):
        standin.require(f"customfield_{number}", name, kind, options)
    card = waiting_card(room)
    room.slack.click("Maya", card, "Add details")
    pick(room.slack, "Something else")
    kinds = {name: field(open_form(room.slack, "Maya"), name)[1]["type"] for name in ("Budget", "Team", "Due on")}
    assert kinds == {"Budget": "number_input", "Team": "static_select", "Due on": "datepicker"}
    answers = {
        "Cost note": "FY27",
        "Budget": "1200",
        "Team": "Web",
        "Due on": "2027-05-14",
        "Sponsor (work email)": "nobody@example.com",
        "What do you need, and why?": "All forms, before Pardot ends in May.",
    }
    assert room.slack.submit("Maya", answers).ok
    room.settle()
    room.slack.click("Maya", room.slack.message("#ask-mops", card.ts), "Add details")
    again = room.slack.wait_for(lambda: room.slack.modal("Maya"))
    assert "To fix: Jira knows no single person by that email." in shown_text(again)
    assert "nobody@example.com" in str(again.content)
    assert not asks_for(again, "Budget")
    assert room.slack.submit("Maya", {"Sponsor (work email)": "jonas@example.com"}).ok
    room.slack.wait_for(lambda: standin.issues)
    room.settle()
    (issue,) = standin.issues
    assert issue.fields["customfield_1"] == 1200
    assert issue.fields["customfield_2"] == {"value": "Web"}
    assert issue.fields["customfield_3"] == "2027-05-14"
    assert "Pardot ends in May" in issue.fields["description"]
