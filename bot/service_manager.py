"""Word to systemd: the desk is open, still well, closing. Without systemd, nothing.

It has no eye for HTTP, so the desk looks at its own /healthz, through the server like anybody else, and gives word
while that answers "ok". When the word stays away for WatchdogSec (deploy/mops-desk.service), systemd restarts it.
"""

from __future__ import annotations

import socket
import threading
import urllib.request
from contextlib import closing

from bot.logs import get_logger

log = get_logger(__name__)

EVERY_S = 20.0
TIMEOUT_S = 10.0


class ServiceManager:
    """Speaks to the socket that NOTIFY_SOCKET names; "" for none."""

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def attend(self, stop: threading.Event, health: str, every_s: float = EVERY_S) -> None:
        """Give word until ``stop`` is set. ``health``: the address of /healthz."""
        self._tell("READY=1")
        while not stop.wait(every_s):
            if not self._address:
                continue
            if _answers(health):
                self._tell("WATCHDOG=1")
            else:
                log.error("not_well", next_step="see /healthz; the service manager restarts the desk if this lasts")
        self._tell("STOPPING=1")

    def _tell(self, word: str) -> None:
        if not self._address:
            return
        try:
            with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
                line.sendto(word.encode(), self._address)
        except OSError as exc:
            log.warning("service_manager_not_told", word=word, error=type(exc).__name__)


def _answers(health: str) -> bool:
    try:
        with closing(urllib.request.urlopen(health, timeout=TIMEOUT_S)):  # noqa: S310 - our own server
            return True
    except OSError:
        return False
