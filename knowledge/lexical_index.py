"""Words matched with words: the one module of bm25s and Stemmer."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterable, Sequence
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

_TOKEN = re.compile(r"[a-z0-9]+(?:[._/@&'’\-][a-z0-9]+)*")
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

    def __init__(self, columns: Columns, size: int) -> None:
        self._columns = columns
        self._data, self._rows, self._starts = columns.data, columns.rows, columns.starts
        self._vocabulary = columns.vocabulary
        self._spelling = Spelling(self._vocabulary)
        self.size = size

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index the texts; results follow their order."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for DEBUG by itself
        index = bm25s.BM25(method="lucene", k1=K1, b=B)
        terms = [list(terms_of(text)) or [""] for text in texts] or [[""]]
        index.index(terms, show_progress=False)
        data = np.asarray(index.scores["data"], dtype=np.float32)
        columns = Columns(
            data, np.asarray(index.scores["indices"]), np.asarray(index.scores["indptr"]), index.vocab_dict
        )
        return cls(columns, len(texts))

    def save(self, folder: Path) -> None:
        """Write the index as .npy and .json files into a folder of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self._columns, name), allow_pickle=False)
        words = {"size": self.size, "vocabulary": self._vocabulary}
        (folder / _WORDS).write_text(json.dumps(words), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what ``save`` wrote; the caller has checked the files' hashes. Needs neither bm25s nor scipy."""
        words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in _ARRAYS}
        return cls(Columns(**arrays, vocabulary=words["vocabulary"]), words["size"])

    def scores(self, weighted: Iterable[tuple[str, float]]) -> LexicalScores:
        """Scores of every text for terms with weights (see ``terms_of``); a misspelt term counts as its neighbour."""
        bm25 = np.zeros(max(self.size, 1), dtype=np.float32)
        covered = np.zeros(max(self.size, 1), dtype=np.float32)
        total = unknown = 0.0
        for term, weight in _merged(weighted).items():
            known = self._spelling.nearest(term)
            if known is None:
                unknown += weight * self._rarity(0)
                continue
            column = self._vocabulary[known]
            span = slice(int(self._starts[column]), int(self._starts[column + 1]))
            rarity = self._rarity(span.stop - span.start)
            rows = self._rows[span]
            bm25[rows] += weight * self._data[span]
            covered[rows] += weight * rarity
            total += weight * rarity
        whole = total + unknown
        if whole > 0:
            covered /= whole
        return LexicalScores(bm25[: self.size], covered[: self.size], total / whole if whole > 0 else 0.0)

    def knows(self, term: str) -> bool:
        """Whether any text holds the term as it is."""
        return term in self._vocabulary

    def _rarity(self, holders: int) -> float:
        """The BM25 inverse document frequency of a term that ``holders`` texts hold."""
        return float(np.log1p((self.size - holders + 0.5) / (holders + 0.5)))


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
