"""A small checklist, and a desk that has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from support_desk import Room

from bot.testing import HITS, verdict
from knowledge.domain import Band, Checklist, Choice, Entry, Outcome, SourceLink, Step, Verdict
from knowledge.entry_store import EntryStore

PAGE = SourceLink("Sync guide", "https://example.com/sync")
CHECKLIST = Checklist(
    (
        Step(
            "synced",
            "Is the program synced, {asker.first_name}?",
            (
                Choice("Yes", next="status", note="Program is synced"),
                Choice("No", outcome=Outcome("Set the sync, then look again on {today+1bd|the next day}.", (PAGE,))),
            ),
            help="See the program's summary in {channel}.",
        ),
        Step(
            "status",
            "Do people have a success status?",
            (
                Choice("Yes", outcome=Outcome("", ticket="something_broken"), note="People have a success status"),
                Choice("No", outcome=Outcome("Only a success status counts.", (PAGE,)), note="No success status"),
            ),
        ),
    ),
    intro="Three usual causes.",
)
ENTRY = Entry("faq-001", HITS[0].title, HITS[0].text, checklist=CHECKLIST)


def script(checklist: Checklist = CHECKLIST) -> Mapping[str, Verdict]:
    """Knowledge whose answer to anything about MQLs has the checklist."""
    hits = (replace(HITS[0], checklist=checklist), *HITS[1:])
    return {"mql": verdict(Band.ANSWER, hits), "utm": verdict(Band.SUGGEST, (HITS[2], hits[0], HITS[1]))}


def publish(room: Room, entry: Entry = ENTRY) -> None:
    """The entry as it stands from now on."""
    with room.database.write() as session:
        EntryStore(session).import_entries([entry], "curator", room.clock())
