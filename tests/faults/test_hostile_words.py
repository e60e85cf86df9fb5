"""A whole desk in which every word is hostile: names, questions, files, entries, forms, and what is said in Jira.

Nothing of it comes alive, in what Slack got and in what Jira got.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from support_desk import Clock, Room, running_desk
from support_forms import BROKEN, SINCE, begin, fill_in
from support_hostile_words import Hostile, alive
from support_trackers import Jira, jira

from bot.demo.slack_larkfield import JONAS, PRIYA
from bot.slack import ids
from bot.testing import entry_hit, verdict
from escalation.description import describe, one_line, plain, quoted
from escalation.domain import Draft, Form
from knowledge.domain import Band

ROUNDS = int(os.environ.get("ROUNDS", "1"))
DRAFTS = int(os.environ.get("EXAMPLES", "400"))

_QUOTED = re.compile(r"\{noformat\}\n.*?\n\{noformat\}", re.DOTALL)
_ALIVE_IN_JIRA = re.compile(r"(?<!\\)(?:\[~|\{html|!evil\.png!|\[x\|https)|<@U0EVIL>")
_ALIVE_IN_SLACK = re.compile(r"<!(?:channel|here|everyone)(?:\|[^>\n]*)?>|<!subteam\^S0EVIL[|>]")


def test_nothing_is_alive_in_a_tickets_description() -> None:
    hostile = Hostile(11)
    for _ in range(DRAFTS):
        text = describe(hostile.value(Draft), hostile.value(Form | None), hostile.words(), "mops-desk-0123456789ab")
        assert_dead_in_jira(text)


def test_nothing_is_alive_in_words_quoted_or_named() -> None:
    hostile = Hostile(12)
    for _ in range(DRAFTS):
        assert_dead_in_jira(quoted(hostile.words()))
        assert_dead_in_jira(plain(hostile.words()))
        assert not _ALIVE_IN_SLACK.search(one_line(hostile.words()))


def assert_dead_in_jira(markup: str) -> None:
    """Outside of {noformat} no markup of anybody's, and no way out of it from inside."""
    assert markup.count("{noformat}") % 2 == 0
    outside = _QUOTED.sub("", markup)
    assert "{noformat}" not in outside
    assert not _ALIVE_IN_JIRA.search(outside), outside
    assert not _ALIVE_IN_SLACK.search(markup)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Room, Jira, Hostile]]:
    hostile, clock = Hostile(13), Clock()
    hits = tuple(
        replace(entry_hit(n, hostile.words(), hostile.words() * 3), heading=hostile.words()) for n in range(4)
    )
    script: dict[str, Any] = {"alpha": verdict(Band.ANSWER, hits), "beta": verdict(Band.SUGGEST, hits)}
    with (
        jira(clock=clock) as site,
        running_desk(
            tmp_path,
            script=script,
            tracker=site.tracker,
            jira_project="OPS",
            webhook_secret=site.standin.webhook_secret,
            curators=frozenset({PRIYA}),
            clock=clock,
        ) as room,
    ):
        users = room.slack.workspace.users
        users[JONAS] = replace(users[JONAS], real_name=hostile.words(), title=hostile.words())
        yield room, site, hostile


@pytest.mark.timeout(900)
def test_a_life_among_hostile_words(world: tuple[Room, Jira, Hostile]) -> None:
    room, site, hostile = world
    for number in range(ROUNDS):
        ask(room, hostile)
        file(room, hostile)
        room.settle(30)
        for issue in site.standin.issues:
            assert number or not _ALIVE_IN_SLACK.search(issue.fields["summary"])
        change_tickets(room, site, hostile, number)
        curate(room, hostile)
        room.clock.skip(90)
        room.settle(30)
    assert room.slack.violations == []
    for call in room.slack.calls:
        shown = {key: call.arguments.get(key) for key in ("text", "blocks", "view", "initial_comment", "attachments")}
        assert alive(shown) == [], call.method
    for issue in site.standin.issues:
        ours = [one["body"] for one in issue.comments if one["author"]["displayName"] != "Priya"]
        for markup in (issue.fields["description"], *ours):
            assert_dead_in_jira(markup)


def ask(room: Room, hostile: Hostile) -> None:
    """Every way to ask, by somebody whose name is hostile too."""
    slack = room.slack
    for lead in ("alpha", "beta", "gamma"):
        ts = slack.say("Jonas", "#ask-mops", f"@MOPS Desk {lead} {hostile.words()}")
        slack.command("Jonas", "#campaigns", f"/mops {lead} {hostile.words()}")
        other = slack.say("Jonas", "#campaigns", f"{lead} {hostile.words()}")
        slack.shortcut("Maya", ids.SHORTCUT_ASK, "#campaigns", other)
        room.settle(30)
        slack.say("Jonas", "#ask-mops", f"@MOPS Desk and {hostile.words()}", thread=ts)
        slack.say("Maya", "#ask-mops", f"me too {hostile.words()}", thread=ts)
        press(room, ts)


def press(room: Room, ts: str) -> None:
    """Everything there is to press in a thread."""
    for message in room.replies(ts):
        for label in ("Show more", "Not what I meant", "👎 Not helpful", "None of these"):
            try:
                room.slack.click("Jonas", message, label)
            except LookupError:
                continue
        room.settle(30)


def file(room: Room, hostile: Hostile) -> None:
    """A form in which every free field is hostile, with a file of a hostile name."""
    begin(room.slack, "Something broken", hostile.words())
    png = room.slack.upload("Maya", hostile.words() + ".png", b"\x89PNG", "image/png")
    words = {"What happened?": f"It {hostile.words()} happened {hostile.words()} today.", "Screenshot": [png]}
    words |= {"Title": f"Broken {hostile.words()[:60]} form".replace("\n", " ").replace("\r", " ")}
    outcome = fill_in(room.slack, "Maya", BROKEN | SINCE | words)
    assert outcome.ok or outcome.errors
    room.slack.submit("Maya", {}) if outcome.ok else None


def change_tickets(room: Room, site: Jira, hostile: Hostile, number: int) -> None:
    """People in Jira write what they like, and the desk hears of it."""
    for issue in site.standin.issues:
        issue.fields["summary"] = hostile.words()
        site.standin.say(issue.key, "Priya", hostile.words())
        done = {"status": "Done", "resolution": hostile.words()} if number else {}
        site.standin.update(issue.key, assignee=hostile.words(), **done)
        body, headers = site.standin.webhook("jira:issue_updated", issue.key)
        room.slack.wait_until_delivered()
        _post(room, body, headers)
    room.clock.skip(2)
    room.settle(30)


def curate(room: Room, hostile: Hostile) -> None:
    """The FAQ in Slack: searching, saving, looking at what is missing."""
    for words in ("", "gaps", "queue", hostile.words(), f"new {hostile.words()}"):
        room.slack.command("Priya", "#campaigns", f"/faq {words}")
    ts = room.slack.say("Jonas", "#campaigns", hostile.words())
    room.slack.shortcut("Priya", ids.SHORTCUT_SAVE, "#campaigns", ts)
    room.slack.open_home("Priya")
    room.settle(30)


def _post(room: Room, body: bytes, headers: dict[str, str]) -> None:
    assert httpx.post(f"{room.url}/jira/webhook", content=body, headers=headers).status_code == 204
