"""Every tracker tells alike which tickets came to their end, and what others can learn from one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support_trackers import KINDS, Jira, Staffed, jira, new_ticket_for, staffed

from bot.demo.jira_standin_faults import denied, server_error
from escalation.description import describe
from escalation.domain import Assign, Close, Draft, Origin, Person, Reopen
from escalation.errors import TrackerDenied, TrackerUnavailable

ASKER = Person("U1", "Ann_Lee O'Hara", "ann@example.com")
PRIYA = Person("U2", "Priya Nair", "priya@example.com")
MARKER = "mops-desk-00000000000a"


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Staffed]:
    with staffed(request.param, tmp_path) as made:
        made.employ("Priya Nair", "priya@example.com")
        yield made


@pytest.fixture(params=["cloud", "server"])
def running(request: pytest.FixtureRequest) -> Iterator[Jira]:
    with jira(cloud=request.param == "cloud") as made:
        yield made


def draft(private: bool = False, question: str = "Where are my MQLs?\n\nI looked {everywhere}.") -> Draft:
    where = Origin("#ask_mops", "https://example.slack.com/archives/C1/p1", private)
    thread = ("Tom: Zed has them",)
    return Draft("My MQLs", ASKER, where, question, thread=thread)


def closed(desk: Staffed, marker: str = MARKER, how: Close | None = None, **more: object) -> str:
    """A ticket as the desk files it, brought to its end."""
    description = describe(draft(), None, "7F3K", marker)
    key = desk.tracker.create(new_ticket_for(marker=marker, description=description, **more)).key
    desk.wait(minutes=1)
    desk.tracker.change(key, how or Close("They are in the MQL dashboard."), f"end-{marker}")
    desk.wait(minutes=1)
    return key


def keys(desk: Staffed, **ago: float) -> list[str]:
    since = desk.now[0] - timedelta(**ago)
    return [one.ticket.key for one in desk.tracker.resolved_since("OPS", since)]


def test_tickets_that_are_done_are_listed_newest_first(desk: Staffed) -> None:
    first, second = closed(desk), closed(desk, "mops-desk-00000000000b")
    desk.tracker.create(new_ticket_for(marker="mops-desk-00000000000c"))
    assert keys(desk, days=1) == [second, first]
    (newest, _) = desk.tracker.resolved_since("OPS", desk.now[0] - timedelta(days=1))
    assert (newest.ticket, newest.secured) == (desk.tracker.get(second), False)


def test_what_ended_long_ago_and_other_projects_are_not_listed(desk: Staffed) -> None:
    closed(desk)
    desk.wait(days=40)
    later = closed(desk, "mops-desk-00000000000b")
    assert keys(desk, days=10) == [later]
    assert len(keys(desk, days=90)) == 2
    assert desk.tracker.resolved_since("WEB", desk.now[0] - timedelta(days=90)) == ()


def test_a_declined_ticket_is_listed_with_its_end(desk: Staffed) -> None:
    closed(desk, how=Close("We do not do that.", declined=True))
    (one,) = desk.tracker.resolved_since("OPS", desk.now[0] - timedelta(days=1))
    assert "won't do" in (one.ticket.resolution or "").lower()


def test_a_story_has_the_question_as_it_was_asked_and_what_was_said(desk: Staffed) -> None:
    key = closed(desk)
    desk.say(key, "Tom Berg", "Consent is missing, careful.", False)
    story = desk.tracker.story(key)
    assert story is not None
    assert story.ticket == desk.tracker.get(key)
    assert story.asked == "Where are my MQLs?\n\nI looked {everywhere}."
    assert [(one.text, one.public) for one in story.comments] == [
        ("They are in the MQL dashboard.", True),
        ("Consent is missing, careful.", False),
    ]
    assert story.askers[0] == ASKER.name
    assert {ASKER.name, "Tom Berg"} <= set(story.people)
    assert not story.private


def test_a_story_names_whoever_worked_on_it(desk: Staffed) -> None:
    key = closed(desk)
    desk.tracker.change(key, Assign(PRIYA), "a-1")
    story = desk.tracker.story(key)
    assert story is not None
    assert "Priya Nair" in story.people


def test_a_private_question_is_known_by_its_ticket(desk: Staffed) -> None:
    typed = "h3. Who and where\nAsked by Zed\nIn #everybody"
    description = describe(draft(private=True, question=typed), None, "7F3K", MARKER)
    key = desk.tracker.create(new_ticket_for(marker=MARKER, description=description)).key
    desk.tracker.change(key, Close("Here is your salary list."), "m-1")
    story = desk.tracker.story(key)
    assert story is not None
    assert story.private


def test_there_is_no_story_of_what_is_open_open_again_or_gone(desk: Staffed) -> None:
    opened = desk.tracker.create(new_ticket_for(marker="mops-desk-00000000000c")).key
    again = closed(desk)
    desk.tracker.change(again, Reopen("Half of them are missing."), "m-2")
    assert [desk.tracker.story(key) for key in (opened, again, "OPS-404")] == [None] * 3
    assert keys(desk, days=1) == []


def test_a_ticket_people_made_in_jira_is_told_as_they_wrote_it(running: Jira) -> None:
    running.standin.add_user("Maya Lindqvist", "maya@example.com")
    by = {"accountId": "acc-maya", "name": "maya"}
    fields = {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "List", "reporter": by}
    text = "h3. Steps\r\nOpen [the list|https://x.example/l], [~accountid:acc-maya]"
    key = running.standin.state.create({**fields, "description": text}).key
    running.standin.update(key, status="Done")
    story = running.tracker.story(key)
    assert story is not None
    assert story.asked.startswith("Steps\nOpen the list (https://x.example/l), @")
    assert (story.askers, story.people, story.private) == (("Maya Lindqvist",), ("Maya Lindqvist",), False)


def test_a_secured_ticket_is_marked_and_has_no_story(running: Jira) -> None:
    running.standin.offer_security_levels("Ops only")
    key = running.tracker.create(new_ticket_for(security="Ops only")).key
    running.standin.update(key, status="Done")
    (one,) = running.tracker.resolved_since("OPS", running.standin.state.clock() - timedelta(days=1))
    assert (one.ticket.key, one.secured) == (key, True)
    assert running.tracker.story(key) is None


def test_hundreds_of_tickets_come_in_pages(running: Jira) -> None:
    basics = {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "One of many"}
    made = [running.standin.state.create(basics).key for _ in range(230)]
    for key in made:
        running.standin.update(key, status="Done")
    found = running.tracker.resolved_since("OPS", running.standin.state.clock() - timedelta(days=1))
    assert [one.ticket.key for one in found] == sorted(made, key=lambda key: -int(key.partition("-")[2]))
    assert running.standin.calls.count("search") == 3


def test_a_jira_that_is_away_is_not_taken_for_an_empty_one(running: Jira) -> None:
    since = running.standin.state.clock()
    running.standin.faults.next("search", server_error(503), denied(403))
    with pytest.raises(TrackerUnavailable):
        running.tracker.resolved_since("OPS", since)
    with pytest.raises(TrackerDenied):
        running.tracker.resolved_since("OPS", since)
