"""What the request form and the other modals say. The rest of the desk's copy, and its rules: bot.texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.texts import counted, listed

FORM_TITLE = "Open a ticket"
FORM_REVIEW = "Review"
CANCEL = "Cancel"
CLOSE = "Close"
BACK = "Back to the form"
CONFIRM_TITLE = "Check before it goes out"
CONFIRM_SUBMIT = "File it"
ADD_SUBMIT = "Add to the ticket"
CONFIRM_CLOSE = "Change something"
CONFIRM_INTRO = "This is what the ops team will get."
REQUEST_TYPE = "What do you need?"
NEXT_STEP = "Next"
BACK_STEP = "Back"
CONTINUE = "Continue"
DROP_DRAFT = "Drop it"
PRIVATE_LABEL = "Who may read this"
PRIVATE_OPTION = "Only the ops team and me"
PRIVATE_HINT = "Then no channel shows it: you hear about it in your messages with me."
KEPT_PRIVATE = "Only the ops team and you will read this."
TBD = "tbd"
TBD_BOX = "Fill it in, or tick the box below."
TBD_ALLOWED = f"Don't know yet? Write {TBD}."
DONT_KNOW_YET = "I don't know yet"
YES = "Yes"
TRACKER_ASKS = "Jira also asks for this."
LINK_PLACEHOLDER = "https://…"
ASK_TITLE = "Ask the desk"
ASK_LABEL = "Your question"
ASK_PLACEHOLDER = "Where are my MQLs?"
ASK_HINT = "The answer comes to your messages with me; only you see it."


def not_sure_about(label: str) -> str:
    """The box below a picker that may stay open: "Not sure since when", "Not sure yet: Go-live date"."""
    if not label.endswith("?"):
        return f"Not sure yet: {label}"
    return f"Not sure {label[:1].lower()}{label[1:-1]}"


def please_check(problem: str) -> str:
    """Below a field that came back."""
    return f"To fix: {problem}"


def alternatives(values: Sequence[str]) -> str:
    """ "a, b or c"."""
    head, last = list(values[:-1]), values[-1:]
    return " or ".join([", ".join(head), *last] if head else last)


def needed_when(label: str, values: str, *, negated: bool) -> str:
    """Below a field that is mandatory only with certain answers."""
    return f"Needed when “{label}” is {'anything but ' if negated else ''}{values}."


def lead_time(days: int) -> str:
    """How long a kind of request takes."""
    return f"Usually takes {counted(days, 'business day', 'business days')}."


def to_fill(count: int) -> str:
    """Above a form: what is ahead of the person."""
    fields = counted(count, "field is", "fields are").capitalize()
    return f"{fields} needed; what is marked optional can stay empty."


def step_of(step: int, count: int) -> str:
    """ "Step 2 of 3"."""
    return f"Step {step} of {count}"


def unfinished(form: str, age: timedelta) -> str:
    """Above a new form, and in the App Home: another one was begun and not sent."""
    return f"You stopped in *{form}* {ago(age)}, and it is still here."


def ago(age: timedelta) -> str:
    """ "2 hours ago"."""
    minutes = max(0, int(age.total_seconds() // 60))
    for size, one, many in ((1440, "day", "days"), (60, "hour", "hours"), (1, "minute", "minutes")):
        if minutes >= size:
            return f"{counted(minutes // size, one, many)} ago"
    return "just now"


def read_from_words(labels: Sequence[str]) -> str:
    """Above a form that begins with what a person said already."""
    return f"From what you wrote I filled in {listed(labels, 6)}. Please check."


def file_limits(megabytes: float, extensions: Sequence[str]) -> str:
    """Below a file input."""
    kinds = f" ({', '.join(extensions)})" if extensions else ""
    return f"Up to {megabytes:g} MB each{kinds}."


def files_kept(names: str) -> str:
    """Below a file input that was filled before: Slack shows it empty."""
    return f"Added already: {names}. Choose again to replace."


def to_fix(count: int) -> str:
    """Above a form that came back."""
    return f"{counted(count, 'thing', 'things').capitalize()} to fix before this can go out."


FORM_KEPT = "The form couldn't open in time. Nothing is lost, this is what you had:"
FORM_KEPT_EMPTY = "The form couldn't open in time. Please try once more."
FORM_EXPIRED = (
    "This form was open too long, so I no longer have its answers. Please open it once more: type `/ticket`."
)
NOT_KEPT_TITLE = "Not sent yet"
NOT_KEPT = "I couldn't save this just now. Your answers are still in the form: go back and send it again in a minute."
