"""A running desk reads its sources when they are due; what is deleted there is gone from its answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from support_database import desk_database
from support_desk import Clock, Room, running_desk

from bot.demo.slack_larkfield import OPS_TRIAGE
from bot.demo.slack_reading import shown_text
from bot.sources.listed import ScheduledSource
from knowledge.generations import Generations
from knowledge.knowledge_base import LOOK_EVERY, KnowledgeBase
from knowledge.source_testing import MemorySource
from knowledge.testing import HashingEncoder

HOUR = timedelta(hours=1)
PAGE = "# Badges\n\nBadge scans from a trade show arrive as a spreadsheet with names.\n"
ASKED = "@MOPS Desk how do badge scans from a trade show arrive?"


def answer(room: Room) -> str:
    """What the desk says to the question, in a thread of its own."""
    ts = room.slack.say("Maya", "#ask-mops", ASKED)
    room.slack.wait_for(lambda: bool(room.replies(ts)), 20.0)
    return shown_text(room.replies(ts)[0])


def test_a_page_comes_and_goes_with_its_source_and_ops_hear_when_that_is_away(tmp_path: Path) -> None:
    source, clock = MemorySource("wiki", {"badges.md": PAGE, "other.md": "# Other\n\nAnother matter.\n"}), Clock()
    database = desk_database(tmp_path)
    base = KnowledgeBase(HashingEncoder(), Generations(tmp_path / "index"), database, clock)
    listed = [ScheduledSource(source, "folder", HOUR)]
    with running_desk(tmp_path, knowledge=base, sources=listed, clock=clock) as room:
        room.slack.wait_for(lambda: base.generation_id is not None and not base.is_empty, 20.0)
        assert "arrive as a spreadsheet" in answer(room)
        del source.texts["badges.md"]
        rests = source.rests
        clock.skip(HOUR.total_seconds())
        room.slack.wait_for(lambda: source.rests > rests, 20.0)
        clock.skip(LOOK_EVERY.total_seconds())  # for so long, what was withdrawn may still be shown
        assert "arrive as a spreadsheet" not in answer(room)
        source.away = True
        clock.skip(HOUR.total_seconds())
        said = room.slack.wait_for_message(OPS_TRIAGE, "I can't read", timeout=20.0)
        assert "*wiki* at the moment: wiki is away." in shown_text(said)
    database.close()
