"""The process from which short lives of a desk are forked: everything is imported once, each life is one fork.

Started by support_crash_lives; speaks JSON over the socket it inherits. It serves nothing itself and has no torch, no
faiss and no connection when it forks.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
import traceback
from typing import Any

from support_crash_life import Life, warm_up
from support_crash_points import watch_calls

from bot import logs

MESSAGE = 65_536


def main() -> None:
    """Fork a life for every order that comes; end when nobody is there to give any."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    listener = socket.socket(fileno=int(sys.argv[2]))
    logs.configure(os.environ.get("CRASH_LOG", "critical"))
    watch_calls(lambda: Life.fate)
    warm_up(json.loads(sys.argv[3]))
    gc.collect()
    gc.disable()  # lives are short
    gc.freeze()
    orders.send(b"ready")
    while True:
        message, handles, _, _ = socket.recv_fds(orders, MESSAGE, 1)
        _bury()
        if not message:
            return
        line = socket.socket(fileno=handles[0])
        if os.fork() == 0:
            orders.close()
            _live(line, listener, json.loads(message))
        line.close()
        orders.send(b"forked")


def _live(line: socket.socket, listener: socket.socket, order: dict[str, Any]) -> None:
    try:
        Life(line, listener, order).run()
    except BaseException:  # noqa: BLE001 - the fork ends here, whatever happens
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _bury() -> None:
    """Let the system forget those who died."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
