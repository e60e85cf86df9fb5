"""Where in a document something stands, as an anchor, in words and as an address."""

from __future__ import annotations

import pytest

from knowledge.places import Places, address, place


@pytest.mark.parametrize(
    ("anchor", "words"),
    [
        ("page=4", "p. 4"),
        ("page=4&part=2", "p. 4"),
        ("slide=7", "slide 7"),
        ("rows=2-26", "rows 2–26"),
        ("sheet=Q1%20prices&rows=5-5", "row 5"),
        ("lines=10-12", "lines 10–12"),
        ("t=83", "1:23"),
        ("t=3723", "1:02:03"),
        ("check-the-sync", ""),
        ("", ""),
    ],
)
def test_anchors_in_words(anchor: str, words: str) -> None:
    assert place(anchor) == words


@pytest.mark.parametrize(
    ("url", "anchor", "full"),
    [
        ("https://x.example/a.pdf", "page=4", "https://x.example/a.pdf#page=4"),
        ("https://x.example/a", "", "https://x.example/a"),
        ("https://www.loom.com/share/4f2a", "t=83", "https://www.loom.com/share/4f2a?t=83"),
        ("https://www.youtube.com/watch?v=a&t=5", "t=83", "https://www.youtube.com/watch?v=a&t=83"),
        ("https://vimeo.com/12", "t=83", "https://vimeo.com/12#t=83s"),
        ("https://x.example/a", "t-shirts", "https://x.example/a#t-shirts"),
    ],
)
def test_addresses_lead_to_the_place(url: str, anchor: str, full: str) -> None:
    assert address(url, anchor) == full


def test_anchors_of_one_document_differ() -> None:
    places = Places()
    assert [places.take("page=1"), places.take("page=1"), places.take("page=2")] == [
        "page=1",
        "page=1&part=2",
        "page=2",
    ]
