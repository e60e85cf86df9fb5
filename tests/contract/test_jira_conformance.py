"""What we send to Jira Cloud, and what its stand-in answers, has the shapes of Atlassian's public description.

tests/data/jira_schemas.json is the part of that description we use; tests/extract_jira_schemas.py makes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from support_servers import serve
from support_trackers import TIMEOUT, new_ticket_for

from bot.demo.jira_standin import JiraStandIn
from escalation.domain import Assign, Attachment, Close, Label, Person, Reopen, Retype, Watch
from escalation.jira_tracker import JiraTracker

DESCRIPTION = json.loads((Path(__file__).parents[1] / "data" / "jira_schemas.json").read_text())
PRIYA = Person("U1", "Priya Nair", "priya@example.com")
API = "/rest/api/2"


@dataclass
class Exchange:
    """One call and its answer, as they went over the wire."""

    operation: str
    query: set[str]
    sent: bytes = b""
    status: int = 0
    answered: bytes = b""


@dataclass
class Recorder:
    """An ASGI app that writes down what passes."""

    app: ASGIApp
    exchanges: list[Exchange] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        query = {part.partition("=")[0] for part in scope["query_string"].decode().split("&") if part}
        exchange = Exchange(f"{scope['method']} {scope['path']}", query)

        async def hear() -> Message:
            message = await receive()
            exchange.sent += message.get("body", b"")
            return message

        async def tell(message: Message) -> None:
            exchange.status = message.get("status", exchange.status)
            exchange.answered += message.get("body", b"")
            await send(message)

        await self.app(scope, hear, tell)
        self.exchanges.append(exchange)


@pytest.fixture(scope="module", params=["plain", "service desk"])
def exchanges(request: pytest.FixtureRequest) -> Iterator[list[Exchange]]:
    """Everything the tracker does on Jira Cloud, done once."""
    standin = JiraStandIn(cloud=True, service_desk=request.param == "service desk")
    standin.add_user("Priya Nair", "priya@example.com")
    standin.add_user("Tom Berg", "tom@example.com")
    standin.require("customfield_1", "Cost centre", "option", ("EMEA", "AMER"))
    standin.offer_security_levels("Ops only")
    recorder = Recorder(standin.app)
    with serve(recorder) as url:
        do_everything(JiraTracker(url, standin.token, standin.email, timeout=TIMEOUT), standin)
    yield [one for one in recorder.exchanges if one.operation.split(" ")[1].startswith(API)]


def do_everything(tracker: JiraTracker, standin: JiraStandIn) -> None:
    tracker.check("OPS", ["Task"])
    new = new_ticket_for(fields={"customfield_1": "EMEA"}, security="Ops only", reporter_email="priya@example.com")
    key = tracker.create(new).key
    tracker.find_by_marker(new.marker)
    tracker.describe(key, "More is known.", ("needs-info",))
    tracker.comment(key, "Any news?", "c-1")
    tracker.attach(key, Attachment("leads.csv", b"a,b", "text/csv"))
    standin.say(key, "Priya", "[~accountid:acc-tom] has it.")
    changes = (Assign(PRIYA), Watch(PRIYA), Retype("Bug"), Label(("x",), ("needs-info",)), Close("Here."))
    for number, change in enumerate((*changes, Reopen("Not yet."), Assign(None), Close("Now."))):
        tracker.change(key, change, f"m-{number}")
    tracker.read(key)
    tracker.changed_since("OPS", datetime.now(UTC))
    tracker.workload("OPS")
    tracker.resolved_since("OPS", datetime.now(UTC))
    tracker.story(key)
    standin.issues[0].fields.pop("security")  # what has one is told to nobody
    tracker.story(key)


def described(exchange: Exchange) -> str:
    """The operation of the description this call is."""
    method, _, path = exchange.operation.partition(" ")
    for name in sorted(DESCRIPTION["operations"], key=lambda name: name.count("{")):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(API + name.partition(" ")[2]))
        if name.startswith(f"{method} ") and re.fullmatch(pattern, path):
            return str(name)
    raise AssertionError(f"{exchange.operation} is not described: it is no call of Jira Cloud's")


def troubles(schema: Any, body: bytes) -> list[str]:
    """What a body has that its schema does not allow."""
    from jsonschema import Draft7Validator

    if schema is None or not body:
        return []
    whole = {**schema, "components": DESCRIPTION["components"]}
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(whole).iter_errors(json.loads(body))]


def test_every_call_is_one_of_jira_clouds(exchanges: list[Exchange]) -> None:
    assert {described(one) for one in exchanges} == set(DESCRIPTION["operations"])


def test_every_call_asks_only_with_parameters_there_are(exchanges: list[Exchange]) -> None:
    for one in exchanges:
        assert one.query <= set(DESCRIPTION["operations"][described(one)]["parameters"]), one.operation


def test_every_body_we_send_has_the_shape_jira_takes(exchanges: list[Exchange]) -> None:
    for one in exchanges:
        nobody = b'{"accountId": null}'  # how a ticket is given to nobody; the schema leaves it out
        if one.sent != nobody:
            assert troubles(DESCRIPTION["operations"][described(one)]["request"], one.sent) == [], one.operation


def test_every_answer_of_the_standin_has_the_shape_of_jiras(exchanges: list[Exchange]) -> None:
    for one in exchanges:
        answers = DESCRIPTION["operations"][described(one)]["answers"]
        assert str(one.status) in answers, one.operation
        assert troubles(answers[str(one.status)], one.answered) == [], one.operation


def test_a_body_of_another_shape_would_be_noticed() -> None:
    operations = DESCRIPTION["operations"]
    comments = operations["GET /issue/{issueIdOrKey}/comment"]["answers"]["200"]
    assert troubles(comments, b'{"comments": [{"jsdPublic": "yes"}]}')
    assert troubles(operations["GET /issue/{issueIdOrKey}"]["answers"]["200"], b'{"key": "OPS-1", "status": "Done"}')
