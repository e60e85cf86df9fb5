"""Campaign links in what people write: what is wrong with them by the team's rules. Never in anybody's way. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from escalation.domain import UtmPart
from escalation.utm import PREFIX, check_utm

MAX_LINKS = 3
"""Links of one message that are looked at."""

_SPACED = r"(?:(?: [^\s<>|\"&?/]{1,40}){1,3}&utm_[^\s<>|\"]{1,200}){0,5}"
"""The rest of a link that a space in a value has torn ("…=paid social&utm_campaign=…")."""

_LINK = re.compile(r"https?://[^\s<>|\"]{3,2000}" + _SPACED, re.IGNORECASE)
_LINK_END = ".,;:!?)]}'"
_ABOUT_THE_LINK = re.compile(
    r"(?:is|are|does|do|can|could|would|you|we|i|this|that|these|the|my|our|a|it|ok|okay|right|correct|fine|good|valid|"
    r"wrong|with|in|to|for|of|on|if|whether|and|please|pls|thanks|hi|hey|hello|check|review|validate|lint|look|looks|"
    r"link|links|url|urls|utm|utms|utm_\w+|tag|tags|tagged|tagging|tracking|campaign|parameter|parameters|properly|"
    r"correctly|work|have|use|set|up|what|what's|s|anything|something)"
)


@dataclass(frozen=True)
class LinkNote:
    """What is wrong with one link; ``corrected`` is None where a person must decide."""

    link: str
    problems: tuple[str, ...]
    corrected: str | None


@dataclass(frozen=True)
class LinkReview:
    """The campaign links of a message: those with problems, and whether the message is about nothing else."""

    notes: tuple[LinkNote, ...]
    is_the_question: bool


class LinkCheck:
    """Knows the team's rules for campaign links; without rules nothing is ever wrong."""

    def __init__(self, rules: Sequence[UtmPart]) -> None:
        self._rules = tuple(rules)

    def review(self, text: str) -> LinkReview | None:
        """The tagged links of a message; None when it has none. A link without any utm_ parameter is none of ours."""
        links = [match[0].rstrip(_LINK_END) for match in _LINK.finditer(text)]
        tagged = [link for link in dict.fromkeys(links) if PREFIX in link.partition("?")[2].lower()][:MAX_LINKS]
        if not tagged or not self._rules:
            return None
        notes = tuple(note for link in tagged if (note := self._note(link)).problems)
        return LinkReview(notes, _only_about_links(text))

    def _note(self, link: str) -> LinkNote:
        verdict = check_utm(link, self._rules)
        return LinkNote(link, verdict.problems, verdict.corrected)


def _only_about_links(text: str) -> bool:
    words = re.findall(r"[a-z0-9_']+", _LINK.sub(" ", text).lower())
    return all(_ABOUT_THE_LINK.fullmatch(word) for word in words)
