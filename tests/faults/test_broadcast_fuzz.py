"""No text, whoever wrote it and wherever it stands, becomes a live mention: of a channel, a group or a person.

Every function that makes a message or a view is found in the source and called with hostile words in each of its
places for text, made from its type hints: a new one is tried from its first day on.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_type_hints

import pytest
from support_hostile_words import Hostile, alive

import bot
from bot.slack.message import Message

EXAMPLES = int(os.environ.get("EXAMPLES", "400"))
"""Calls in all, of several texts each; the figure in docs/RELIABILITY.md is of 10,000."""

ELSEWHERE = ("bot.demo", "bot.migrations", "bot.cli", "bot.curation_web", "bot.wiring", "bot.benchmark")
NOT_FOR_TEXT = {
    "bot.slack.message.say": "gets sentences whose words are escaped by who fills them in",
    "bot.slack.message.section": "gets finished mrkdwn",
    "bot.slack.message.context": "gets finished mrkdwn",
    "bot.curation.faq_blocks.paragraph": "gets finished mrkdwn",
    "bot.curation.faq_views.said_view": "gets a finished sentence",
    "bot.slack.ops_messages.noted": "gets a sentence whose words are escaped by who fills them in",
    "bot.slack.manifest.manifest": "is read by admins, not shown",
    "bot.slack.ops_modals.recorded": "renders nothing: an acknowledgement",
    "bot.curation.faq_showing.updated": "changes a finished view",
    "bot.curation.faq_showing.kept_open": "changes a finished view",
}
"""What is found and makes nothing of words, and why."""

OURS: dict[str, dict[str, Any]] = {
    "bot.curation.faq_blocks.modal": {"callback_id": "a form of ours"},
    "bot.curation.faq_views.conflict_view": {"when": "2 h ago"},
    "bot.curation.faq_views.editor_view": {"note": "From a thread."},
    "bot.slack.digest.digest": {"fact": "due Thu"},
    "bot.slack.missing_forms.declare_view": {"lasts": 4},
    "bot.slack.news.done": {"answered": "Solved."},
    "bot.slack.ops_views.ops_view": {"action": "ops_close"},
    "bot.slack.replies.did_you_mean": {"command": "/mops", "meant": "help"},
}
"""What no person and no document ever says: the desk's own words, by the name of the parameter or field."""


def renderers() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the desk that returns a message, a view or blocks."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name.startswith(ELSEWHERE):
            continue
        for name, one in vars(importlib.import_module(module.name)).items():
            own = inspect.isfunction(one) and one.__module__ == module.name and not name.startswith("_")
            full = f"{module.name}.{name}"
            if own and _is_shown(module.name, get_type_hints(one).get("return")) and full not in NOT_FOR_TEXT:
                yield full, one


def _is_shown(module: str, returned: Any) -> bool:
    if returned is Message or Message in get_args(returned):
        return True
    return module.startswith(("bot.slack", "bot.curation")) and returned in (dict[str, Any], list[dict[str, Any]])


FOUND = dict(renderers())


@pytest.mark.parametrize("name", FOUND)
def test_no_renderer_makes_a_live_mention_of_words(name: str) -> None:
    function = FOUND[name]
    hostile = Hostile(seed=sum(map(ord, name)), ours=OURS.get(name, {}))
    tries = max(2, EXAMPLES // len(FOUND)) if inspect.signature(function).parameters else 1
    for _ in range(tries):
        positional, named = hostile.arguments(function)
        made = function(*positional, **named)
        assert alive(made) == [], name


def test_enough_is_tried() -> None:
    assert len(FOUND) > 150
    assert NOT_FOR_TEXT.keys() <= {f"{one.__module__}.{one.__name__}" for one in _all_public()}


def _all_public() -> Iterator[Callable[..., Any]]:
    for full in NOT_FOR_TEXT:
        module, _, name = full.rpartition(".")
        yield getattr(importlib.import_module(module), name)
