"""Is this a question, small talk, or something said to nobody in particular? Rules only, no model."""

from __future__ import annotations

import re
from enum import StrEnum

from knowledge.wording import searchable


class Speech(StrEnum):
    """What kind of remark a text is."""

    QUESTION = "question"
    SMALL_TALK = "small_talk"
    STATEMENT = "statement"  # announcements, news, decisions, jokes
    DIRECTED = "directed"  # to a named person
    RESOLVED = "resolved"  # the asker says it is settled


FRAGMENT_WORDS = 10
"""A short piece that tells nothing may be a keyword question ("utm for newsletters")."""


def speech_of(text: str) -> Speech:
    """What kind of remark this is. Meant for short messages in a team's channel, in English."""
    said = searchable(_URL.sub(" ", text)).replace("’", "'")
    if not said or _SMALL_TALK.fullmatch(said):
        return Speech.SMALL_TALK
    if _NAMED.match(text) or _NAME_FIRST.match(said):
        return Speech.DIRECTED
    if _RESOLVED.search(said):
        return Speech.RESOLVED
    if _RHETORICAL.search(said) or (_TELLING.match(said) and "?" not in said):
        return Speech.STATEMENT
    return Speech.QUESTION if _asks(said) else Speech.STATEMENT


def reports_trouble(text: str) -> bool:
    """Whether a text says that something does not work, and asks nothing: somebody has to look at it."""
    said = searchable(_URL.sub(" ", text)).replace("’", "'")
    return _DOWN.search(said) is not None and not _PUTS_QUESTION.search(said)


def _asks(said: str) -> bool:
    """Question marks, question words at the start of a clause, a need, a trouble, or a bare keyword query."""
    if "?" in said or _NEEDING.search(said) or _has_trouble(said):
        return True
    if any(_ASKING.match(clause) for clause in _CLAUSE.split(said) if clause.strip()):
        return True
    bare = said.rstrip(" .!…")
    return len(bare.split()) <= FRAGMENT_WORDS and not _TOLD.search(bare) and not said.endswith(("!", ".", ":", "→"))


def _has_trouble(said: str) -> bool:
    """Whether something, and after it a word of trouble, is mentioned. As one expression it took minutes."""
    thing = _THING.search(said)
    return thing is not None and _TROUBLE.search(said, thing.end()) is not None


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


def _words(*phrases: str) -> re.Pattern[str]:
    """Any of the phrases, as whole words, anywhere."""
    return re.compile(rf"\b{_any(*phrases)}\b", re.IGNORECASE)


_URL = re.compile(r"<?https?://\S+")
_CLAUSE = re.compile(r"(?:(?<![.!?;:,…])[.!?;:,…]+|\s[–—-]+)\s+|\.\.+")

_PLEASANTRIES = (
    r"hey+|hi+|hello|hiya|howdy|yo|good (?:morning|afternoon|evening|night)|morning|bye|see you|cheers|welcome",
    r"(?:many |big |huge )?thanks?(?: (?:you|a (?:lot|ton|bunch)|so much|very much|again|all|everyone|team))*",
    r"thank (?:you|u)(?: (?:so|very) much)?|thx|ty(?:sm)?|ta|much appreciated|appreciate it|for the heads[- ]up",
    r"o+k(?:ay)?|okey|k|cool|nice(?: one)?|great|perfect|awesome|amazing|lovely|brilliant|super|sweet|wow|yay",
    r"got it|gotcha|noted|understood|makes sense|sounds good|will do|done|on it|sure|np|no (?:problem|worries)",
    r"yep|yes|yeah|no|nope|lol|haha+|hehe+|friyay|ping|test(?:ing)?",
    r"you(?:'re| are| folks are| all are|s are)?(?: (?:the )?best| lifesavers?| welcome| rock)",
    r"(?:that |this |it )?(?:fixed|solved|worked|helps?|helped)(?: (?:it|that|me|a lot))?|exactly what i needed",
    r"how are you|how(?:'s| is) it going|what'?s up|who are you|are you (?:a )?(?:bot|robot|human|real|there)",
    r"so much|again|all|everyone|everybody|team|there|folks|guys|desk|bot|mops|and|so|very|that|it|you|u",
)
_SMALL_TALK = re.compile(rf"(?:{_any(*_PLEASANTRIES)}[\s,.!…~)(:;?–—-]*)+", re.IGNORECASE)

_NAMED = re.compile(r"^\W*(?:<@|@(?!(?:channel|here|everyone|all|team|mops|desk)\b)\w)", re.IGNORECASE)
_NOT_NAMES = _any("Hi", "Hey", "Hello", "Team", "All", "Folks", "Guys", "Everyone", "So", "Ok", "Also", "Question")
_NAME_FIRST = re.compile(
    rf"^(?!{_NOT_NAMES}\b)[A-Z][a-z]+,\s+" + _any("can", "could", "did", "do", "are", "will", "would", "have") + r"\b"
)
_RESOLVED = _words(
    r"never ?mind|nvm|ignore (?:me|that|my)|no longer needed|closing (?:this|my request|it)",
    r"found it|figured (?:it )?out|(?:all )?sorted(?: now)?|(?:it )?works (?:now|again)|working (?:now|again)",
    r"(?<![\w ].)(?:solved|fixed|resolved)(?=[!.,])",
)
_TELLING = re.compile(
    r"^\W*"
    + _any(
        r"fyi|psa|heads[- ]up|(?:friendly )?reminder|update\b|announcement|news|new:|ooo\b|agreed|decided",
        r"please welcome|huge|shout[- ]?out|kudos|congrats|congratulations|happy|loved|i swear|pretty sure",
        r"feedback from|deck from|recording|\[[\w -]+\]",
        r"(?:yesterday|today|mon|tue|wed|thu|fri)\w*[: ]?\s?(?:standup|:)",
    ),
    re.IGNORECASE,
)
_RHETORICAL = re.compile(
    _any(
        r"\bis it just me\b|\bwhy (?:is it always|me|today|now)\b|\bam i the only one\b|, right\?\W*$",
        r"\bwho (?:named|came up with|thought|wrote)\b.{0,300}\b(?:lol|haha)|\blol\W*$",
        r"\bhow (?:great|cool|nice|crazy|funny) (?:is|are)\b",
    ),
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^\W*(?:(?:and|so|but|also|ok(?:ay)?|great|sorry|btw|um+|question|q)[\s,:!-]+)*"
    + _any(
        r"how|what|whats|what's|where|wheres|where's|when|who|whos|who's|whom|whose|why|which|wdym|help",
        r"can|could|do|does|did|is|are|am|should|shall|will|would|may|has|isn't|aren't|doesn't|can't",
        r"any|anyone|anybody",
    )
    + r"\b",
    re.IGNORECASE,
)
_NEEDING = _words(
    r"how (?:do|to|can|does|should|long|many|much)|where (?:do|can|is|are|to)|what (?:is|are|do|does|should|to|now)",
    r"(?:any(?:one|body)|does some(?:one|body)) (?:know|have|seen|help)|any idea|wondering|who do i",
    r"not sure (?:how|what|where|if|which|who)|is it (?:ok|possible|allowed)|trying to|looking for|keeps? \w+ing",
    r"(?:i|we) need (?:to|help|a|an|the|some|access)|need (?:help|access)|(?:i|we|\w+ team|boss|cmo) wants?",
    r"can(?:'|no)?t (?:find|see|get|open|log)|cannot|(?:isn't|not|doesn't|stopped) work(?:ing)?|help with|help me",
    r"tell me|remind me|explain|pls|please (?:tell|help|explain|advise)",
    r"(?<![\w ].)(?:want|need) \w+",
)
_THING = _words("my|our|a|the|i|it")
_TROUBLE = _words(
    r"gone|blank|missing|broken|freez\w+|wrong|stuck|errors?|nothing|not|no",
    r"(?:is|are|does|do|did|wo|ca|was)n'?t",
)
_STATE = r"(?: (?:completely|totally|all|again|still|just|now|currently|suddenly|really))*"
_DOWN = re.compile(
    rf"\b(?:is|are|was|went|goes|seems|looks|has gone|keeps going|'s){_STATE} "
    r"(?:down|offline|unreachable|broken|dead|not (?:working|loading|sending|opening|responding))\b"
    r"|\b(?:stopped|quit) (?:working|loading|sending)\b"
    r"|\b(?:is|are|do|does|wo)n'?t (?:work|working|load|loading|open|opening|send|sending)\b"
    r"|\boutage\b|\b(?:50[0-4]|404) error\b|\berror (?:50[0-4]|404)\b",
    re.IGNORECASE,
)
_PUTS_QUESTION = re.compile(
    r"\?|^\W*(?:how|what|where|when|who|why|which|can|could|do|does|is there|should|any|anyone)\b"
    r"|\b(?:how (?:do|to|can)|where (?:do|can)|what (?:do|should))\b",
    re.IGNORECASE,
)
_TOLD = _words(
    r"i'm|i am|we're|we are|we've|i've|i'll|we'll|they're|she's|he's|was|were|has been|have been",
    r"is (?:live|done|here|booked|back|off|out|now|alive)|back at|moved|moves|finished|updated|approved|merged",
    r"covers for|goes (?:into|through)|joins|hit",
)
