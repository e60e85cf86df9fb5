"""Slack's limits on whole messages and views, and ours on top: no loud mentions, no unfurling, text always there.

An oversize message fails as a whole, so the answer vanishes: the stand-in refuses what Slack refuses, and says why.
Limits: docs.slack.dev (Block Kit reference); ``MAX_MESSAGE_TEXT_IN_BLOCKS`` is undocumented and was measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.demo.slack_elements import (
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    Check,
    Problem,
    Shape,
    Value,
    anything,
    each,
    element,
    one_of,
    record,
    shape,
    string,
    text,
)

Surface = Literal["message", "modal", "home"]

MAX_TEXT = 40_000
COMFORTABLE_TEXT = 4_000
MAX_MARKDOWN = 12_000
MAX_MESSAGE_TEXT_IN_BLOCKS = 13_200
MAX_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MAX_CHARTS = 2

_EVERYWHERE = frozenset({"message", "modal", "home"})
_MESSAGE = frozenset({"message"})


@dataclass(frozen=True)
class BlockRule:
    """One block type: its keys, its fields' checks, and where it may stand. ``loose`` ones are not looked into."""

    keys: Shape
    fields: dict[str, Check]
    surfaces: frozenset[str] = _EVERYWHERE
    loose: bool = False

    def check(self, block: dict[str, Value], at: str) -> Iterator[Problem]:
        """Every problem of one block."""
        keys = Shape(self.keys.required, (frozenset(block) if self.loose else self.keys.optional) | {"block_id"})
        yield from record(keys, {"block_id": string(255), **self.fields})(block, at)


def _context_item(value: Value, at: str) -> Iterator[Problem]:
    is_image = isinstance(value, dict) and value.get("type") == "image"
    yield from (element(frozenset({"image"})) if is_image else text(2000))(value, at)


BLOCKS: dict[str, BlockRule] = {
    "section": BlockRule(
        shape("", "text fields accessory expand"),
        {"text": text(3000), "fields": each(text(2000), 1, 10), "accessory": element(IN_SECTION)},
    ),
    "header": BlockRule(shape("text"), {"text": text(150, plain=True)}),
    "divider": BlockRule(shape(""), {}),
    "context": BlockRule(shape("elements"), {"elements": each(_context_item, 1, 10)}),
    "actions": BlockRule(shape("elements"), {"elements": each(element(IN_ACTIONS), 1, 25)}),
    "context_actions": BlockRule(
        shape("elements"), {"elements": each(element(IN_CONTEXT_ACTIONS), 1, 5)}, surfaces=_MESSAGE
    ),
    "input": BlockRule(
        shape("label element", "hint optional dispatch_action"),
        {
            "label": text(2000, plain=True),
            "element": element(IN_INPUT),
            "hint": text(2000, plain=True),
            "optional": one_of(True, False),
            "dispatch_action": one_of(True, False),
        },
    ),
    "image": BlockRule(
        shape("alt_text", "image_url slack_file title"),
        {"alt_text": string(2000), "image_url": string(3000), "title": text(2000, plain=True)},
    ),
    "markdown": BlockRule(shape("text"), {"text": string(MAX_MARKDOWN)}, surfaces=_MESSAGE),
    "rich_text": BlockRule(shape("elements"), {"elements": each(anything, 1, 500)}),
    "video": BlockRule(shape("alt_text thumbnail_url title video_url"), {}, loose=True),
    "file": BlockRule(shape("external_id source"), {}, surfaces=_MESSAGE),
    "table": BlockRule(shape("rows", "column_settings"), {"rows": each(each(anything, 1, 20), 1, 100)}, _MESSAGE),
    "data_table": BlockRule(shape("caption rows"), {"rows": each(anything, 1, 101)}, _MESSAGE, loose=True),
    "data_visualization": BlockRule(shape(""), {}, _MESSAGE, loose=True),
    "alert": BlockRule(shape("text"), {}, frozenset({"modal"}), loose=True),
}


def check_blocks(blocks: Value, surface: Surface) -> list[Problem]:
    """Every problem of a list of blocks meant for a surface; empty when Slack would take it."""
    if not isinstance(blocks, list):
        return [Problem("/blocks", "must be an array")]
    problems = [p for number, block in enumerate(blocks) for p in _check_block(block, surface, f"/blocks/{number}")]
    if len(blocks) > MAX_BLOCKS[surface]:
        problems.append(Problem("/blocks", f"no more than {MAX_BLOCKS[surface]} items allowed"))
    shaped = [block for block in blocks if isinstance(block, dict)]
    problems += _check_together(shaped, surface)
    return problems


def _check_block(block: Value, surface: Surface, at: str) -> Iterator[Problem]:
    kind = block.get("type") if isinstance(block, dict) else None
    rule = BLOCKS.get(kind) if isinstance(kind, str) else None
    if rule is None:
        yield Problem(at, f"unsupported type: {kind}")
        return
    if surface not in rule.surfaces:
        yield Problem(at, f"{kind} blocks are not allowed in a {surface}")
    yield from rule.check(block, at)
    if kind == "section" and not ("text" in block or "fields" in block):
        yield Problem(at, "a section needs text or fields")
    ids = [str(item["action_id"]) for item in elements_of(block) if "action_id" in item]
    for action_id in sorted({i for i in ids if ids.count(i) > 1}):
        yield Problem(at, f"action_id already exists in this block: {action_id}")


def _check_together(blocks: list[dict[str, Value]], surface: Surface) -> Iterator[Problem]:
    ids = [str(block["block_id"]) for block in blocks if "block_id" in block]
    for block_id in sorted({i for i in ids if ids.count(i) > 1}):
        yield Problem("/blocks", f"block_id already exists: {block_id}")
    if sum(len(str(b.get("text", ""))) for b in blocks if b.get("type") == "markdown") > MAX_MARKDOWN:
        yield Problem("/blocks", f"markdown blocks together must be less than {MAX_MARKDOWN + 1} characters")
    if sum(b.get("type") == "data_visualization" for b in blocks) > MAX_CHARTS:
        yield Problem("/blocks", f"no more than {MAX_CHARTS} data_visualization blocks allowed")
    if surface == "message" and shown_length(blocks) > MAX_MESSAGE_TEXT_IN_BLOCKS:
        yield Problem("/blocks", f"all blocks together must be less than {MAX_MESSAGE_TEXT_IN_BLOCKS + 1} characters")


def check_view(view: Value) -> list[Problem]:
    """Every problem of a modal or home view; empty when Slack would open it."""
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in ("modal", "home"):
        return [Problem("/view", "must be an object of type modal or home")]
    label = text(24, plain=True)
    own = "title submit close clear_on_close notify_on_close submit_disabled" if kind == "modal" else ""
    keys = shape("blocks title" if kind == "modal" else "blocks", f"{own} private_metadata callback_id external_id")
    fields: dict[str, Check] = {
        "title": label,
        "submit": label,
        "close": label,
        "private_metadata": string(3000, least=0),
        "callback_id": string(255, least=0),
        "external_id": string(255, least=0),
    }
    problems = [*record(keys, fields)(view, "/view")]
    blocks = view.get("blocks")
    problems += check_blocks(blocks, kind)
    if kind == "modal" and "submit" not in view and _has_input(blocks):
        problems.append(Problem("/view", "a modal with input blocks needs submit"))
    return problems


def _has_input(blocks: Value) -> bool:
    listed = blocks if isinstance(blocks, list) else []
    return any(isinstance(block, dict) and block.get("type") == "input" for block in listed)


@dataclass(frozen=True)
class Refusal:
    """Slack's error word for a message, and the reasons behind it."""

    error: str
    reasons: tuple[str, ...]


def check_message(arguments: Mapping[str, Any], *, posted: bool = False) -> Refusal | None:
    """Why a message would be refused; None when it is fine. ``posted`` is True for chat.postMessage only.

    Two reasons are ours, not Slack's: blocks without a ``text`` for screen readers and notifications, and a
    post that lets Slack unfurl links.
    """
    body = arguments.get("text")
    if body is not None and not isinstance(body, str):
        return Refusal("invalid_arguments", ("text must be a string",))
    if not (body or "").strip():
        return Refusal("no_text", ("a message needs a text: screen readers and notifications read it",))
    if len(body or "") > MAX_TEXT:
        return Refusal("msg_too_long", (f"text must be less than {MAX_TEXT + 1} characters",))
    if not _well_formed(arguments.get("metadata") or None):
        return Refusal("invalid_metadata_format", ("metadata needs event_type and an event_payload object",))
    problems = check_blocks(arguments.get("blocks") or [], "message")
    if problems:
        too_long = all("all blocks together" in problem.reason for problem in problems)
        error = "msg_blocks_too_long" if too_long else "invalid_blocks"
        return Refusal(error, tuple(map(str, problems)))
    if posted and (arguments.get("unfurl_links") is not False or arguments.get("unfurl_media") is not False):
        return Refusal(
            "invalid_arguments", ("our own rule: unfurl_links=False and unfurl_media=False on every post",)
        )
    return None


def _well_formed(metadata: Value) -> bool:
    if metadata is None:
        return True
    shaped = isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict)
    return shaped and isinstance(metadata.get("event_type"), str)


def elements_of(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The buttons, selects and inputs of one block, in order."""
    elements = block.get("elements")
    found = [*(elements if isinstance(elements, list) else ()), block.get("accessory"), block.get("element")]
    return [item for item in found if isinstance(item, dict) and str(item.get("type")) in _INTERACTIVE]


_INTERACTIVE = IN_ACTIONS | IN_INPUT | IN_CONTEXT_ACTIONS

_LOUD = re.compile(r"<!(channel|here|everyone)(\|[^>]*)?>")


def broadcasts(content: Value) -> list[str]:
    """Every mention in a message or view that would ping a whole channel. Plain text objects cannot."""
    if isinstance(content, str):
        return [match.group(0) for match in _LOUD.finditer(content)]
    if isinstance(content, list):
        return [loud for item in content for loud in broadcasts(item)]
    if not isinstance(content, dict) or content.get("type") == "plain_text":
        return []
    own = [f"<!{content.get('range', 'channel')}>"] if content.get("type") == "broadcast" else []
    return own + [loud for key, value in content.items() if key not in _UNSEEN for loud in broadcasts(value)]


_UNSEEN = frozenset(
    {"value", "initial_value", "url", "action_id", "block_id", "private_metadata", "metadata", "filetypes"}
)


def shown_length(content: Value) -> int:
    """Characters of text people see in blocks."""
    if isinstance(content, list):
        return sum(shown_length(item) for item in content)
    if not isinstance(content, dict):
        return 0
    own = sum(len(content[key]) for key in ("text", "alt_text", "caption") if isinstance(content.get(key), str))
    return own + sum(shown_length(value) for value in content.values() if isinstance(value, list | dict))
