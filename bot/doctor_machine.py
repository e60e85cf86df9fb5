"""For the doctor: the machine the desk runs on. Its folder, its disk, its port, its clock."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import stat
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.doctor_check import Worry
from bot.errors import DeskError

LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000
"""Bytes. A rebuilt index and a backup of a large desk need several hundred million."""

CLOCK_WORRY_S, CLOCK_LIMIT_S = 60, 240
"""Slack's requests carry a time, and are refused when it is five minutes off."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def data_folder(folder: Path) -> str:
    """DATA_DIR: there, ours to write, closed to others, with room."""
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise DeskError(f"This user may not write {folder}. Give it the folder (chown), or set DATA_DIR to another.")
    free = shutil.disk_usage(folder).free
    if free < NO_SPACE:
        raise DeskError(f"The disk of {folder} is full ({free // 1_000_000} MB left). Make room, or move DATA_DIR.")
    if free < LITTLE_SPACE:
        raise Worry(f"Only {free // 1_000_000} MB are left on the disk of {folder}. Make room soon.")
    if os.name == "posix" and folder.stat().st_mode & _OTHERS:
        raise Worry(f"Other users of this machine can look into {folder}. Close it: chmod 700 {folder}")
    return f"{folder} is ours alone, {free // 1_000_000_000} GB free"


def port(host: str, number: int) -> str:
    """PORT: free, or taken by a desk that runs already."""
    with closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
        except OSError as exc:
            if exc.errno == errno.EADDRINUSE and _is_a_desk(number):
                return f"a desk runs on {number}"
            reason = "is taken" if exc.errno == errno.EADDRINUSE else f"cannot be used ({exc.strerror})"
            raise DeskError(f"Port {number} on {host} {reason}. Stop what uses it, or set HOST and PORT.") from exc
    return f"{number} on {host} is free"


def clock(theirs: datetime | None, whose: str, now: datetime) -> str:
    """Our clock against somebody else's."""
    if theirs is None:
        raise Worry(f"{whose} did not say what time it is. Check this machine's clock yourself: date --utc")
    offset = (now - theirs).total_seconds()
    apart = f"{abs(offset):.0f} s {'ahead of' if offset > 0 else 'behind'} {whose}"
    mend = "Set it by NTP (timedatectl set-ntp true)."
    if abs(offset) > CLOCK_LIMIT_S:
        raise DeskError(f"This machine's clock is {apart}; beyond 300 s nothing Slack sends is accepted. {mend}")
    if abs(offset) > CLOCK_WORRY_S:
        raise Worry(f"This machine's clock is {apart}. {mend}")
    return f"within {max(1, round(abs(offset)))} s of {whose} ({now.astimezone(UTC):%H:%M} UTC)"


def _is_a_desk(number: int) -> bool:
    try:
        with closing(urllib.request.urlopen(f"http://127.0.0.1:{number}/readyz", timeout=1)) as answer:
            return b'"workers"' in answer.read(10_000)
    except urllib.error.HTTPError as exc:  # not ready, but a desk
        with closing(exc):
            return b'"workers"' in exc.read(10_000)
    except OSError:
        return False
