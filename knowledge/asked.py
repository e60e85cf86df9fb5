"""What a long message asks: its question, found among the story, the quoted mail, the signature and the code.

Short messages are left as they are. Nothing is cut off by length: every sentence is scored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.lexical_index import terms_of
from knowledge.wording import searchable

LONG = 300
"""Messages of at most so many characters are searched whole: the model reads them well."""

MOST_WORDS = 70
"""Words of all the questions in a message that are searched for together."""

FEW_TERMS, SOME_TERMS = 3, 5
"""A question with few terms of its own leans on what was said before it; one that says "it" with up to some."""

CONTEXT_SENTENCES = 3
"""Sentences before it that a question may lean on; more than one only where the last of them is short."""

FAMILIAR = 3.0
"""What it counts that the team has written about a sentence's words, next to 2 for a question mark."""

AS_GOOD = 0.8
"""A second question counts when it scores at least this share of the best one."""

AT_THE_END = 0.3
"""What it counts that a sentence is the last one."""

LONGEST = 20_000
"""Characters that are read at all, from both ends: more than any message that a chat takes."""


@dataclass(frozen=True)
class Asked:
    """``text`` is what is asked, on one line; ``context`` what it leans on, "" where it stands on its own."""

    text: str
    context: str = ""
    reduced: bool = False


def asked_in(message: str, familiarity: Callable[[str], float] = lambda _: 0.0) -> Asked:
    """The question in a message, without greetings, emoji and mentions.

    ``familiarity`` says, from 0 to 1, how much of a sentence the team has written about.
    """
    whole = searchable(message) or message
    if len(whole) <= LONG:
        return Asked(whole)
    said = [line for line in _sentences(_own_words(_bounded(message))) if searchable(line)]
    own = searchable(" ".join(said))
    if len(own) <= LONG:
        return Asked(own or whole, reduced=bool(own))
    last = len(said) - 1
    scores = [
        _score(searchable(sentence)) + FAMILIAR * familiarity(sentence) + AT_THE_END * (place == last)
        for place, sentence in enumerate(said)
    ]
    chosen = _chosen(said, scores)
    text = " ".join(searchable(said[place]) for place in chosen)
    return Asked(text, _context(said, chosen, text), reduced=True)


def _chosen(said: Sequence[str], scores: Sequence[float]) -> list[int]:
    """The best sentence and others that ask nearly as plainly, in their order."""
    ranked = sorted(range(len(said)), key=lambda place: -scores[place])
    chosen: list[int] = []
    words = 0
    for place in ranked:
        length = len(said[place].split())
        if chosen and (scores[place] < AS_GOOD * scores[ranked[0]] or words + length > MOST_WORDS):
            continue
        chosen.append(place)
        words += length
    return sorted(chosen)


def _context(said: Sequence[str], chosen: Sequence[int], text: str) -> str:
    """The sentences before a question that says too little by itself ("how do we fix it?")."""
    if len(set(terms_of(text))) >= (SOME_TERMS if _POINTING.search(text) else FEW_TERMS):
        return ""
    before: list[str] = []
    for place in range(chosen[0] - 1, max(chosen[0] - 1 - CONTEXT_SENTENCES, -1), -1):
        before.insert(0, searchable(said[place]))
        if len(set(terms_of(before[0]))) >= FEW_TERMS:
            break
    return " ".join(before)


def _score(sentence: str) -> float:
    """How plainly a sentence asks for something, between 0 and about 5."""
    said = sentence.replace("’", "'")
    score = 2.0 if said.rstrip(" )\"'*_").endswith("?") else 0.0
    score += 1.0 if _ASKING.match(said) else 0.5 if _MAYBE_ASKING.match(said) else 0.0
    score += 1.0 if _NEEDING.search(said) else 0.0
    score += 0.25 if _TROUBLE.search(said) else 0.0
    terms = len(set(terms_of(said)))
    if _EMPTY.fullmatch(said.strip(" .!?")) or not terms:
        score *= 0.1  # "any ideas?" asks, but says nothing
    return score


def _bounded(message: str) -> str:
    if len(message) <= LONGEST:
        return message
    return f"{message[: LONGEST // 2]}\n{message[-LONGEST // 2 :]}"


def _own_words(message: str) -> list[str]:
    """The lines that are the sender's own: no code, no quotes, no mail heads, no history, no signature."""
    text = _CODE.sub("\n", message)
    kept: list[str] = []
    for line in text.splitlines():
        bare = line.strip()
        if _HISTORY.match(bare) and any(kept_line.strip() for kept_line in kept):
            break
        if not (_QUOTED.match(bare) or _HEAD.match(bare) or _HISTORY.match(bare)):
            kept.append(bare)
    return _unsigned(kept) or text.splitlines()


def _unsigned(lines: list[str]) -> list[str]:
    """The lines up to a signature: a closing phrase on a line of its own with nothing but short lines below."""
    for place, line in enumerate(lines):
        below = [other for other in lines[place + 1 :] if other]
        if line == "--" or (
            _CLOSING.fullmatch(line)
            and place > 0
            and len(below) <= _SIGNATURE_LINES
            and not any(other.endswith("?") for other in below)
        ):
            return lines[:place]
    return lines


def _sentences(lines: list[str]) -> Iterator[str]:
    """Sentences of the lines; a blank line, a list item or a line's end after a full stop ends one."""
    block: list[str] = []
    for line in [*lines, ""]:
        if block and (not line or _ITEM.match(line)):
            yield from _split(" ".join(block))
            block = []
        if line:
            block.append(line)


def _split(text: str) -> Iterator[str]:
    yield from (part for part in _BREAK.split(text) if part.strip())


_SIGNATURE_LINES = 8
_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)
_QUOTED = re.compile(r"(?:>|&gt;|\|)")
_HEAD = re.compile(r"(?:\*{0,2})(?:from|sent|to|cc|bcc|subject|date|reply-to|importance)\*{0,2}:\s", re.IGNORECASE)
_HISTORY = re.compile(
    r"-{2,}\s*(?:original message|forwarded (?:message|by))|begin forwarded message|_{10,}$"
    r"|on .{4,80} wrote:$|.{2,80} wrote on .{4,40}:$|am .{4,80} schrieb .{2,60}:$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:best|kind|warm|many)?\s*(?:regards|wishes|thanks)|best|cheers|sincerely|yours(?: \w+)?|thx|br|vg|lg"
    r"|thanks?(?: you)?(?: (?:a lot|so much|in advance|again|all|everyone))?)[\s,.!–—-]*(?:\w+)?[\s,.!]*",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:[-*•+]|\d{1,2}[.)])\s")
_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[*_@#<A-Za-z0-9])")
_ASKING = re.compile(
    r"(?:(?:and|so|but|also|ok|now|my question(?: is)?|question|quick question)[\s,:-]+)*"
    r"(?:how|what|what's|where|where's|when|who|who's|whose|why|which|can|could|should|does|do)\b",
    re.IGNORECASE,
)
_MAYBE_ASKING = re.compile(r"(?:did|is|are|am|shall|will|would|may|has|have|any|anyone|anybody)\b", re.IGNORECASE)
_NEEDING = re.compile(
    r"\b(?:how (?:do|to|can|does|should|long|many|much)|where (?:do|can|is|are|to)|what (?:is|are|do|does|should|to)"
    r"|any(?:one|body) know|any idea|wondering|not sure (?:how|what|where|if|which|who)|is it (?:ok|possible|allowed)"
    r"|(?:i|we) need|i(?:'d| would) like to (?:know|ask)|my question|can you|could you|do (?:i|we) have to"
    r"|please (?:tell|help|explain|advise|add|send)|tell me|help me|help with|looking for)\b",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"\b(?:error|broken|missing|stuck|wrong|fails?|failing|blank|cannot"
    r"|(?:can|could|does|do|is|are|was)(?:n't| not))\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"(?:any|some) (?:ideas?|help|thoughts|advice|pointers|clue|hints?)"
    r"(?: (?:would be|is) (?:great|appreciated|welcome))?"
    r"|(?:can|could) (?:you|anyone|someone|somebody|anybody) (?:please )?(?:help|advise)(?: me| us)?"
    r"(?: (?:with|on) (?:this|that|it))?"
    r"|(?:does |do )?any(?:one|body) (?:know|have an idea)|what do you think|does that make sense|make sense"
    r"|how are you(?: doing)?|how(?:'s| is) it going|hope you(?:'re| are) (?:well|all well)"
    r"|right|ok(?:ay)?|what now|thoughts|is that ok(?:ay)?",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:it|this|that|they|them|those|these|there|same|one|ones|so|both)\b", re.IGNORECASE)
