"""One Jira site and the calls made to it: the one module that uses the jira library.

The library signs in and speaks HTTP; what is called are REST paths. Its own methods repeat POSTs (one call made three
tickets), download every field of the site before a search, refuse Cloud's field metadata, and read an issue again
after each change. Every connection is fresh: on a kept-alive one that Jira closed meanwhile, a POST ends in a
reset, and nobody can tell whether it arrived.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from jira import JIRA, JIRAError

from escalation.domain import Attachment
from escalation.errors import OutcomeUnknown, TrackerDenied, TrackerRejected, TrackerUnavailable
from escalation.jira_answers import refuse_bad_answer, translated
from escalation.jira_watch import Watch, nobody, watched

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 3.05, 20.0
REST, AGILE = "rest/api/2", "rest/agile/1.0"

Json = dict[str, Any]
Params = dict[str, str | int]


class Flavour(StrEnum):
    """Which Jira it is; AUTO asks its serverInfo before the first call that depends on it."""

    AUTO = "auto"
    CLOUD = "cloud"
    SERVER = "server"


class JiraSite:
    """Where Jira is and who we are there. Safe to use from several threads: every ``connect`` has its own session.

    With an ``email`` the token is sent as its password (Cloud), without one as a bearer token (Server's personal
    access tokens). ``timeout`` is (connect, read) in seconds.
    """

    def __init__(
        self,
        url: str,
        token: str,
        email: str | None = None,
        flavour: str = Flavour.AUTO,
        timeout: tuple[float, float] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        watch: Watch = nobody,
    ) -> None:
        self.url = url.rstrip("/")
        self.flavour = Flavour(flavour.lower())
        self._token = token
        self._email = email
        self._timeout = timeout
        self.watch = watch

    def browse(self, key: str) -> str:
        """Where a person sees an issue."""
        return f"{self.url}/browse/{key}"

    @contextmanager
    def connect(self) -> Iterator[JiraCalls]:
        """A connection for a few calls."""
        login: Json = {"basic_auth": (self._email, self._token)} if self._email else {"token_auth": self._token}
        try:
            client = JIRA(
                server=self.url,
                options={"headers": {"Connection": "close"}},
                max_retries=0,
                timeout=self._timeout,
                get_server_info=False,
                logging=False,
                **login,
            )
        except ValueError as exc:
            raise TrackerDenied("JIRA_URL is not a web address. Write it as https://jira.example.com") from exc
        client._session.hooks["response"].append(refuse_bad_answer)
        with closing(client), translated(self.url, writes=False, library_error=JIRAError):
            yield JiraCalls(self, client)


class JiraCalls:
    """Calls to REST paths, within ``connect``. Every failure is a TrackerError; OutcomeUnknown only after writes."""

    def __init__(self, site: JiraSite, client: JIRA) -> None:
        self._site = site
        self._client = client

    def get(self, path: str, params: Params | None = None, base: str = REST) -> Any:  # noqa: ANN401 - JSON
        """What is there."""
        with self._watched("GET", path), translated(self._site.url, writes=False, library_error=JIRAError):
            return self._client._session.get(self._url(path, base), params=params).json()

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """A question that has to be POSTed and changes nothing."""
        with self._watched("POST", path):
            try:
                with translated(self._site.url, writes=False, library_error=JIRAError):
                    return self._post(path, body)
            except OutcomeUnknown as exc:  # what a 5xx to any POST means
                raise TrackerUnavailable(str(exc)) from exc

    def post(self, path: str, body: Any) -> None:  # noqa: ANN401 - JSON
        """Add something."""
        with self._watched("POST", path), translated(self._site.url, writes=True, library_error=JIRAError):
            self._post(path, body)

    def create(self, path: str, body: Mapping[str, Any]) -> str:
        """Add something; its key. An answer without one leaves open whether it was added."""
        with self._watched("POST", path), translated(self._site.url, writes=True, library_error=JIRAError):
            return str(self._post(path, body)["key"])

    def put(self, path: str, body: Mapping[str, Any]) -> None:
        """Set something."""
        with self._watched("PUT", path), translated(self._site.url, writes=True, library_error=JIRAError):
            self._client._session.put(self._url(path), data=json.dumps(body))

    def upload(self, path: str, file: Attachment) -> None:
        """Add a file. Jira refuses uploads that do not say they are no cross-site forgery."""
        headers: dict[str, Any] = {"X-Atlassian-Token": "no-check", "Content-Type": None}  # not JSON for once
        with self._watched("POST", "attachments"), translated(self._site.url, writes=True, library_error=JIRAError):
            self._client._session.post(
                self._url(path), files={"file": (file.name, file.content, file.content_type)}, headers=headers
            )

    def pages(self, path: str, *names: str, base: str = REST, **params: str) -> list[Json]:
        """All items of a list that is read by ``startAt``; it stands under the first of ``names`` there is."""
        items: list[Json] = []
        while True:
            page = self.get(path, {**params, "startAt": len(items), "maxResults": 100}, base)
            batch: list[Json] = next((page[name] for name in names if name in page), [])
            items += batch
            if not batch or page.get("isLast") or len(items) >= page.get("total", len(items) + 1):
                return items

    @property
    def is_cloud(self) -> bool:
        """Whether this is Jira Cloud; asked of the site once."""
        if self._site.flavour is Flavour.AUTO:
            cloud = self.get("serverInfo").get("deploymentType") == "Cloud"
            self._site.flavour = Flavour.CLOUD if cloud else Flavour.SERVER
        return self._site.flavour is Flavour.CLOUD

    def user(self, email: str) -> dict[str, str] | None:
        """The one active person with this address, as Jira wants them named; None for none or several."""
        try:
            users = self.get("user/search", {"query" if self.is_cloud else "username": email, "maxResults": 50})
        except (TrackerDenied, TrackerRejected):
            return None  # looking people up may be forbidden to us
        return one_person(users, email, self.is_cloud)

    def _watched(self, verb: str, path: str) -> AbstractContextManager[None]:
        return watched(self._site.watch, verb, path)

    def _post(self, path: str, body: Any) -> Any:  # noqa: ANN401 - JSON
        response = self._client._session.post(self._url(path), data=json.dumps(body))
        return response.json() if response.content else {}

    def _url(self, path: str, base: str = REST) -> str:
        return f"{self._site.url}/{base}/{quote(path)}"


def one_person(users: Sequence[Json], email: str, cloud: bool) -> dict[str, str] | None:
    """The only active person among those a search found. Cloud hides most addresses; those it shows must match."""
    people = [u for u in users if u.get("active", True) and u.get("accountType", "atlassian") == "atlassian"]
    same = [u for u in people if not u.get("emailAddress") or u["emailAddress"].lower() == email.lower()]
    if len(same) != 1:
        return None
    return {"accountId": same[0]["accountId"]} if cloud else {"name": same[0]["name"]}
