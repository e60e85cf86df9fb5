"""A stand-in for Jira's REST API v2, Cloud or Server, as far as the desk uses it. Shared by the tests and the demo.

    standin = JiraStandIn(cloud=True)
    standin.faults.next("create", reply_lost())     # from jira_standin_faults
    with serve(standin.app) as url: ...

Answers have the shapes of Jira's public API description; where Cloud and Server differ, so does the stand-in.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.jira_standin_faults import Cut, Faults
from bot.demo.jira_standin_state import (
    ISSUE_TYPES,
    STATUSES,
    CustomField,
    JiraRefuses,
    JiraState,
    StandInIssue,
    StandInUser,
    jira_time,
)

BOT_NAME = "MOPS Desk"
Reply = tuple[int, Any]
Handler = Callable[[Request, Any], Reply]


class JiraStandIn:
    """One Jira site with one project. ``calls`` lists the names of all calls made, in order."""

    def __init__(
        self,
        cloud: bool = True,
        project: str = "OPS",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        email: str = "desk@example.com",
        token: str = "stand-in-token",  # noqa: S107 - the stand-in's own, made up
    ) -> None:
        self.state = JiraState(cloud, project, clock)
        self.faults = Faults()
        self.calls: list[str] = []
        self.email, self.token = email, token
        self.app = Starlette(routes=self._routes())

    @property
    def issues(self) -> list[StandInIssue]:
        """Every issue there is, oldest first."""
        return list(self.state.issues.values())

    @property
    def lag_seconds(self) -> float:
        """How long a new issue stays invisible to searches."""
        return self.state.lag_seconds

    @lag_seconds.setter
    def lag_seconds(self, seconds: float) -> None:
        self.state.lag_seconds = seconds

    def require(self, field_id: str, name: str, type: str = "string", options: tuple[str, ...] = ()) -> None:
        """Put a mandatory custom field on the create screen."""
        self.state.custom_fields[field_id] = CustomField(field_id, name, type, options)

    def take_off_screen(self, name: str) -> None:
        """From now on the field cannot be set."""
        self.state.off_screen.add(name)

    def add_user(self, name: str, email: str, active: bool = True, email_shown: bool = True) -> StandInUser:
        """Somebody who can be found and be a reporter."""
        user = StandInUser(name, email, active, email_shown)
        self.state.users.append(user)
        return user

    def delete(self, key: str) -> None:
        """Somebody deletes an issue."""
        del self.state.issues[key]

    def _routes(self) -> list[Route]:
        one = "/issue/{key}"
        table: list[tuple[str, str, str, Handler]] = [
            ("serverInfo", "GET", "/serverInfo", self._server_info),
            ("myself", "GET", "/myself", self._myself),
            ("field", "GET", "/field", lambda _r, _b: (200, [])),
            ("project", "GET", "/project/{project}", self._project),
            ("createmeta", "GET", "/issue/createmeta/{project}/issuetypes", self._issue_types),
            ("createmeta", "GET", "/issue/createmeta/{project}/issuetypes/{type}", self._field_metas),
            ("create", "POST", "/issue", self._create),
            ("get", "GET", one, self._get),
            ("edit", "PUT", one, self._edit),
            ("comments", "GET", f"{one}/comment", self._comments),
            ("comment", "POST", f"{one}/comment", self._comment),
            ("transitions", "GET", f"{one}/transitions", self._transitions),
            ("transition", "POST", f"{one}/transitions", self._transition),
            ("watchers", "GET", f"{one}/watchers", self._watchers),
            ("watch", "POST", f"{one}/watchers", self._watch),
            ("users", "GET", "/user/search", self._users),
            ("search", "GET", "/search/jql" if self.state.cloud else "/search", self._search),
        ]
        routes = [Route(f"/rest/api/2{p}", self._endpoint(call, h), methods=[m]) for call, m, p, h in table]
        if self.state.cloud:
            routes.append(Route("/rest/api/2/search", self._endpoint("search", _gone), methods=["GET", "POST"]))
        return routes

    def _endpoint(self, call: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            self.calls.append(call)
            fault = self.faults.take(call)
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
            status, body = handler(request, json.loads(raw) if raw else {})
        except JiraRefuses as refusal:
            return JSONResponse(refusal.body, refusal.status)
        except ValueError:
            return JSONResponse({"errorMessages": ["There was an error parsing JSON."], "errors": {}}, 400)
        return Response(status_code=status) if body is None else JSONResponse(body, status)

    def _is_us(self, request: Request) -> bool:
        basic = base64.b64encode(f"{self.email}:{self.token}".encode()).decode()
        return request.headers.get("Authorization") == (
            f"Basic {basic}" if self.state.cloud else f"Bearer {self.token}"
        )

    def _server_info(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        version = {"version": "1001.0.0"} if self.state.cloud else {"version": "9.12.0", "versionNumbers": [9, 12, 0]}
        kind = "Cloud" if self.state.cloud else "Server"
        return 200, {"baseUrl": _base(request), "deploymentType": kind, **version}

    def _myself(self, _request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        return 200, {"displayName": BOT_NAME, "emailAddress": self.email, "active": True}

    def _project(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        key = self._known_project(request)
        return 200, {
            "id": "10000",
            "key": key,
            "name": "Marketing Operations",
            "self": f"{_api(request)}/project/10000",
        }

    def _issue_types(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        self._known_project(request)
        types = [{"id": str(n), "name": name, "subtask": False} for n, name in enumerate(ISSUE_TYPES, 1)]
        return self._page(request, types, "issueTypes")

    def _field_metas(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        self._known_project(request)
        if request.path_params["type"] not in {str(n) for n in range(1, len(ISSUE_TYPES) + 1)}:
            raise JiraRefuses(404, "The issue type does not exist.")
        return self._page(request, self.state.field_metas(), "fields")

    def _page(self, request: Request, items: list[dict[str, Any]], cloud_key: str) -> Reply:
        start, most = int(request.query_params.get("startAt", 0)), int(request.query_params.get("maxResults", 50))
        page = {"startAt": start, "maxResults": most, "total": len(items)}
        batch = items[start : start + most]
        if self.state.cloud:
            return 200, {**page, cloud_key: batch}
        return 200, {**page, "isLast": start + most >= len(items), "values": batch}

    def _create(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        issue = self.state.create(body.get("fields") or {})
        return 201, {"id": issue.id, "key": issue.key, "self": f"{_api(request)}/issue/{issue.id}"}

    def _get(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        return 200, self._issue_json(request, self._issue(request))

    def _edit(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        self.state.edit(self._issue(request), body.get("fields") or {}, body.get("update") or {})
        return 204, None

    def _comments(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        comments = self._issue(request).comments
        ordered = comments[::-1] if request.query_params.get("orderBy") == "-created" else comments
        most = int(request.query_params.get("maxResults", 100))
        return 200, {"startAt": 0, "maxResults": most, "total": len(comments), "comments": ordered[:most]}

    def _comment(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        return 201, self.state.comment(self._issue(request), body.get("body"), BOT_NAME, body.get("properties"))

    def _transitions(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        return 200, {"transitions": self.state.transitions(self._issue(request))}

    def _transition(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        wanted = str((body.get("transition") or {}).get("id"))
        self.state.transition(self._issue(request), wanted, body.get("fields") or {})
        return 204, None

    def _watchers(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        watchers = self._issue(request).watchers
        key = "accountId" if self.state.cloud else "name"
        return 200, {"watchCount": len(watchers), "isWatching": False, "watchers": [{key: w} for w in watchers]}

    def _watch(self, request: Request, body: Any) -> Reply:  # noqa: ANN401 - JSON
        issue = self._issue(request)
        if body not in issue.watchers:
            issue.watchers.append(str(body))
        return 204, None

    def _users(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        wanted = request.query_params.get("query" if self.state.cloud else "username")
        if not wanted:
            raise JiraRefuses(400, "The query parameter this flavour needs was not provided.")
        return 200, [self._user_json(request, user) for user in self.state.user_matches(wanted)]

    def _search(self, request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
        most = int(request.query_params.get("maxResults", 50))
        start = int(request.query_params.get("startAt", 0))
        found = self.state.search(request.query_params.get("jql", ""))
        issues = [self._issue_json(request, issue) for issue in found[start : start + most]]
        if self.state.cloud:
            return 200, {"issues": issues, "isLast": len(found) <= most}
        return 200, {"startAt": start, "maxResults": most, "total": len(found), "issues": issues}

    def _known_project(self, request: Request) -> str:
        if request.path_params["project"] != self.state.project:
            raise JiraRefuses(404, f"No project could be found with key '{request.path_params['project']}'.")
        return self.state.project

    def _issue(self, request: Request) -> StandInIssue:
        return self.state.find(request.path_params["key"])

    def _user_json(self, request: Request, user: StandInUser) -> dict[str, Any]:
        known = {"displayName": user.name, "active": user.active, "self": f"{_api(request)}/user/{user.username}"}
        email = {"emailAddress": user.email} if user.email_shown else {}
        if self.state.cloud:
            return {**known, **email, "accountId": user.account_id, "accountType": "atlassian"}
        return {**known, **email, "name": user.username, "key": user.username}

    def _issue_json(self, request: Request, issue: StandInIssue) -> dict[str, Any]:
        status = {"name": issue.status, "statusCategory": {"key": STATUSES[issue.status]}}
        fields = {
            **issue.fields,
            "status": status,
            "assignee": {"displayName": issue.assignee} if issue.assignee else None,
            "created": jira_time(issue.created_at),
            "updated": jira_time(issue.updated_at),
        }
        return {"id": issue.id, "key": issue.key, "self": f"{_api(request)}/issue/{issue.id}", "fields": fields}


def _gone(_request: Request, _body: Any) -> Reply:  # noqa: ANN401 - JSON
    raise JiraRefuses(410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.")


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _api(request: Request) -> str:
    return f"{_base(request)}/rest/api/2"
