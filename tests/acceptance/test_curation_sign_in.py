"""Sign in with Slack, end to end against the stand-in: only curators of our workspace, only sign-ins begun here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from support_curation_web import CurationRoom, curation_room

from bot.curation_web.entrance import SIGNED_IN
from bot.curation_web.opening import curation_routes
from bot.demo.slack_larkfield import MAYA, NOOR, PRIYA
from bot.demo.slack_openid import CLIENT_ID, CLIENT_SECRET
from bot.serving import Served


class Later:
    """An app that is known after its address is."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@dataclass
class OnNetwork:
    room: CurationRoom
    url: str

    def browser(self) -> httpx.Client:
        client = self.room.browser().client
        client.base_url = httpx.URL(self.url)
        return client

    def begun(self, browser: httpx.Client) -> httpx.Response:
        """Slack's page, where people choose who they are."""
        page = browser.get("/desk/sign-in", follow_redirects=True)
        assert page.status_code == 200 and "Sign in as" in page.text
        return page

    def sign_in(self, browser: httpx.Client, person: str) -> httpx.Response:
        page = self.begun(browser)
        chosen = re.search(rf'href="([^"]*user={person})"', page.text)
        assert chosen
        return browser.get(str(page.url.join(chosen[1].replace("&amp;", "&"))), follow_redirects=True)


@contextmanager
def on_network(folder: Path, public_url: str = "", secret: str = CLIENT_SECRET) -> Iterator[OnNetwork]:
    with curation_room(folder, curators=frozenset({PRIYA, NOOR})) as room, Served(Later()) as served:
        desk, parts = room.room.desk, room.room.parts
        more = {"slack_client_id": CLIENT_ID, "slack_client_secret": secret, "public_url": public_url or served.url}
        settings = parts.settings.model_copy(update=more)
        room.room.slack.openid.redirect_uris.add(f"{more['public_url']}{SIGNED_IN}")
        joined = (
            desk._shared.curating,
            desk._shared.missing,
            parts.knowledge,
            desk._shared.directory,
            desk._shared.outbox,
            parts.database,
            parts.clock,
        )
        routes = curation_routes(settings, parts.identity.team, *joined)
        later: Any = served._server.config.app
        later.app = Starlette(routes=routes)
        yield OnNetwork(room, served.url)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnNetwork]:
    with on_network(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@pytest.fixture
def desk(shared: OnNetwork) -> OnNetwork:
    shared.room.room.slack.openid.changes = {}
    shared.room.room.slack.calls.clear()
    return shared


def test_a_curator_signs_in_with_slack_and_out_again(desk: OnNetwork) -> None:
    browser = desk.browser()
    assert "Sign in with Slack" in browser.get("/desk/", follow_redirects=True).text
    page = desk.sign_in(browser, PRIYA)
    assert (page.status_code, page.url.path) == (200, "/desk/")
    assert "Priya Raman" in page.text and "How do I build a UTM link?" in page.text
    token = re.search(r'name="form_token" value="(\w+)"', page.text)
    assert token
    browser.post("/desk/sign-out", data={"form_token": token[1]}, headers={"origin": desk.url})
    assert browser.get("/desk/").status_code == 303


def test_a_colleague_who_is_no_curator_signs_in_and_sees_nothing(desk: OnNetwork) -> None:
    browser = desk.browser()
    page = desk.sign_in(browser, MAYA)
    assert page.status_code == 403 and "/faq add" in page.text
    assert browser.get("/desk/").status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"https://slack.com/team_id": "T0OTHER"},
        {"nonce": "another"},
        {"nonce": ""},
        {"aud": "999.999"},
        {"iss": "https://evil.example"},
        {"exp": 1_000},
        {"exp": None},
        {"https://slack.com/user_id": ""},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_id_token_that_is_not_for_this_sign_in_lets_nobody_in(desk: OnNetwork, changes: dict[str, Any]) -> None:
    desk.room.room.slack.openid.changes = changes
    browser = desk.browser()
    assert desk.sign_in(browser, PRIYA).status_code == 403
    assert browser.get("/desk/").status_code == 303


def test_a_sign_in_of_another_browser_lets_nobody_in(desk: OnNetwork) -> None:
    attacker, victim = desk.browser(), desk.browser()
    page = desk.begun(attacker)
    chosen = re.search(rf'href="([^"]*user={PRIYA})"', page.text)
    assert chosen
    back = attacker.get(str(page.url.join(chosen[1].replace("&amp;", "&")))).headers["location"]
    desk.begun(victim)  # has a state of its own
    assert victim.get(back).status_code == 403
    assert victim.get("/desk/").status_code == 303


def test_a_sign_in_works_once(desk: OnNetwork) -> None:
    browser = desk.browser()
    page = desk.sign_in(browser, PRIYA)
    back = next(str(each.url) for each in page.history if SIGNED_IN in str(each.url))
    assert desk.browser().get(back).status_code == 403
    assert browser.get(back).status_code == 403


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=y", "?error=access_denied&state=x"])
def test_coming_back_without_what_slack_sends_is_refused_in_words(desk: OnNetwork, query: str) -> None:
    page = desk.browser().get(f"{SIGNED_IN}{query}")
    assert page.status_code == 403 and "Start again" in page.text


def test_links_of_the_command_line_are_no_way_in_on_a_network(desk: OnNetwork) -> None:
    browser = desk.browser()
    page = browser.post("/desk/enter", data={"key": desk.room.link_key()}, headers={"origin": desk.url})
    assert page.status_code == 404
    assert "session" not in page.headers.get("set-cookie", "")


def test_a_wrong_secret_is_told_as_a_failed_sign_in(tmp_path: Path) -> None:
    with on_network(tmp_path, secret="wrong-secret") as desk:
        page = desk.sign_in(desk.browser(), PRIYA)
        assert page.status_code == 403 and "Slack did not confirm it" in page.text


def test_when_slack_is_away_the_person_is_told_to_try_again(desk: OnNetwork) -> None:
    desk.room.room.slack.faults.drop_before("openid.connect.token")
    page = desk.sign_in(desk.browser(), PRIYA)
    assert page.status_code == 503 and "Slack" in page.text


def test_over_https_the_cookies_are_the_hosts_own_and_secure(tmp_path: Path) -> None:
    with on_network(tmp_path, public_url="https://desk.example.com") as desk:
        begun = desk.browser().get("/desk/sign-in")
    cookie = begun.headers["set-cookie"]
    assert cookie.startswith("__Host-mops_desk_state=") and "Secure" in cookie and "HttpOnly" in cookie
    assert "redirect_uri=https%3A%2F%2Fdesk.example.com%2Fdesk%2Fsigned-in" in begun.headers["location"]


def test_the_bot_token_and_the_secret_stay_where_they_belong(desk: OnNetwork) -> None:
    begun = desk.begun(desk.browser())
    assert CLIENT_SECRET not in str(begun.url)
    desk.sign_in(desk.browser(), PRIYA)
    (call,) = [call for call in desk.room.room.slack.calls if call.method == "openid.connect.token"]
    assert "client_secret" not in call.arguments and call.ok
