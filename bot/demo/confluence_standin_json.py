"""Pages of the stand-in as Confluence's two APIs write them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, quote_plus

from bot.demo.confluence_standin_state import StandInFile, StandInPage, WikiState

Json = dict[str, Any]


def page_v2(state: WikiState, page: StandInPage, with_body: bool) -> Json:
    """A page of Cloud's second API."""
    parent = state.pages.get(page.parent or "")
    stamp = page.changed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "id": page.id,
        "status": page.status,
        "title": page.title,
        "spaceId": state.space_id(page.space),
        "parentId": page.parent,
        "parentType": parent.kind if parent else None,
        "authorId": f"acc-{page.creator.split()[0].lower()}",
        "createdAt": stamp,
        "version": {"number": page.version, "message": "", "minorEdit": False, "createdAt": stamp},
        "body": {"storage": {"representation": "storage", "value": page.body}} if with_body else {},
        "_links": {"webui": f"/spaces/{page.space}/pages/{page.id}/{quote_plus(page.title)}"},
    }


def content_v1(state: WikiState, page: StandInPage, expand: set[str]) -> Json:
    """A page of the first API; only what is in ``expand`` is told, as there."""
    body: Json = {"id": page.id, "type": page.kind, "status": page.status, "title": page.title}
    body["_links"] = {"webui": f"/display/{page.space}/{quote_plus(page.title)}"}
    if "version" in expand:
        body["version"] = {"number": page.version, "when": page.changed_at.isoformat(timespec="milliseconds")}
    if "history" in expand:
        body["history"] = {"latest": True, "createdBy": {"type": "known", "displayName": page.creator}}
    if "ancestors" in expand:
        body["ancestors"] = [{"id": one.id, "type": one.kind, "title": one.title} for one in state.above(page)]
    if "metadata.labels" in expand:
        labels = [{"prefix": "global", "name": label, "id": str(at)} for at, label in enumerate(page.labels)]
        body["metadata"] = {"labels": {"results": labels, "start": 0, "limit": 200, "size": len(labels)}}
    if "body.storage" in expand:
        body["body"] = {"storage": {"representation": "storage", "value": page.body}}
    wanted = {part.rsplit(".", 1)[1] for part in expand if part.startswith("restrictions.read.restrictions.")}
    if wanted:
        body["restrictions"] = {"read": restriction_v1(page, wanted)}
    return body


def restriction_v1(page: StandInPage, wanted: set[str]) -> Json:
    """Who alone may read this one page: nothing of what it inherits, and only the lists asked for."""
    people = [{"type": "known", "accountId": f"acc-{name.lower()}", "displayName": name} for name in page.people]
    groups = [{"type": "group", "name": name, "id": group_id} for name, group_id in page.groups]
    lists = {"user": people, "group": groups}
    shown = {
        kind: {"results": found, "start": 0, "limit": 100, "size": len(found)}
        for kind, found in lists.items()
        if kind in wanted
    }
    return {"operation": "read", "restrictions": shown, "_expandable": {"content": f"/rest/api/content/{page.id}"}}


def attachment_v1(page: StandInPage, file: StandInFile) -> Json:
    """A file as the search finds it."""
    return {
        "id": file.id,
        "type": "attachment",
        "status": "current",
        "title": file.name,
        "version": {"number": file.version, "when": page.changed_at.isoformat(timespec="milliseconds")},
        "container": {"id": page.id, "type": "page", "title": page.title},
        "extensions": {"fileSize": len(file.data)},
        "_links": {"download": f"/download/attachments/{page.id}/{quote(file.name)}?version={file.version}&api=v2"},
    }
