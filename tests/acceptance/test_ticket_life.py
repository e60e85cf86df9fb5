"""What happens to a ticket reaches its thread, by webhook or by polling: once, in order, and to nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from support_life import MINUTE, WithJira, jira_life

from bot.demo.jira_standin_faults import server_error
from bot.demo.slack_reading import buttons
from bot.effects import ShowCard
from bot.tables import OutboxRow

BOTH = pytest.mark.parametrize("told_by", ["webhook", "polling"])


def news(life: WithJira, told_by: str) -> None:
    """Jira tells, or is asked."""
    if told_by == "polling":
        life.look()
    else:
        assert life.hook() == [204]
        life.after_a_moment()


@pytest.mark.parametrize(("told_by", "flavour"), [("webhook", "server"), ("polling", "cloud"), ("polling", "server")])
def test_status_owner_and_due_date_reach_the_card(tmp_path: Path, told_by: str, flavour: str) -> None:
    with jira_life(tmp_path, told_by, cloud=flavour == "cloud") as life:
        _, card = life.ask("OPS-1")
        life.jira.standin.update("OPS-1", status="In Progress", assignee="Priya Raman", due=date(2027, 5, 13))
        news(life, told_by)
        assert "In Progress · Priya Raman · due Thu 13 May" in life.shown(card)
        assert buttons(life.room.slack.fresh(card)) == ["Add details", "Not needed"]


@pytest.mark.parametrize(("told_by", "service_desk"), [("webhook", True), ("polling", False)])
def test_a_public_comment_is_said_once_and_an_internal_one_never(
    tmp_path: Path, told_by: str, service_desk: bool
) -> None:
    with jira_life(tmp_path, told_by, service_desk=service_desk) as life:
        ts, card = life.ask("OPS-1")
        life.jira.standin.say("OPS-1", "Priya", "Got the list; <!channel> 14 rows & no consent.")
        life.jira.standin.say("OPS-1", "Priya", "The customer is difficult.", public=False)
        for _ in range(2):
            news(life, told_by)
        comments = [text for text in life.said(ts) if "14 rows" in text and text.startswith("*Priya* on")]
        assert len(comments) == 1
        assert "&lt;!channel&gt; 14 rows &amp; no consent." in comments[0]
        assert "Last from ops" in life.shown(card)
        assert "difficult" not in "".join(life.said(ts))


@BOTH
def test_what_is_said_in_the_thread_goes_to_jira_and_does_not_come_back(tmp_path: Path, told_by: str) -> None:
    with jira_life(tmp_path, told_by, service_desk=True) as life:
        ts, _ = life.ask("OPS-1")
        life.room.slack.say("Maya", "#ask-mops", "The forms are on the old domain.", thread=ts)
        life.after_a_moment()
        before = life.said(ts)
        news(life, told_by)
        assert life.said(ts) == before
        (comment,) = life.jira.standin.issues[0].comments
        assert "Maya Lindqvist in Slack: The forms are on the old domain." in comment["body"]
        assert comment["jsdPublic"] is False


def test_many_changes_make_one_card_update_in_half_a_minute(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        _, card = life.ask("OPS-1")
        for name in ("Ann", "Ben", "Cem", "Dua"):
            life.jira.standin.update("OPS-1", assignee=name)
            life.hook()
            life.after_a_moment()
        assert "Ann" in life.shown(card)
        life.after_a_moment(30)
        assert "Dua" in life.shown(card)
        updates = [row for row in life.room.rows(OutboxRow) if row.kind == ShowCard.kind and ":seen:" in row.key]
        assert len(updates) == 2
        assert updates[1].next_at - updates[0].next_at >= timedelta(seconds=30)


def test_an_issue_that_is_deleted_is_told_once_and_kindly(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        ts, card = life.ask("OPS-1")
        life.jira.standin.delete("OPS-1")
        for _ in range(2):
            life.hook("jira:issue_deleted")
            life.after_a_moment(31)
        assert len([text for text in life.said(ts) if "no longer in Jira" in text]) == 1
        assert buttons(life.room.slack.fresh(card)) == []


def test_an_issue_that_is_deleted_is_noticed_without_webhooks_too(tmp_path: Path) -> None:
    with jira_life(tmp_path, "polling") as life:
        ts, _ = life.ask("OPS-1")
        life.jira.standin.delete("OPS-1")
        life.room.clock.skip(6 * 3600 + 60)
        life.look()
        assert len([text for text in life.said(ts) if "no longer in Jira" in text]) == 1


def test_an_issue_that_is_moved_is_followed_under_its_new_key(tmp_path: Path) -> None:
    with jira_life(tmp_path) as life:
        _, card = life.ask("OPS-1")
        life.jira.standin.move("OPS-1", "WEB-9")
        life.hook()
        life.after_a_moment()
        assert "WEB-9" in life.shown(card)


def test_a_jira_that_is_away_is_asked_again_later(tmp_path: Path) -> None:
    with jira_life(tmp_path, "polling") as life:
        _, card = life.ask("OPS-1")
        life.jira.standin.faults.next("search", server_error(503), server_error(503))
        life.jira.standin.update("OPS-1", assignee="Priya")
        for _ in range(3):
            life.room.clock.skip(MINUTE)
            calls = life.jira.standin.calls.count("search")
            life.room.slack.wait_for(lambda seen=calls: life.jira.standin.calls.count("search") > seen)  # type: ignore[misc]
        life.after_a_moment()
        assert "Priya" in life.shown(card)
