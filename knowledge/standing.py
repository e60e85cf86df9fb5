"""What a page says of itself in its title or its first line: deprecated, archived, work in progress."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.domain import Section, Standing
from knowledge.prose import plain

_OLD = (
    r"(?:deprecated|archived?|obsolete|out[- ]of[- ]date|outdated|superseded|retired"
    r"|no longer (?:maintained|used|valid))"
)
_NEW = r"(?:wip|work[- ]in[- ]progress|under construction|unfinished)"
_LEAD = r"[\W_]*(?:(?:warning|note|notice|attention|important|status|caution)[\W_]+)*"
_SUBJECT = r"(?:this|the) (?:page|document|doc|article|guide|process|section|handbook page|content) "
_VERB = r"(?:is|was|has been|are|have been)(?: (?:now|being|currently|still|a))* "


def _marker(words: str) -> re.Pattern[str]:
    """At the start of a line as a label of its own, or said of the page; never a word in passing."""
    return re.compile(rf"{_LEAD}(?:{words}(?=[\W_]*$|\s*[:!.\])—–|-])|{_SUBJECT}{_VERB}{words}\b)", re.IGNORECASE)


def _in_title(words: str) -> re.Pattern[str]:
    """In brackets, or before a colon or dash at the start."""
    return re.compile(rf"[(\[{{]\s*{words}\s*[)\]}}]|^\W*{words}\s*[:—–-]", re.IGNORECASE)


_MARKERS = (
    (Standing.OUTDATED, _marker(_OLD), _in_title(_OLD)),
    (Standing.UNFINISHED, _marker(_NEW), _in_title(_NEW)),
)


def marked_standing(title: str, sections: Sequence[Section]) -> Standing:
    """The standing that a page's title or first line gives it."""
    first = next((line for line in sections[0].text.splitlines() if line.strip()), "") if sections else ""
    if sections and not first and len(sections) > 1:  # a top heading, and the text below the next one
        first = next((line for line in sections[1].text.splitlines() if line.strip()), "")
    said = plain(first)
    for standing, marker, in_title in _MARKERS:
        if marker.match(said) or in_title.search(title):
            return standing
    return Standing.CURRENT
