"""Words matched with words: the one module of bm25s and Stemmer."""

from __future__ import annotations

import json
import logging
import math
import re
import threading
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import Stemmer
from numpy.typing import NDArray

from knowledge.spelling import Spelling
from knowledge.stopwords import STOPWORDS

K1, B = 1.2, 0.75
"""BM25's usual constants (Robertson & Zaragoza 2009, section 3.5)."""

MEANING = "="
"""Begins a term that stands for a meaning, however it is said (see glossary); no word of a text begins with it."""

_TOKEN = re.compile(r"[a-z0-9]+(?:(?:[./@&'’]|-{1,2})[a-z0-9]+)*")
NAME_TERMS = 2.0
"""What a name written as in a system counts in a question as a whole, next to 1 for each of its words."""

_NAME = re.compile(r"#[A-Za-z0-9][\w\-]*|(?<![A-Za-z0-9])[A-Za-z0-9]++(?:_++[A-Za-z0-9]++)++")
_LONG_WORD = re.compile(r"\b[a-z]{5,}\b")
_PART = re.compile(r"[a-z0-9]+")
Floats = NDArray[np.float32]

_ARRAYS, _WORDS = ("data", "rows", "starts"), "words.json"


@dataclass(frozen=True)
class LexicalScores:
    """Two numbers per indexed text: ``bm25`` (0 or more, unbounded) and ``coverage`` (0 to 1): the share of the

    query's terms, weighted by rarity, that the text holds. Terms that no text holds count as the rarest.
    ``known`` is the share that any text holds.
    """

    bm25: Floats
    coverage: Floats
    known: float


@dataclass(frozen=True)
class Columns:
    """BM25's scores, column by column: term t's (its number in ``vocabulary``) are ``data[starts[t]:starts[t + 1]]``,

    of the texts at the same places in ``rows``.
    """

    data: Floats
    rows: NDArray[np.int32]
    starts: NDArray[np.int32]
    vocabulary: dict[str, int]


class LexicalIndex:
    """BM25 over a fixed list of texts. Immutable; searches may run in several threads."""

    def __init__(self, columns: Columns, size: int, words: Mapping[str, str] | None = None) -> None:
        """``words``: the words that terms come from, where they differ; they help with misspelt ones."""
        self._columns = columns
        self._data, self._rows, self._starts = columns.data, columns.rows, columns.starts
        self._vocabulary = columns.vocabulary
        self._words = words or {}
        self._spelling = Spelling(self._vocabulary, self._words)
        self.size = size

    @classmethod
    def build(cls, texts: Sequence[str], terms: Callable[[str], Sequence[str]] | None = None) -> LexicalIndex:
        """Index the texts; results follow their order. ``terms`` says what is kept of a text, as ``terms_of``."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for DEBUG by itself
        index = bm25s.BM25(method="lucene", k1=K1, b=B)
        kept = [list((terms or terms_of)(text)) or [""] for text in texts] or [[""]]
        index.index(kept, show_progress=False)
        data = np.asarray(index.scores["data"], dtype=np.float32)
        columns = Columns(
            data, np.asarray(index.scores["indices"]), np.asarray(index.scores["indptr"]), index.vocab_dict
        )
        return cls(columns, len(texts), _words(texts, columns.vocabulary))

    def save(self, folder: Path) -> None:
        """Write the index as .npy and .json files into a folder of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self._columns, name), allow_pickle=False)
        words = {"size": self.size, "vocabulary": self._vocabulary, "words": self._words}
        (folder / _WORDS).write_text(json.dumps(words), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what ``save`` wrote; the caller has checked the files' hashes. Needs neither bm25s nor scipy."""
        words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in _ARRAYS}
        return cls(Columns(**arrays, vocabulary=words["vocabulary"]), words["size"], words["words"])

    def scores(self, weighted: Iterable[tuple[str, float]]) -> LexicalScores:
        """Scores of every text for terms with weights (see ``terms_of``); a misspelt term counts as its neighbour."""
        unknown = 0.0
        spans: list[slice] = []
        counts: list[float] = []
        rarities: list[float] = []
        merged = _merged(weighted)
        for term, weight in merged.items():
            known = self._spelling.nearest(term)
            if known is not None:
                column = self._vocabulary[known]
                spans.append(slice(int(self._starts[column]), int(self._starts[column + 1])))
                counts.append(weight)
                rarities.append(weight * self._rarity(spans[-1].stop - spans[-1].start))
            elif not (term.startswith(MEANING) or self._means_known(term, merged)):
                unknown += weight * self._rarity(0)
        bm25, covered = self._added(spans, counts, rarities)
        total = sum(rarities)
        whole = total + unknown
        if whole > 0:
            covered = covered / np.float32(whole)
        return LexicalScores(bm25, covered, total / whole if whole > 0 else 0.0)

    def _added(
        self, spans: Sequence[slice], counts: Sequence[float], rarities: Sequence[float]
    ) -> tuple[Floats, Floats]:
        """Of every text: the scores in its columns, each times what it counts, and the rarities of these columns."""
        if not spans:
            nothing = np.zeros(self.size, dtype=np.float32)
            return nothing, nothing
        rows = np.concatenate([self._rows[span] for span in spans])
        scores = np.concatenate([self._data[span] for span in spans])
        columns = np.repeat(np.arange(len(spans)), [span.stop - span.start for span in spans])
        bm25 = np.bincount(rows, scores * np.array(counts)[columns], self.size).astype(np.float32)
        return bm25, np.bincount(rows, np.array(rarities)[columns], self.size).astype(np.float32)

    def _means_known(self, term: str, asked: Container[str]) -> bool:
        """Whether a word that no text holds is asked for with a meaning that some text does."""
        meaning = MEANING + term.removesuffix("s")
        return meaning in asked and meaning in self._vocabulary

    def knows(self, term: str) -> bool:
        """Whether any text holds the term as it is."""
        return term in self._vocabulary

    def _rarity(self, holders: int) -> float:
        """The BM25 inverse document frequency of a term that ``holders`` texts hold."""
        return math.log1p((self.size - holders + 0.5) / (holders + 0.5))


def terms_of(text: str) -> tuple[str, ...]:
    """The stemmed terms of a text, in order, repeated as often as they occur, without function words.

    Compound names (utm_content, re-MQL, a/b) count whole and in their parts.
    """
    found: list[str] = []
    for token in _TOKEN.findall(text.lower().replace("_", "-")):
        parts = _PART.findall(token)
        if len(parts) > 1:
            joined = "-".join(parts)
            if joined.replace("-", "") not in STOPWORDS:
                found.append(joined)
        found.extend(part for part in parts if part not in STOPWORDS and (len(part) > 1 or part.isdigit()))
    stemmed: list[str] = _stemmer().stemWords(found)
    return tuple(stemmed)


def asked_terms(text: str) -> tuple[tuple[str, float], ...]:
    """The terms of a question with their weights: the whole of a name (utm_content, #ask-commission) counts more."""
    names = {terms_of(name)[:1] for name in _NAME.findall(text)}
    return tuple((term, NAME_TERMS if "-" in term and (term,) in names else 1.0) for term in terms_of(text))


def stems_of(words: Sequence[str]) -> list[str]:
    """The stem of each word in small letters, function words included."""
    stemmed: list[str] = _stemmer().stemWords([word.lower() for word in words])
    return stemmed


def _words(texts: Iterable[str], vocabulary: Container[str]) -> dict[str, str]:
    """The words of the texts, and what may be their singular, with the term each comes from, where they differ."""
    found = {word for text in texts for word in _LONG_WORD.findall(text.lower())}
    said = sorted(found | {word.removesuffix("s") for word in found})
    return {
        word: stem for word, stem in zip(said, stems_of(said), strict=True) if stem != word and stem in vocabulary
    }


def _merged(weighted: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Each term once, with its highest weight: a word said twice in a question is not twice as important."""
    merged: dict[str, float] = {}
    for term, weight in weighted:
        merged[term] = max(weight, merged.get(term, 0.0))
    return merged


_local = threading.local()


def _stemmer() -> Any:  # noqa: ANN401 - PyStemmer has no types
    """A stemmer of this thread's own: PyStemmer's objects keep state and are not safe to share."""
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer("english")
    return stemmer
