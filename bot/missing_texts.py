"""What curators read about what is missing: gaps, and abbreviations nobody defined. Arguments are ready fragments."""

from __future__ import annotations

from bot.texts import counted

# Kept with a draft: why it was made.
GAP_DRAFTED = "from {count} questions without a good answer"

# Buttons.
DRAFT = "Draft an entry"
NOT_A_GAP = "Not a gap"
DEFINE = "Define it"
NO_ABBREVIATION = "Needs no definition"
EDIT_DRAFT = "Edit the draft"
NEXT = "Next"
BACK = "Back"

# The list.
HEADING = "What people ask and the FAQ lacks"
NOTHING = "Nothing is missing that I know of: every question of the last 90 days found its answer. 🎉"
NOT_LOOKED = "I haven't looked yet. Give me a quarter of an hour after the start, then ask again."
TERMS_HEADING = "Asked, and defined nowhere"
FOR_CURATORS = "Only curators work on gaps. Missing an answer yourself? Ask me, and the ops team hears of it."


def facts(questions: int, askers: int, tickets: int, spark: str) -> str:
    """How much a gap matters."""
    asked = f"asked {times(questions)} by {counted(askers, 'person', 'people')}" if questions > 1 else "asked once"
    opened = f" · {counted(tickets, 'ticket', 'tickets')}" if tickets else ""
    return f"{asked}{opened} · {spark}"


def trend(now: int, before: int) -> str:
    """This period against the last."""
    return f"{now} in the last 4 weeks, {before} in the 4 before"


def times(count: int) -> str:
    """ "once", "twice", "nine times"."""
    return {1: "once", 2: "twice"}.get(count) or f"{counted(count, 'time', 'times')}"


def about(terms: str) -> str:
    """The words that tell it from the others."""
    return f"About: {terms}"


def showed(name: str, count: int) -> str:
    """What the desk showed instead."""
    return f"I showed “{name}” {times(count)}"


def hidden(count: int) -> str:
    """Asked in private: counted, never shown."""
    return f"{counted(count, 'more was', 'more were')} asked in private"


def private_only(count: int) -> str:
    """Below the list."""
    asked = counted(count, "question was", "questions were").capitalize()
    return f"{asked} asked in private only; the words stay there."


def again(count: int) -> str:
    """It was decided, and comes back."""
    return f"asked {times(count)} more since somebody decided it"


def page(number: int, of: int) -> str:
    """Below a list of several pages."""
    return f"Page {number} of {of}"


def term(name: str, asked: int, askers: int) -> str:
    """An abbreviation."""
    return f"{name}: asked {times(asked)} by {counted(askers, 'person', 'people')}"


# What came of it.
ALREADY_DECIDED = "Somebody was quicker, or its questions are gone by now. Ask `/faq gaps` for the list as it is."


def drafted(number: int, question: str, with_answer: bool) -> str:
    """A draft was made."""
    answer = "Its answer is how a ticket ended; read it over." if with_answer else "It still needs an answer."
    return f"Draft {number} is made: {question}. {answer}"


def dismissed(question: str) -> str:
    """It leaves the list."""
    return f"All right, “{question}” leaves the list. It comes back if people keep asking."


def defined(name: str, meaning: str) -> str:
    """In the glossary."""
    return f"{name} now stands for “{meaning}”. From the next minute on I find one by the other."


def ignored(name: str) -> str:
    """Not asked about again."""
    return f"All right, {name} needs no definition."


# The forms.
CANCEL = "Cancel"
FILL_IN = "Please fill this in."
SAVE = "Save"
DISMISS_TITLE = "Not a gap"
DISMISS_SUBMIT = "Take it off"
WHY = "Why is it none?"
WHY_HINT = "For your colleagues, in the audit log: “not ours”, “answered by FAQ-12”, …"
DEFINE_TITLE = "Define an abbreviation"
TERM = "Abbreviation"
TERM_HINT = "As people write it"
MEANING = "Stands for"
MEANING_HINT = "The words in full, like “product qualified account”"
DEFINITION = "What that is"
DEFINITION_HINT = "A sentence for colleagues who are new; you can leave it out"


def form_taken(form: str, other: str) -> str:
    """Two terms said the same way could not be told apart."""
    return f"“{form}” stands for {other} already. Change that one, or choose other words."


def lacks_letters(name: str) -> str:
    """An empty field, or one of signs alone."""
    return f"“{name}” needs a letter or a digit."


def too_long(name: str, longest: int) -> str:
    """Somebody pasted a page."""
    return f"“{name}” is longer than {longest} characters. Shorten it."


SAME_AS_TERM = "That only repeats the abbreviation. Write the words it stands for."
