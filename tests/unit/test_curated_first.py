"""What somebody answers for comes before a page that is no better."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from knowledge.candidates import FEATURES, Candidate
from knowledge.domain import Citation, HitKind, Standing
from knowledge.ordering import CLOSE, Ordering
from knowledge.prints import Prints
from knowledge.signals import chance_of, log_odds
from knowledge.targets import Target

PASSAGE, ENTRY = HitKind.PASSAGE, HitKind.ENTRY


def order(*ranked: tuple[HitKind, float, dict[str, Any]], today: date = date.min) -> list[HitKind]:
    """The kinds in order, of hits with these log-odds and citations."""
    targets = [
        Target(kind, f"{place}#x", f"Title {place}", f"text {place}", citation=Citation(**cited))
        for place, (kind, _, cited) in enumerate(ranked)
    ]
    candidates = [
        Candidate(place, kind, dict.fromkeys(FEATURES, 0.0), 0.5, chance_of(odds), -1)
        for place, (kind, odds, _) in enumerate(ranked)
    ]
    prints = Prints.build(target.text for target in targets)
    ordering = Ordering(SimpleNamespace(targets=targets, prints=prints), lambda: today)  # type: ignore[arg-type]
    found = ordering.of(candidates).hits
    assert [round(log_odds(hit.score), 6) for hit in found] == sorted(
        (round(log_odds(hit.score), 6) for hit in found), reverse=True
    )
    return [hit.kind for hit in found]


def test_an_entry_comes_before_a_page_that_is_hardly_better() -> None:
    assert order((PASSAGE, 1.0, {}), (ENTRY, 1.0 - CLOSE * 0.9, {})) == [ENTRY, PASSAGE]


def test_a_page_that_is_clearly_better_stays_before_an_entry() -> None:
    assert order((PASSAGE, 1.0, {}), (ENTRY, 1.0 - CLOSE * 1.1, {})) == [PASSAGE, ENTRY]


def test_an_entry_whose_review_is_overdue_does_not_come_before_a_page() -> None:
    late = {"review_by": date(2026, 1, 1)}
    assert order((PASSAGE, 1.0, {}), (ENTRY, 1.0, late), today=date(2026, 11, 1)) == [PASSAGE, ENTRY]


def test_a_page_that_calls_itself_old_stays_behind_an_entry() -> None:
    assert order((PASSAGE, 1.2, {"standing": Standing.OUTDATED}), (ENTRY, 1.0, {})) == [ENTRY, PASSAGE]
