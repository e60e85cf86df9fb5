"""The watch over what is asked: it speaks once, also after a restart, and not of what is asked every day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support_missing import MAYA, PEOPLE, asked, looking, usual_weeks

from bot.bell import Bell
from bot.curation import spike_watch
from bot.curation.known_issue_store import KnownIssueStore, Spike
from bot.curation.question_vectors import QuestionVectors
from bot.curation.spike_watch import SpikeWatch
from bot.database import Database
from bot.domain import Surface
from bot.outbox import Outbox
from bot.slack.ops import OpsChannel
from bot.tables import OutboxRow
from knowledge.protocols import Matrix
from knowledge.spikes import spike_among
from knowledge.testing import HashingEncoder

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
DOWN = ("the hubspot forms are down", "hubspot forms down for me", "are hubspot forms down?", "hubspot forms: down!")


@dataclass
class Watched:
    """A database with three usual weeks in it, and time that passes when a test says so."""

    database: Database
    now: list[datetime]

    def watch(self) -> SpikeWatch:
        """One more process that looks."""
        outbox = Outbox(Bell(), self.clock)
        vectors = QuestionVectors(HashingEncoder(), self.database)
        return SpikeWatch(
            vectors,
            lambda place: place.surface is not Surface.CHANNEL,
            OpsChannel(outbox, "COPS"),
            self.database,
            self.clock,
            least=4,
            within=timedelta(hours=2),
        )

    def clock(self) -> datetime:
        """The time in the test."""
        return self.now[0]

    def all_ask(self, surface: Surface = Surface.CHANNEL) -> None:
        """Four people, a minute ago."""
        for person, text in zip(PEOPLE, DOWN, strict=True):
            asked(self.database, self.clock, text, person, days=1 / 1440, surface=surface)

    def look(self, watch: SpikeWatch) -> None:
        """The next look."""
        self.now[0] += timedelta(seconds=21)
        while watch.run_once():
            pass

    def spikes(self) -> tuple[Spike, ...]:
        """What was found."""
        with self.database.read() as session:
            return KnownIssueStore(session).spikes_since(START - timedelta(days=9))

    def told(self) -> list[str]:
        """What the ops channel is told."""
        with self.database.read() as session:
            return [row.payload["text"] for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    parts = looking(tmp_path, START)
    usual_weeks(parts.database, lambda: parts.now[0])
    yield Watched(parts.database, parts.now)
    parts.database.close()


def test_a_restart_or_a_second_process_says_nothing_again(watched: Watched) -> None:
    watched.all_ask()
    watched.look(watched.watch())
    assert len(watched.told()) == 1
    asked(watched.database, watched.clock, "hubspot forms down still", MAYA, days=0)
    watched.look(watched.watch())
    assert len(watched.told()) == 1
    (spike,) = watched.spikes()
    assert len(spike.questions) == 5


def test_what_is_asked_every_day_is_no_spike(watched: Watched) -> None:
    for day in range(1, 20):
        for person, text in zip(PEOPLE, DOWN, strict=True):
            asked(watched.database, watched.clock, text, person, days=day)
    watched.all_ask()
    watched.look(watched.watch())
    assert watched.spikes() == ()


def test_one_who_asks_four_times_is_no_spike(watched: Watched) -> None:
    for text in DOWN:
        asked(watched.database, watched.clock, text, MAYA, days=1 / 1440)
    watched.look(watched.watch())
    assert watched.spikes() == ()


def test_words_said_in_private_count_and_are_not_told(watched: Watched) -> None:
    watched.all_ask(Surface.DM)
    watched.look(watched.watch())
    (told,) = watched.told()
    assert "hubspot" not in told.lower()
    assert "asked in private" in told


def test_on_a_very_busy_day_the_newest_questions_are_compared_and_a_spike_among_them_is_seen(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spike_watch, "MOST_RECENT", 8)
    monkeypatch.setattr(spike_watch, "MOST_USUAL", 300)
    watch, compared = watched.watch(), [0]
    monkeypatch.setattr(spike_watch, "spike_among", counting(spike_among, compared))
    for number in range(30):
        asked(watched.database, watched.clock, f"where is report {number}?", f"U{number}", days=0.05)
    watched.all_ask()
    watched.look(watch)
    assert len(watched.told()) == 1
    assert max(compared) == 8


def counting(find: Callable[..., tuple[int, ...]], compared: list[int]) -> Callable[..., tuple[int, ...]]:
    """The same, and notes how many questions it was given."""

    def found(recent: Matrix, people: Sequence[str], usual: Matrix, *more: float) -> tuple[int, ...]:
        compared.append(len(recent))
        assert len(usual) <= 300
        return find(recent, people, usual, *more)

    return found
