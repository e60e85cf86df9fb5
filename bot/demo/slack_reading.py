"""What a person sees: the text of a message or view, its buttons, and typed text on its way into Slack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.demo.slack_limits import elements_of
from bot.demo.slack_state import Json, Message, View, Workspace

Shown = Message | View


def blocks_of(shown: Shown) -> Sequence[Json]:
    """The blocks of a message or view."""
    return shown.blocks if isinstance(shown, Message) else shown.content["blocks"]


def shown_text(shown: Shown) -> str:
    """All text a person sees, line by line: of the blocks where there are any, labels of buttons included."""
    if isinstance(shown, Message) and not shown.blocks:
        return shown.text
    title = [shown.content["title"]] if isinstance(shown, View) and "title" in shown.content else []
    return "\n".join(_texts([*title, *blocks_of(shown)]))


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for key, inner in value.items():
            if key not in ("confirm", "value") and isinstance(inner, Mapping | list):
                yield from _texts(inner)


def buttons(shown: Shown) -> list[str]:
    """The labels of all buttons, in order; feedback buttons give two."""
    return [label for block in blocks_of(shown) for element in elements_of(block) for label, _ in _faces(element)]


def _faces(element: Json) -> list[tuple[str, str | None]]:
    """Labels a person can press on an element, each with the value it sends."""
    if element["type"] == "feedback_buttons":
        faces = (element["positive_button"], element["negative_button"])
        return [(face["text"]["text"], face["value"]) for face in faces]
    if element["type"] in ("button", "icon_button", "workflow_button"):
        return [(element["text"]["text"], element.get("value"))]
    return []


def press(shown: Shown, label: str) -> Json:
    """The action of pressing the button with this label or action id. Raises LookupError naming what is there."""
    for block in blocks_of(shown):
        for element in elements_of(block):
            for face, value in _faces(element):
                if label in (face, element["action_id"]):
                    action: Json = {key: element[key] for key in ("type", "action_id", "text") if key in element}
                    action |= {"block_id": block["block_id"]}
                    return action if value is None else {**action, "value": value}
    raise LookupError(f"no button {label!r}; there are {buttons(shown)}")


def field(shown: Shown, name: str) -> tuple[Json, Json]:
    """The block and element with this block id, action id or label. Raises LookupError."""
    names = []
    for block in blocks_of(shown):
        for element in elements_of(block):
            label = block["label"]["text"] if "label" in block else element.get("placeholder", {}).get("text")
            if name in (block["block_id"], element["action_id"], label):
                return block, element
            names.append(label or element["action_id"])
    raise LookupError(f"no field {name!r}; there are {names}")


_KEPT = re.compile(r"<(?:@[UW]\w+|#C\w+|https?://|mailto:)[^<>]*>")
_LINK = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]'\"]")


def typed(text: str, workspace: Workspace) -> str:
    """Typed text as Slack sends it: names become mentions, links get brackets, & < > are escaped.

    What is already in Slack's form (``<@U…>``, ``<#C…>``, ``<https…>``) stays as it is.
    """
    out, end = [], 0
    for kept in _KEPT.finditer(text):
        out += [_typed(text[end : kept.start()], workspace), kept.group(0)]
        end = kept.end()
    return "".join([*out, _typed(text[end:], workspace)])


def _typed(text: str, workspace: Workspace) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _LINK.sub(lambda link: f"<{link.group(0)}>", text)
    names = {"@" + name: f"<@{u.id}>" for u in workspace.users.values() for name in (u.real_name, u.name)}
    names |= {"#" + c.name: f"<#{c.id}|{c.name}>" for c in workspace.channels.values() if c.kind == "channel"}
    names |= {f"@{loud}": f"<!{loud}>" for loud in ("channel", "here", "everyone")}
    known = {name.lower(): mention for name, mention in names.items()}
    pattern = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.sub(
        rf"(?<![\w/])(?:{pattern})(?![\w-])", lambda name: known[name.group(0).lower()], text, flags=re.IGNORECASE
    )
