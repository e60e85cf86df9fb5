"""What people say about tickets by their keys, and about their own: "MOPS-7?", "cancel MOPS-7", "my tickets".

Rules, as in bot.remarks: only a text that says nothing else is one; a key in a longer question is part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.commands import KEY
from bot.remarks import LONGEST, Remark, plainly, remark_of


@dataclass(frozen=True)
class OwnTickets:
    """Somebody's requests. ``any_thread``: also where the thread has one of its own."""

    any_thread: bool = False


@dataclass(frozen=True)
class KeySaid:
    """One ticket: how it stands (STATUS), or that it is not needed (NEVER_MIND). ``alone``: its key, and no more."""

    key: str
    remark: Remark
    alone: bool


_KEY = re.compile(rf"(?<![\w/-])(?:(?:ticket|request|issue) )?({KEY})(?![\w/-])", re.IGNORECASE)
_STANDS_FOR = "my ticket"
_LEAD = re.compile(
    r"(?:(?:hi|hey|hello|please|pls|sorry|so|and)[ ,!.]+)*"
    r"(?:(?:(?:can|could|would|will) (?:you|i)|i(?:'d| would)? (?:want|need|like) to|do you know|let me|let us)"
    r"(?: please)? )?(?:tell me |check |know |see |get |give me |have a look at |look at )?",
    re.IGNORECASE,
)
_OWN = re.compile(r"\bmy (?:ticket|request)\b", re.IGNORECASE)
_LIST = re.compile(
    r"(?:(?:what|where|which|how)(?:'s| is| are| about)? |any (?:news|updates?) (?:on|about|for) |"
    r"(?:list|show)(?: me)? |(?:the )?status(?: of)? )?"
    r"(?:all |the )*(?:of )?my (?:open |own |current )?(?:tickets|requests)"
    r"(?: list| status)?(?: please)?"
    r"|(?:list|show)(?: me)?(?: all)? (?:the )?(?:tickets|requests)"
    r"|(?:what|which) (?:open )?(?:tickets|requests) do i have(?: open)?"
    r"|do i have (?:any )?(?:open )?(?:tickets|requests)(?: open)?",
    re.IGNORECASE,
)
_ABOUT_ONE = (Remark.STATUS, Remark.NEVER_MIND)


def ticket_remark(text: str) -> KeySaid | OwnTickets | None:
    """What a text says about tickets; None for everything else."""
    said = plainly(text)
    if len(said) > LONGEST:
        return None
    said = said[_lead(said) :]
    keys = list(_KEY.finditer(said))
    if len(keys) == 1:
        return _of_key(said, keys[0])
    if keys:
        return None
    if _LIST.fullmatch(said):
        return OwnTickets(any_thread=True)
    return OwnTickets() if _OWN.search(said) and remark_of(said) in _ABOUT_ONE else None


def _of_key(said: str, found: re.Match[str]) -> KeySaid | None:
    rest = said[: found.start()] + _STANDS_FOR + said[found.end() :]
    remark = remark_of(rest)
    if remark not in _ABOUT_ONE:
        return None
    return KeySaid(found[1].upper(), remark, alone=rest == _STANDS_FOR)


def _lead(said: str) -> int:
    found = _LEAD.match(said)
    return found.end() if found else 0
