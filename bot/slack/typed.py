"""What people typed, wherever it stands in one of Slack's payloads: secrets are taken out before anything sees it.

One place for events, commands, shortcuts, buttons and forms alike, so that no table, log, message, ticket or index
holds a token or a card number that somebody pasted. Their own message in Slack stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bot.redaction import without_secrets

Body = dict[str, Any]

_INPUTS = ("value", "rich_text_value")


def take_secrets_out(body: Body, next: Callable[[], None]) -> None:
    """Bolt middleware: changes the payload in place. Other shapes than Slack's are left as they are."""
    for holder, key in _typed(body):
        holder[key] = _clean(holder[key])
    next()


def _typed(body: Body) -> Iterator[tuple[Body, str]]:
    """Every place that holds a person's words: (what holds them, under which key)."""
    event, message = body.get("event"), body.get("message")
    for holder in (body, event, message):
        if isinstance(holder, dict):
            yield from [(holder, "text")] if holder.get("text") else []
            yield from ((one, key) for one in _dicts(holder.get("files")) for key in ("name", "title") if key in one)
    for action in _dicts(body.get("actions")):
        if action.get("type") in ("plain_text_input", "rich_text_input"):
            yield from ((action, key) for key in _INPUTS if action.get(key))
    yield from _inputs(body.get("view"))
    yield from _inputs(body)


def _inputs(holder: object) -> Iterator[tuple[Body, str]]:
    """The inputs of a view's, or a message's, state."""
    state = holder.get("state") if isinstance(holder, dict) else None
    values = state.get("values") if isinstance(state, dict) else None
    for block in _dicts(list(values.values()) if isinstance(values, dict) else ()):
        for one in _dicts(list(block.values())):
            yield from ((one, key) for key in _INPUTS if one.get(key))


def _dicts(items: object) -> list[Body]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list | tuple) else []


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return without_secrets(value).text
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    return value
