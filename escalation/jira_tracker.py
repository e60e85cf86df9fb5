"""Jira (Cloud, Server and Data Center) as a Tracker: the one module that calls the jira library.

The library's own retries are off: it repeats POSTs, sleeps for a minute, and made three tickets of one call.
Every call opens a fresh connection: on a kept-alive one that Jira closed meanwhile, a POST ends in a reset, and
nobody can tell whether it arrived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import datetime
from enum import StrEnum
from typing import Any

from jira import JIRA, JIRAError

from escalation.description import quoted
from escalation.domain import NewTicket, Ticket, TrackerField
from escalation.errors import TrackerDenied, TrackerError, TrackerRejected
from escalation.jira_answers import refuse_bad_answer, translated
from escalation.jira_fields import demanded, field_id, typed

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 3.05, 20.0
SHOWN = "summary,status,issuetype,assignee,updated"
"""The fields a Ticket is made of; asking for all of them costs a large site seconds."""

COMMENTS_LOOKED_AT = 100
"""How many of the newest comments are searched for a marker."""

_NOT_DONE = (
    "withdrawn",
    "cancel",
    "won't",
    "wont",
    "declin",
    "reject",
    "invalid",
)  # names of fitting ends, best first


class Flavour(StrEnum):
    """Which Jira it is; AUTO asks its serverInfo before the first call that depends on it."""

    AUTO = "auto"
    CLOUD = "cloud"
    SERVER = "server"


class JiraTracker:
    """A Tracker on Jira's REST API v2, where rich text is wiki markup.

    With an ``email`` the token is sent as its password (Cloud), without one as a bearer token (Server's personal
    access tokens). ``timeout`` is (connect, read) in seconds. ``timezone``: of date answers without an offset.
    """

    def __init__(
        self,
        url: str,
        token: str,
        email: str | None = None,
        *,
        flavour: str = Flavour.AUTO,
        timeout: tuple[float, float] = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        timezone: str = "UTC",
    ) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._email = email
        self._flavour = Flavour(flavour.lower())
        self._timeout = timeout
        self._timezone = timezone

    def create(self, new: NewTicket) -> Ticket:
        """As the protocol says. The reporter is set only when the e-mail finds exactly one person."""
        with self._client() as client:
            with self._reading():
                fields = self._fields(client, new)
            try:
                key = self._post(client, fields)
            except TrackerRejected as exc:
                if "reporter" not in exc.field_errors or fields.pop("reporter", None) is None:
                    raise
                key = self._post(client, fields)  # nothing was created; the description names the person anyway
            with suppress(TrackerError):  # it exists: whatever happens now must not look like a failure
                if ticket := self._read_ticket(client, key):
                    return ticket
        return Ticket(key, self._browse(key), new.summary, "To Do", new.issue_type)

    def find_by_marker(self, marker: str) -> Ticket | None:
        """As the protocol says; of several, the oldest."""
        with self._client() as client, self._reading():
            # search_issues would first download every field of the site, and picks its path by a version we never ask
            path = "search/jql" if self._is_cloud(client) else "search"
            jql = f'labels = "{marker}" ORDER BY created ASC'
            issues = client._get_json(path, params={"jql": jql, "fields": SHOWN, "maxResults": 1})["issues"]
            return self._ticket(issues[0]) if issues else None

    def get(self, key: str) -> Ticket | None:
        """As the protocol says; a moved ticket comes back under its new key."""
        with self._client() as client:
            return self._read_ticket(client, key)

    def describe(self, key: str, description: str, labels: Sequence[str]) -> None:
        """As the protocol says."""
        with self._client() as client:
            with self._reading():
                issue = client.issue(key, fields="labels")
            added = [{"add": label} for label in labels]
            with self._writing():
                issue.update(fields={"description": description}, update={"labels": added} if added else None)

    def comment(self, key: str, text: str, marker: str) -> None:
        """As the protocol says. ``text`` is plain: its markup stays dead."""
        with self._client() as client:
            self._comment(client, key, text, marker)

    def withdraw(self, key: str, reason: str, marker: str) -> Ticket:
        """As the protocol says."""
        with self._client() as client:
            ticket = self._read_ticket(client, key)
            if ticket is None:
                raise TrackerRejected(f"There is no ticket {key} in Jira. It may have been deleted.")
            self._comment(client, ticket.key, reason, marker)
            if ticket.done or not self._close(client, ticket.key):
                return ticket
            return self._read_ticket(client, ticket.key) or ticket

    def required_fields(self, project: str, issue_type: str) -> tuple[TrackerField, ...]:
        """As the protocol says."""
        with self._client() as client, self._reading():
            return demanded(self._metas(client, project, issue_type))

    def check(self, project: str) -> str:
        """As the protocol says."""
        with self._client() as client, self._reading():
            me = client.myself().get("displayName") or "somebody"
            kind = "Cloud" if self._is_cloud(client) else "Server/Data Center"
            try:
                name = client.project(project).raw.get("name") or project
            except TrackerRejected as exc:
                words = f"Jira has no project {project} that our account can see. Check JIRA_PROJECT and the forms."
                raise TrackerRejected(words) from exc
            types = [str(one.get("name")) for one in self._issue_types(client, project)]
        if not types:
            raise TrackerDenied(f"Our account may not create tickets in {project}. Give it the permission in Jira.")
        return f"Jira {kind}, signed in as {me}; project {project} ({name}) takes: {', '.join(types)}."

    @contextmanager
    def _client(self) -> Iterator[JIRA]:
        """A client of its own for each call: the library's sessions are not made for several threads."""
        login: dict[str, Any] = (
            {"basic_auth": (self._email, self._token)} if self._email else {"token_auth": self._token}
        )
        try:
            client = JIRA(
                server=self._url,
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
        with closing(client):
            yield client

    def _reading(self) -> AbstractContextManager[None]:
        return translated(self._url, writes=False, library_error=JIRAError)

    def _writing(self) -> AbstractContextManager[None]:
        return translated(self._url, writes=True, library_error=JIRAError)

    def _is_cloud(self, client: JIRA) -> bool:
        if self._flavour is Flavour.AUTO:
            cloud = client.server_info().get("deploymentType") == "Cloud"
            self._flavour = Flavour.CLOUD if cloud else Flavour.SERVER
        return self._flavour is Flavour.CLOUD

    def _fields(self, client: JIRA, new: NewTicket) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "project": {"key": new.project},
            "issuetype": {"name": new.issue_type},
            "summary": new.summary,
            "description": new.description,
            "labels": list(new.labels),
        }
        if new.fields:
            metas = {field_id(meta): meta for meta in self._metas(client, new.project, new.issue_type)}
            for key, answer in new.fields.items():
                if key in metas:  # a field taken off the screen meanwhile would make Jira refuse all
                    fields[key] = typed(metas[key], answer, self._timezone, lambda mail: self._user(client, mail))
        if new.reporter_email and (user := self._user(client, new.reporter_email)):
            fields["reporter"] = user
        return fields

    def _post(self, client: JIRA, fields: Mapping[str, Any]) -> str:
        with self._writing():
            return str(client.create_issue(fields=dict(fields), prefetch=False).key)

    def _user(self, client: JIRA, email: str) -> dict[str, str] | None:
        """The one active person with this address, as Jira wants them named; None for none or several."""
        cloud = self._is_cloud(client)
        try:
            users = client.search_users(query=email) if cloud else client.search_users(user=email)
        except (TrackerDenied, TrackerRejected):
            return None  # looking people up may be forbidden to us
        found = [user.raw for user in users]
        people = [u for u in found if u.get("active", True) and u.get("accountType", "atlassian") == "atlassian"]
        # Cloud hides addresses from most accounts; those it shows must be the very one.
        same = [u for u in people if not u.get("emailAddress") or u["emailAddress"].lower() == email.lower()]
        if len(same) != 1:
            return None
        return {"accountId": same[0]["accountId"]} if cloud else {"name": same[0]["name"]}

    def _issue_types(self, client: JIRA, project: str) -> list[dict[str, Any]]:
        return self._meta_pages(client, f"issue/createmeta/{project}/issuetypes", "issueTypes")

    def _metas(self, client: JIRA, project: str, issue_type: str) -> list[dict[str, Any]]:
        types = self._issue_types(client, project)
        found = [one["id"] for one in types if str(one.get("name")).lower() == issue_type.lower()]
        if not found:
            words = f"Project {project} has no issue type {issue_type}. Check issue_type in the forms file."
            raise TrackerRejected(words, {"issuetype": words})
        return self._meta_pages(client, f"issue/createmeta/{project}/issuetypes/{found[0]}", "fields")

    def _meta_pages(self, client: JIRA, path: str, cloud_key: str) -> list[dict[str, Any]]:
        """All items of a createmeta list. Cloud names the list by its content, Server calls it ``values``.

        The library's own methods refuse Cloud, and ask for a server version that we do not look up.
        """
        items: list[dict[str, Any]] = []
        while True:
            page = client._get_json(path, params={"startAt": len(items), "maxResults": 100})
            batch = page.get(cloud_key, page.get("values", []))
            items += batch
            if not batch or page.get("isLast") or len(items) >= page.get("total", 0):
                return items

    def _comment(self, client: JIRA, key: str, text: str, marker: str) -> None:
        with self._reading():
            newest = client.comments(key, order_by="-created", max_results=COMMENTS_LOOKED_AT)
        if any(marker in str(comment.raw.get("body", "")) for comment in newest):
            return
        with self._writing():
            client.add_comment(key, f"{quoted(text)}\n({marker})", is_internal=True)

    def _close(self, client: JIRA, key: str) -> bool:
        """Move to a done status, one that says "not needed" where there is one; False when there is no way."""
        with self._reading():
            ways = [w for w in client.transitions(key, expand="transitions.fields") if _is_done(w.get("to") or {})]
        if not ways:
            return False
        way = min(ways, key=lambda w: _fitness(f"{w.get('name')} {w['to'].get('name')}"))
        with self._writing():
            client.transition_issue(key, str(way["id"]), fields=_resolution(way.get("fields") or {}))
        return True

    def _read_ticket(self, client: JIRA, key: str) -> Ticket | None:
        with self._reading():
            try:
                return self._ticket(client.issue(key, fields=SHOWN).raw)
            except TrackerRejected:
                return None

    def _browse(self, key: str) -> str:
        return f"{self._url}/browse/{key}"

    def _ticket(self, issue: Mapping[str, Any]) -> Ticket:
        fields = issue["fields"]
        status, updated = fields["status"], fields.get("updated")
        return Ticket(
            key=issue["key"],
            url=self._browse(issue["key"]),
            summary=fields["summary"],
            status=status["name"],
            issue_type=fields["issuetype"]["name"],
            assignee=(fields.get("assignee") or {}).get("displayName"),
            done=_is_done(status),
            updated_at=datetime.fromisoformat(updated) if updated else None,
        )


def _is_done(status: Mapping[str, Any]) -> bool:
    return bool((status.get("statusCategory") or {}).get("key") == "done")


def _fitness(names: str) -> int:
    return next((rank for rank, word in enumerate(_NOT_DONE) if word in names.lower()), len(_NOT_DONE))


def _resolution(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A resolution where the way asks for one: "won't do" or the like, else the first."""
    values = (fields.get("resolution") or {}).get("allowedValues") or []
    names = sorted((str(value.get("name")) for value in values), key=_fitness)
    return {"resolution": {"name": names[0]}} if names else {}
