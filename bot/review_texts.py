"""What owners are told about entries that are due for a look."""

from __future__ import annotations

from bot.texts import counted

STILL_RIGHT = "Still right"
EDIT = "Edit"
NOT_REVIEWED_YET = "not reviewed yet"
PAGE_IS_GONE = "The page it cites is gone or closed to me:"
HOW = "*Still right* keeps an entry for another round. *Edit* opens it."


def title(count: int) -> str:
    """Above an owner's entries."""
    return f"{counted(count, 'answer of yours is', 'answers of yours are')} due for a look"


def title_of_team(team: str, count: int) -> str:
    """In the ops channel, for a team."""
    return f"{team}: {counted(count, 'answer is', 'answers are')} due for a look"


def title_without_owner(count: int) -> str:
    """In the ops channel, for entries nobody there owns."""
    return f"{counted(count, 'answer is', 'answers are')} due for a look, and no owner of theirs is known to me"


def given(count: int) -> str:
    """How often it was an answer lately."""
    return f"given {counted(count, 'time', 'times')} lately"


def failed(wrong: int, judged: int) -> str:
    """What people said of it."""
    return f"{wrong} of {judged} said it did not help"


def page_changed(page: str) -> str:
    """Above what changed."""
    return f"The page it cites changed: {page}"


def and_more(count: int) -> str:
    """Below the entries that are shown."""
    return f"And {counted(count, 'more', 'more')}: `/faq review` shows all."
