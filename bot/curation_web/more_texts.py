"""What the curation desk says about files, tried questions, gaps, the glossary, checklists and changes."""

from __future__ import annotations

from knowledge.faq_upload import Fault

IMPORT = "Import"
FILE = "FAQ file"
FILE_HINT = "YAML or CSV, up to 10 MB. Nothing is imported before you have seen what it would do."
LOOK = "Look through it"
NO_FILE = "Choose a file first."
EXPORT = "Export"
EXPORT_MORE = "Every entry, archived ones too. It can be imported again as it is."
AS_YAML, AS_CSV = "YAML", "CSV for spreadsheets"
PREVIEW_OF = "What this file would do"
WHAT = {"new": "New", "changed": "Changed", "same": "As it is"}
FAULTS = "What is wrong"
ENTRY, LINE, PROBLEM = "Entry", "Line", "What to do"
WHOLE_FILE = "the whole file"
GOOD_ENTRIES = "Entries that are good"
IMPORT_ALL = "Import"
CHOOSE_OTHER = "Choose another file"
NOTHING_GOOD = "Nothing in this file can be imported. Mend it, then look through it again."
REASON = "Why"
REASON_HINT = "A line for the history."
AND_MORE = "and {n} more"

TRY = "Try a question"
TRY_HINT = "As somebody would ask it. Nothing is recorded, and no ticket is opened."
ASK = "Ask"
READER = "Who asks"
COLLEAGUE, OUTSIDER = "A colleague", "A guest or partner"
OVERHEARD = "Overheard in a channel, not asked"
CONFIDENCE, HITS = "Confidence", "What was found"
RANK, TITLE, SCORE, MATCHED, NUMBERS = "Rank", "Title", "Score", "Closest words", "Numbers"
WOULD_SAY = "What people would read"
NOTHING_FOUND = "Nothing was found."
DRAFT_IT = "Write an entry for it"
AGAIN = "Ask real questions again"
AGAIN_MORE = "The last questions people asked in channels: what they got then, and what they would get now."
AGAIN_GO = "The last {n}"
THEN, NOW, ASKED = "Then", "Now", "Asked"
SAME = "the same"

GAPS = "Gaps"
GAPS_MORE = "Questions that had no good answer, put together by what they mean."
NO_GAPS = "Nothing is missing right now. I look again every few minutes."
NOT_LOOKED = "I have not looked yet. Gaps appear here a few minutes after the desk has started."
GAP, ASKERS, TREND, GOT, DO = "Question", "Asked by", "Trend", "Got instead", "Do"
DRAFT, DISMISS = "Draft an entry", "Dismiss"
DISMISS_WHY = "Why it is none"
OPEN_DRAFT = "Open its draft"
PHRASINGS = "How people asked it"
SINGLES = "Asked once or twice"
DECIDED = "Decided"
UNDEFINED = "Abbreviations nobody defined"
DEFINE, IGNORE = "Define it", "It is none"
NOTHING_UNDEFINED = "Every abbreviation people use is defined."

GLOSSARY = "Glossary"
GLOSSARY_MORE = "Whoever writes one form finds texts with the other."
TERM, MEANING, ALIASES, DEFINITION, BY = "Term", "Stands for", "Also written", "Definition", "Written by"
ALIASES_HINT = "With commas between them."
EXACT = "Only as written (the same letters are a common word)"
SAVE_TERM, REMOVE = "Save the term", "Take out"
FROM_FILE = "the file"

CHECKLISTS = "Checklists"
CHECKLISTS_MORE = "Where people end up when they go through a checklist."
DAYS = "{n} days"
STEP, CHOSE, TAKEN, ENDED, WITH_TICKET = "Question", "Answer", "Gave it", "Ended there", "Ended in a ticket"
NO_RUNS = "Nobody has gone through a checklist yet."

LOG = "Changes"
LOG_MORE = "The newest first."
LOG_ALL = "All changes"
LOG_CSV = "All of them as CSV"
NO_CHANGES = "Nothing has been changed yet."
WHEN, WHO, ACTION, SUBJECT, VERSION, WHY = "When", "Who", "Did", "With", "Version", "Why"


def imported(file: str) -> str:
    """The reason an entry has that came from a file."""
    return f"imported from {file[:100]}"


def files_entries(rows: int, broken: int) -> str:
    """How much of a file is good."""
    entries = "1 entry" if rows == 1 else f"{rows:,} entries"
    if not broken:
        return f"{entries}, all of them good."
    return f"{entries}; {broken:,} cannot be imported as they are."


def import_good(good: int) -> str:
    """The button for the good ones."""
    return "Import the good one" if good == 1 else f"Import the {good:,} good ones"


def place(fault: Fault) -> str:
    """Which entry of the file a fault belongs to."""
    return f"{fault.number}: {fault.name}" if fault.number else WHOLE_FILE


def percent(share: float) -> str:
    """A confidence."""
    return f"{round(share * 100)} %"


def askers(people: int, questions: int) -> str:
    """How many asked how often."""
    return f"{'1 person' if people == 1 else f'{people} people'}, {questions}×"


def private(count: int) -> str:
    """Questions that are counted and not shown."""
    return f"{count} more {'was' if count == 1 else 'were'} asked in private: counted, never shown."


def tickets(count: int) -> str:
    """How many tickets came of it."""
    return "1 ticket" if count == 1 else f"{count} tickets"


def differing(changed: int, asked: int) -> str:
    """How many replies differ from then."""
    if not asked:
        return "Nobody has asked anything in a channel yet."
    return f"{changed} of {asked} would get something else now."


def begun(people: int) -> str:
    """How many began a checklist."""
    return "1 person began it" if people == 1 else f"{people} people began it"


def outcome(explained: int, ticketed: int, left: int) -> str:
    """How it ended for them."""
    return f"{explained} got an explanation, {tickets(ticketed)}, {left} left on the way."
