"""The process in which files of programs are opened: `python -m knowledge.parsing_child LIMITS`.

It reads a line of JSON (path, sizes) and so many bytes from its input, and writes a line of JSON: the page, or why
there is none. It has no secrets in its environment, may write no file, and has limits of memory and computing time;
what goes wrong here costs one document.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from knowledge.errors import DocumentUnreadable
from knowledge.page import Parser
from knowledge.page_json import page_to_json
from knowledge.page_kinds import parse
from knowledge.pdf_pages import parse_pdf
from knowledge.sheet_pages import parse_workbook
from knowledge.slide_pages import parse_slides
from knowledge.word_pages import parse_word

try:
    import resource
except ImportError:  # Windows has no such limits: there the parent's clock and size limits must do
    resource = None  # type: ignore[assignment]

PARSERS: Mapping[str, Parser] = MappingProxyType(
    {".pdf": parse_pdf, ".docx": parse_word, ".pptx": parse_slides, ".xlsx": parse_workbook}
)
GROWN = 300
"""Megabytes it may hold after a file; with more it leaves, so that memory stays flat."""

STATM = Path("/proc/self/statm")


def main() -> None:
    """Answer until the input ends, nothing comes for a while, or a file left its marks."""
    limits = json.loads(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the parent ends us
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    _confine(limits["memory"])
    files = sys.stdin.buffer
    gc.freeze()
    while _is_waiting(files, limits["idle"]) and (line := files.readline()):
        order = json.loads(line)
        data, sidecar = files.read(order["size"]), files.read(order["sidecar"])
        _allow(limits["seconds"])
        answer = _answer(data, order["path"], sidecar, limits["memory"])
        answer["last"] = answer.get("last", False) or _has_grown()
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if answer["last"]:
            return


def _answer(data: bytes, path: str, sidecar: bytes, memory: int) -> dict[str, Any]:
    try:
        return {"page": page_to_json(parse(data, path, sidecar, PARSERS))}
    except DocumentUnreadable as exc:
        return {"refused": exc.reason, "last": isinstance(exc.__cause__, MemoryError)}
    except MemoryError:
        return {
            "refused": f"needs more than {memory // 1_000_000:,} MB to open: split it or leave it out",
            "last": True,
        }
    except RecursionError:
        return {"refused": "nests its parts too deeply: open it and save it anew"}
    except Exception as exc:  # noqa: BLE001 - told to the parent, whatever a library makes of a broken file
        return {"refused": f"could not be parsed ({type(exc).__name__}): open it and save it anew"}


def _is_waiting(files: BinaryIO, seconds: float) -> bool:
    """Whether a file comes in time. If not it leaves; the next file gets a new process."""
    if os.name == "nt":  # select knows no pipes there; the end of the input must do
        return True
    ready, _, _ = select.select([files], [], [], seconds)
    return bool(ready)


def _confine(memory: int) -> None:
    if resource is None:
        return
    for kind, limit in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS keeps no RLIMIT_AS
            resource.setrlimit(kind, (limit, limit))


def _allow(seconds: float) -> None:
    """Computing time for one more file; going over it ends the process."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))


def _has_grown() -> bool:
    """Whether it holds much memory now. Its peak would not do: Linux hands the parent's down to a new process."""
    try:
        pages = int(STATM.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return False  # not Linux
    return pages * os.sysconf("SC_PAGE_SIZE") > GROWN * 1_000_000


if __name__ == "__main__":
    main()
