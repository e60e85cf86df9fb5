"""What /healthz and /readyz say, of a desk as it runs and of one in trouble."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from support_desk import Room, running_desk

from bot.desk_figures import DeskFigures
from bot.heartbeat import Heartbeats
from bot.probes import HUNG_AFTER_S, STUCK_AFTER_S, Probes
from bot.socket_health import SocketHealth


class Seconds:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def readyz(room: Room) -> tuple[int, dict[str, Any]]:
    answer = httpx.get(f"{room.url}/readyz")
    return answer.status_code, answer.json()


def test_a_running_desk_is_ready_and_says_why(tmp_path: Path) -> None:
    with running_desk(tmp_path) as room:
        room.slack.wait_for(lambda: readyz(room)[0] == 200)
        _, found = readyz(room)
        assert found["ready"] and set(found) == {"ready", "database", "index", "workers"}
        assert found["workers"]["loops"] > 8
        assert found["workers"]["stuck"] == {}
        assert httpx.get(f"{room.url}/healthz").text == "ok"


def test_sockets_count_once_there_are_some(tmp_path: Path) -> None:
    with running_desk(tmp_path) as room:
        room.slack.wait_for(lambda: readyz(room)[0] == 200)
        for health, status in (
            (SocketHealth(2, 2, 1.0), 200),
            (SocketHealth(2, 1, 3.0), 200),
            (SocketHealth(2, 2, 31.0), 503),
            (SocketHealth(2, 0, 3.0), 503),
            (SocketHealth(2, 0, None), 503),
        ):
            room.desk.watch_sockets(lambda health=health: health)  # type: ignore[misc]
            assert readyz(room)[0] == status, health


def test_a_receiver_stays_ready_while_nobody_works_and_says_so(tmp_path: Path) -> None:
    with running_desk(tmp_path, started=False) as room:
        probes = Probes(room.desk.watching.figures, room.database, works=False, index_ready=lambda: False)
        found = probes.ready()
        assert not found["workers"].ok and "mops-desk run --role worker" in found["workers"].detail
        assert all(probe.ok for probe in found.values() if probe.required)


def probes_of(room: Room, heartbeats: Heartbeats) -> Probes:
    figures = DeskFigures(room.database, room.clock, heartbeats, lambda: None, lambda: None)
    return Probes(figures, room.database, works=True, index_ready=lambda: True)


def test_one_stuck_loop_is_named_and_all_of_a_kind_make_it_unready_then_dead(tmp_path: Path) -> None:
    seconds = Seconds()
    heartbeats = Heartbeats(seconds)
    with running_desk(tmp_path, started=False) as room:
        probes = probes_of(room, heartbeats)
        for loop in ("worker-0", "worker-1", "dispatcher-slack-0"):
            heartbeats.beat(loop)
        seconds.now += STUCK_AFTER_S + 1
        heartbeats.beat("worker-1")
        heartbeats.beat("dispatcher-slack-0")
        assert probes.ready()["workers"].ok
        assert "worker-0" in probes.ready()["workers"].detail
        seconds.now += STUCK_AFTER_S + 1
        assert not probes.ready()["workers"].ok
        assert probes.alive().ok
        seconds.now += HUNG_AFTER_S
        assert not probes.alive().ok


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ended_unasked_is_no_life(tmp_path: Path) -> None:
    with running_desk(tmp_path) as room:

        class Ends:
            def run_once(self) -> bool:
                raise SystemExit

        assert httpx.get(f"{room.url}/healthz").status_code == 200
        room.desk._runtime.loop("frail", Ends(), room.desk._shared.inbox_bell)
        room.slack.wait_for(lambda: httpx.get(f"{room.url}/healthz").status_code == 503)
        assert "frail" in httpx.get(f"{room.url}/healthz").text
