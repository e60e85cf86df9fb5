"""Arguments of a Slack call, whichever way they were sent: query, form or JSON. And the way a call is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from bot.demo.slack_state import Json
from bot.errors import DeskError

_JSON_KEYS = frozenset({"attachments", "blocks", "metadata", "prompts", "view"})
_FLAGS = frozenset(
    {
        "delete_original",
        "include_all_metadata",
        "inclusive",
        "include_num_members",
        "link_names",
        "mrkdwn",
        "prevent_creation",
        "replace_original",
        "reply_broadcast",
        "return_im",
        "unfurl_links",
        "unfurl_media",
    }
)


class Refused(DeskError):
    """The stand-in says no: ``error`` is Slack's own word, ``reasons`` are for people and land in the ledger."""

    def __init__(self, error: str, *reasons: str) -> None:
        self.error = error
        self.reasons = reasons
        super().__init__("; ".join((error, *reasons)))


def parse_arguments(query: str, content_type: str, body: bytes) -> Json:
    """The arguments by name: JSON texts parsed, flags as bool. Raises Refused for what Slack could not read."""
    arguments: Json = dict(parse_qsl(query, keep_blank_values=True))
    try:
        decoded = body.decode()
        if content_type.startswith("application/json"):
            sent = json.loads(decoded or "{}")
            if not isinstance(sent, dict):
                raise Refused("invalid_json", "the body must be a JSON object")
            arguments.update(sent)
        else:
            arguments.update(parse_qsl(decoded, keep_blank_values=True))
        return {key: _typed(key, value) for key, value in arguments.items() if value is not None}
    except ValueError as exc:
        raise Refused("invalid_json", f"not readable as JSON: {exc}") from exc


def _typed(key: str, value: Any) -> Any:  # noqa: ANN401 - JSON may hold anything
    if isinstance(value, str) and key in _JSON_KEYS:
        return json.loads(value) if value else None
    if isinstance(value, str) and key in _FLAGS:
        return value.lower() in ("1", "true")
    return value


def required(arguments: Mapping[str, Any], key: str, error: str = "invalid_arguments") -> str:
    """A text argument that must be there; raises Refused with the error Slack has for its absence."""
    value = arguments.get(key)
    if not isinstance(value, str) or not value:
        raise Refused(error, f"missing required argument: {key}")
    return value
