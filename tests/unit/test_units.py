from __future__ import annotations

from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st
from support_knowledge import DOCUMENTS, MQL, page, section

from knowledge.domain import Entry, EntryStatus
from knowledge.prose import Sentence, Shape, sentences
from knowledge.targets import from_record, targets_of, to_record
from knowledge.units import WINDOW_WORDS, UnitKind, runs, units_of, windows


def test_every_phrasing_of_an_entry_gets_a_unit_and_the_answer_one_more() -> None:
    units = units_of(targets_of((MQL,), ()))
    assert [unit.text for unit in units[:3]] == [MQL.question, *MQL.variants]
    assert units[3].span.kind is UnitKind.WHOLE
    assert "MQL dashboard" in units[3].text


def test_windows_carry_their_heading_path() -> None:
    units = units_of(targets_of((), DOCUMENTS))
    assert units[0].text.startswith("List imports › Badge scans\n")


def test_windows_cover_every_sentence_and_overlap() -> None:
    parts = sentences(" ".join(f"This is sentence number {number} of a long section." for number in range(60)))
    spans = list(windows(parts))
    assert spans[0][0] == 0
    assert spans[-1][1] == len(parts) - 1
    assert all(left[1] >= right[0] > left[0] for left, right in zip(spans, spans[1:], strict=False))


def test_a_sentence_longer_than_a_window_stands_alone() -> None:
    parts = sentences("word " * (WINDOW_WORDS + 50) + ". Next one.")
    assert list(windows(parts)) == [(0, 0), (1, 1)]


def test_runs_gather_short_list_items() -> None:
    parts = sentences("\n".join(f"- item {number}" for number in range(12)))
    assert all(last - first >= 4 for first, last in runs(parts))


def test_drafts_and_empty_sections_are_not_searched() -> None:
    draft = Entry("d", "Draft?", "No.", status=EntryStatus.DRAFT)
    assert targets_of((draft,), (page("p.md", "P", section("Only a heading", "  ")),)) == ()


def test_a_target_survives_its_record() -> None:
    targets = targets_of((MQL,), DOCUMENTS)
    assert tuple(from_record(to_record(target)) for target in targets) == targets


@given(lengths=st.lists(st.integers(1, 3 * WINDOW_WORDS), max_size=30))
def test_windows_go_on_whatever_the_lengths_of_the_sentences(lengths: list[int]) -> None:
    parts = [Sentence("word " * length, "", Shape.SENTENCE, 0) for length in lengths]
    spans = list(islice(windows(parts), len(parts) + 1))  # one that stood still would never end
    assert len(spans) <= len(parts)
    assert all(left[1] + 1 >= right[0] > left[0] for left, right in pairwise(spans))
    assert {place for first, last in spans for place in range(first, last + 1)} == set(range(len(parts)))


def test_a_single_word_before_a_long_block_is_a_window_of_its_own() -> None:
    parts = sentences("Example:\n\n```\n" + "word " * (WINDOW_WORDS + 50) + "\n```\n")
    assert list(islice(windows(parts), 3)) == [(0, 0), (1, 1)]
