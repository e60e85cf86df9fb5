"""What the curation desk says about proposals and what they would change."""

from __future__ import annotations

from bot.curation.findings import Findings, Tried
from bot.curation_web.entry_texts import BEFORE as BEFORE
from knowledge.domain import Band
from knowledge.proposals import OriginKind, Proposal, ProposalState

PROPOSALS = "Proposals"
NONE_OPEN = "Nothing waits for a decision. Gaps and questions people ask are where the next entry comes from."
WAITING, FROM, SINCE, KIND = "Question", "From", "Since", "Kind"
NEW, CHANGE = "New entry", "Change"
STATES = {
    ProposalState.DRAFT: "Draft",
    ProposalState.IN_REVIEW: "In review",
    ProposalState.PUBLISHED: "Published",
    ProposalState.DROPPED: "Dropped",
}
ORIGINS = {
    OriginKind.EDITOR: "written by hand",
    OriginKind.MESSAGE: "saved from a thread",
    OriginKind.TICKET: "from a ticket",
    OriginKind.GAP: "from a gap",
    OriginKind.ANSWER: "a wrong answer put right",
    OriginKind.IMPORT: "imported",
    OriginKind.DRIFT: "a cited page changed",
}
WHERE_FROM = "Where it comes from"
DIFFERENCE = "What changes"
AS_READ = "As people would read it"
EDIT = "Edit"
ENDED = "This proposal is decided. The entry's history shows how it went on."

MOVED = "Somebody changed the entry since this was begun"
MOVED_MORE = "The difference above is against the entry as it is now. Publishing would undo what they wrote."
REBASE = "I have looked: go on from the entry as it is"

FOUND = "Before it goes live"
NOT_TRIED = "I have not tried out yet what this would change."
TRY_IT, TRY_AGAIN = "Try it out", "Try it out again"
WARNINGS = "Needs a reason before it is published"
SHADOWS = "Competes with other entries"
MERGE, LINK = "Give the phrasing to it", "Name it in the answer"
KEEP = "Or keep both, and say below why that is right."
TWINS = "Phrasings that say the same"
TWINS_REMOVE = "Remove the selected"
REPLAY = "Questions whose reply changes"
QUESTION, NOW, THEN, JUDGED = "Question", "Now", "If you publish", "That is"
NOTHING = "Nothing yet"
GOLDEN = "labelled"
NOTHING_CHANGES = "No reply to any of them changes."

DECIDE = "Decide"
REASON = "Why"
REASON_HINT = "Goes into the history. Needed where something above warns."
PUBLISH, SUBMIT, DROP, SEND_BACK = "Publish", "Send to review", "Drop it", "Send back"
SEND_BACK_NEEDS_REASON = "Say in a line what is to be changed: its author gets it."
NEEDS_OK = "These are somebody's words from a private thread: they have to agree in Slack first."


def summary(findings: Findings) -> str:
    """How much was tried, and how much of it changes."""
    tried = _counted(findings.questions, "real question")
    if findings.golden:
        tried += f" and {_counted(findings.golden, 'labelled one')}"
    if not findings.questions and not findings.golden:
        return "There are no questions to try it on yet."
    return f"Tried on {tried}: {_counted(len(findings.changed), 'reply', 'replies')} would change."


def band(value: str) -> str:
    """A band as people know it."""
    return BANDS[Band(value)]


def judged(tried: Tried) -> str:
    """Whether a change is for the better."""
    return {True: "better", False: "worse", None: "different"}[tried.better]


def kind(proposal: Proposal) -> str:
    """New, or a change."""
    return NEW if proposal.is_new else CHANGE


def likeness(cosine: float) -> str:
    """How much two phrasings are alike."""
    return f"{round(cosine * 100)} % alike"


BANDS = {Band.ANSWER: "Answered", Band.SUGGEST: "Offered", Band.ESCALATE: "Handed to people", Band.QUIET: "Silent"}


def _counted(number: int, one: str, many: str = "") -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many or one + 's'}"
