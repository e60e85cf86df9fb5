"""Versions side by side: which fields, which lines, which words."""

from __future__ import annotations

from dataclasses import replace

from bot.curation_web.side_by_side import Line, compare
from knowledge.domain import Entry, EntryStatus

UTM = Entry("utm", "How do I build a link?", "Use the builder.\nThen save.", variants=("utm link",), tags=("utm",))


def marked(line: Line | None) -> list[str]:
    return [part.text for part in line or () if part.changed]


def test_only_fields_that_differ_are_shown_in_the_order_of_the_form() -> None:
    after = replace(UTM, answer="Use it.", tags=(), status=EntryStatus.ARCHIVED)
    assert [field.label for field in compare(UTM, after)] == ["Answer", "Tags", "Status"]
    assert compare(UTM, UTM) == ()


def test_the_words_that_differ_are_marked_and_the_rest_of_the_line_is_not() -> None:
    (field,) = compare(UTM, replace(UTM, answer="Use the new builder.\nThen save."))
    first, second = field.pairs
    assert marked(first.before) == [] and marked(first.after) == ["new "]
    assert second.same


def test_a_line_that_came_or_went_has_nothing_beside_it() -> None:
    (field,) = compare(UTM, replace(UTM, variants=("utm link", "campaign link")))
    assert [(pair.before is None, marked(pair.after)) for pair in field.pairs] == [
        (False, []),
        (True, ["campaign link"]),
    ]


def test_against_nothing_everything_is_new() -> None:
    labels = [field.label for field in compare(None, UTM)]
    assert labels[:3] == ["Question", "Other ways to ask it", "Answer"]


def test_a_very_long_line_is_compared_whole() -> None:
    (field,) = compare(replace(UTM, answer="a " * 5_000), replace(UTM, answer="b " * 5_000))
    assert marked(field.pairs[0].after) == [("b " * 5_000)]
