"""File fields ↔ Slack's file input. Slack cannot prefill one: files chosen before are named below it and stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot import form_texts
from bot.slack import mrkdwn
from bot.slack.message import Block, context, plain_text
from escalation.domain import Answer, FormField
from escalation.files import MAX_FILES, FileRef, accepted, file_names, largest

_LABEL_LIMIT = 150
_HINT_LIMIT = 400


def file_blocks(field: FormField, answer: Answer | None, block_id: str) -> list[Block]:
    """The input, and what is kept already."""
    kept = file_names(answer)
    element: Block = {"type": "file_input", "action_id": "file_input", "max_files": MAX_FILES}
    if field.rules.extensions:
        element["filetypes"] = list(accepted(field))
    limits = form_texts.file_limits(largest(field), field.rules.extensions)
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(field.label, _LABEL_LIMIT),
        "optional": bool(kept) or not field.required,
        "element": element,
        "hint": plain_text(f"{field.help} {limits}".strip(), _HINT_LIMIT),
    }
    return [block, context(mrkdwn.escape(form_texts.files_kept(kept)))] if kept else [block]


def read_files(state: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The files in the state of a file input, as an answer keeps them; None for none."""
    files = [file for file in state.get("files") or () if file.get("id")]
    return tuple(str(FileRef(str(f["id"]), _name(f), int(f.get("size") or 0))) for f in files) or None


def _name(file: Mapping[str, Any]) -> str:
    """Slack says little about files of other workspaces."""
    return " ".join(str(file.get("name") or file.get("title") or file["id"]).split())[:200]
