"""What quoting needs is worked out when the index is built and read back one section at a time."""

from __future__ import annotations

from pathlib import Path

from knowledge.lexical_index import terms_of
from knowledge.prose import Sentence, Shape, sentences
from knowledge.reading import Reading, Readings
from knowledge.units import Span, Spans, UnitKind, runs

SECTION = sentences(
    "Lists are cleaned first.\n\n- a row without consent stays out\n- “Ümlaut” rows stay\n\n```\nx = 1\n```"
)


def test_a_section_is_read_back_as_it_was(tmp_path: Path) -> None:
    Readings.build([SECTION, ()], terms_of).save(tmp_path / "readings.jsonl")
    loaded = Readings.load(tmp_path / "readings.jsonl")
    assert len(loaded) == 2
    reading = loaded.of(0)
    shapes = map(Shape, reading.shapes)
    columns = zip(reading.plain, reading.markdown, shapes, reading.blocks, reading.heads, strict=True)
    assert [Sentence(*column) for column in columns] == list(SECTION)
    assert len(loaded.of(1)) == 0


def test_sentences_are_found_by_the_terms_they_hold() -> None:
    reading = Readings.build([SECTION], terms_of).of(0)
    assert list(reading.holders("row")) == [1, 2]
    assert list(reading.holders("list")) == [0]
    assert list(reading.holders("zebra")) == []


def test_every_sentence_knows_the_runs_that_hold_it() -> None:
    parts = sentences(" ".join(f"Sentence {number} says something." for number in range(9)))
    spans = list(runs(parts))
    for place, (first, end) in enumerate(Reading.of(parts, terms_of).covered):
        holding = [run for run, (begin, last) in enumerate(spans) if begin <= place <= last]
        assert holding == list(range(first, end))
        assert holding


def test_nothing_to_read_is_read_back_as_nothing(tmp_path: Path) -> None:
    Readings(()).save(tmp_path / "readings.jsonl")
    assert len(Readings.load(tmp_path / "readings.jsonl")) == 0


def test_spans_survive_their_file(tmp_path: Path) -> None:
    spans = (Span(0, UnitKind.PHRASING, 1, 1), Span(3, UnitKind.RUN, 2, 4))
    Spans.of(spans).save(tmp_path / "units.npy")
    loaded = Spans.load(tmp_path / "units.npy")
    assert (len(loaded), loaded[0], loaded[1]) == (2, *spans)
    assert len(Spans.of(())) == 0
