"""What quoting needs is worked out when the index is built and read back one section at a time."""

from __future__ import annotations

from pathlib import Path

from knowledge.lexical_index import terms_of
from knowledge.prose import sentences
from knowledge.reading import Readings
from knowledge.units import Span, Spans, UnitKind

SECTION = sentences(
    "Lists are cleaned first.\n\n- a row without consent stays out\n- “Ümlaut” rows stay\n\n```\nx = 1\n```"
)


def test_a_section_is_read_back_as_it_was(tmp_path: Path) -> None:
    Readings.build([SECTION, ()], terms_of).save(tmp_path / "readings.jsonl")
    loaded = Readings.load(tmp_path / "readings.jsonl")
    assert len(loaded) == 2
    assert loaded.of(0).parts == SECTION
    assert loaded.of(1).parts == ()


def test_sentences_are_found_by_the_terms_they_hold() -> None:
    reading = Readings.build([SECTION], terms_of).of(0)
    assert reading.holders("row") == [1, 2]
    assert reading.holders("list") == [0]
    assert reading.holders("zebra") == []


def test_nothing_to_read_is_read_back_as_nothing(tmp_path: Path) -> None:
    Readings(()).save(tmp_path / "readings.jsonl")
    assert len(Readings.load(tmp_path / "readings.jsonl")) == 0


def test_spans_survive_their_file(tmp_path: Path) -> None:
    spans = (Span(0, UnitKind.PHRASING, 1, 1), Span(3, UnitKind.RUN, 2, 4))
    Spans.of(spans).save(tmp_path / "units.npy")
    loaded = Spans.load(tmp_path / "units.npy")
    assert (len(loaded), loaded[0], loaded[1]) == (2, *spans)
    assert len(Spans.of(())) == 0
