"""The REST paths of the stand-in for Confluence: who calls, what happens instead of an answer, and the answers."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.demo.confluence_standin_json import attachment_v1, content_v1, page_v2, restriction_v1
from bot.demo.confluence_standin_state import StandInFile, StandInPage, WikiState
from bot.demo.jira_standin_faults import Cut, Faults

MOST_EXPANDED = 50
"""However many pages are asked for, this many come at once where much is expanded."""

Handler = Callable[[Request], Response]


class Account(Protocol):
    """Who may sign in at this moment, and where Cloud keeps files."""

    email: str
    token: str
    media: str


class WikiApi:
    """Answers calls from ``state``, after ``faults`` had their say; every call's name is added to ``calls``."""

    def __init__(self, state: WikiState, account: Account, faults: Faults, calls: list[str]) -> None:
        self.state = state
        self._account = account
        self._faults = faults
        self._calls = calls

    def routes(self) -> list[Route]:
        """Every path there is, of one flavour."""
        root = "/wiki" if self.state.cloud else ""
        content = f"{root}/rest/api/content"
        table: list[tuple[str, str, Handler]] = [
            ("myself", f"{root}/rest/api/user/current", self._myself),
            ("search", f"{content}/search", self._search),
            ("restriction", content + "/{page}/restriction/byOperation/read", self._restriction),
            ("download", root + "/download/attachments/{page}/{name}", self._download),
        ]
        if self.state.cloud:
            table += [
                ("spaces", f"{root}/api/v2/spaces", self._spaces),
                ("pages", f"{root}/api/v2/pages", self._pages),
                ("page", root + "/api/v2/pages/{page}", self._page),
                ("ancestors", root + "/api/v2/pages/{page}/ancestors", self._ancestors),
                ("labels", root + "/api/v2/pages/{page}/labels", self._labels),
            ]
        else:
            table += [
                ("space", root + "/rest/api/space/{key}", self._space),
                ("pages", content, self._contents),
                ("page", content + "/{page}", self._content),
            ]
        return [Route(path, self._endpoint(call, handler)) for call, path, handler in table]

    def _endpoint(self, call: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            self._calls.append(call)
            fault = self._faults.take(call)
            if fault is not None:
                await asyncio.sleep(fault.seconds)
                if fault.cut:
                    return Cut()
                if fault.status is not None:
                    return Response(fault.body, fault.status, fault.headers)
            if not self._is_us(request):
                return JSONResponse({"message": "Client must be authenticated to access this resource."}, 401)
            return handler(request)

        return answer

    def _is_us(self, request: Request) -> bool:
        basic = base64.b64encode(f"{self._account.email}:{self._account.token}".encode()).decode()
        wanted = f"Basic {basic}" if self.state.cloud else f"Bearer {self._account.token}"
        return request.headers.get("Authorization") == wanted

    def _myself(self, _request: Request) -> Response:
        return JSONResponse({"type": "known", "displayName": "MOPS Desk"})

    def _base(self, request: Request) -> str:
        return f"{request.url.scheme}://{request.url.netloc}{'/wiki' if self.state.cloud else ''}"

    # Cloud, second API

    def _spaces(self, request: Request) -> Response:
        wanted = request.query_params.get("keys", "")
        keys = [key for key in self.state.spaces if not wanted or key in wanted.split(",")]
        rows = [{"id": self.state.space_id(key), "key": key, "status": "current"} for key in keys]
        return JSONResponse({"results": rows, "_links": {"base": self._base(request)}})

    def _pages(self, request: Request) -> Response:
        if wanted := request.query_params.get("id"):
            return self._pages_by_id(request, wanted.split(","))
        ids = request.query_params.get("space-id", "").split(",")
        keys = [key for key in self.state.spaces if self.state.space_id(key) in ids]
        pages = sorted((page for key in keys for page in self.state.current(key)), key=lambda page: int(page.id))
        after, limit = _cursor(request), min(_number(request, "limit", 25), 250)
        rest = [page for page in pages if int(page.id) > after]
        body: dict[str, Any] = {"results": [page_v2(self.state, page, with_body=False) for page in rest[:limit]]}
        body["_links"] = {"base": self._base(request)}
        headers = {}
        if len(rest) > limit:
            cursor = base64.urlsafe_b64encode(f"after:{rest[limit - 1].id}".encode()).decode()
            following = f"/wiki/api/v2/pages?{urlencode({'limit': limit, 'cursor': cursor})}"
            body["_links"]["next"] = following
            headers["Link"] = f'<{following}>; rel="next"'
        return JSONResponse(body, headers=headers)

    def _pages_by_id(self, request: Request, ids: list[str]) -> Response:
        pages = (self.state.seen(one) for one in ids[: _number(request, "limit", 25)])
        found = [page for page in pages if page and page.kind == "page" and page.status != "trashed"]
        with_body = request.query_params.get("body-format") == "storage"
        rows = [page_v2(self.state, page, with_body) for page in found]
        return JSONResponse({"results": rows, "_links": {"base": self._base(request)}})

    def _page(self, request: Request) -> Response:
        page = self.state.seen(request.path_params["page"])
        if page is None or page.kind != "page":
            return _missing()
        return JSONResponse(page_v2(self.state, page, request.query_params.get("body-format") == "storage"))

    def _ancestors(self, request: Request) -> Response:
        page = self.state.seen(request.path_params["page"])
        if page is None:
            return _missing()
        rows = [{"id": one.id, "type": one.kind} for one in self.state.above(page)]
        return JSONResponse({"results": rows, "_links": {}})

    def _labels(self, request: Request) -> Response:
        page = self.state.seen(request.path_params["page"])
        if page is None:
            return _missing()
        rows = [{"id": str(at), "name": label, "prefix": "global"} for at, label in enumerate(page.labels)]
        return JSONResponse({"results": rows, "_links": {}})

    # Data Center, first API

    def _space(self, request: Request) -> Response:
        key = request.path_params["key"]
        if key not in self.state.spaces:
            return _missing()
        return JSONResponse({"key": key, "type": "global", "_links": {"base": self._base(request), "context": ""}})

    def _contents(self, request: Request) -> Response:
        pages = self.state.current(request.query_params.get("spaceKey", ""))
        start, limit = _number(request, "start", 0), min(_number(request, "limit", 25), MOST_EXPANDED)
        batch = pages[start : start + limit]
        rows = [content_v1(self.state, page, _expand(request)) for page in batch]
        links = {"base": self._base(request), "context": ""}
        if start + limit < len(pages):
            query = urlencode({**request.query_params, "start": start + limit, "limit": limit})
            links["next"] = f"/rest/api/content?{query}"
        return JSONResponse({"results": rows, "start": start, "limit": limit, "size": len(rows), "_links": links})

    def _content(self, request: Request) -> Response:
        page = self.state.seen(request.path_params["page"])
        if page is None or page.status != "current":
            return _missing()
        return JSONResponse(content_v1(self.state, page, _expand(request)))

    # both

    def _search(self, request: Request) -> Response:
        """Of CQL the two questions we ask: ids, and the files of spaces."""
        cql = request.query_params.get("cql", "")
        if ids := re.fullmatch(r"id in \(([\d,]+)\)", cql):
            found = [self.state.seen(one) for one in ids[1].split(",")]
            pages = [
                page for page in found if page and page.status == "current" and page.id not in self.state.unindexed
            ]
            rows = [content_v1(self.state, page, _expand(request)) for page in pages]
            return self._window(request, rows)
        if spaces := re.fullmatch(r"type = attachment and space in \((.+)\)", cql):
            keys = [key.strip(' "') for key in spaces[1].split(",")]
            return self._window(
                request,
                [
                    attachment_v1(page, file)
                    for key in keys
                    for page in self.state.current(key)
                    for file in page.files
                ],
            )
        return JSONResponse({"statusCode": 400, "message": "Could not parse cql"}, 400)

    def _window(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        start, limit = max(_cursor(request), _number(request, "start", 0)), min(_number(request, "limit", 25), 100)
        links: dict[str, str] = {"base": self._base(request)}
        if start + limit < len(rows):
            more = {"cursor": base64.urlsafe_b64encode(f"after:{start + limit}".encode()).decode()}
            place = more if self.state.cloud else {"start": str(start + limit)}
            query = {name: value for name, value in request.query_params.items() if name not in ("cursor", "start")}
            links["next"] = f"/rest/api/content/search?{urlencode({**query, **place})}"
        return JSONResponse({"results": rows[start : start + limit], "start": start, "limit": limit, "_links": links})

    def _restriction(self, request: Request) -> Response:
        page = self.state.seen(request.path_params["page"])
        if page is None:
            return _missing()
        default = "restrictions.user,restrictions.group" if self.state.cloud else "restrictions.group"
        wanted = request.query_params.get("expand", default)
        return JSONResponse(restriction_v1(page, {part.rsplit(".", 1)[-1] for part in wanted.split(",")}))

    def _download(self, request: Request) -> Response:
        file = self._file(request)
        if file is None:
            return _missing()
        if self.state.cloud:
            return RedirectResponse(f"{self._account.media}/file/{file.id}?token=signed", 302)
        return Response(file.data, media_type="application/octet-stream")

    def _file(self, request: Request) -> StandInFile | None:
        page = self.state.seen(request.path_params["page"])
        files: list[StandInFile] = page.files if isinstance(page, StandInPage) else []
        return next((file for file in files if file.name == request.path_params["name"]), None)


def _missing() -> Response:
    return JSONResponse({"statusCode": 404, "message": "No content found, or no permission to view it."}, 404)


def _expand(request: Request) -> set[str]:
    return set(request.query_params.get("expand", "").split(","))


def _number(request: Request, name: str, default: int) -> int:
    return int(request.query_params.get(name, default))


def _cursor(request: Request) -> int:
    given = request.query_params.get("cursor")
    return int(base64.urlsafe_b64decode(given).decode().removeprefix("after:")) if given else 0
