"""How something is said: that a thing is broken, a complaint, a cry. Literal signs only. No I/O."""

from __future__ import annotations

import re

_LONGEST_CRY = 120
"""Longer sentences have something of their own to say (characters)."""

_BREAKAGE = re.compile(
    r"\b(broken|bugs?|errors?|outage|crash\w*|is down|went down|fails?|failed|failing|stopped|stuck|not working|"
    r"(4\d\d|5\d\d) error|(does|is|are|do|was|were|did)(n['’]?t| not) "
    r"(work\w*|load\w*|sync\w*|show\w*|send\w*|open\w*|updat\w*|fir\w*))\b",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"\bwhy\b[^.?!]{0,120}(\b(not|never|no|still|missing|gone|wrong|empty)\b|n['’]t\b)|"
    r"\bstill (no|not|waiting|nothing)\b|\b(asked|told|said|written|reported)\b[^.?!]{0,20}\b(times|twice|again)\b",
    re.IGNORECASE,
)
_CALL = (
    r"omg|oh my god|wtf|ugh|argh+|wow|sigh|help|please|sos|seriously|really|honestly|unbelievable|come on|not again|"
    r"oh no|no way|again|urgent|emergency|asap"
)
_MORE = r"( (just|really|so|too|very|simply|absolutely|completely|totally|getting))*"
_BAD = (
    r"ridiculous|unacceptable|unbelievable|outrageous|insane|crazy|nuts|annoying|frustrating|terrible|awful|horrible|"
    r"embarrassing|a joke|a disaster|a nightmare|the worst|bad"
)
_ANGRY = "angry|mad|furious|frustrated|upset|annoyed|fed up|desperate|lost"
_CRIES = (
    rf"(this|that|it)(['’]?s| is){_MORE} ({_BAD})",
    rf"i( a|['’])?m{_MORE} ({_ANGRY})",
    r"(nothing|nobody|no one|none of this) (ever )?(works|helps|answers|cares)( (any ?more|again|here))?",
    r"(is|can|does) (anybody|anyone|somebody|someone) (there|here|hear me|help( me)?|care|listening)",
    r"how (hard|difficult) can (it|this|that) be",
    r"what( is|['’]?s) going on( here)?|what the (hell|heck)",
    r"(many )?(thanks|thank you|thx)( (for (nothing|your (help|time))|a lot|so much|in advance|all|team))*",
    r"(i )?hope (you|everyone|all)(['’]?re| are| is| had| have)?\b.{0,40}",
    r"sorry (to (bother|bug) you|for .{0,30})( again)?",
)
_CRY = re.compile(rf"\W*(({_CALL})[\W_]*)*({'|'.join(_CRIES)})?\W*", re.IGNORECASE)
_TOLD_BEFORE = re.compile(
    r"^\W*(i|we)(['’]ve| have)? (already |now )?(asked|told you|said|written|reported)( you| this| that)*"
    r"( (already|before|again|twice|(\w+ )?times)){1,2}[\s,:;–-]+(?=\w)",
    re.IGNORECASE,
)


def says_broken(text: str) -> bool:
    """Whether something is said to be broken."""
    return _BREAKAGE.search(text) is not None


def complains(text: str) -> bool:
    """Whether it is asked why something is not as it should be, or that for the third time."""
    return _COMPLAINT.search(text) is not None


def is_cry(sentence: str) -> bool:
    """Whether a sentence is nothing but temper or manners: "This is ridiculous!!!", "Hope you are well."."""
    return len(sentence) <= _LONGEST_CRY and _CRY.fullmatch(sentence) is not None


def without_reproach(sentence: str) -> str:
    """A sentence without "I have asked three times" before what was asked."""
    return _TOLD_BEFORE.sub("", sentence, 1)
