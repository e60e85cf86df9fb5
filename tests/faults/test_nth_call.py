"""The N-th HTTP call of a whole scenario goes wrong, N = 1, 2, 3 … to its end: calls to Slack, then calls to Jira.

One desk lives through all of it, as in test_nth_statement. `make faults` takes every N and every way to go wrong,
`make test` a sample that moves on with the day.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from support_failing import Time, failing_desk
from support_failing_life import JiraOps, OwnOps
from support_failing_runs import Stage, campaign, chosen, todays
from support_trackers import jira

from bot.demo.jira_standin_faults import Fault as JiraFault
from bot.demo.jira_standin_faults import hang, odd_answer, reply_lost, reset, server_error, too_many
from bot.demo.slack_faults import ANY, FaultScript
from escalation.embedded_tracker import EmbeddedTracker

TIMEOUT_S = 0.4

SLACK: dict[str, Callable[[FaultScript, int], None]] = {
    "cut before the effect": lambda faults, skip: faults.drop_before(ANY, skip=skip),
    "cut after the effect": lambda faults, skip: faults.drop_after(ANY, skip=skip),
    "a timeout after the effect": lambda faults, skip: faults.hang(ANY, 2 * TIMEOUT_S, effect=True, skip=skip),
    "500": lambda faults, skip: faults.fail(ANY, 500, skip=skip),
    "429": lambda faults, skip: faults.rate_limit(ANY, 7, skip=skip),
    "a web page before the effect": lambda faults, skip: faults.garble(ANY, skip=skip),
    "a web page after the effect": lambda faults, skip: faults.garble(ANY, effect=True, skip=skip),
    "internal_error": lambda faults, skip: faults.refuse(ANY, "internal_error", skip=skip),
}

JIRA: dict[str, JiraFault] = {
    "cut before the effect": reset(),
    "cut after the effect": reply_lost(),
    "a timeout after the effect": hang(2 * TIMEOUT_S, after_commit=True),
    "503": server_error(),
    "503 after the effect": server_error(after_commit=True),
    "429": too_many("7"),
    "a web page": odd_answer(200, "<!doctype html><title>Log in</title>"),
    "half of the JSON": odd_answer(200, '{"key": "OP'),
}


def failing_slack(stack: ExitStack, folder: Path, strike: Callable[[FaultScript, int], None]) -> Stage:
    """A desk whose N-th call to Slack goes wrong."""
    hands = stack.enter_context(failing_desk(folder, slack_timeout=TIMEOUT_S))
    slack = hands.room.slack
    assert isinstance(hands.room.tracker, EmbeddedTracker)
    begun = [0, 0]

    def arm(number: int) -> None:
        begun[:] = len(slack.calls), number
        strike(slack.faults, number - 1)

    def met() -> str:
        return slack.calls[sum(begun) - 1].method if len(slack.calls) >= sum(begun) else ""

    return Stage(hands, OwnOps(hands.room.tracker), arm, met, slack.faults.clear)


def failing_jira(stack: ExitStack, folder: Path, cloud: bool, fault: JiraFault) -> Stage:
    """A desk whose N-th call to Jira goes wrong."""
    time = Time()
    running = stack.enter_context(jira(cloud=cloud, clock=time, timeout=(1.0, TIMEOUT_S)))
    standin = running.standin
    hands = stack.enter_context(failing_desk(folder, running.tracker, time, jira_project="OPS"))
    begun = [0, 0]

    def arm(number: int) -> None:
        begun[:] = len(standin.calls), number
        standin.faults.nth(number, fault)

    def met() -> str:
        return standin.calls[sum(begun) - 1] if len(standin.calls) >= sum(begun) else ""

    return Stage(hands, JiraOps(standin), arm, met, lambda: standin.faults.nth(0, fault))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("scenario", "every"), [("known", 5), ("whole_life", 30)])
@pytest.mark.parametrize("way", todays(SLACK, 2))
def test_whatever_call_to_slack_goes_wrong_everything_is_said_once(scenario: str, every: int, way: str) -> None:
    with campaign(partial(failing_slack, strike=SLACK[way])) as running:
        struck = running.strike(scenario, chosen(every), cold=scenario == "known")
        sys.stderr.write(f"{scenario}, Slack, {way}: {struck} calls\n")


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", todays(JIRA, 1))
@pytest.mark.parametrize("flavour", todays(("cloud", "server"), 1))
def test_whatever_call_to_jira_goes_wrong_there_is_one_ticket_with_everything_once(flavour: str, way: str) -> None:
    with campaign(partial(failing_jira, cloud=flavour == "cloud", fault=JIRA[way])) as running:
        sys.stderr.write(f"whole life, Jira {flavour}, {way}: {running.strike('whole_life', chosen(10))} calls\n")
