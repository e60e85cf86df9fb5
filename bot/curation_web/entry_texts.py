"""What the curation desk says about one entry: reading it, its history, writing it."""

from __future__ import annotations

from knowledge.domain import Audience, Checklist, EntryStatus, Level

STATUS = {
    EntryStatus.DRAFT: "Draft",
    EntryStatus.IN_REVIEW: "In review",
    EntryStatus.PUBLISHED: "Published",
    EntryStatus.ARCHIVED: "Archived",
}
LABELS = {
    "question": "Question",
    "variants": "Other ways to ask it",
    "answer": "Answer",
    "checklist": "Checklist",
    "sources": "Sources",
    "tags": "Tags",
    "owner": "Owner",
    "audience": "Who may read it",
    "review_by": "Look at it again by",
    "status": "Status",
    "reviewed_at": "Reviewed on",
    "review_days": "Look at it again after (days)",
}
HINTS = {
    "question": "As somebody would ask it.",
    "variants": "One per line, in people's own words.",
    "answer": "Markdown: **bold**, lists, [links](https://…). The preview shows what people will read.",
    "sources": "One per line: Title | https://…",
    "tags": "With commas between them.",
    "owner": "The team or person who keeps it right.",
    "audience": "internal, public, group: S0123 or channel: C0123.",
    "review_days": "Its owner is asked then whether it is still right.",
    "checklist": "YAML, as in an FAQ file. Leave it empty when the answer needs no questions back.",
}
HISTORY, EDIT, SEE_ENTRY = "History", "Edit", "The entry"
READ_AS = "As people read it"
STILL_RIGHT = "Still right"
ARCHIVE = "Archive"
ARCHIVE_WHY = "Why it goes"
OPEN_PROPOSALS = "Proposals about this entry"
ID, VERSION = "Id", "Version"
LAST_CHANGED = "Last changed"
ARCHIVED_NOTE = "This entry is archived: nobody gets it as an answer. Restore a version from its history."
ARCHIVE_NEEDS_REASON = "Say in a line why it is archived: whoever looks for it will want to know."
OPENS_TICKET = "opens a ticket"

HISTORY_OF = "History"
COMPARE = "Compare"
BEFORE, AFTER = "Before", "After"
WHEN, WHO, WHY, WHAT = "When", "Who", "Why", "What"
RESTORE = "Restore this version"
RESTORE_WHY = "Why it comes back"
RESTORE_NEEDS_REASON = "Say in a line why this version comes back."
NOW = "now"
NO_DIFFERENCE = "Nothing differs."
NOTHING = "nothing"
FIRST_VERSION = "The first version: everything is new."

NEW, EDIT_TITLE, EDIT_DRAFT = "New entry", "Edit", "Edit the proposal"
NEW_ID = "Id"
NEW_ID_HINT = "Leave it empty: I make one of the question's words. It never changes afterwards."
ID_TAKEN = "This id is taken. Choose another one, or leave it empty."
REASON = "Why"
REASON_HINT = "A line for the history, for those who wonder later."
SAVE = "Save and try it out"
PREVIEW = "Preview"
LIVE_PREVIEW = "Preview"
NOTHING_LIVE = "Nothing goes live from here. I keep it as a proposal and try it out on real questions."
PROBLEMS = "Not saved yet. Put these right:"
BACK = "Back without saving"


def version(number: int) -> str:
    """A version by its number."""
    return f"Version {number}"


def readers(audience: Audience) -> str:
    """Who may read it, in words."""
    return ", who are also: ".join(_circle(part) for part in audience.parts)


def _circle(audience: Audience) -> str:
    match audience.level:
        case Level.PUBLIC:
            return "Everyone, guests and partners too"
        case Level.INTERNAL:
            return "Colleagues"
        case Level.GROUP | Level.CHANNEL:
            named = ", ".join(sorted(audience.groups | audience.channels))
            return f"Members of {named}" if named else "Nobody"


def steps(checklist: Checklist) -> str:
    """How long a checklist is."""
    return "1 step" if len(checklist.steps) == 1 else f"{len(checklist.steps)} steps"
