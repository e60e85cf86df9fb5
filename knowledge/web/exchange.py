"""One question to a web server and its answer, over a connection to an address that was checked before.

With the standard library only: proxies of the environment, redirects, cookies and logins do not happen here.
Whatever the server does, it is over at a deadline.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING

from knowledge.errors import WebFailed
from knowledge.web.address import WebAddress
from knowledge.web.guard import Endpoint
from knowledge.web.unpacking import Unpacking

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 32_768


@dataclass(frozen=True)
class WebLimits:
    """What one answer may take: ``size`` in bytes, as sent and unpacked; ``seconds`` for all of it; ``idle`` seconds
    of silence, and for connecting.
    """

    size: int = 5_000_000
    seconds: float = 30.0
    idle: float = 10.0


@dataclass(frozen=True)
class Answer:
    """What a server said. Names of headers are in lower case; only an answer of 200 has a body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def ask(
    address: WebAddress,
    endpoints: Sequence[Endpoint],
    headers: Mapping[str, str],
    limits: WebLimits,
    tls: Callable[[], ssl.SSLContext],
    clock: Callable[[], float] = time.monotonic,
) -> Answer:
    """GET the address from one of these endpoints, the first that takes a connection. Raises WebFailed.

    ``tls`` is asked for whose certificates hold, when it is needed.
    """
    deadline = clock() + limits.seconds
    try:
        with (
            closing(_connected(endpoints, limits, deadline - clock())) as plain,
            closing(_secured(plain, address, tls)) as channel,
        ):
            connection = HTTPConnection(address.host, address.port)
            connection.default_port = 443 if address.scheme == "https" else 80  # else it stands in Host
            connection.sock = _Timed(channel, deadline, limits.idle, clock)
            connection.request("GET", address.target, headers={**headers, "Connection": "close"})
            with closing(connection.getresponse()) as response:
                return _answer(response, limits)
    except ssl.SSLCertVerificationError as exc:
        raise WebFailed(f"has a certificate that does not hold ({exc.verify_message})") from exc
    except TimeoutError as exc:
        raise WebFailed(f"did not answer in time ({limits.seconds:.0f} seconds)") from exc
    except (OSError, HTTPException, ValueError) as exc:
        raise WebFailed(f"gave no clear answer ({type(exc).__name__})") from exc


def _connected(endpoints: Sequence[Endpoint], limits: WebLimits, seconds: float) -> socket.socket:
    trouble: OSError | None = None
    for endpoint in endpoints:
        try:
            return socket.create_connection(endpoint, timeout=min(limits.idle, seconds / len(endpoints)))
        except OSError as exc:
            trouble = exc
    raise WebFailed("cannot be reached: its server takes no connection") from trouble


def _secured(channel: socket.socket, address: WebAddress, tls: Callable[[], ssl.SSLContext]) -> socket.socket:
    """The channel, for https encrypted with whoever proves to be the host of that name."""
    return tls().wrap_socket(channel, server_hostname=address.host) if address.scheme == "https" else channel


def _answer(response: HTTPResponse, limits: WebLimits) -> Answer:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
    if response.status != 200:  # noqa: PLR2004 - there is nothing to read in any other
        return Answer(response.status, headers)
    return Answer(response.status, headers, _body(response, headers.get("content-encoding", ""), limits.size))


def _body(response: HTTPResponse, encoding: str, limit: int) -> bytes:
    unpacking = Unpacking(encoding, limit)
    received = 0
    while chunk := response.read(CHUNK):
        received += len(chunk)
        if received > limit:
            raise WebFailed(f"is larger than {limit / 1e6:.0f} MB: link to a smaller page")
        unpacking.add(chunk)
    if response.length:  # of what it said it would send; read() does not complain
        raise WebFailed("broke off in the middle")
    return unpacking.whole()


class _Timed:
    """As much of a socket as http.client uses, with a deadline that no single byte can move."""

    def __init__(self, channel: socket.socket, deadline: float, idle: float, clock: Callable[[], float]) -> None:
        self._channel = channel
        self._deadline = deadline
        self._idle = idle
        self._clock = clock

    def sendall(self, data: bytes) -> None:
        """As a socket does."""
        self._arm()
        self._channel.sendall(data)

    def receive_into(self, buffer: WriteableBuffer) -> int:
        """What has come, at least one byte; 0 at the end."""
        self._arm()
        return self._channel.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What the server sends, to be read."""
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Nothing: whoever made the connection closes it, when the answer is read."""

    def _arm(self) -> None:
        left = self._deadline - self._clock()
        if left <= 0:
            raise TimeoutError
        self._channel.settimeout(min(left, self._idle))


class _Incoming(io.RawIOBase):
    """A stream of what comes in."""

    def __init__(self, channel: _Timed) -> None:
        self._channel = channel

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """As the base says."""
        return self._channel.receive_into(buffer)
