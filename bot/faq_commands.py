"""The grammar of `/faq`: what follows the command, as values. Anything that is no subcommand is searched for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.commands import DidYouMean, near


class Verb(StrEnum):
    """Subcommands that stand alone."""

    HELP = "help"
    LIST = "list"
    REVIEW = "review"
    GAPS = "gaps"
    IMPORT = "import"
    EXPORT = "export"


class Takes(StrEnum):
    """Subcommands that something follows."""

    SEARCH = "search"
    ADD = "add"
    EDIT = "edit"
    ARCHIVE = "archive"
    EXPORT = "export"


@dataclass(frozen=True)
class Faq:
    """A subcommand and what follows it; ``rest`` is empty where nothing does."""

    verb: Verb | Takes
    rest: str = ""


def parse_faq(text: str) -> Faq | DidYouMean:
    """What follows `/faq`. Nothing at all asks for help; `edit` and `archive` without an id list the entries."""
    words = text.strip()
    if not words:
        return Faq(Verb.HELP)
    first, _, rest = words.partition(" ")
    word, rest = first.lower(), rest.strip()
    if not rest and word in set(Verb):
        return Faq(Verb(word))
    if word in set(Takes) and (rest or word == Takes.ADD):
        return Faq(Takes(word), rest)
    if word in (Takes.EDIT, Takes.ARCHIVE, Takes.SEARCH):
        return Faq(Verb.LIST)
    return _near(word, rest) or Faq(Takes.SEARCH, words)


def _near(word: str, rest: str) -> DidYouMean | None:
    """One edit away from a subcommand that could stand here."""
    known: tuple[str, ...] = tuple(Takes) if rest else (*Verb, *Takes)
    found = near(word, word, known)
    return DidYouMean(f"{word} {rest}".strip(), f"{found.meant} {rest}".strip()) if found else None
