"""What the stand-in for Jira knows, in the shapes of Jira's REST API; ``api`` is the address of its v2."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.demo.jira_standin_state import JiraState, StandInFile, StandInIssue, StandInUser, jira_time, status_json

BOT_NAME = "MOPS Desk"
Json = dict[str, Any]

_FILE_NAME = re.compile(r'name="file"; filename="([^"]*)"')
_FILE_TYPE = re.compile(r"content-type: *([^\r\n]+)", re.IGNORECASE)


def project_json(state: JiraState, api: str) -> Json:
    """The project."""
    return {
        "id": "10000",
        "key": state.project,
        "name": "Marketing Operations",
        "projectTypeKey": state.project_type,
        "self": f"{api}/project/10000",
    }


def user_json(state: JiraState, user: StandInUser, api: str) -> Json:
    """A person, named as the flavour names them."""
    known: Json = {"displayName": user.name, "active": user.active}
    email = {"emailAddress": user.email} if user.email_shown else {}
    if state.cloud:
        number = user.account_id
        return {**known, **email, "accountId": number, "accountType": "atlassian", "self": _cloud_user(api, number)}
    name = user.username
    return {**known, **email, "name": name, "key": name, "self": f"{api}/user?username={name}"}


def bot_json(state: JiraState, api: str) -> Json:
    """We ourselves, as the author of our comments."""
    return user_json(state, StandInUser(BOT_NAME, "mops.desk@example.com", email_shown=False), api)


def issue_json(state: JiraState, issue: StandInIssue, api: str, shown: Sequence[str] = ()) -> Json:
    """An issue with the fields asked for; all of them when none was named."""
    fields = {
        "summary": "",
        "description": None,
        "duedate": None,
        **issue.fields,
        "labels": issue.labels,
        "issuetype": {"id": "1", "subtask": False, **issue.fields["issuetype"]},
        "status": status_json(issue.status),
        "assignee": _person(state, issue.assignee, api),
        "resolution": {"name": issue.resolution} if issue.resolution else None,
        "attachment": [file_json(state, one, api) for one in issue.files],
        "created": jira_time(issue.created_at),
        "updated": jira_time(issue.updated_at),
    }
    if reporter := state.user_by_reference(issue.fields.get("reporter")):
        fields["reporter"] = user_json(state, reporter, api)
    kept = {name: value for name, value in fields.items() if not shown or name in shown or "*all" in shown}
    return {"id": issue.id, "key": issue.key, "self": f"{api}/issue/{issue.id}", "fields": kept}


def comment_json(state: JiraState, issue: StandInIssue, comment: Mapping[str, Any], api: str, expand: str) -> Json:
    """A comment. Cloud says whether customers see it; Server's properties tell, when they are asked for."""
    shown = {**comment, "self": f"{api}/issue/{issue.id}/comment/{comment['id']}"}
    if not state.cloud:
        del shown["jsdPublic"]
    if "properties" not in expand:
        del shown["properties"]
    return shown


def file_json(state: JiraState, file: StandInFile, api: str) -> Json:
    """An attachment without its content."""
    return {
        "id": file.id,
        "self": f"{api}/attachment/{file.id}",
        "filename": file.name,
        "author": bot_json(state, api),
        "created": jira_time(file.created_at),
        "size": len(file.content),
        "mimeType": file.content_type,
        "content": f"{api}/attachment/content/{file.id}",
    }


def permissions_json(asked: Collection[str], denied: Collection[str]) -> Json:
    """What our account may do: everything but what was denied."""
    return {
        key: {"id": str(n), "key": key, "name": key, "type": "PROJECT", "havePermission": key not in denied}
        for n, key in enumerate(asked, 10)
    }


def sprint_json(state: JiraState, api: str) -> Json:
    """The sprint that is running; there must be one."""
    ends = jira_time(state.sprint_ends) if state.sprint_ends else ""
    return {"id": 7, "self": f"{api}/sprint/7", "state": "active", "name": "Sprint 7", "endDate": ends}


def uploaded(body: bytes, content_type: str) -> list[tuple[str, bytes, str]]:
    """Name, content and type of the files in a multipart body, which stand in parts named ``file``."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    parts = body.split(b"--" + boundary)[1:-1] if boundary else []
    return [file for part in parts if (file := _file(*part.split(b"\r\n\r\n", 1)))]


def _file(head: bytes, content: bytes = b"") -> tuple[str, bytes, str] | None:
    headers = head.decode("utf-8", "replace")
    name, kind = _FILE_NAME.search(headers), _FILE_TYPE.search(headers)
    if name is None:
        return None
    return name[1], content.removesuffix(b"\r\n"), kind[1] if kind else "application/octet-stream"


def _person(state: JiraState, name: str | None, api: str) -> Json | None:
    if name is None:
        return None
    user = next((one for one in state.users if one.name == name), None)
    return user_json(state, user, api) if user else {"displayName": name}


def _cloud_user(api: str, account_id: str) -> str:
    return f"{api}/user?accountId={account_id}"
