"""What people say to the desk that no document answers: "help", "who is on triage?", "any news?", "never mind".

Rules, not guesses: a remark is one only when the whole text fits; everything else is a question.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class Remark(Enum):
    """What is meant."""

    HELP = auto()
    ON_CALL = auto()
    HUMAN = auto()  # wants people, or a ticket, and does not say what for
    FORGET_ME = auto()
    STATUS = auto()  # means something only where there is a ticket
    NEVER_MIND = auto()  # likewise


LONGEST = 80
"""Longer texts have something of their own to say (characters)."""

_OPENER = (
    r"(?:(?:hi|hey|hello|hallo|ok(?:ay)?|oh|so|and|please|pls|sorry|thanks?|actually|(?:are you )?sure|yes|yeah|no|"
    r"well|hmm*|alright|then|just|but)\b[ ,.!?]*(?:there\b[ ,.!?]*)?)*"
)
_CLOSER = r"(?:[ ,]+(?:please|pls|thanks?|thx|now|then|here|today))*"
_TICKET = r"(?:a |an |another |the |new )*(?:(?:jira|support|ops) )?(?:ticket|request|issue|case)"
_SUBJECT = (
    r"(?: (?:for|about|on|with|to) (?:me|us|it|this|that|my (?:question|problem)|(?:the )?(?:mops|ops)(?: team)?))*"
)
_PEOPLE = (
    r"(?:a |an |some |the |real |actual |your )*"
    r"(?:human|person|people|someone|somebody|agent|(?:mops|ops)(?: team)?|team)"
)
_THIS = r"(?:it|this|that|my|the|our|your)(?: (?:ticket|request|issue))?"
_OURS = r"(?:this|that|my|the|our) (?:ticket|request)"

_PHRASES = {
    Remark.HELP: (
        r"(?:(?:can|could) (?:you|someone|somebody|anyone|anybody) |i need )?help(?: me)?",
        r"what can you (?:do|help(?: me)? with)|how do(?:es)? (?:this|it|you) work",
        r"are you (?:an? )?(?:real )?(?:bot|robot|human|person|ai|there)|who are you|what are you|what is this",
        r"commands?|info|hilfe|how (?:can|do) i use (?:this|you)",
    ),
    Remark.ON_CALL: (r"(?:who(?:'s| is) )?(?:on[- ]?call|on (?:triage|duty))(?: (?:right now|this week))?",),
    Remark.HUMAN: (
        rf"(?:(?:can|could|may) i |i(?:'d| would) like to |i (?:want|need|have) to |let me )?"
        rf"(?:talk|speak|chat|get through)(?: to| with) {_PEOPLE}",
        rf"(?:i (?:need|want) |get me |ask ){_PEOPLE}|human|real person|escalate(?: {_THIS})?",
        r"(?:(?:can|could|would) you |i (?:want|need|would like) to |how (?:do|can) i )?"
        rf"(?:please )?(?:open|create|file|raise|make|submit|log|start|get) (?:me |us )?{_TICKET}{_SUBJECT}",
        rf"(?:i (?:need|want) )?{_TICKET}{_SUBJECT}",
        rf"(?:(?:can|could|would) you )?(?:(?:make|turn) (?:it|this|that) into {_TICKET}"
        rf"|(?:pass|send|give|forward|hand) (?:it|this|that) (?:on|over|(?:on |over )?to {_PEOPLE}))",
    ),
    Remark.FORGET_ME: (r"forget (?:me|about me|everything(?: about me)?)|delete my (?:data|questions)",),
    Remark.STATUS: (
        rf"(?:is there |are there |do you have |do we have )?(?:any|an) (?:news|updates?|progress|eta)"
        rf"(?: (?:on|about|for) {_THIS})?(?: yet| so far)?",
        rf"(?:what(?:'s| is) (?:the )?)?(?:status|eta|news|state)(?: (?:of|on|for) {_THIS})?|updates?",
        rf"how(?:'s| is) {_THIS} (?:going|coming along)|when (?:will|is) {_THIS}(?: be)? (?:done|ready|fixed)",
        rf"(?:is|has|was) {_THIS}(?: been)? (?:done|ready|fixed|finished)(?: yet)?|who is (?:on|working on) {_THIS}",
        rf"what(?:'s| is| has)? (?:happened|happening|become|became|about)(?: (?:to|with|of))? {_OURS}",
        rf"(?:(?:where|how)(?:'s| is)|how about|show(?: me)?|find|look up|what(?:'s| is)(?: with| up with)?) {_OURS}",
        rf"(?:what(?:'s| is) )?{_OURS} (?:status|state|eta|news|updates?)"
        rf"|is {_OURS} (?:(?:still )?open|closed|assigned)(?: yet)?|my (?:ticket|request)",
    ),
    Remark.NEVER_MIND: (
        r"never ?mind|nvm|forget (?:it|that)|(?:it's )?(?:not|no longer) needed(?: any ?more)?",
        rf"(?:cancel|close|withdraw)(?: {_THIS})?|(?:you can |let's )(?:cancel|close|withdraw) {_THIS}",
        rf"(?:delete|drop|stop) {_OURS}|{_OURS} is (?:not|no longer) needed(?: any ?more)?"
        rf"|(?:i|we) (?:don't|do not|no longer) need {_OURS}(?: any ?more)?",
        r"(?:i(?:'ve)? |we(?:'ve)? )?(?:found|solved|fixed|sorted|got|figured)(?: (?:it|that))?(?: out)?"
        r"(?: (?:my|our)sel(?:f|ves))?",
        rf"(?:{_THIS} |it's |that's |all )(?:is |has been )?(?:solved|fixed|sorted|resolved|done)",
        r"it works(?: now| again)?",
    ),
}
_PATTERNS = {
    remark: re.compile(f"{_OPENER}{said}(?:[ ,.;!-]+{_OPENER}{said})?{_CLOSER}", re.IGNORECASE)
    for remark, phrases in _PHRASES.items()
    for said in ("(?:" + "|".join(phrases) + ")",)
}

_WORK = re.compile(
    r"\b(?:(?:can|could|would|will) (?:you|somebody|someone|anybody|anyone|we|the team)|please|pls|need you to)"
    r"(?: (?:please|pls|also|just|maybe|quickly)){0,4} "
    r"(?:add|build|change|check|clean|connect|copy|create|delete|disable|enable|exclude|export|fix|give|grant|import|"
    r"integrate|make|merge|migrate|move|pause|publish|pull|remove|rename|replace|reset|restore|schedule|send|set up|"
    r"stop|switch|sync|translate|turn|update|upload)\b"
    r"|\b(?:broken|(?:not|stopped) working|(?:is|went) down)\b"
    r"|\b(?:does|do|is|did)(?:n't| not) (?:work|load|open|send|sync)\w*\b",
    re.IGNORECASE,
)


def is_work(text: str) -> bool:
    """Whether somebody is to do something ("can you rename …", "… is broken"), rather than to know or to chat."""
    return _WORK.search(text.replace("’", "'")) is not None


_WHAT_WAS_SAID = r"(?:that|this|it|the answer|(?:that|this|your) (?:answer|one)|(?:that|the) (?:page|info|entry|doc))"
_OBJECTION = re.compile(
    rf"{_OPENER}(?:i think |i'm afraid |sorry |unfortunately )?"
    rf"(?:(?:{_WHAT_WAS_SAID}(?:'s| is| was| seems| looks| sounds) "
    r"(?:(?:just|simply|completely|totally|now|quite|already|also|a bit) )*|(?:that|this|it) |)"
    r"(?:(?:not |isn't |no longer )(?:quite |really )?(?:right|correct|true|accurate|valid|up to date|helpful)"
    r"|wrong(?: answer)?|incorrect|outdated|out[- ]of[- ]date|obsolete)"
    r"|(?:that|this|it) (?:did not|didn't|does not|doesn't)(?: really)? help(?: me| at all)*)"
    r"(?:$|[,.;:!…–—-]| (?:now|any ?more|because|since|and|but|for|by now|here|-|–|—)(?:\W|$))",
    re.IGNORECASE,
)
_LONGEST_OBJECTION = 1_000


def is_objection(text: str) -> bool:
    """Whether somebody says of an answer that it is not right, and asks nothing."""
    said = plainly(text)
    return len(said) <= _LONGEST_OBJECTION and "?" not in text and _OBJECTION.match(said) is not None


_FRAGMENT_WORDS = 2
_TROUBLE = re.compile(r"\b(?:down|broken|errors?|outage|urgent|asap|fail(?:s|ed|ing)?)\b", re.IGNORECASE)


def is_fragment(text: str) -> bool:
    """Whether a text is a word or two that name a thing ("link"), and neither trouble nor work for somebody."""
    words = re.findall(r"[^\W\d_]+(?:['-]\w+)*", plainly(text))
    spaced = all(word.lower() != word.upper() for word in words)  # scripts without cases write sentences as one word
    return spaced and len(words) <= _FRAGMENT_WORDS and not _TROUBLE.search(text) and not is_work(text)


_ENGLISH = "the is are my our do does how where what which who when why can i we you to for in of and"
_GERMAN = (
    "wo wie wann warum wer ich wir sind ist mein meine unser unsere der das ein eine einen für nicht bitte kann "
    "können gibt und auf mit von zum beim über"
)
_FRENCH = (
    "où comment quand pourquoi qui je nous sont est mes notre nos le la les un une pour pas peut peux avec des du "
    "dans"
)
_SPANISH = "dónde cómo cuándo cuál quién yo nosotros está están mis nuestra el los las un una para puede con del"
_FOREIGN = frozenset(f"{_GERMAN} {_FRENCH} {_SPANISH}".split())
"""Small words of other languages; those that are English too ("die", "was") are left out."""


def is_foreign(text: str) -> bool:
    """Whether a text is plainly not English, which is what the shipped model and the sample texts are."""
    said = set(re.findall(r"[^\W\d_]+", text.lower()))
    return len(said & _FOREIGN) > 1 and not said & set(_ENGLISH.split())


def plainly(text: str) -> str:
    """A text in one line, without what stands around it."""
    return " ".join(text.replace("’", "'").split()).strip(" .,!?…")


def remark_of(text: str) -> Remark | None:
    """What a text means; None for a question. No words at all ("@MOPS Desk", "??") ask for help."""
    if not re.search(r"\w", text):
        return Remark.HELP
    said = plainly(text)
    if len(said) > LONGEST:
        return None
    return next((remark for remark, pattern in _PATTERNS.items() if pattern.fullmatch(said)), None)
