"""systemd hears when the desk is open, as long as it is well, and when it closes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.service_manager import ServiceManager
from bot.serving import serve


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
        line.settimeout(5)
        line.bind(str(tmp_path / "notify"))
        yield line


def heard(systemd: socket.socket) -> str:
    return systemd.recv(100).decode()


def test_word_comes_while_the_desk_is_well_and_stays_away_when_it_is_not(systemd: socket.socket) -> None:
    status = [200]

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("", status[0])

    stop = threading.Event()
    with serve(Starlette(routes=[Route("/healthz", healthz)])) as url:
        manager = ServiceManager(systemd.getsockname())
        thread = threading.Thread(target=manager.attend, args=(stop, f"{url}/healthz", 0.05))
        thread.start()
        assert [heard(systemd) for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
        status[0] = 503
        systemd.settimeout(0.4)
        with pytest.raises(TimeoutError):
            while True:
                assert heard(systemd) == "WATCHDOG=1"
        stop.set()
        assert heard(systemd) == "STOPPING=1"
        thread.join()


def test_without_systemd_nothing_is_said() -> None:
    stop = threading.Event()
    stop.set()
    ServiceManager("").attend(stop, "http://127.0.0.1:9/healthz")
