"""The process dies at every point where something is written or sent; a fresh one picks up what it left.

A scenario runs in this thread, step by step. Before and after every commit and every call to Slack or the tracker
stands a point at which it can die. It is run once for each of them (the longest for every fifth): dies there, starts
anew on the same database, and in the end nothing is lost and nothing is there twice.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support_crashes import Fate, Script, Time, World, live

from bot import wiring
from bot.database import open_database
from bot.demo.slack_larkfield import ASK_MOPS
from bot.demo.slack_reading import shown_text
from bot.demo.slack_standin import SlackStandIn
from bot.migrate import upgrade
from bot.settings import SAMPLES, Settings
from escalation.testing import Fault


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, to copy."""
    path = tmp_path_factory.mktemp("template") / "desk.sqlite3"
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="module")
def worlds(template: Path) -> Iterator[Callable[[], World]]:
    """As many worlds as needed, in one Slack."""
    time = Time()
    forms = wiring.request_forms(Settings(_env_file=None, forms_file=SAMPLES / "intake_forms.yaml"))
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a process dies here, not the machine
    with tempfile.TemporaryDirectory(dir=in_memory) as memory, SlackStandIn(clock=time.unix) as slack:

        def fresh() -> World:
            folder = Path(tempfile.mkdtemp(dir=memory))
            shutil.copy(template, folder / "desk.sqlite3")
            return World(slack, time, folder, forms)

        yield fresh


Check = Callable[[World, Script], None]

EVERY = int(os.environ.get("CRASH_EVERY", "5"))
"""The longest scenario dies at every fifth point; `make faults` takes each (an odd step meets befores and afters)."""


def points_of(worlds: Callable[[], World], text: str, *names: str) -> list[str]:
    """The points of a life without a death."""
    script, fate = Script(text), Fate()
    live(worlds(), [getattr(script, name) for name in names], fate)
    return fate.points


def run(worlds: Callable[[], World], text: str, check: Check, names: tuple[str, ...], *deaths: int) -> None:
    """A scenario in which the process dies at these points, one life after the other."""
    script, world, fates = Script(text), worlds(), [Fate(number) for number in deaths]
    live(world, [getattr(script, name) for name in names], *fates)
    try:
        check(world, script)
    except AssertionError as exc:
        died = [fate.points[-1] for fate in fates]
        raise AssertionError(f"died {died} (points {deaths}): {exc}") from exc


def answered_once(world: World, script: Script) -> None:
    """One answer, one reaction, nothing left to do."""
    assert world.states() == []
    assert [shown_text(message).count("synced") for message in world.said(script.ts)] == [1]
    assert dict(world.slack.message(ASK_MOPS, script.ts).reactions).keys() == {"eyes"}


def ticketed_once(world: World, script: Script) -> None:
    """One ticket, one card that shows it, at most one word about a wait, nothing left to do."""
    assert world.states() == []
    assert len(world.tracker.tickets) == 1
    cards = [message for message in world.said(script.ts) if "OPS-1" in shown_text(message)]
    others = [message for message in world.said(script.ts) if message not in cards]
    assert len(cards) == 1
    assert all("I've kept your request" in shown_text(message) for message in others)
    assert len(others) <= 1


def closed_once(world: World, script: Script) -> None:
    """The same, after the details were added and the ticket was closed."""
    ticketed_once(world, script)
    (stored,) = world.tracker.tickets
    assert stored.ticket.done
    assert "All twelve of them." in stored.description
    assert any("is closed" in shown_text(message) for message in world.said(script.ts))


KNOWN, UNKNOWN = "@MOPS Desk where are my MQLs?", "@MOPS Desk can you move our Pardot forms to HubSpot?"


def test_a_question_is_answered_once_wherever_the_process_dies(worlds: Callable[[], World]) -> None:
    total = len(points_of(worlds, KNOWN, "ask"))
    assert total >= 16
    for death in range(1, total + 1):
        run(worlds, KNOWN, answered_once, ("ask",), death)


@pytest.mark.timeout(300)
def test_a_ticket_is_made_completed_and_closed_once_wherever_the_process_dies(worlds: Callable[[], World]) -> None:
    names = ("ask", "add_details", "withdraw")
    total = len(points_of(worlds, UNKNOWN, *names))
    assert total >= 60
    for death in range(1, total + 1, EVERY):
        run(worlds, UNKNOWN, closed_once, names, death)


@pytest.mark.parametrize(
    ("text", "check", "point"),
    [
        (KNOWN, answered_once, "after post"),
        (UNKNOWN, ticketed_once, "after post"),
        (UNKNOWN, ticketed_once, "before create"),
        (UNKNOWN, ticketed_once, "after create"),
    ],
)
def test_who_comes_after_a_death_may_die_at_any_point_too(
    worlds: Callable[[], World], text: str, check: Check, point: str
) -> None:
    first = points_of(worlds, text, "ask").index(point) + 1
    for second in range(1, 8):
        run(worlds, text, check, ("ask",), first, second)


@pytest.mark.parametrize("trouble", [Fault.DENIED, Fault.UNAVAILABLE])
def test_what_a_dead_process_may_have_filed_is_not_forgotten_while_jira_says_no(
    worlds: Callable[[], World], trouble: Fault
) -> None:
    def check(world: World, script: Script) -> None:
        assert len(world.tracker.tickets) == 1
        assert "OPS-1" in shown_text(world.said(script.ts)[-1])

    death = points_of(worlds, UNKNOWN, "ask").index("after create") + 1
    script, world = Script(UNKNOWN), worlds()
    world.tracker.fail("find_by_marker", *[trouble] * 3)
    live(world, [script.ask], Fate(death))
    check(world, script)
