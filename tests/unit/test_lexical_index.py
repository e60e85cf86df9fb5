from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.lexical_index import LexicalIndex, LexicalScores, terms_of
from knowledge.spelling import Spelling

TEXTS = ["Set utm_content on every link", "Recycle a lead that went quiet", "The venue for the dinner"]


def scores(text: str, index: LexicalIndex | None = None) -> LexicalScores:
    return (index or LexicalIndex.build(TEXTS)).scores((term, 1.0) for term in terms_of(text))


def test_the_text_with_the_words_scores_highest() -> None:
    assert scores("recycled leads").bm25.argmax() == 1


def test_compound_names_match_whole_and_in_parts() -> None:
    assert scores("utm_content").bm25[0] > scores("content").bm25[0] > 0


def test_a_misspelt_word_finds_the_one_that_was_meant() -> None:
    assert scores("recylce").bm25.argmax() == 1


def test_coverage_counts_unknown_words_as_missing() -> None:
    assert scores("dinner venue").coverage[2] == 1.0
    assert scores("dinner hotjar").coverage[2] < 0.5


def test_function_words_are_not_searched() -> None:
    assert terms_of("what is the") == ()
    assert scores("what is the").bm25.max() == 0


def test_a_saved_index_scores_the_same(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert np.array_equal(scores("utm link", index).bm25, scores("utm link", loaded).bm25)


def test_texts_without_words_do_no_harm(tmp_path: Path) -> None:
    for texts in ([], [""], ["the", "a lead"]):
        index = LexicalIndex.build(texts)
        folder = tmp_path / str(len(texts))
        index.save(folder)
        assert LexicalIndex.load(folder).scores([("lead", 1.0)]).bm25.shape == (len(texts),)


def test_spelling_forgives_one_edit_and_no_more() -> None:
    spelling = Spelling(["recycle", "webinar", "mql"])
    assert [spelling.nearest(word) for word in ("recylce", "webinr", "webiinar", "wobinar")] == [
        "recycle",
        "webinar",
        "webinar",
        "webinar",
    ]
    assert [spelling.nearest(word) for word in ("wbinr", "mqi", "hotjar")] == [None, None, None]
