"""Who gets a known issue's answer: colleagues who ask like those before them, while it lasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support_database import forget_questions
from support_missing import PEOPLE, TEAM, Looking, asked, looking

from bot.bell import Bell
from bot.curation.known_issue_store import IssueState, KnownIssue, KnownIssueStore
from bot.curation.known_issues import KnownIssues
from bot.curation.question_vectors import QuestionVectors
from bot.demo.slack_larkfield import OPS_TRIAGE, PRIYA
from bot.domain import Place, Surface
from bot.errors import SlackUnavailable
from bot.outbox import Outbox
from bot.people import Directory
from bot.speaking import Speaker
from knowledge.domain import Audience, Question
from knowledge.testing import HashingEncoder

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
DOWN = ("the hubspot forms are down", "hubspot forms down for me", "are hubspot forms down?", "hubspot forms: down!")


class NoSlack:
    """Slack is away: nobody can be looked up."""

    def person(self, person: str) -> Mapping[str, Any]:
        raise SlackUnavailable("away")

    def channel(self, channel: str) -> Mapping[str, Any]:
        raise SlackUnavailable("away")


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Looking]:
    """Four people asked, and Priya declared it an issue for two hours."""
    found = looking(tmp_path, START)
    for person, text in zip(PEOPLE, DOWN, strict=True):
        asked(found.database, lambda: found.now[0], text, person, days=0)
    place = Place(TEAM, OPS_TRIAGE, Surface.CHANNEL, "1.0", "1.0")
    until = START + timedelta(hours=2)
    with found.database.write() as session:
        issue = KnownIssue(
            0, 1, 1, IssueState.ACTIVE, "Forms are down", "On it.", (1, 2, 3, 4), place, START, until, PRIYA
        )
        KnownIssueStore(session).declare(issue)
    yield found
    found.database.close()


def about(parts: Looking, text: str, audience: Audience | None = None) -> str | None:
    """The title of the issue a question is about."""

    def clock() -> datetime:
        return parts.now[0]

    outbox, vectors = Outbox(Bell(), clock), QuestionVectors(HashingEncoder(), parts.database)
    directory = Directory(NoSlack(), clock, TEAM)
    issues = KnownIssues(vectors, directory, Speaker(outbox), outbox, parts.database, clock)
    found = issues.about(Question(text, audience=audience or Audience.internal()))
    return found.title if found else None


def test_who_asks_alike_is_told_and_others_are_not(parts: Looking) -> None:
    assert about(parts, "hubspot forms are down again") == "Forms are down"
    assert about(parts, "who approves the webinar budget?") is None


def test_strangers_are_told_nothing(parts: Looking) -> None:
    assert about(parts, DOWN[0], Audience()) is None


def test_it_answers_until_its_time_is_up_and_not_after_its_end(parts: Looking) -> None:
    parts.now[0] += timedelta(hours=1, minutes=59)
    assert about(parts, DOWN[0])
    with parts.database.write() as session:
        KnownIssueStore(session).goes_on(1, START + timedelta(hours=4))
    parts.now[0] += timedelta(hours=1)
    assert about(parts, DOWN[0])
    with parts.database.write() as session:
        KnownIssueStore(session).ended(1, parts.now[0])
    assert about(parts, DOWN[0]) is None


def test_when_its_askers_are_forgotten_the_title_stands_in_for_their_words(parts: Looking) -> None:
    with parts.database.write() as session:
        for person in PEOPLE[1:]:
            forget_questions(session, person)
    assert about(parts, DOWN[0]) == "Forms are down"
    with parts.database.write() as session:
        forget_questions(session, PEOPLE[0])
    assert about(parts, "forms are down") == "Forms are down"
