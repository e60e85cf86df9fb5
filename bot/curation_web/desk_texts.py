"""What the curation desk says on every page, and on the table of entries."""

from __future__ import annotations

TITLE = "Curation desk"
SKIP = "Skip to the content"
NAV = (
    ("/", "Entries"),
    ("/proposals", "Proposals"),
    ("/gaps", "Gaps"),
    ("/try", "Try a question"),
    ("/glossary", "Glossary"),
    ("/checklists", "Checklists"),
    ("/import", "Import & export"),
    ("/log", "Changes"),
)
SIGN_OUT = "Sign out"
NAV_LABEL = "Pages"
TO_THE_DESK = "To the curation desk"

DONE = {
    "review": "Reviewed: {n}. Their interval starts anew.",
    "archive": "Archived: {n}. Nobody gets them as an answer any more; you can restore them from their history.",
    "tag": "Tagged: {n}.",
    "untag": "Tag removed: {n}.",
    "owner": "New owner: {n}.",
    "restore": "Version {n} is back. People get it within a minute.",
    "published": "Published as version {n}. People get it within a minute.",
    "saved": "Saved as a proposal. Nothing is live yet: look at what it would change, then decide.",
    "checked": "Tried out again.",
    "submitted": "Sent to review.",
    "dropped": "Dropped. It stays in the list of changes, and its author hears of it.",
    "sent_back": "Sent back. Its author gets your words as a message.",
    "rebased": "Your text now builds on the entry as it is. Look at the difference again.",
    "merged": "The phrasing is the other entry's now.",
    "linked": "The answer names the other entry now.",
    "without": "The repeats are gone.",
    "import": "Imported. {n} entries are new or changed; people get them within a minute.",
    "drafted": "Drafted from the gap. Put the answer right, then save.",
    "dismissed": "Dismissed. It comes back if people go on asking.",
    "ignored": "I won't list that word again.",
    "defined": "Defined. Both ways of saying it find the same answers within a minute.",
    "undefined": "Taken out.",
}

ENTRIES = "Entries"
NEW_ENTRY = "New entry"
SEARCH = "Search"
SEARCH_HINT = "Questions, answers, ids"
STATUS, OWNER, TAG, STALE = "Status", "Owner", "Tag", "Overdue for review"
ANY = "Any"
SHOW = "Show"
CLEAR = "Clear"
QUESTION, REVIEWED, DUE, TAGS = "Question", "Reviewed", "Due", "Tags"
SELECT = "Select"
SELECT_ALL = "Select all on this page"
NEVER = "never"
OVERDUE = "overdue"
NO_OWNER = "nobody"
VARIANTS = "{n} phrasings"
EMPTY = "No entry fits. Clear the filters, or write the first one."
EARLIER, LATER = "Earlier", "Later"
PAGES = "Pages of the table"

BULK = "With the selected"
BULK_ACTION = "Do"
BULK_CHOICES = (
    ("review", "Mark as reviewed"),
    ("owner", "Hand over to an owner"),
    ("tag", "Add a tag"),
    ("untag", "Remove a tag"),
    ("archive", "Archive (say why)"),
)
BULK_VALUE = "Tag, owner or reason"
BULK_GO = "Apply"
BULK_REVIEWED = "reviewed, still right"
NOTHING_TICKED = "Nothing is selected. Tick the entries first, then choose what to do with them."
NOTHING_CHOSEN = "Choose what to do with the selected entries."
ARCHIVE_NEEDS_REASON = "Say in a line why they are archived: whoever looks for them will want to know."
TAG_NEEDS_NAME = "Which tag? Write it next to the choice."

KEYS = "Keyboard"
KEYS_CLOSE = "Close"
KEY_LIST = (
    ("j / k", "next, previous row"),
    ("x", "select the row"),
    ("Enter", "open the row"),
    ("/", "search"),
    ("n", "new entry"),
    ("?", "this list"),
    ("Esc", "leave a field, close this list"),
)


def found(total: int) -> str:
    """How many entries fit."""
    return "1 entry" if total == 1 else f"{total:,} entries"


def page_of(page: int, pages: int) -> str:
    """Where one is in the table."""
    return f"Page {page} of {pages}"
