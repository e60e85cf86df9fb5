"""Filling in a request form as a person does: step by step, by label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.demo.slack_interactions import Outcome
from bot.demo.slack_reading import field
from bot.demo.slack_standin import SlackStandIn
from bot.demo.slack_state import View
from bot.slack import ids

BROKEN = {
    "Title": "Form on the pricing page fails",
    "Where?": "form",
    "How bad?": "normal",
    "What happened?": "I sent the form twice and it only showed an empty page both times.",
    "Who or how many are affected?": "Everyone",
    "Link": "tbd",
    "Business impact (the why)": "Nobody can ask us for a price.",
    "Could personal data be exposed?": "no",
}
"""Good answers to the form for something broken, without the time."""

SINCE = {"Not sure since when": ["I don't know yet"]}


def open_form(slack: SlackStandIn, person: str) -> View:
    """The modal in front of a person."""
    view = slack.modal(person)
    assert view is not None
    return view


def asks_for(view: View, label: str) -> bool:
    """Whether a view has an input with this label."""
    try:
        field(view, label)
    except LookupError:
        return False
    return True


def fill_in(slack: SlackStandIn, person: str, answers: Mapping[str, Any]) -> Outcome:
    """Fill in the open form and press Next until the last step is sent, or a step comes back with errors."""
    left = dict(answers)
    while True:
        view = open_form(slack, person)
        here = {label: left.pop(label) for label in list(left) if asks_for(view, label)}
        outcome = slack.submit(person, here)
        if not outcome.ok or view.content["submit"]["text"] != "Next":
            assert not left or not outcome.ok, f"no step asks for {sorted(left)}"
            return outcome


def begin(slack: SlackStandIn, request_type: str, words: str = "") -> None:
    """Maya opens a form by /ticket and picks its type."""
    assert slack.command("Maya", "#campaigns", f"/ticket {words}".strip()).ok
    pick(slack, request_type)


def pick(slack: SlackStandIn, request_type: str) -> None:
    """Another request type in the open form, until its fields are there."""
    slack.choose("Maya", open_form(slack, "Maya"), ids.REQUEST_TYPE, request_type)
    form_id = f'"form_id":"{request_type.lower().replace(" ", "_")}"'
    slack.wait_for(lambda: form_id in open_form(slack, "Maya").content["private_metadata"])
