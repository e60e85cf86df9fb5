"""How a form reaches a person who pressed a button, and what its submission is acknowledged with."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.curation import faq_texts as words
from bot.curation import faq_views as views
from bot.curation.faq_blocks import View
from bot.errors import DeskError
from bot.logs import get_logger
from bot.slack.client import SlackClient
from bot.slack.message import say

log = get_logger(__name__)

Body = Mapping[str, Any]
Answer = dict[str, Any]
"""What a submitted view is acknowledged with."""


def user_of(body: Body) -> str:
    """Who did it."""
    return str(body["user"]["id"])


def show(slack: SlackClient, body: Body, view: View) -> str | None:
    """Open the form; in a form of ours, in its place. Returns the view's id; None when Slack did not take it."""
    before = body.get("view") or {}
    try:
        if before.get("type") == "modal":
            slack.update_view(str(before["id"]), str(before.get("hash", "")), view)
            return str(before["id"])
        return slack.open_view(str(body["trigger_id"]), view)
    except DeskError as exc:
        log.warning("faq_form_not_opened", error=str(exc))
        whisper(slack, body, words.NOT_OPENED)
        return None


def answer(slack: SlackClient, body: Body, said: str) -> None:
    """Tell somebody what came of it: where they pressed, or in a small form where that is none."""
    if body.get("response_url"):
        whisper(slack, body, said)
    else:
        show(slack, body, views.said_view(said))


def whisper(slack: SlackClient, body: Body, said: str) -> None:
    """Say something to whoever pressed a button in a message."""
    url = body.get("response_url")
    container = body.get("container") or {}
    thread = (body.get("message") or {}).get("thread_ts") or container.get("thread_ts")
    if url:
        message = say(said)
        with suppress(DeskError):  # then Slack shows its warning sign at the button
            slack.respond(str(url), message.text, message.blocks, replace=False, thread=thread)


def updated(view: View) -> Answer:
    """Put another view in its place."""
    return {"response_action": "update", "view": view}


def kept_open(view: Body) -> Answer:
    """Nothing could be stored: the form stays as it is, with what was typed, and says so under its first input."""
    inputs = [block["block_id"] for block in view.get("blocks") or () if block.get("type") == "input"]
    if inputs:
        return {"response_action": "errors", "errors": {str(inputs[0]): words.NOT_SAVED}}
    return {"response_action": "push", "view": views.said_view(words.NOT_SAVED)}
