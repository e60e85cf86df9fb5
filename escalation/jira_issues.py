"""Jira's JSON as our values: tickets, statuses, and comments in wiki markup as plain text. No I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from escalation.description import quoted
from escalation.domain import Ticket, TicketComment

SHOWN = "summary,status,issuetype,assignee,updated,duedate,resolution,labels"
"""The fields a Ticket is made of; asking for all of them costs a large site seconds."""

REPLY = "#reply"
"""How a comment for the asker begins where Jira has no customers."""

_VISIBILITY = "sd.public.comment"
INTERNAL = [{"key": _VISIBILITY, "value": {"internal": True}}]
"""The comment property that keeps a comment from customers."""

SOMEBODY = "Somebody"

_OURS = re.compile(r"\A(?:#reply\s+)?\{noformat\}\n(.*)\n\{noformat\}\n\([\w.:-]{1,200}\)\s*\Z", re.DOTALL)
_REPLY = re.compile(r"\A\s*#reply\b[\s:,]*", re.IGNORECASE)
_MENTION = re.compile(r"\[~(?:accountid:)?([^\]\s]{1,200})\]")
_BLOCK = re.compile(r"\{(?:noformat|code|quote|panel|color)(?::[^}\n]{0,200})?\}\n?")
_LINK = re.compile(r"\[([^\[\]|\n]{1,500})\|([^\[\]|\s]{1,2000})(?:\|[^\]\n]{0,100})?\]")
_BARE_LINK = re.compile(r"\[((?:https?|mailto):[^\]|\s]{1,2000})\]")
_IMAGE = re.compile(r"!([^!|\s][^!|\n]{0,200}\.\w{2,5})(?:\|[^!\n]{0,200})?!")
_HEADING = re.compile(r"^h[1-6]\.[ \t]+", re.MULTILINE)
_ESCAPED = re.compile(r"\\([{}\[\]*_^~+!#?|-])")


def ticket_of(issue: Mapping[str, Any], url: str) -> Ticket:
    """An issue with the fields SHOWN as a ticket."""
    fields = issue["fields"]
    status, updated, due = fields["status"], fields.get("updated"), fields.get("duedate")
    return Ticket(
        key=issue["key"],
        url=url,
        summary=fields["summary"],
        status=status["name"],
        issue_type=fields["issuetype"]["name"],
        assignee=(fields.get("assignee") or {}).get("displayName"),
        done=category(status) == "done",
        updated_at=datetime.fromisoformat(updated) if updated else None,
        due=date.fromisoformat(due) if due else None,
        resolution=(fields.get("resolution") or {}).get("name"),
        labels=tuple(fields.get("labels") or ()),
    )


def category(status: Mapping[str, Any]) -> str:
    """``new``, ``indeterminate`` or ``done``: what a status means, whatever it is called."""
    return str((status.get("statusCategory") or {}).get("key") or "")


def our_comment(text: str, marker: str, reply: bool = False) -> str:
    """A comment as we write them: the words dead to markup, then the marker; ``reply``: meant for the asker."""
    return f"{REPLY + chr(10) if reply else ''}{quoted(text)}\n({marker})"


def comment_of(comment: Mapping[str, Any], service_desk: bool, name_of: Callable[[str], str]) -> TicketComment:
    """A comment as we tell of it. ``name_of`` turns the id of a mentioned person into a name."""
    body = str(comment.get("body") or "")
    ours = _OURS.match(body)
    text = ours[1] if ours else plain_text(body, name_of)
    if not service_desk and not ours:
        text = _REPLY.sub("", text)
    seen = _customers_see(comment) if service_desk else bool(_REPLY.match(body))
    return TicketComment(
        id=str(comment["id"]),
        author=str((comment.get("author") or {}).get("displayName") or SOMEBODY),
        text=text,
        at=datetime.fromisoformat(comment["created"]),
        public=seen and not comment.get("visibility"),  # "visible to the group …" only
        ours=ours is not None,
    )


def plain_text(markup: str, name_of: Callable[[str], str]) -> str:
    """Wiki markup as a person would read it; stars, dashes and lists stay as typed."""
    text = _BLOCK.sub("", markup.replace("\r\n", "\n"))
    text = _MENTION.sub(lambda found: f"@{name_of(found[1])}", text)
    text = _LINK.sub(lambda found: found[2] if found[1] == found[2] else f"{found[1]} ({found[2]})", text)
    text = _IMAGE.sub(r"(image: \1)", _BARE_LINK.sub(r"\1", text))
    return _ESCAPED.sub(r"\1", _HEADING.sub("", text)).strip()


def _customers_see(comment: Mapping[str, Any]) -> bool:
    """Cloud says whether; on Server a property says when they don't. Where neither is there, they don't."""
    if "jsdPublic" in comment:
        return bool(comment["jsdPublic"])
    properties = comment.get("properties")
    if properties is None:
        return False
    return not any((one.get("value") or {}).get("internal") for one in properties if one.get("key") == _VISIBILITY)
