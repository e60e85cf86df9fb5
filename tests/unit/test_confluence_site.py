"""Calling Confluence: patience, plain words when it refuses, and a login that never travels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from support_confluence import WikiRoom, wiki_room
from support_servers import serve

from bot.demo.jira_standin_faults import Fault, denied, hang, odd_answer, reset, server_error, too_many
from knowledge.confluence.site import ConfluenceRefused, ConfluenceSite, Patience
from knowledge.errors import SourceUnavailable

TOKEN = "secret-token-7"


@pytest.fixture(params=["cloud", "data center"])
def room(request: pytest.FixtureRequest) -> Iterator[WikiRoom]:
    with wiki_room(request.param == "cloud", patience=Patience(tries=4, longest=30, total=60)) as opened:
        opened.wiki.add("MOPS", "Home", "<p>Hello.</p>")
        yield opened


def test_which_confluence_it_is_is_found_out(room: WikiRoom) -> None:
    assert room.site.is_cloud == room.wiki.state.cloud
    assert ConfluenceSite("https://acme.atlassian.net", TOKEN).url == "https://acme.atlassian.net/wiki"
    assert ConfluenceSite("https://acme.atlassian.net/wiki/", TOKEN).is_cloud


def test_a_check_says_who_we_are(room: WikiRoom) -> None:
    kind = "Cloud" if room.wiki.state.cloud else "Data Center"
    assert room.site.check() == f"signed in to {room.url} ({kind}) as MOPS Desk"


def test_a_burst_of_429_is_waited_out_as_asked(room: WikiRoom) -> None:
    room.wiki.faults.next("pages", too_many("3"), too_many("11"), too_many())
    assert len(room.refs()) == 1
    assert room.slept == [3.0, 11.0, 4.0]


def test_a_moment_to_come_back_may_be_a_date(room: WikiRoom) -> None:
    room.wiki.faults.next("pages", too_many("Wed, 21 Oct 2015 07:28:00 GMT"))
    assert len(room.refs()) == 1
    assert room.slept == [0.0]


@pytest.mark.parametrize("asked", ["31", "3600", "999999999999"])
def test_patience_has_an_end(room: WikiRoom, asked: str) -> None:
    room.wiki.faults.next("pages", too_many(asked))
    with pytest.raises(SourceUnavailable, match="come back"):
        room.refs()
    assert room.slept == []


def test_pauses_add_up(room: WikiRoom) -> None:
    room.wiki.faults.next("pages", *[too_many("25")] * 3)
    with pytest.raises(SourceUnavailable, match="come back later"):
        room.refs()
    assert room.slept == [25.0, 25.0]


@pytest.mark.parametrize("fault", [reset(), server_error(503), server_error(500), hang(0.05)])
def test_a_passing_fault_is_tried_again(room: WikiRoom, fault: Fault) -> None:
    room.wiki.faults.next("pages", fault)
    assert len(room.refs()) == 1
    assert room.slept == [1.0]


def test_a_wiki_that_stays_away_is_unavailable(room: WikiRoom) -> None:
    room.wiki.faults.next("pages", *[reset()] * 4)
    with pytest.raises(SourceUnavailable, match="cannot be reached"):
        room.refs()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (denied(401), "does not accept our login"),
        (denied(403), "does not let our account read"),
        (odd_answer(404, "{}"), "has nothing for us at"),
        (odd_answer(200, "<html>Log in</html>"), "not Confluence's"),
        (odd_answer(200, "[" * 100_000), "not Confluence's"),
        (odd_answer(200, "[]"), "a list where an object was due"),
        (odd_answer(200, '{"results": 5}'), "without results"),
        (odd_answer(200, '{"results": ["x"]}'), "without results"),
        (odd_answer(200, '{"results": []}', **{"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}), "our login"),
        (odd_answer(200, '{"results": []}', **{"X-AUSERNAME": "anonymous"}), "our login"),
        (odd_answer(302, "", Location="https://login.example.com/sso?token=abc"), r"elsewhere \(login.example.com\)"),
    ],
)
def test_a_refusal_is_told_plainly_and_without_secrets(room: WikiRoom, fault: Fault, words: str) -> None:
    room.wiki.faults.next("pages", fault)
    with pytest.raises(SourceUnavailable, match=words) as caught:
        room.refs()
    assert room.wiki.token not in str(caught.value) and "token=" not in str(caught.value)
    assert room.slept == []


def test_a_wrong_token_is_never_repeated_back(room: WikiRoom) -> None:
    site = ConfluenceSite(room.url, TOKEN, "me@example.com")
    with pytest.raises(ConfluenceRefused, match="CONFLUENCE_API_TOKEN") as caught:
        site.check()
    site.close()
    assert TOKEN not in str(caught.value) and TOKEN not in repr(caught.value)


@pytest.mark.parametrize("token", ["a\nb", "\u00e4\u20ac"])
def test_a_token_no_header_can_hold_is_told_plainly(room: WikiRoom, token: str) -> None:
    site = ConfluenceSite(room.url, token)
    with pytest.raises(SourceUnavailable, match="CONFLUENCE_") as caught:
        site.check()
    site.close()
    assert token not in str(caught.value)


def test_a_redirect_to_another_host_is_not_followed(room: WikiRoom) -> None:
    seen: list[str] = []

    def elsewhere(request: Request) -> Response:
        seen.append(request.headers.get("Authorization", ""))
        return PlainTextResponse("{}")

    with serve(Starlette(routes=[Route("/{rest:path}", elsewhere)])) as other:
        room.wiki.faults.next("pages", odd_answer(302, "", Location=f"{other}/x"))
        with pytest.raises(SourceUnavailable, match="elsewhere"):
            room.refs()
    assert seen == []


def test_a_next_link_to_another_host_is_not_followed(room: WikiRoom) -> None:
    body = '{"results": [], "_links": {"next": "http://127.0.0.1:9/steal?cursor=abc"}}'
    room.wiki.faults.next("pages", odd_answer(200, body))
    assert room.refs() == {}


def test_an_answer_without_an_end_is_cut_off() -> None:
    site = ConfluenceSite("http://127.0.0.1:9/", TOKEN, patience=Patience(tries=0))
    with pytest.raises(SourceUnavailable, match="no times"):
        site.get("x")


def test_an_answer_beyond_all_limits_is_refused(room: WikiRoom) -> None:
    room.wiki.faults.next("download", odd_answer(200, "x" * 5_000))
    page = room.wiki.page("Home")
    with pytest.raises(ConfluenceRefused, match="more than"):
        room.site.file(f"download/attachments/{page.id}/a.pdf", limit=4_000)
