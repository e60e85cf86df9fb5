"""The REST paths of the stand-in for Jira: who calls, what happens instead of an answer, and the answers."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.jira_standin_faults import Cut, Faults
from bot.demo.jira_standin_fields import issue_types
from bot.demo.jira_standin_json import (
    BOT_NAME,
    bot_json,
    comment_json,
    file_json,
    issue_json,
    permissions_json,
    project_json,
    sprint_json,
    uploaded,
    user_json,
)
from bot.demo.jira_standin_state import JiraRefuses, JiraState, StandInIssue

REST, AGILE = "/rest/api/2", "/rest/agile/1.0"
Reply = tuple[int, Any]
Handler = Callable[[Request, Any], Reply]


class Account(Protocol):
    """Who may sign in, at this moment."""

    email: str
    token: str


class JiraApi:
    """Answers calls from ``state``, after ``faults`` had their say; every call's name is added to ``calls``."""

    def __init__(self, state: JiraState, account: Account, faults: Faults, calls: list[str]) -> None:
        self.state = state
        self._account = account
        self._faults = faults
        self._calls = calls

    def routes(self) -> list[Route]:
        """Every path there is."""
        one, meta = "/issue/{key}", "/issue/createmeta/{project}/issuetypes"
        cloud = self.state.cloud
        table: list[tuple[str, str, str, Handler]] = [
            ("serverInfo", "GET", f"{REST}/serverInfo", self._server_info),
            ("myself", "GET", f"{REST}/myself", self._myself),
            ("permissions", "GET", f"{REST}/mypermissions", self._permissions),
            ("project", "GET", REST + "/project/{project}", self._project),
            ("createmeta", "GET", f"{REST}{meta}", self._issue_types),
            ("createmeta", "GET", REST + meta + "/{type}", self._field_metas),
            ("create", "POST", f"{REST}/issue", self._create),
            ("get", "GET", f"{REST}{one}", self._get),
            ("edit", "PUT", f"{REST}{one}", self._edit),
            ("comments", "GET", f"{REST}{one}/comment", self._comments),
            ("comment", "POST", f"{REST}{one}/comment", self._comment),
            ("transitions", "GET", f"{REST}{one}/transitions", self._transitions),
            ("transition", "POST", f"{REST}{one}/transitions", self._transition),
            ("assign", "PUT", f"{REST}{one}/assignee", self._assign),
            ("watchers", "GET", f"{REST}{one}/watchers", self._watchers),
            ("watch", "POST", f"{REST}{one}/watchers", self._watch),
            ("attach", "POST", f"{REST}{one}/attachments", self._attach),
            ("users", "GET", f"{REST}/user/search", self._users),
            ("user", "GET", f"{REST}/user", self._user),
            ("search", "GET", f"{REST}/search/jql" if cloud else f"{REST}/search", self._search),
            ("boards", "GET", f"{AGILE}/board", self._boards),
            ("sprints", "GET", AGILE + "/board/{board}/sprint", self._sprints),
        ]
        if cloud:
            table.append(("count", "POST", f"{REST}/search/approximate-count", self._count))
            table.append(("search", "GET", f"{REST}/search", _gone))
        return [Route(path, self._endpoint(call, h), methods=[method]) for call, method, path, h in table]

    def _endpoint(self, call: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            self._calls.append(call)
            fault = self._faults.take(call)
            raw = await request.body()
            if fault is None:
                return self._answer(call, handler, request, raw)
            if fault.after_commit:
                self._answer(call, handler, request, raw)
            await asyncio.sleep(fault.seconds)
            if fault.cut:
                return Cut()
            if fault.status is None:
                return self._answer(call, handler, request, raw)
            return Response(fault.body, fault.status, fault.headers)

        return answer

    def _answer(self, call: str, handler: Handler, request: Request, raw: bytes) -> Response:
        if call != "serverInfo" and not self._is_us(request):
            return JSONResponse(JiraRefuses(401, "Client must be authenticated to access this resource.").body, 401)
        try:
            status, body = handler(request, raw if call == "attach" else json.loads(raw) if raw else {})
        except JiraRefuses as refusal:
            return JSONResponse(refusal.body, refusal.status)
        except ValueError:
            return JSONResponse({"errorMessages": ["There was an error parsing JSON."], "errors": {}}, 400)
        return Response(status_code=status) if body is None else JSONResponse(body, status)

    def _is_us(self, request: Request) -> bool:
        email, token = self._account.email, self._account.token
        basic = base64.b64encode(f"{email}:{token}".encode()).decode()
        wanted = f"Basic {basic}" if self.state.cloud else f"Bearer {token}"
        return request.headers.get("Authorization") == wanted

    def _server_info(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        version = {"version": "1001.0.0"} if self.state.cloud else {"version": "9.12.0", "versionNumbers": [9, 12, 0]}
        kind = "Cloud" if self.state.cloud else "Server"
        return 200, {"baseUrl": str(request.base_url).rstrip("/"), "deploymentType": kind, **version}

    def _myself(self, _request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        return 200, {"displayName": BOT_NAME, "emailAddress": self._account.email, "active": True}

    def _permissions(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        asked = request.query_params.get("permissions", "").split(",")
        return 200, {"permissions": permissions_json([key for key in asked if key], self.state.denied)}

    def _project(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        self._known_project(request)
        return 200, project_json(self.state, _api(request))

    def _issue_types(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        self._known_project(request)
        return self._page(request, issue_types(), "issueTypes")

    def _field_metas(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        self._known_project(request)
        if request.path_params["type"] not in {one["id"] for one in issue_types()}:
            raise JiraRefuses(404, "The issue type does not exist.")
        return self._page(request, self.state.field_metas(), "fields")

    def _page(self, request: Request, items: list[dict[str, Any]], cloud_key: str) -> Reply:
        start, most = _number(request, "startAt", 0), _number(request, "maxResults", 50)
        page = {"startAt": start, "maxResults": most, "total": len(items)}
        batch = items[start : start + most]
        if self.state.cloud:
            return 200, {**page, cloud_key: batch}
        return 200, {**page, "isLast": start + most >= len(items), "values": batch}

    def _create(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        issue = self.state.create(body.get("fields") or {})
        return 201, {"id": issue.id, "key": issue.key, "self": f"{_api(request)}/issue/{issue.id}"}

    def _get(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        return 200, issue_json(self.state, self._issue(request), _api(request), _fields(request))

    def _edit(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        self.state.edit(self._issue(request), body.get("fields") or {}, body.get("update") or {})
        return 204, None

    def _comments(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        issue, expand = self._issue(request), request.query_params.get("expand", "")
        ordered = issue.comments[::-1] if request.query_params.get("orderBy") == "-created" else issue.comments
        start, most = _number(request, "startAt", 0), _number(request, "maxResults", 100)
        shown = [comment_json(self.state, issue, c, _api(request), expand) for c in ordered[start : start + most]]
        return 200, {"startAt": start, "maxResults": most, "total": len(ordered), "comments": shown}

    def _comment(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        issue, api = self._issue(request), _api(request)
        made = self.state.comment(issue, body.get("body"), bot_json(self.state, api), body.get("properties"))
        return 201, comment_json(self.state, issue, made, api, "")

    def _transitions(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        return 200, {"expand": "transitions", "transitions": self.state.transitions(self._issue(request))}

    def _transition(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        wanted = str((body.get("transition") or {}).get("id"))
        self.state.transition(self._issue(request), wanted, body.get("fields") or {})
        return 204, None

    def _assign(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        self.state.assign(self._issue(request), body)
        return 204, None

    def _watchers(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        watchers = self._issue(request).watchers
        key = "accountId" if self.state.cloud else "name"
        return 200, {"watchCount": len(watchers), "isWatching": False, "watchers": [{key: w} for w in watchers]}

    def _watch(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        issue = self._issue(request)
        if self.state.user_by_reference({"accountId": body, "name": body}) is None:
            raise JiraRefuses(404, "The user does not exist.")
        if body not in issue.watchers:
            issue.watchers.append(str(body))
        return 204, None

    def _attach(self, request: Request, body: bytes) -> Reply:
        if request.headers.get("X-Atlassian-Token") != "no-check":
            raise JiraRefuses(403, "XSRF check failed")
        issue = self._issue(request)
        files = uploaded(body, request.headers.get("Content-Type", ""))
        if not files:
            raise JiraRefuses(400, "No file was sent.")
        return 200, [file_json(self.state, self.state.attach(issue, *one), _api(request)) for one in files]

    def _users(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        wanted = request.query_params.get("query" if self.state.cloud else "username")
        if not wanted:
            raise JiraRefuses(400, "The query parameter this flavour needs was not provided.")
        return 200, [user_json(self.state, user, _api(request)) for user in self.state.user_matches(wanted)]

    def _user(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        key = "accountId" if self.state.cloud else "username"
        wanted = request.query_params.get(key)
        user = self.state.user_by_reference({"accountId": wanted, "name": wanted})
        if user is None:
            raise JiraRefuses(404, "Specified user does not exist or you do not have required permissions")
        return 200, user_json(self.state, user, _api(request))

    def _search(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        token = request.query_params.get("nextPageToken", "page-0")
        start = int(token.rpartition("-")[2]) if self.state.cloud else _number(request, "startAt", 0)
        most = _number(request, "maxResults", 50)
        found = self.state.search(request.query_params.get("jql", ""))
        shown, api = _fields(request), _api(request)
        issues = [issue_json(self.state, issue, api, shown) for issue in found[start : start + most]]
        if not self.state.cloud:
            return 200, {"startAt": start, "maxResults": most, "total": len(found), "issues": issues}
        last = start + most >= len(found)
        return 200, {"issues": issues, "isLast": last, **({} if last else {"nextPageToken": f"page-{start + most}"})}

    def _count(self, _request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        return 200, {"count": len(self.state.search(str(body.get("jql"))))}

    def _boards(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        ours = self.state.sprint_ends is not None and request.query_params.get("projectKeyOrId") == self.state.project
        boards = [{"id": 1, "self": f"{_agile(request)}/board/1", "name": "OPS board", "type": "scrum"}]
        values = boards if ours else []
        return 200, {"startAt": 0, "maxResults": 50, "total": len(values), "isLast": True, "values": values}

    def _sprints(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        values = [sprint_json(self.state, _agile(request))] if self.state.sprint_ends else []
        return 200, {"startAt": 0, "maxResults": 50, "isLast": True, "values": values}

    def _known_project(self, request: Request) -> None:
        if request.path_params["project"] != self.state.project:
            raise JiraRefuses(404, f"No project could be found with key '{request.path_params['project']}'.")

    def _issue(self, request: Request) -> StandInIssue:
        return self.state.find(request.path_params["key"])


def _gone(_request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
    raise JiraRefuses(410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.")


def _api(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{REST}"


def _agile(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{AGILE}"


def _number(request: Request, name: str, default: int) -> int:
    return int(request.query_params.get(name, default))


def _fields(request: Request) -> list[str]:
    asked = request.query_params.get("fields", "")
    return [name for name in asked.split(",") if name]
