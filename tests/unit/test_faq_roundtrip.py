"""Whatever is exported comes back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.domain import Audience, Entry, EntryStatus, Level, SourceLink
from knowledge.errors import FaqNotWritten
from knowledge.faq_file import read_faq, write_faq

RISKY = st.sampled_from(
    ["=1+1", "- a", "'@x", "a | b", "a, b", "yes", "null", "~", "3.0", "#x", "x: y", '"', "<b>", "é😀"]
)
CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"))
LINES = st.one_of(RISKY, st.text(CHARACTERS, max_size=30)).map(lambda text: " ".join(text.split())).filter(bool)
ANSWERS = st.lists(st.one_of(st.just(""), LINES), min_size=1, max_size=4).map("\n".join).map(str.strip).filter(bool)
SOURCES = st.builds(SourceLink, LINES, st.sampled_from(["https://example.com/a,b;c", "http://example.com/?q=1|2"]))
AUDIENCES = st.one_of(
    st.sampled_from([Audience(), Audience.internal()]),
    st.builds(Audience, st.just(Level.GROUP), st.frozensets(LINES, min_size=1, max_size=2)),
)
ENTRIES = st.lists(
    st.builds(
        Entry,
        id=LINES,
        question=LINES,
        answer=ANSWERS,
        variants=st.lists(LINES, max_size=3, unique=True).map(tuple),
        sources=st.lists(SOURCES, max_size=2).map(tuple),
        tags=st.lists(LINES, max_size=2).map(tuple),
        owner=st.none() | LINES,
        reviewed_at=st.none() | st.dates(),
        review_by=st.none() | st.dates(),
        status=st.sampled_from(EntryStatus),
        audience=AUDIENCES,
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda entry: entry.id,
)


def without_conflicts(entries: list[Entry]) -> bool:
    phrasings = [text for entry in entries for text in {entry.question, *entry.variants}]
    return len(phrasings) == len(set(phrasings))


@pytest.mark.parametrize("suffix", [".yaml", ".csv"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES.filter(without_conflicts))
def test_an_export_reads_back_as_the_same_entries(tmp_path: Path, suffix: str, entries: list[Entry]) -> None:
    path = tmp_path / f"faq{suffix}"
    write_faq(path, entries)
    assert read_faq(path) == tuple(entries)


def test_a_failed_export_leaves_what_stood_there(tmp_path: Path) -> None:
    occupied = tmp_path / "faq.yaml"
    occupied.mkdir()
    with pytest.raises(FaqNotWritten):
        write_faq(occupied, [Entry("a", "b", "c")])
    assert list(tmp_path.iterdir()) == [occupied]


def test_an_export_to_nowhere_says_so(tmp_path: Path) -> None:
    with pytest.raises(FaqNotWritten, match="Choose another folder"):
        write_faq(tmp_path / "none" / "faq.yaml", [Entry("a", "b", "c")])
    with pytest.raises(FaqNotWritten, match="ending in"):
        write_faq(tmp_path / "faq.docx", [Entry("a", "b", "c")])
