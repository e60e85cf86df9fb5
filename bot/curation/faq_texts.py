"""What is said while the FAQ is curated in Slack. Arguments are ready fragments, as in bot.texts."""

from __future__ import annotations

from bot.texts import counted, number

# Buttons and titles.
EDITOR_TITLE = "FAQ entry"
TRY_IT = "Try it out"
CANCEL, CLOSE = "Cancel", "Close"
PUBLISH, TO_REVIEW, BACK, DROP = "Publish", "Send to review", "Back to editing", "Drop it"
TRYING_TITLE, FOUND_TITLE, CONFLICT_TITLE, DONE_TITLE = (
    "Trying it out",
    "Before it goes live",
    "Changed meanwhile",
    "FAQ",
)
LOOK_AGAIN, TRY_AGAIN = "Show what you found", "Try again"
MERGE, LINK = "Merge into it", "Link to it"
TAKE_MINE = "Take over my text"
SEE, EDIT, PROPOSE, ARCHIVE = "See", "Edit", "Propose a change", "Archive"
CONTINUE, LOOK_AT_IT, REVIEW_IT, STILL_RIGHT = "Continue", "Look at it", "Review", "Still right"
MORE, EARLIER = "More", "Earlier"
ADD_ENTRY, BROWSE, OPEN_QUEUE, SEE_GAPS = "Add an entry", "Browse topics", "Open the queue", "See the gaps"
OTHER_TOPICS = "Other topics"

# The editor.
LABELS = {
    "question": "Question",
    "variants": "Other ways to ask it",
    "answer": "Answer",
    "sources": "Sources",
    "tags": "Topics",
    "owner": "Owner",
    "audience": "Who may read it",
    "review_days": "Look at it again after (days)",
    "checklist": "Checklist",
    "reason": "Why",
}
HINTS = {
    "question": "As somebody would ask it.",
    "variants": "One per line, in people's own words.",
    "answer": "Markdown: **bold**, lists, [links](https://…).",
    "sources": "One per line: Title | https://…",
    "tags": "With commas between them.",
    "owner": "The team or person who keeps it right.",
    "audience": "internal, public, group: S0123 or channel: C0123",
    "review_days": "Its owner is asked then whether it is still right.",
    "checklist": "YAML, as in an FAQ file.",
    "reason": "A line for the history, for those who wonder later.",
}
NEW_ENTRY = "A new entry."
NOTHING_LOST = "What you type is kept when you send it. I try it out first; nothing goes live before you say so."
FOR_A_CURATOR = "What you type is kept when you send it. A curator publishes it."
NEEDS_QUESTION = "It needs a question."
NEEDS_ANSWER = "It needs an answer."
DAYS_HOW = "Write a number of days, such as 90."
AUDIENCE_HOW = "Write internal, public, group: S0123ABCD or channel: C0123ABCD."


def changes(entry_id: str, version: str) -> str:
    """What the editor is about."""
    return f"Changes `{entry_id}` (version {version})."


CURATION_DESK = "curation desk"


def too_long(fields: str, characters: str, desk: str) -> str:
    """Slack's inputs end at 3,000 characters; ``desk`` leads to where it can be changed."""
    said = f"{fields} is longer than the {characters} characters Slack takes, so it stays as it is here."
    return f"{said} Change it on the {desk}."


def in_line(line: int, message: str) -> str:
    """A problem in a text of several lines."""
    return f"Line {line}: {message}"


# Trying it out.
LOADING = "One moment, I'm getting it ready… Still here in half a minute? Close this and try again."
TRYING = "Kept as draft {number}. I'm trying this out on what people asked lately; that takes a few seconds…"
LOOKS = "*This is how it will look:*"
NOT_TRIED = "I couldn't try it out: {why} Your draft is kept. Try again in a moment."
NO_CHANGE = "Nobody's answer changes: none of the questions I tried gets another reply."
SHADOW_TITLE = "*Much like another entry that answers differently*"
TWINS_LABEL = "Nearly the same: leave these phrasings out?"
REASON_LABEL = "Why is it right all the same?"
REASON_HINT = "Needed, because something above speaks against it. It goes into the history."
TRIED_OUT = "I tried out {question}. Here is what it would change."
REASON_NEEDED = "Say in a line why it is right, then publish."
WAITS_FOR_OK = (
    "These are somebody's words from a private thread. I've asked them; it can be published once they agree."
)
SENT = "*{question}* is with the curators. You'll find it under `/faq` until it is decided."
PUBLISHED = "*{question}* is published. It answers questions within a minute."
DROPPED = "Dropped. It stays in the log; nothing was published."
ARCHIVED = "*{question}* is archived: it answers nothing any more, and can be restored."
REVIEWED = "*{question}* is marked as still right. Thank you."
MERGED = "Done: its words lead to the other entry now, within a minute. The draft had nothing else, so it is gone."


def tried(changed: int, questions: int, better: int, worse: int) -> str:
    """The finding in a sentence."""
    if not changed:
        return NO_CHANGE if questions else "There were no earlier questions to try it on."
    ends = [f"{better} better" if better else "", f"{worse} worse" if worse else ""]
    known = ", ".join(end for end in ends if end)
    last = f"If you publish this, {changed} of the last {questions} questions change"
    return f"{last} ({known})." if known else f"{last}."


def changed(question: str, before: str, after: str, kind: str) -> str:
    """One question whose reply changes."""
    return f"• {question}: was {before}, now {after}" + (f" · {kind}" if kind else "")


BETTER, WORSE, BREAKS = "better", "worse", "*a labelled question breaks*"
NOTHING = "nothing"
THIS_ENTRY = "*this entry*"


def shadow(phrasing: str, percent: int, entry: str) -> str:
    """Two entries compete."""
    near = f"{phrasing} is {percent} % like {entry}, which answers differently."
    return f"{near} Merge it, link to it, or say below why both stay."


def conflict(who: str, when: str) -> str:
    """Somebody was faster."""
    return f"{who} changed this entry {when}, after you began. Your text is kept. This is what changed:"


CONFLICT_NEXT = "Take over my text: what you changed goes onto the new version, what they changed elsewhere stays."
DIFFERENCE = "*{field}*\n_was_ {before}\n_now_ {after}"
EMPTY = "(empty)"


def gone(line: str) -> str:
    """A line of a list that is not there any more."""
    return f"− {line}"


def came(line: str) -> str:
    """A line of a list that is new."""
    return f"+ {line}"


# Refusals and lapses.
NOT_YOURS = "This draft is somebody else's. A curator can open it; you can propose your own change with `/faq edit`."
GONE_ENTRY = "That entry is not there any more. `/faq search` finds what is."
GONE_DRAFT = "That draft was published or dropped meanwhile. `/faq review` shows what is open."
NOT_OPENED = "That didn't open in time. Press it once more; what you typed before is kept under `/faq`."
NOT_SAVED = "I couldn't keep that just now, and nothing was changed. Please send it once more in a moment."
CURATORS_ONLY = (
    "Only curators decide about entries. You can propose a change with `/faq edit`; a curator will look at it."
)
NOT_FOR_YOU = "That entry is for a smaller circle of readers."
OLD_FORM = "This form is too old to be sent. Open it again; your draft is under `/faq`."

# /faq
HELP = (
    "*The FAQ, from here*\n"
    "• `/faq list` all entries · `/faq search words` find one\n"
    "• `/faq add question` write one · `/faq edit ID` change one\n"
    "• `/faq archive ID` take one out · `/faq review` what waits for you\n"
    "• `/faq gaps` what nobody could answer · `/faq import` and `/faq export` files\n"
    "Everyone can look and propose; curators publish."
)
YOUR_DRAFTS = "*Your drafts*"
NO_ENTRIES = "There are no entries yet. Add the first one: `/faq add where are my MQLs?`"
NO_MATCH = "Nothing in the FAQ has these words. Fewer or other words may help, or add it: `/faq add {words}`"
NO_SUCH_ENTRY = "There is no entry `{id}`."
DID_YOU_MEAN = "There is no entry `{id}`. Did you mean one of these?"
LOOKING = "Getting what waits for you…"
EXPORTING = "I'm writing the file. It comes to your messages with me in a moment."
EXPORT_SAYS = (
    "The FAQ as it is now: {count}. Change it in any editor, then send it back here to see what it would do."
)
EXPORT_NOT_SENT = "I couldn't send you the file. `mops-desk faq export FILE` writes the same one."
IMPORT_HOW = (
    "Send me the file (YAML or CSV, from `/faq export` or your own) in our direct messages. I check every row and "
    "show you what it would add and change; nothing happens before you press a button."
)
GAPS_LATER = "Nothing looks for gaps here yet."


def page_of(first: int, last: int, count: int) -> str:
    """Which part of the list this is."""
    return f"{first}–{last} of {counted(count, 'entry', 'entries')}"


def draft_line(question: str, age: str) -> str:
    """One of a person's own drafts."""
    return f"{question} · {age}"


NEVER_REVIEWED = "never reviewed"
STATUS = {"draft": "draft", "in_review": "in review", "published": "published", "archived": "archived"}

# The queue.
QUEUE_EMPTY = "Nothing waits for you. Good work."
TO_REVIEW_TITLE = "To review"
STALE_TITLE = "Not looked at for long"
SAID_TITLE = "What people said"
PHRASINGS_TITLE = "Words that found their answer"
GAPS_TITLE = "Gaps"
DRIFTED = "a page it cites changed"
FAILING = "its answer keeps failing"
PUT_RIGHT, ADD_PHRASING, NO = "Put it right", "Add the phrasing", "No"
NEW, CHANGE = "new", "change"


def proposal_line(question: str, kind: str, author: str, age: str) -> str:
    """A proposal that waits."""
    return f"{question}\n{kind} · by {author} · {age}"


def stale_line(question: str, owner: str, reviewed: str) -> str:
    """An entry that is due."""
    return f"{question}\n{owner + ' · ' if owner else ''}{reviewed}"


def said_line(question: str, answered: str, told: str) -> str:
    """A thumb down."""
    return f"👎 {question}\nanswered with {answered}" + (f": {told}" if told else "")


def phrasing_line(question: str, entry: str) -> str:
    """A question whose asker took an entry's answer."""
    return f"{question}\nled to {entry} and helped"


def and_more(count: int) -> str:
    """What is left out."""
    return f"…and {counted(count, 'more', 'more')}."


def gap_line(question: str, askers: int) -> str:
    """A question without a good answer."""
    return f"{question} · asked by {counted(askers, 'person', 'people')}"


PHRASING_ADDED = "{phrasing} now leads to *{question}*. It counts within a minute."
SETTLED = "It is off the queue."

# A wrong answer.
WRONG_TITLE = "Where does it belong?"
WRONG_ATTACH = "Attach"
WRONG_ASKED = "Asked: {question}"
WRONG_PHRASING = "Kept as this phrasing"
WRONG_PHRASING_HINT = "Without names; change it as you like."
WRONG_FIND = "Find another entry"
WRONG_FIND_HINT = "Words of its question, then Enter."
WRONG_PICK = "The right entry"
WRONG_NONE_FOUND = "Nothing has these words. Try others, or write an entry."
WRONG_WRITE = "Write an entry"
WRONG_SETTLE = "Nothing to do"
ATTACHED = "asked in other words"
ACCEPTED = "these words led to it, and it helped"
WRONG_PICK_ONE = "Pick the entry that answers it."
NOT_AN_ANSWER = "That message answers no question. Use this on one of my answers."
PRIVATE_QUESTION = "That was asked in private. Only its asker can pass it on."


def phrasing_taken(entry: str) -> str:
    """The same words cannot lead to two answers."""
    return f"{entry} has exactly this phrasing. Take it out there first."


# What was wrong with it?
SAY_MORE_TITLE = "What was wrong?"
SAY_MORE_LABEL = "In a line"
SAY_MORE_HINT = "The ops team reads it together with your question. You can leave it empty."
SAY_MORE_SEND = "Send"
SAY_MORE_DONE = "Thank you. The people who keep the answers will see it."

# Save as FAQ.
SAVE_READY = "I made a draft of what you marked in {where}. Look at it before anybody else does."
SAVE_NOTHING = "I can't read that thread. Invite me to the channel, then try once more."
SAVE_OWN = "That's my own answer. To change it, use *Why this answer?* and *Wrong answer* on it."
SAVED_FROM = "Thread in #{channel}"
FROM_PRIVATE = "From a private thread: I ask its author before it can be published."
A_PRIVATE_THREAD = "a private thread"
AUTHOR_AGREED = "The author agreed: {question} can be published."
AUTHOR_DECLINED = "The author of {question} would rather keep it private. The draft is gone."
OPEN_DRAFT = "Open the draft"
ASK_OK = (
    "{who} would like to put something you wrote in private into the team's FAQ. Your name is not in it. "
    "This is the text:"
)
ASK_OK_YES, ASK_OK_NO = "Yes, use it", "No, keep it private"
OK_THANKS = "Thank you. It can be published now."
OK_DECLINED = "Understood. It stays private, and the draft is gone."

# Import.
IMPORT_ONLY = "Only curators import entries. Send it to one of them, or propose entries with `/faq add`."
IMPORT_CANCELLED = "Nothing was imported."
IMPORT_NOT_READ = "I can't read that file ({why}). Send it once more."
NO_FILE = "it is not there"
IMPORT_NOTHING_NEW = "Everything in {name} is in the FAQ already, just so."
IMPORT_NO_GOOD = "Nothing in {name} can be imported. Mend these and send it again:"


def import_found(name: str, added: int, changed: int, same: int) -> str:
    """What a file would do."""
    adds = f"*{name}* would add {counted(added, 'entry', 'entries')} and change {number(changed)}."
    return f"{adds} {counted(same, 'is', 'are').capitalize()} in the FAQ already, just so." if same else adds


def import_wrong(count: int) -> str:
    """What is wrong in a file."""
    head = f"{counted(count, 'problem', 'problems').capitalize()}, by row."
    return f"{head} Mend them and send it again, or import the good ones only:"


def row(line: int, message: str) -> str:
    """A problem in a file."""
    return f"line {line}: {message}"


def import_button(count: int, wrong: bool) -> str:
    """What the button does."""
    return f"Import {'the ' if wrong else ''}{count}{' good ones' if wrong else ''}"


def imported(added: int, changed: int, same: int) -> str:
    """What an import did."""
    return f"Done: {added} added, {changed} changed, {same} were the same. They answer questions within a minute."


# Browsing.
BROWSE_TITLE = "Topics"
BROWSE_INTRO = "What would you like to read about?"
EVERYTHING_ELSE = "Everything else"
ON_ITS_WAY = "It comes to your messages with me in a moment."
HOME_CURATION = "The FAQ"


def topic(name: str, count: int) -> str:
    """A topic and how much there is."""
    return f"{name} ({count})"


def home_counts(to_review: int, stale: int, said: int, gaps: int) -> str:
    """What waits, in one line."""
    counts = ((to_review, "to review"), (stale, "not looked at for long"), (said, "from people"), (gaps, "gaps"))
    return " · ".join(f"*{count}* {what}" for count, what in counts if count) or QUEUE_EMPTY
