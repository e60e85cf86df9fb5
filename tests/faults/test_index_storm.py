"""Eight threads search while the index is rebuilt again and again: no crash, and no answer of two generations."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import ask, over, page, section, store

from bot.database import Database
from knowledge.domain import Entry, Verdict
from knowledge.knowledge_base import KnowledgeBase
from knowledge.tables import Base
from knowledge.testing import HashingEncoder

REBUILDS = int(os.environ.get("REBUILDS", "20"))
PAUSE_S = 0.0 if REBUILDS > 20 else 0.02
"""`make faults` rebuilds 200 times while every thread searches without a pause."""

THREADS = 8
TOPICS = ("mql report", "utm naming", "webinar lead time", "list import", "lead scoring", "email approval")


def write_round(database: Database, number: int) -> None:
    """Every text says which round it belongs to."""
    entries = [
        Entry(id=f"faq-{place}", question=f"How does {topic} work?", answer=f"Round {number}: {topic} explained.")
        for place, topic in enumerate(TOPICS)
    ]
    pages = [
        replace(
            page(f"{place}.md", topic.title(), section("Steps", f"Round {number}: steps for {topic}.")),
            content_hash=f"{place}-{number}",
        )
        for place, topic in enumerate(TOPICS)
    ]
    store(database, entries, pages)


def rounds_of(verdict: Verdict) -> set[int]:
    """Which rounds an answer's texts belong to."""
    return {int(hit.text.partition("Round ")[2].partition(":")[0]) for hit in verdict.hits}


class Storm:
    """Searches until it is told to stop."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS)
        self._searching = [self._pool.submit(self._search, place) for place in range(THREADS)]

    def _search(self, place: int) -> tuple[int, set[int]]:
        last, seen, asked = 0, set[int](), 0
        for topic in cycle(TOPICS[place % len(TOPICS) :] + TOPICS[: place % len(TOPICS)]):
            if self._over.is_set():
                return asked, seen
            verdict = self._base.verdict(ask(f"how does {topic} work"))
            (number,) = rounds_of(verdict)
            assert len(verdict.hits) > 1
            assert number >= last, "an older generation answered after a newer one"
            last, asked = number, asked + 1
            self._over.wait(PAUSE_S)
            seen.add(number)
        raise AssertionError

    def stop(self) -> list[tuple[int, set[int]]]:
        """(searches, rounds seen) of each thread; raises what any of them met."""
        self._over.set()
        self._pool.shutdown()
        return [one.result() for one in self._searching]


@pytest.mark.timeout(600)
def test_searches_during_rebuilds_never_crash_and_never_mix_generations(tmp_path: Path) -> None:
    database = database_with(tmp_path / "d.sqlite3", Base.metadata)
    write_round(database, 0)
    base = over(tmp_path, database, HashingEncoder())
    base.ensure_current()
    storm = Storm(base)
    for number in range(1, REBUILDS + 1):
        write_round(database, number)
        base.rebuild()
    found = storm.stop()
    searches = sum(asked for asked, _ in found)
    seen = set().union(*(rounds for _, rounds in found))
    sys.stderr.write(f"{REBUILDS} rebuilds, {searches} searches in {THREADS} threads, {len(seen)} generations seen\n")
    assert searches > 4 * REBUILDS
    assert len(seen) > REBUILDS / 2
    database.close()
