"""An ASGI app served from a thread of this process: the desk, the stand-ins, the demo page, servers in tests."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import DeskError

HOST = "127.0.0.1"
"""Where everything listens unless HOST says otherwise; the demo and the stand-ins always."""

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
_TICK_S = 1.0
"""How often a server looks at the time, for the date in its answers."""

GRACE_S = 2
"""How long requests still running at ``stop`` may take before they are cancelled."""


class _OpenProtocol(H11Protocol):
    """HTTP/1.1 that hands apps their connection as ``request.state.transport``, so that a fault can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class _PromptServer(uvicorn.Server):
    """Ends when it is told to, not at its next look a tenth of a second later; looks once a second meanwhile."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told: asyncio.Event | None = None
        self._running: asyncio.AbstractEventLoop | None = None

    def tell(self) -> None:
        """Finish, please. From any thread."""
        self.should_exit = True
        if self._running is not None and self._told is not None:
            with suppress(RuntimeError):  # it has ended in this very moment
                self._running.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        self._told, self._running = asyncio.Event(), asyncio.get_running_loop()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), _TICK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for listening in self.servers:
            listening.close()
        for opened in sockets or ():
            opened.close()
        await self.lifespan.shutdown()


class Served:
    """One app on one port of 127.0.0.1, from ``start`` to ``stop``. The address is known once constructed.

    Raises DeskError when the port is taken. ``on_stop`` runs first at ``stop``: wake what waits inside requests.
    """

    def __init__(
        self, app: ASGIApp, port: int = 0, on_stop: Callable[[], None] | None = None, host: str = HOST
    ) -> None:
        self._socket = _listen(host, port)
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        self._on_stop = on_stop
        self._server = _PromptServer(
            uvicorn.Config(
                app,
                http=_OpenProtocol,
                ws="none",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._thread = threading.Thread(target=self._run, name=f"served-{self.url}", daemon=True)

    def start(self) -> Served:
        """Serve in the background; returns when requests are answered. Raises DeskError if the app does not start."""
        self._thread.start()
        waited = 0.0
        while not self._server.started:
            if not self._thread.is_alive() or waited > START_TIMEOUT_S:
                raise DeskError(f"The server at {self.url} did not start. Its own log says why.")
            self._thread.join(0.002)
            waited += 0.002
        return self

    def stop(self) -> None:
        """Finish running requests (at most two seconds), then close the port. Safe to call twice."""
        if self._on_stop is not None:
            self._on_stop()
        self._server.tell()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)
        self._socket.close()

    def __enter__(self) -> Served:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


@contextmanager
def serve(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port while the block runs; yields its address, ``http://127.0.0.1:PORT``."""
    with Served(app) as served:
        yield served.url


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as exc:
        listener.close()
        if exc.errno == errno.EADDRINUSE:
            raise DeskError(f"Port {port} on {host} is taken. Stop what uses it, or choose another port.") from exc
        raise DeskError(f"Cannot listen on {host}:{port} ({exc.strerror}). Check HOST and PORT.") from exc
    return listener
