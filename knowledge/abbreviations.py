"""Abbreviations in what people ask, and where a text says what one stands for. Rules, not guesses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.stopwords import STOPWORDS

LONGEST = 6
"""Letters of an abbreviation; longer words in capitals are names or shouted."""

SHOUTED = 0.6
"""A text with more of its words in capitals says nothing about which of them are abbreviations."""

_FEW_WORDS = 3
_SHORTEST_SMALL = 3
_EVERYBODYS = frozenset(
    re.findall(
        r"\S+",
        """
        b2b b2c ai am api apr asap aug bcc brb btw cc ceo cet cfo cmo css csv cto dec dm doc docx eg est eta etc
        eod eow eu faq feb fri fw fwd fy fyi gif gmt hr html http https id ie imo it jan jpg js json jul jun lmk
        lol mar may mon mp3 mp4 na nov oct ok omg pc pdf pls pm png ppt pptx ps pst q1 q2 q3 q4 re rsvp sat sep
        sms sun svg tba tbd tbh thu thx tldr tue tv ty ui uk url us usa utc ux via vp vs wed www xls xlsx xml
        zip gdpr who and or not the my can new add all any help urgent please now how why yes no so is in on at
        of to for by if do be we me
        """,
    )
)
"""What needs no definition anywhere, and common words that people put into capitals."""

_TOKEN = re.compile(r"(?<![\w/@#.'’&-])[A-Za-z][A-Za-z0-9]{1,7}(?![\w/@'’&]|-\w|\.\w)")
_VOWEL = re.compile(r"[aeiouy]")
_BEFORE = 80  # characters before a bracket that may hold what it stands for


def abbreviations_in(texts: Iterable[str]) -> tuple[frozenset[str], ...]:
    """What looks like an abbreviation in each text, in capitals ("PQA"), whatever everybody knows left out.

    Written in capitals, with two of them ("SaaS"), in small letters where another text has it in capitals, or in
    small letters without any vowel ("pql").
    """
    tokens = [tuple(_TOKEN.findall(text)) for text in texts]
    in_capitals = {form for words in tokens if not _is_shouted(words) for form in map(_capitals, words) if form}
    return tuple(frozenset(_said(words, in_capitals)) for words in tokens)


def defined_in(text: str, abbreviations: Iterable[str]) -> frozenset[str]:
    """Those of the abbreviations that a text says the meaning of."""
    return frozenset(each for each in abbreviations if each.lower() in text.lower() and _is_defined(text, each))


def long_form(short: str, text: str) -> str | None:
    """What ``short`` stands for at the end of ``text``, if its letters are found there in order, the first one at

    the start of a word (Schwartz & Hearst 2003, "A simple algorithm for identifying abbreviation definitions").
    """
    at = len(text) - 1
    for place in range(len(short) - 1, -1, -1):
        letter = short[place].lower()
        while at >= 0 and (text[at].lower() != letter or (place == 0 and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
    found = text[at + 1 :]
    words = len(found.split())
    return found if 1 < words <= min(len(short) + 5, len(short) * 2) else None


def _is_defined(text: str, short: str) -> bool:
    spelt = rf"(?<!\w){re.escape(short)}s?(?!\w)"
    for found in re.finditer(rf"\(\s*{spelt}\s*\)", text):
        if long_form(short, text[max(0, found.start() - _BEFORE) : found.start()].rstrip()):
            return True
    for found in re.finditer(rf"{spelt}\s*\(([^()]+)\)", text):
        if long_form(short, found[1]):
            return True
    says = (
        rf"{spelt}[\"”*_`]*\s*(?:=|:\s|[–—-]\s|\b(?:stands? for|is short for|means?|refers to|is an?|is the|are)\b)"
    )
    asks = rf"\bwhat(?:['’]s| is| are| does)(?: an?| the)? {spelt}(?: mean| stand for)?\s*\??\s*$"
    return bool(re.search(says, text)) or bool(re.search(asks, text, re.IGNORECASE | re.MULTILINE))


def _said(words: Iterable[str], in_capitals: set[str]) -> Iterator[str]:
    words = tuple(words)
    shouted = _is_shouted(words)
    for word in words:
        small, form = word.lower(), "" if shouted else _capitals(word)
        if form:
            yield form
        elif small in STOPWORDS or small in _EVERYBODYS:
            continue
        elif word.upper() in in_capitals:
            yield word.upper()
        elif small.removesuffix("s").upper() in in_capitals:
            yield small.removesuffix("s").upper()
        elif word.islower() and _SHORTEST_SMALL <= len(word) < LONGEST and word.isalpha() and not _VOWEL.search(word):
            yield small.removesuffix("s").upper() if len(small) > _SHORTEST_SMALL else small.upper()


def _capitals(word: str) -> str:
    """The abbreviation a word written with capitals is; "" when it is none."""
    bare = word[:-1] if word.endswith("s") and word[:-1].isupper() else word
    capitals = sum(letter.isupper() for letter in bare)
    short = 2 <= len(bare) <= LONGEST and bare.lower() not in _EVERYBODYS  # noqa: PLR2004 - one letter is none
    mixed = capitals > 1 and len(bare) < LONGEST and bare[0].isupper()
    return bare.upper() if short and capitals > 1 and (bare.isupper() or mixed) else ""


def _is_shouted(words: Iterable[str]) -> bool:
    words = tuple(words)
    return len(words) > _FEW_WORDS and sum(word.isupper() for word in words) > SHOUTED * len(words)
