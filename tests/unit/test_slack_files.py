"""The bot's token goes to Slack's own hosts only, and what comes back is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.demo.slack_standin import SlackStandIn
from bot.errors import SlackRefused, SlackUnavailable
from bot.slack.client import SlackClient
from bot.slack.files import SlackFiles


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as slack:
        yield slack


class Record:
    """One file as Slack might describe it."""

    def __init__(self, **file: Any) -> None:
        self._file = file

    def file(self, file_id: str) -> Mapping[str, Any]:
        return {"id": file_id, "name": "a.png", "mimetype": "image/png", "size": 3, **self._file}


def fetching(slack: SlackStandIn, token: str) -> SlackFiles:
    return SlackFiles(SlackClient(slack.bot_token, slack.api_url), token, slack.api_url)


def test_a_file_comes_with_its_name_and_type(slack: SlackStandIn) -> None:
    file_id = slack.upload("Maya", "my logo.png", b"png", "image/png")
    file = fetching(slack, slack.bot_token).fetch(file_id)
    assert (file.name, file.content, file.content_type) == ("my logo.png", b"png", "image/png")


def test_slacks_login_page_is_not_taken_for_the_file(slack: SlackStandIn) -> None:
    file_id = slack.upload("Maya", "logo.png", b"png", "image/png")
    with pytest.raises(SlackRefused, match="files:read"):
        fetching(slack, "xoxb-other").fetch(file_id)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.png",
        "http://files.slack.com/a.png",
        "https://slack.com.evil.example/a",
        "https://notslack.com/a",
        "file:///etc/passwd",
        "http://127.0.0.1:1/a",
        "https://[",
        "",
    ],
)
def test_the_token_goes_nowhere_else(url: str) -> None:
    files = SlackFiles(Record(url_private=url), "xoxb-secret", "http://127.0.0.1:9/api/")
    with pytest.raises(SlackRefused, match="does not lie with Slack"):
        files.fetch("F1")


def test_a_huge_file_is_not_even_fetched() -> None:
    files = SlackFiles(
        Record(size=26_000_000, url_private="https://files.slack.com/a"), "t", "https://slack.com/api/"
    )
    with pytest.raises(SlackRefused, match="25 MB"):
        files.fetch("F1")


def test_a_slack_that_is_away_is_asked_again_later() -> None:
    files = SlackFiles(Record(url_private="http://127.0.0.1:9/a.png"), "t", "http://127.0.0.1:9/api/")
    with pytest.raises(SlackUnavailable):
        files.fetch("F1")
