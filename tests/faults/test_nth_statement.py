"""The N-th statement of a whole scenario fails, N = 1, 2, 3 … to its end: BEGIN, COMMIT and PRAGMA are counted too.

With ``TEST_DATABASE=postgres`` connections to PostgreSQL are cut by turns, too.

One desk lives through all of it without a restart, as it would: a failure is over after one statement. `make faults`
takes every N, `make test` a sample that moves on with the day.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from support_failing import Trouble, failing_desk
from support_failing_database import FailingDatabase, error
from support_failing_life import OwnOps
from support_failing_runs import Stage, campaign, chosen

from escalation.embedded_tracker import EmbeddedTracker


def failing_statements(stack: ExitStack, folder: Path, lost_commits: bool = False) -> Stage:
    """A desk whose N-th statement fails, or whose N-th commit works and is said not to (a connection that is cut)."""
    hands = stack.enter_context(failing_desk(folder))
    ops = EmbeddedTracker(hands.people, lambda key: f"https://tracker.example.com/{key}", "MOPS", hands.time)
    failing = FailingDatabase(hands.room)
    failing.only_commits = lost_commits

    def arm(number: int) -> None:
        failing.trouble = Trouble(number, lambda: error(number), late=lost_commits)
        met.append(failing.trouble)

    met: list[Trouble] = []
    return Stage(hands, OwnOps(ops), arm, lambda: met[-1].failed, failing.calm)


def lost_commits(stack: ExitStack, folder: Path) -> Stage:
    """A desk whose N-th commit works and is said not to."""
    return failing_statements(stack, folder, lost_commits=True)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("scenario", "every"), [("known", 20), ("whole_life", 700)])
def test_whatever_statement_fails_nothing_is_lost_and_nothing_is_there_twice(scenario: str, every: int) -> None:
    with campaign(failing_statements) as running:
        sys.stderr.write(f"{scenario}: {running.strike(scenario, chosen(every))} statements\n")


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("scenario", "every"), [("known", 8), ("whole_life", 100)])
def test_a_commit_whose_success_nobody_hears_of_changes_nothing_twice(scenario: str, every: int) -> None:
    with campaign(lost_commits) as running:
        sys.stderr.write(f"{scenario}: {running.strike(scenario, chosen(every))} commits\n")
