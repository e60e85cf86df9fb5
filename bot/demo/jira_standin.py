"""A stand-in for Jira's REST API v2, Cloud or Server, as far as the desk uses it. Shared by the tests and the demo.

    standin = JiraStandIn(cloud=True)
    standin.faults.next("create", reply_lost())     # from jira_standin_faults
    with serve(standin.app) as url: ...
    standin.say("OPS-1", "Priya", "Got the list.")   # what people do in Jira
    body, headers = standin.webhook("comment_created", "OPS-1")

Answers have the shapes of Jira's public API description; where Cloud and Server differ, so does the stand-in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from starlette.applications import Starlette

from bot.demo.jira_standin_api import JiraApi
from bot.demo.jira_standin_faults import Faults
from bot.demo.jira_standin_fields import CustomField
from bot.demo.jira_standin_state import SERVICE_DESK, JiraState, StandInIssue, StandInUser
from bot.demo.jira_standin_webhooks import signed_webhook

UNCHANGED: Any = object()


class JiraStandIn:
    """One Jira site with one project. ``calls`` lists the names of all calls made, in order.

    ``service_desk``: the project has customers (Jira Service Management).
    """

    def __init__(
        self,
        cloud: bool = True,
        project: str = "OPS",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        email: str = "desk@example.com",
        token: str = "stand-in-token",  # noqa: S107 - the stand-in's own, made up
        webhook_secret: str = "stand-in-webhook-secret",  # noqa: S107 - the same
        service_desk: bool = False,
    ) -> None:
        self.state = JiraState(cloud, project, clock)
        if service_desk:
            self.state.project_type = SERVICE_DESK
        self.faults = Faults()
        self.calls: list[str] = []
        self.email, self.token = email, token
        self.webhook_secret = webhook_secret
        self.app = Starlette(routes=JiraApi(self.state, self, self.faults, self.calls).routes())

    @property
    def issues(self) -> list[StandInIssue]:
        """Every issue there is, oldest first."""
        return list(self.state.issues.values())

    @property
    def lag_seconds(self) -> float:
        """How long a new issue, or a change, stays invisible to searches."""
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

    def offer_security_levels(self, *names: str) -> None:
        """Put the security level on the create screen."""
        self.state.security_levels = {name: str(100 + number) for number, name in enumerate(names)}

    def deny(self, *permissions: str) -> None:
        """From now on our account lacks these permissions, as far as Jira tells (calls are not refused)."""
        self.state.denied.update(permissions)

    def close_way(self, status: str) -> None:
        """From now on no transition leads to this status."""
        self.state.closed_ways.add(status)

    def start_sprint(self, ends: datetime) -> None:
        """The project gets a scrum board with a running sprint."""
        self.state.sprint_ends = ends

    def add_user(self, name: str, email: str, active: bool = True, email_shown: bool = True) -> StandInUser:
        """Somebody who can be found, be a reporter, be given tickets and watch them."""
        user = StandInUser(name, email, active, email_shown)
        self.state.users.append(user)
        return user

    def say(self, key: str, author: str, text: str, public: bool = True) -> str:
        """A person comments; returns the comment's id. Where there are no customers ``#reply`` makes it public."""
        if public and self.state.project_type != SERVICE_DESK:
            text = f"#reply {text}"
        internal = [] if public else [{"key": "sd.public.comment", "value": {"internal": True}}]
        person = {"displayName": author, "accountId": f"acc-{author.lower()}", "name": author.lower()}
        return str(self.state.comment(self.state.find(key), text, person, internal)["id"])

    def update(
        self,
        key: str,
        *,
        status: str | None = None,
        assignee: str | None = UNCHANGED,
        due: date | None = UNCHANGED,
        resolution: str | None = None,
    ) -> None:
        """A person changes an issue. An end without a ``resolution`` gets "Done"."""
        issue = self.state.find(key)
        if assignee is not UNCHANGED:
            issue.assignee = assignee
        if due is not UNCHANGED:
            self.state.set_due(issue, due)
        if status is not None:
            self.state.set_status(issue, status, resolution or "Done")
        issue.touch(self.state.clock())

    def move(self, key: str, new_key: str) -> None:
        """Somebody moves an issue to another project; its old key leads to it."""
        issue = self.state.find(key)
        issue.former_keys.append(issue.key)
        del self.state.issues[issue.key]
        issue.key = new_key
        self.state.issues[new_key] = issue
        issue.touch(self.state.clock())

    def delete(self, key: str) -> None:
        """Somebody deletes an issue."""
        del self.state.issues[key]

    def webhook(self, event: str, key: str) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a signed call about an issue: ``jira:issue_updated``, ``comment_created`` ..."""
        issue = self.state.issues.get(key)  # of a deleted one Jira still tells
        seen: dict[str, Any] = {"id": issue.id if issue else "0", "key": key, "fields": {}}
        content: dict[str, Any] = {"issue": seen}
        if event.startswith("comment_") and issue and issue.comments:
            content["comment"] = issue.comments[-1]
        return signed_webhook(self.webhook_secret, event, self.state.clock(), content)
