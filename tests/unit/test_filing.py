"""One ticket per request, whatever happens on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_trackers import new_ticket_for

from escalation.domain import FieldType, TrackerField
from escalation.errors import TrackerRejected, TrackerUnavailable
from escalation.filing import BACKOFF, SEARCH_AT, Denied, Filed, Filing, FilingMemo, Rejected, RetryAt
from escalation.testing import Crash, Fault, InMemoryTracker

START = datetime(2026, 11, 21, 10, tzinfo=UTC)
NEW = new_ticket_for()


@dataclass
class World:
    """A tracker, a clock that only we move, and what the outbox row would hold."""

    lag: timedelta = timedelta(0)
    now: datetime = START
    memo: FilingMemo = FilingMemo()
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tracker = InMemoryTracker(lambda: self.now, self.lag)
        self.filing = Filing(self.tracker)

    def attempt(self) -> object:
        """One attempt; a crash is followed by a restart that finds the row as it was."""
        began_at = self.now
        try:
            outcome = self.filing.attempt(NEW, self.memo, self.now)
        except Crash:
            self.memo = FilingMemo.from_json(self.memo.to_json()).interrupted(began_at)
            self.now += timedelta(seconds=5)
            return None
        if isinstance(outcome, RetryAt):
            self.waits.append((outcome.when - self.now).total_seconds())
            self.memo, self.now = FilingMemo.from_json(outcome.memo.to_json()), outcome.when
        elif isinstance(outcome, Denied):
            self.now += timedelta(minutes=30)
        return outcome

    def until_filed(self, most: int = 200) -> int:
        """Attempts until the ticket is known to exist."""
        for number in range(1, most):
            if isinstance(self.attempt(), Filed):
                return number
        raise AssertionError("never filed")


def test_a_healthy_tracker_files_at_once() -> None:
    world = World()
    assert world.until_filed() == 1
    assert len(world.tracker.tickets) == 1


def test_definite_failures_are_tried_again_ever_more_slowly() -> None:
    world = World()
    world.tracker.fail("create", *[Fault.UNAVAILABLE] * 8)
    world.until_filed()
    assert world.waits == [*(pause.total_seconds() for pause in BACKOFF), 600, 600]
    assert len(world.tracker.tickets) == 1


def test_after_an_unclear_answer_the_marker_is_searched_before_anything_is_created_again() -> None:
    world = World()
    world.tracker.fail("create", Fault.LOST_BEFORE)
    world.until_filed()
    seconds = [at.total_seconds() for at in SEARCH_AT]
    assert world.waits == [seconds[0], *(b - a for a, b in zip(seconds, seconds[1:], strict=False))]
    assert world.now - START == SEARCH_AT[-1]
    assert len(world.tracker.tickets) == 1


@pytest.mark.parametrize("lag_seconds", [0, 60, 600])
def test_a_ticket_whose_answer_was_lost_is_found_again(lag_seconds: int) -> None:
    world = World(lag=timedelta(seconds=lag_seconds))
    world.tracker.fail("create", Fault.LOST_AFTER)
    world.until_filed()
    assert len(world.tracker.tickets) == 1


def test_a_process_that_died_while_creating_searches_first() -> None:
    world = World(lag=timedelta(seconds=60))
    world.tracker.fail("create", Fault.CRASH_AFTER)
    world.until_filed()
    assert len(world.tracker.tickets) == 1


def test_dying_in_the_second_creation_starts_the_waiting_anew() -> None:
    world = World(lag=timedelta(minutes=10))
    world.tracker.fail("create", Fault.LOST_BEFORE, Fault.CRASH_AFTER)
    world.until_filed()
    assert len(world.tracker.tickets) == 1


def test_a_search_that_fails_never_leads_to_a_creation() -> None:
    world = World(lag=timedelta(minutes=10))
    world.tracker.fail("create", Fault.LOST_AFTER)
    world.tracker.fail("find_by_marker", *[Fault.UNAVAILABLE] * 20)
    world.until_filed()
    assert len(world.tracker.tickets) == 1


def test_a_long_sleep_after_an_unclear_answer_costs_one_search() -> None:
    world = World()
    world.tracker.fail("create", Fault.LOST_BEFORE)
    world.attempt()
    world.now += timedelta(hours=5)
    assert isinstance(world.attempt(), Filed)


def test_a_refusal_of_us_leaves_the_memo_to_the_caller() -> None:
    world = World()
    world.tracker.fail("create", Fault.DENIED)
    outcome = world.attempt()
    assert isinstance(outcome, Denied)
    assert world.memo == FilingMemo()


@pytest.mark.parametrize(("said", "waited"), [(7.0, 7), (0.0, 1), (1e9, 3600)])
def test_what_the_tracker_asks_for_is_honoured_up_to_an_hour(said: float, waited: int) -> None:
    class Busy(InMemoryTracker):
        def create(self, new: object) -> object:  # type: ignore[override]
            raise TrackerUnavailable("later", said)

    outcome = Filing(Busy()).attempt(NEW, FilingMemo(), START)
    assert isinstance(outcome, RetryAt)
    assert (outcome.when - START, outcome.definite) == (timedelta(seconds=waited), True)


COST = TrackerField("customfield_1", "Cost centre", FieldType.SELECT, ("EMEA", "AMER"))


def test_missing_tracker_fields_are_returned_to_be_asked_for() -> None:
    outcome = Filing(InMemoryTracker(required=[COST])).attempt(NEW, FilingMemo(), START)
    assert isinstance(outcome, Rejected)
    assert outcome.fields == (COST,)


def test_once_they_are_filled_in_the_ticket_is_filed() -> None:
    tracker = InMemoryTracker(required=[COST])
    outcome = Filing(tracker).attempt(new_ticket_for(fields={"customfield_1": "EMEA"}), FilingMemo(), START)
    assert isinstance(outcome, Filed)


def test_metadata_that_cannot_be_read_now_is_asked_for_later() -> None:
    tracker = InMemoryTracker(required=[COST])
    tracker.fail("required_fields", Fault.UNAVAILABLE)
    filing = Filing(tracker)
    first = filing.attempt(NEW, FilingMemo(), START)
    assert isinstance(first, RetryAt)
    assert first.definite
    assert isinstance(filing.attempt(NEW, first.memo, first.when), Rejected)


class Refusing(InMemoryTracker):
    """A tracker that refuses with given words."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors

    def create(self, new: object) -> object:  # type: ignore[override]
        raise TrackerRejected("refused", self.errors)


def test_a_demand_the_metadata_does_not_know_is_asked_for_by_its_own_words() -> None:
    outcome = Filing(Refusing({"customfield_5": "Legal entity is required."})).attempt(NEW, FilingMemo(), START)
    assert isinstance(outcome, Rejected)
    assert outcome.fields == (TrackerField("customfield_5", "Legal entity", FieldType.TEXT),)


def test_a_wrong_project_is_not_asked_of_the_person() -> None:
    outcome = Filing(Refusing({"project": "valid project is required"})).attempt(NEW, FilingMemo(), START)
    assert isinstance(outcome, Rejected)
    assert outcome.fields == ()


def test_the_memo_survives_json() -> None:
    memo = FilingMemo(3, START, 2)
    assert FilingMemo.from_json(memo.to_json()) == memo
    assert FilingMemo.from_json({}) == FilingMemo.from_json(None) == FilingMemo()


CREATE_FATES = st.lists(st.sampled_from([None, *Fault]), max_size=8)
SEARCH_FATES = st.lists(
    st.sampled_from([None, Fault.UNAVAILABLE, Fault.DENIED, Fault.CRASH_BEFORE, Fault.CRASH_AFTER]), max_size=8
)


@settings(max_examples=500, deadline=None)
@given(CREATE_FATES, SEARCH_FATES, st.integers(0, 600))
def test_any_sequence_of_faults_ends_in_exactly_one_ticket(
    creates: list[Fault | None], searches: list[Fault | None], lag_seconds: int
) -> None:
    world = World(lag=timedelta(seconds=lag_seconds))
    world.tracker.fail("create", *creates)
    world.tracker.fail("find_by_marker", *searches)
    world.until_filed()
    assert len(world.tracker.tickets) == 1
