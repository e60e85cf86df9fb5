"""One Confluence site over HTTP: signing in, patience, limits. The one module that calls it.

Only GET is ever sent. No redirect is followed, so a credential never leaves the host it was made for; where Cloud
sends for an attached file, it is asked for anew, without one, if that is the place where Cloud keeps files.
"""

from __future__ import annotations

import json
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests import exceptions as http
from requests.auth import AuthBase, HTTPBasicAuth

from knowledge.confluence.settings import Flavour
from knowledge.errors import SourceUnavailable

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 3.05, 30.0
MAX_ANSWER = 32_000_000
"""Bytes of one answer; a page of 4 million characters fits."""

MAX_PAGES = 10_000
"""Of one list: against a site that never ends."""

MAX_ANSWER_S = 120.0  # a site that trickles
CLOUD_HOST = ".atlassian.net"
CLOUD_MEDIA = frozenset({"https://api.media.atlassian.com"})
_CHUNK = 65_536
_LONG = 10  # digits
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_ALL_PAUSE = frozenset({*_BUSY, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})

Json = dict[str, Any]
Params = Mapping[str, str | int]


class ConfluenceRefused(SourceUnavailable):
    """The site answered, and not with what was asked for. ``status`` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Patience:
    """How long one call may take to succeed: ``tries`` at most, ``longest`` for one pause and ``total`` for all, in
    seconds. A site that asks for more is left alone until the next sync.
    """

    tries: int = 5
    longest: float = 60.0
    total: float = 180.0


class ConfluenceSite:
    """Where Confluence is and who we are there. ``url`` is the address of the wiki (Cloud's ends in `/wiki`).

    With an ``email`` the token is sent as its password (Cloud), without one as a bearer token (Data Center's personal
    access tokens). ``timeout`` is (connect, read) in seconds. ``media`` are the origins where Cloud keeps attached
    files: one may be fetched there, by its signed address and without our login. Not for several threads at once.
    """

    def __init__(
        self,
        url: str,
        token: str,
        email: str | None = None,
        flavour: Flavour = Flavour.AUTO,
        timeout: tuple[float, float] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        patience: Patience | None = None,
        media: frozenset[str] = CLOUD_MEDIA,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = _with_wiki(url.rstrip("/"))
        self.calls = 0
        self._flavour = flavour
        self._login: AuthBase = HTTPBasicAuth(email, token) if email else _Bearer(token)
        self._timeout = timeout
        self._patience = patience or Patience()
        self._media = media
        self._sleep = sleep
        self._clock = clock
        self._session: requests.Session | None = None

    @property
    def is_cloud(self) -> bool:
        """Whether this is Confluence Cloud; asked of the site once, unless its name says so."""
        if self._flavour is Flavour.AUTO:
            self._flavour = Flavour.CLOUD if self._is_cloud_host() or self._knows_v2() else Flavour.SERVER
        return self._flavour is Flavour.CLOUD

    def check(self) -> str:
        """Who we are there, in a line. Raises SourceUnavailable."""
        kind = "Cloud" if self.is_cloud else "Data Center"
        me = self.get("rest/api/user/current")
        if me.get("type") == "anonymous":
            raise ConfluenceRefused(_NO_LOGIN, HTTPStatus.UNAUTHORIZED)
        return f"signed in to {self.url} ({kind}) as {me.get('displayName') or 'an account without a name'}"

    def get(self, path: str, params: Params | None = None) -> Json:
        """The object at a path below the wiki's address.

        Raises SourceUnavailable, ConfluenceRefused when the answer was a refusal.
        """
        data = self._data(f"{self.url}/{path}", params, MAX_ANSWER)
        try:
            found = json.loads(data)
        except (ValueError, RecursionError) as exc:
            raise SourceUnavailable(
                f"{self.url} answered something that is not Confluence's. Check the address."
            ) from exc
        if not isinstance(found, dict):
            raise SourceUnavailable(f"{self.url} answered a list where an object was due. Is it Confluence?")
        return found

    def file(self, address: str, limit: int) -> bytes:
        """An attached file. Raises SourceUnavailable, ConfluenceRefused."""
        try:
            return self._data(f"{self.url}/{address}", None, limit)
        except _SentOn as exc:
            parts = urlsplit(exc.to)
            if f"{parts.scheme}://{parts.netloc}" not in self._media or not self.is_cloud:
                raise
            with closing(requests.Session()) as stranger:
                stranger.auth = _nobody
                return self._data(exc.to, None, limit, stranger)

    def _data(self, url: str, params: Params | None, limit: int, session: requests.Session | None = None) -> bytes:
        waited, patience = 0.0, self._patience
        for turn in range(patience.tries):
            answer = self._once(url, params, limit, session or self._opened())
            if isinstance(answer, bytes):
                return answer
            pause = answer.pause if answer.pause is not None else float(2**turn)
            if turn + 1 == patience.tries or pause > patience.longest or waited + pause > patience.total:
                raise SourceUnavailable(_later(answer, pause))
            self._sleep(pause)
            waited += pause
        raise SourceUnavailable(f"{self.url} was not asked: it may be tried no times.")

    def paged(self, path: str, params: Params) -> Iterator[Json]:
        """The items of a list, page by page, by the cursor or the start of its `next` link.

        Of that link only these two are read: where to go next is not the site's to say. Where pages are counted, each
        begins with the last item of the one before: a list that shifted meanwhile raises SourceUnavailable, as
        what slipped through would look deleted.
        """
        place: dict[str, str | int] = {}
        last = ""
        for _ in range(MAX_PAGES):
            page = self.get(path, {**params, **place})
            items = page.get("results")
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise SourceUnavailable(f"{self.url} answered a list without results. Is it Confluence?")
            if "start" in place:
                if not items or items[0].get("id") != last:
                    raise SourceUnavailable(
                        "Pages came or went while Confluence listed them. The next sync looks again."
                    )
                items = items[1:]
            yield from items
            following = _next(page)
            if not following or following == place or not items:
                return
            place, last = following, items[-1].get("id")
        raise SourceUnavailable(f"{self.url} lists pages without an end. Name fewer spaces.")

    def close(self) -> None:
        """Let go of the connection; the next call opens another."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _is_cloud_host(self) -> bool:
        return (urlsplit(self.url).hostname or "").endswith(CLOUD_HOST)

    def _knows_v2(self) -> bool:
        try:
            self.get("api/v2/spaces", {"limit": 1})
        except ConfluenceRefused as exc:
            if exc.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
                return False
            raise
        return True

    def _once(self, url: str, params: Params | None, limit: int, session: requests.Session) -> bytes | _Later:
        self.calls += 1
        try:
            with closing(
                session.get(
                    url,
                    params=dict(params or {}),
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                )
            ) as response:
                status = response.status_code
                if status in _ALL_PAUSE:
                    return _Later(status, _retry_after(response.headers))
                self._refuse(response)
                return self._read(response, limit)
        except ValueError as exc:
            raise SourceUnavailable(
                "CONFLUENCE_URL, CONFLUENCE_EMAIL or CONFLUENCE_API_TOKEN has a form it cannot have. Check them."
            ) from exc
        except http.SSLError as exc:
            raise SourceUnavailable(f"{self.url} shows a certificate this machine does not trust.") from exc
        except (http.RequestException, OSError):
            return _Later(0)

    def _opened(self) -> requests.Session:
        if self._session is None:
            self._session = requests.Session()
            self._session.auth = self._login  # an object of ours: a .netrc file is not looked at
            self._session.headers["Accept"] = "application/json"
            weakref.finalize(self, self._session.close)
        return self._session

    def _refuse(self, response: requests.Response) -> None:
        status = response.status_code
        if response.is_redirect or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise _SentOn(self.url, status, response.headers.get("Location", ""))
        if status == HTTPStatus.UNAUTHORIZED or _is_anonymous(response.headers):
            if "CAPTCHA" in response.headers.get("X-Authentication-Denied-Reason", ""):
                raise ConfluenceRefused(_CAPTCHA, HTTPStatus.UNAUTHORIZED)
            raise ConfluenceRefused(_NO_LOGIN, HTTPStatus.UNAUTHORIZED)
        if status == HTTPStatus.FORBIDDEN:
            raise ConfluenceRefused(_FORBIDDEN, status)
        if status != HTTPStatus.OK:
            place = urlsplit(response.url).path[:200]
            raise ConfluenceRefused(
                f"{self.url} has nothing for us at {place} ({status}). Check CONFLUENCE_URL.", status
            )

    def _read(self, response: requests.Response, limit: int) -> bytes:
        parts, size, began = [], 0, self._clock()
        for chunk in response.iter_content(_CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > limit:
                words = f"An answer of {self.url} has more than {limit // 1_000_000} MB."
                raise ConfluenceRefused(words, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            if self._clock() - began > MAX_ANSWER_S:
                raise SourceUnavailable(f"{self.url} takes longer than {MAX_ANSWER_S:.0f} seconds for one answer.")
        return b"".join(parts)


class _SentOn(ConfluenceRefused):
    """A redirect. Its address may hold a signature: it is never told whole."""

    def __init__(self, site: str, status: int, to: str) -> None:
        self.to = to
        host = (urlsplit(to).hostname or "another page")[:100]
        super().__init__(f"{site} sends us elsewhere ({host}). Set CONFLUENCE_URL to the wiki's own address.", status)


@dataclass(frozen=True)
class _Later:
    """No answer now. ``status`` is 0 when the connection failed; ``pause`` what the site asks for, in seconds."""

    status: int
    pause: float | None = None


class _Bearer(AuthBase):
    """A personal access token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No login, not even one of a .netrc file."""
    return request


_NO_LOGIN = "Confluence does not accept our login (401). Check CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN."
_CAPTCHA = "Confluence wants a CAPTCHA from our account. Log in once in a browser as that account, then try again."
_FORBIDDEN = "Confluence does not let our account read this (403). Check its permissions in the space."


def _with_wiki(url: str) -> str:
    """Cloud's wiki lies below `/wiki`; people paste the site's address."""
    parts = urlsplit(url)
    return f"{url}/wiki" if (parts.hostname or "").endswith(CLOUD_HOST) and not parts.path else url


def _later(answer: _Later, pause: float) -> str:
    if not answer.status:
        return "Confluence cannot be reached. Is it up, and CONFLUENCE_URL right?"
    if answer.status in _BUSY:
        when = f"in {max(1, round(pause / 60))} min" if pause >= 60 else "later"  # noqa: PLR2004 - a minute
        return f"Confluence asks us to come back {when} ({answer.status}). What was read so far stays."
    return f"Confluence answers with errors ({answer.status}). The next sync goes on where this one stopped."


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from a Retry-After in seconds or as an HTTP date; None when absent or unreadable."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _is_anonymous(headers: Mapping[str, str]) -> bool:
    """A wrong login may be answered as to a stranger: what only colleagues see would look deleted."""
    failed = "AUTHENTICATED_FAILED" in headers.get("X-Seraph-LoginReason", "")
    return failed or headers.get("X-AUSERNAME", "").casefold() == "anonymous"


def _next(page: Json) -> dict[str, str | int]:
    links = page.get("_links")
    following = links.get("next") if isinstance(links, dict) else None
    if not isinstance(following, str):
        return {}
    wanted = parse_qs(urlsplit(following).query)
    if wanted.get("cursor"):
        return {"cursor": wanted["cursor"][0]}
    start = wanted.get("start", [""])[0]
    return {"start": max(0, int(start) - 1)} if start.isascii() and start.isdigit() and len(start) < _LONG else {}
