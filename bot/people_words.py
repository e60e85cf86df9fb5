"""What points at people in a text, taken out as far as rules can: names, mentions, addresses, numbers, ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_MENTION = re.compile(r"(?<!\w)@[^\W\d_][\w.'-]*(?: [A-ZÀ-Þ][\w'-]+)?")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_GREETING = re.compile(r"\A(?:hi|hey|hello|hallo|dear)\b[^\n,!.]{0,40}[,!.]?\s*", re.IGNORECASE)
_SPACES = re.compile(r"[ \t]+([,.!?;:]?)")
_PHONE = re.compile(
    r"(?<![\w.+/-])(?:"
    r"\+\d[\d ()/.-]{7,20}\d"  # +49 30 1234-567
    r"|\(\d{3}\) ?\d{3}[-. ]\d{4}|\d{3}[-.]\d{3}[-.]\d{4}"  # (415) 555-0134
    r"|0\d{2,4}[ /-]\d[\d -]{4,12}\d"  # 030 1234567
    r")(?![\w-])"
)
_ACCOUNT = re.compile(
    r"<@[UW][A-Z0-9]{2,20}(?:\|[^>\n]{0,100})?>|\b[UW](?=[A-Z]*\d)[A-Z0-9]{8,11}\b"  # Slack
    r"|\[~[^\]\s]{1,200}\]|\b\d{6}:[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{24}\b"  # Jira
)
_LEAST_NAME = 3
"""Letters from which on a part of a name counts in any case: shorter ones in small letters are mostly words."""

_LIKE_WORDS = """
will mark rose grant bill frank grace hope joy dawn summer rob sue pat art drew chase miles page reed mac max sky guy
jean mike ray jan don eve dot ivy kit bob lee rod gene dale cliff wade brook penny ruby pearl jade amber iris olive
sage chance chip buck jack nick victor faith mercy star crystal robin jay hunter parker mason cooper porter baker cook
young white black brown green gray grey long short little king price rich stone wood field fields forest lake banks
ford hill moon day knight bishop church park street lane wells waters winter frost snow rain bell ball cross bond case
cash call power best sharp strong wise love good small weeks major post lead van von der den del de di da du la le
"""
"""Parts of names that are words as well: taken for a name only when written like one."""

_UNLIKE_NAMES = """
may april june august mops marketing operations ops sales support service desk team help admin bot automation jira
slack crm data web design content brand events finance legal product customer it hr somebody forgotten
"""
"""Parts of display names that say what somebody does, or when: never taken out by themselves."""

_WORDS, _NO_NAMES = frozenset(_LIKE_WORDS.split()), frozenset(_UNLIKE_NAMES.split())


def without_people(text: str, names: Iterable[str]) -> str:
    """The text without addresses, numbers and ids of people, mentions, these names and a greeting at its start."""
    text = _ACCOUNT.sub("", _ADDRESS.sub("", _GREETING.sub("", text)))
    text = _PHONE.sub("", _MENTION.sub("", text))
    for part in sorted(set(_parts(names)), key=lambda part: (-len(part), part)):
        known = _WORDS.issuperset(part.lower().split()) or len(part) < _LEAST_NAME
        name = re.compile(rf"(?<!\w){re.escape(part)}(?:['’]s)?(?!\w)", re.NOFLAG if known else re.IGNORECASE)
        text = name.sub("", text)
    text = _SPACES.sub(lambda m: m[1] or " ", text).strip(" ,;\n")
    return text[:1].upper() + text[1:]


def _parts(names: Iterable[str]) -> Iterator[str]:
    """Whole names, and the words they are made of."""
    for name in names:
        for part in (name, *name.split()):
            if len(part) > 1 and part.lower() not in _NO_NAMES:
                yield part
