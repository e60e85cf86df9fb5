"""Requests under crashes and faults at random points: none lost, none twice, and the thread tells the truth.

`make faults RUNS=1000` runs a thousand seeds and prints what struck; the suite runs the first eight.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support_filing_runs import CHANNEL, Life, Told

from bot import wiring
from bot.settings import SAMPLES, Settings
from escalation.domain import Request, RequestState

RUNS = int(os.environ.get("RUNS", "8"))
FIRST = int(os.environ.get("FIRST_SEED", "1"))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """In memory where there is room: a process dies here, not the machine."""
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=in_memory) as made:
        yield Path(made)


def check(life: Life) -> None:
    """Every need became one request; every request one ticket, a place with another's, or nothing when withdrawn.

    A need whose row killed the desk three times is given up: its words are kept there, and its person is told.
    """
    assert life.unfinished() == []
    requests, given_up = life.requests(), life.given_up()
    by_ts = {request.draft.origin.url: request for request in requests}
    for told in life.told:
        request = by_ts.pop(life.slack.permalink(CHANNEL, told.ts), None)
        if request is None:
            _check_given_up(life, told, given_up)
            continue
        _check_tickets(life, request)
        _check_words(life, request, told)
    assert by_ts == {}
    assert len(life.tracker.tickets) == len({stored.new.marker for stored in life.tracker.tickets})


def _check_given_up(life: Life, told: Told, given_up: dict[str, int]) -> None:
    number = given_up[f"view:{told.ts}" if told.form else f"Ev{told.ts}"]
    assert any(message.key == f"failed:Q{number}" for message in life.slack.messages.values())


def _check_tickets(life: Life, request: Request) -> None:
    made = [stored for stored in life.tracker.tickets if stored.new.marker == request.marker]
    match request.state:
        case RequestState.FILED:
            assert len(made) == 1
        case RequestState.JOINED:
            assert made == []
            assert request.joined is not None
            (other,) = [r for r in life.requests() if r.id == request.joined]
            comments = [t.comments for t in life.tracker.tickets if t.new.marker == other.marker]
            said = [text for one in comments for text in one.values() if request.draft.requester.name in text]
            assert len(said) == 1 or other.state is RequestState.WITHDRAWN
        case RequestState.WITHDRAWN:
            assert all(stored.ticket.done for stored in made)
            assert len(made) <= 1
        case _:
            raise AssertionError(f"request {request.id} ended as {request.state}")


def _check_words(life: Life, request: Request, told: Told) -> None:
    said = [message for message in life.slack.messages.values() if message.thread == told.ts]
    assert len({message.key for message in said}) == len(said)  # nothing is said twice
    words = {
        RequestState.FILED: request.ticket.key if request.ticket else "never",
        RequestState.JOINED: "your words are with",
        RequestState.WITHDRAWN: "Need it after all?",
    }[request.state]
    assert [words in message.text for message in said].count(True) >= 1, [message.text for message in said]


def test_nothing_is_lost_or_made_twice_whatever_strikes(folder: Path) -> None:
    forms = wiring.request_forms(Settings(_env_file=None, forms_file=SAMPLES / "intake_forms.yaml"))
    struck: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    tickets = 0
    for seed in range(FIRST, FIRST + RUNS):
        with closing(Life(seed, folder, forms)) as life:
            try:
                life.run()
                check(life)
            except BaseException as exc:
                raise AssertionError(f"seed {seed}: {exc!r}; struck: {dict(life.struck)}") from exc
            struck += life.struck
            ended += Counter(request.state.value for request in life.requests())
            ended["given up"] += len(life.told) - len(life.requests())
            tickets += len(life.tracker.tickets)
    assert struck
    print(f"\n{RUNS} runs, {ended.total()} requests {dict(ended)}, {tickets} tickets: 0 lost, 0 twice")  # noqa: T201 - the report
    for kind, count in sorted(struck.items()):
        print(f"{count:6}  {kind}")  # noqa: T201 - the same
