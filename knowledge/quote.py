"""The few sentences of a section that answer a question, as they stand on the page."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.prose import Sentence, Shape

MOST_SENTENCES = 5
MOST_ROWS = 8
"""List items and table rows are short and belong together, so a few more of them fit."""

LIMIT = 600
"""Characters an answer shows before "Show more" (docs on the desk's voice)."""

WORTH = 0.72
"""A sentence is quoted along with the best one when it is at least this relevant, relative to it."""


def best_quote(parts: Sequence[Sentence], relevance: Sequence[float], limit: int = LIMIT) -> str:
    """Two to five of the sentences in page order, as Markdown, about ``limit`` characters at most.

    ``relevance`` has one number per sentence, higher is better. A short section is quoted whole.
    """
    if not parts:
        return ""
    return whole(parts, limit) or render(parts, sorted(_chosen(parts, relevance, limit)))


def whole(parts: Sequence[Sentence], limit: int = LIMIT) -> str:
    """All of a short section as Markdown; empty for one that is too long to be quoted whole."""
    if len(parts) > MOST_SENTENCES or sum(_cost(part) for part in parts) > limit:
        return ""
    return render(parts, range(len(parts)))


def render(parts: Sequence[Sentence], chosen: Sequence[int]) -> str:
    """The chosen sentences as Markdown: list items and rows on lines of their own, rows under their table's head."""
    lines: list[str] = []
    before: Sentence | None = None
    for index in chosen:
        part = parts[index]
        same = before is not None and before.block == part.block
        if part.shape is Shape.ROW:
            if not same:
                lines += ["", part.head] if part.head else [""]
            lines.append(part.markdown)
        elif part.shape is Shape.SENTENCE and same and lines:
            lines[-1] = f"{lines[-1]} {part.markdown.strip()}"
        else:
            if not same:
                lines.append("")
            lines.append(part.markdown if part.shape is not Shape.ITEM else part.markdown.rstrip())
        before = part
    return "\n".join(lines).strip("\n")


def _chosen(parts: Sequence[Sentence], relevance: Sequence[float], limit: int) -> set[int]:
    """The most relevant sentence, what leads up to it, its neighbour, then others while they are worth it."""
    ranked = sorted(range(len(parts)), key=relevance.__getitem__, reverse=True)  # equal ones stay in page order
    best = ranked[0]
    least = WORTH * relevance[best]
    wanted = [best, *_company(parts, best), *(index for index in ranked[1:] if relevance[index] >= least)]
    chosen: set[int] = set()
    spent = 0
    for index in wanted:
        cost = _cost(parts[index])
        listed = parts[index].shape in (Shape.ITEM, Shape.ROW)
        if index in chosen or (chosen and spent + cost > limit):
            continue
        if len(chosen) >= (MOST_ROWS if listed else MOST_SENTENCES):
            continue
        chosen.add(index)
        spent += cost
    return chosen


def _company(parts: Sequence[Sentence], best: int) -> list[int]:
    """What a sentence is not understood without: the line that introduces its list, or the sentence after it."""
    part = parts[best]
    if part.shape in (Shape.ITEM, Shape.ROW):
        first = next(index for index, other in enumerate(parts) if other.block == part.block)
        before = [first - 1] if first > 0 and parts[first - 1].plain.endswith(":") else []
        inside = [first] if parts[first].shape is Shape.SENTENCE and first != best else []
        return before + inside
    if best + 1 < len(parts):
        return [best + 1]
    return [best - 1] if best > 0 else []


def _cost(part: Sentence) -> int:
    """Characters on the screen: a link's address is not read."""
    return len(part.plain) + 2
