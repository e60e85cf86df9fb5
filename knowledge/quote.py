"""The few sentences of a section that answer a question, as they stand on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.prose import Shape
from knowledge.reading import Reading

_LISTED = frozenset((Shape.ITEM, Shape.ROW))

MOST_SENTENCES = 5
MOST_ROWS = 8
"""List items and table rows are short and belong together, so a few more of them fit."""

LIMIT = 600
"""Characters an answer shows before "Show more" (docs on the desk's voice)."""

WORTH = 0.72
"""A sentence is quoted along with the best one when it is at least this relevant, relative to it."""


def best_quote(reading: Reading, relevance: Sequence[float], limit: int = LIMIT) -> str:
    """Two to five of the sentences in page order, as Markdown, about ``limit`` characters at most.

    ``relevance`` has one number per sentence, higher is better. A short section is quoted whole.
    """
    if not len(reading):
        return ""
    return whole(reading, limit) or render(reading, sorted(_chosen(reading, relevance, limit)))


def whole(reading: Reading, limit: int = LIMIT) -> str:
    """All of a short section as Markdown; empty for one that is too long to be quoted whole."""
    places = range(len(reading))
    if len(reading) > MOST_SENTENCES or sum(_cost(reading, place) for place in places) > limit:
        return ""
    return render(reading, places)


def render(reading: Reading, chosen: Iterable[int]) -> str:
    """The chosen sentences as Markdown: list items and rows on lines of their own, rows under their table's head."""
    lines: list[str] = []
    before = -1
    for index in chosen:
        markdown, shape, block = reading.markdown[index], reading.shapes[index], reading.blocks[index]
        same = block == before
        if shape == Shape.ROW:
            if not same:
                lines += ["", reading.heads[index]] if reading.heads[index] else [""]
            lines.append(markdown)
        elif shape == Shape.SENTENCE and same and lines:
            lines[-1] = f"{lines[-1]} {markdown.strip()}"
        else:
            if not same:
                lines.append("")
            lines.append(markdown if shape != Shape.ITEM else markdown.rstrip())
        before = block
    return "\n".join(lines).strip("\n")


def _chosen(reading: Reading, relevance: Sequence[float], limit: int) -> set[int]:
    """The most relevant sentence, what leads up to it, its neighbour, then others while they are worth it."""
    best = max(range(len(relevance)), key=relevance.__getitem__)  # of equal ones the first
    least = WORTH * relevance[best]
    worth = [index for index, relevant in enumerate(relevance) if relevant >= least]
    worth.sort(key=relevance.__getitem__, reverse=True)  # equal ones stay in page order
    chosen: set[int] = set()
    spent = 0
    for index in (best, *_company(reading, best), *worth):
        cost = _cost(reading, index)
        if index in chosen or (chosen and spent + cost > limit):
            continue
        if len(chosen) >= (MOST_ROWS if reading.shapes[index] in _LISTED else MOST_SENTENCES):
            continue
        chosen.add(index)
        spent += cost
    return chosen


def _company(reading: Reading, best: int) -> list[int]:
    """What a sentence is not understood without: the line that introduces its list, or the sentence after it."""
    if reading.shapes[best] in _LISTED:
        first = reading.blocks.index(reading.blocks[best])
        before = [first - 1] if first > 0 and reading.plain[first - 1].endswith(":") else []
        inside = [first] if reading.shapes[first] == Shape.SENTENCE and first != best else []
        return before + inside
    if best + 1 < len(reading):
        return [best + 1]
    return [best - 1] if best > 0 else []


def _cost(reading: Reading, index: int) -> int:
    """Characters on the screen: a link's address is not read."""
    return len(reading.plain[index]) + 2
