"""The curation desk against who should not get in, and against what they send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from starlette.applications import Starlette
from support_curation_web import CurationRoom, curation_room

from bot.curation_web.entrance import Entrance, Way, entrance_of
from bot.curation_web.guard import HEADERS
from bot.curation_web.keys import LASTS, KeyKind
from bot.curation_web.site import Around, curation_desk
from bot.demo.slack_larkfield import MAYA, NOOR, PRIYA, larkfield
from bot.demo.slack_state import UserGroup
from bot.ops_people import OpsPeople
from bot.serving import serve
from bot.settings import Settings

PAGES = (
    "/",
    "/entry?id=faq-utm",
    "/edit",
    "/proposals",
    "/import",
    "/export",
    "/try",
    "/gaps",
    "/glossary",
    "/log.csv",
)
FORMS = ("/entries/bulk", "/entry/archive", "/edit", "/proposals/1/publish", "/import", "/glossary", "/sign-out")
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}{% raw %}'"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CurationRoom]:
    with curation_room(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


def test_nobody_sees_a_page_without_coming_in_first(room: CurationRoom) -> None:
    for cookies in ({}, {"mops_desk": "made-up"}, {"mops_desk": room.link_key()}):
        stranger = room.browser(cookies=cookies).client
        for path in PAGES:
            page = stranger.get(f"/desk{path}")
            assert (page.status_code, page.headers["location"]) == (303, "/desk/enter"), path


def test_nobody_sends_a_form_without_coming_in_first(room: CurationRoom) -> None:
    stranger, token = room.browser(), room.priya.token
    for path in FORMS:
        page = stranger.post(path, {"form_token": token})
        assert page.status_code == 401, path
        assert "Sign in again in another tab" in page.text


@pytest.mark.parametrize("token", ["", "wrong", "é", None])
def test_a_form_without_the_token_of_its_own_page_changes_nothing(room: CurationRoom, token: str | None) -> None:
    before = room.entry("faq-utm")
    fields = {} if token is None else {"form_token": token}
    for path in FORMS:
        page = room.priya.post(path, {**fields, "id": "faq-utm", "do": "archive", "value": "x", "reason": "x"})
        assert page.status_code == 403, path
    assert room.entry("faq-utm") == before


def test_the_token_of_one_session_is_no_good_in_another(room: CurationRoom) -> None:
    noor = room.come_in(NOOR)
    assert noor.post("/entry/reviewed", {"form_token": room.priya.token, "id": "faq-utm"}).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1"])
def test_a_form_from_another_site_changes_nothing_even_with_the_right_token(room: CurationRoom, origin: str) -> None:
    sent = {"form_token": room.priya.token, "id": "faq-utm", "reason": "x"}
    page = room.priya.client.post("/desk/entry/archive", data=sent, headers={"origin": origin})
    assert page.status_code == 403
    page = room.priya.client.post("/desk/entry/archive", data=sent, headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 403
    assert room.priya.client.post("/desk/entry/archive", data=sent).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:3000"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "localhost@evil.example"},
        {"host": ""},
        {"x-forwarded-for": "10.0.0.1"},
        {"forwarded": "for=10.0.0.1"},
        {"via": "1.1 proxy"},
    ],
)
def test_a_name_that_is_not_this_machines_or_a_proxy_gets_nothing(
    room: CurationRoom, headers: dict[str, str]
) -> None:
    for path in ("/", f"/enter?key={room.link_key()}", "/export"):
        page = room.priya.client.get(f"/desk{path}", headers=headers)
        assert page.status_code == 403
        assert "faq-utm" not in page.text


def test_every_answer_carries_the_headers(room: CurationRoom) -> None:
    for path in ("/", "/enter", "/static/desk.css", "/nothing-here", "/log.csv"):
        headers = room.priya.client.get(f"/desk{path}").headers
        assert {name: headers.get(name) for name in HEADERS} == HEADERS
    page = room.priya.see("/")
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=", page.text)


def test_a_link_works_once(room: CurationRoom) -> None:
    key = room.link_key()
    assert room.browser().post("/enter", {"key": key}).status_code == 200
    again = room.browser().post("/enter", {"key": key})
    assert again.status_code == 403
    assert "mops-desk curate" in again.text


def test_a_link_and_a_session_end_by_themselves(tmp_path: Path) -> None:
    with curation_room(tmp_path) as room:
        key = room.link_key()
        room.room.clock.skip(LASTS[KeyKind.LINK].total_seconds() + 1)
        assert room.browser().post("/enter", {"key": key}).status_code == 403
        assert room.priya.see("/")
        room.room.clock.skip(LASTS[KeyKind.SESSION].total_seconds())
        assert room.priya.client.get("/desk/").status_code == 303


def test_whoever_is_no_curator_is_told_what_to_do(room: CurationRoom) -> None:
    page = room.browser().post("/enter", {"key": room.link_key(MAYA)})
    assert page.status_code == 403
    assert "/faq add" in page.text and "faq-utm" not in page.text


def test_a_curator_who_is_none_any_more_is_turned_away_at_the_next_request(tmp_path: Path) -> None:
    workspace = larkfield()
    workspace.put_group(UserGroup("S0CURATORS", "curators", (PRIYA,)))
    with curation_room(tmp_path, curators=frozenset({"S0CURATORS"}), workspace=workspace) as room:
        token = room.priya.token
        workspace.put_group(UserGroup("S0CURATORS", "curators", (NOOR,)))
        room.room.clock.skip(301)  # what Slack said of the group is believed for five minutes
        assert room.priya.client.get("/desk/").status_code == 403
        page = room.priya.post("/entry/archive", {"form_token": token, "id": "faq-utm", "reason": "mine"})
        assert page.status_code == 403
        assert room.entry("faq-utm").status == "published"


def test_signing_out_ends_the_session_for_good(room: CurationRoom) -> None:
    noor = room.come_in(NOOR)
    stolen = dict(noor.client.cookies)
    assert "mops-desk curate" in noor.send("/sign-out").text
    assert room.browser(cookies=stolen).client.get("/desk/").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(room: CurationRoom) -> None:
    client = room.browser().client
    page = client.post("/desk/enter", data={"key": room.link_key()}, headers={"origin": room.url})
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
    assert "__host-" not in cookie  # plain http on loopback


def test_the_database_holds_no_key_that_lets_anybody_in(room: CurationRoom) -> None:
    key = room.link_key()
    with room.room.database.read() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM desk_web_keys").all()
    assert rows and key not in str(rows)
    assert next(iter(room.priya.client.cookies.values())) not in str(rows)


def test_what_people_write_is_never_markup(tmp_path: Path) -> None:
    with curation_room(tmp_path) as room:
        typed = {name: f"{name} {EVIL}" for name in ("question", "variants", "answer", "tags", "owner", "reason")}
        room.priya.send("/edit", **typed, audience="internal", review_days="90", sources="", checklist="")
        proposal = room.proposals()[0]
        assert room.priya.send(f"/proposals/{proposal.id}/publish", reason=EVIL).status_code == 200
        room.priya.send("/glossary", term=f"T{EVIL}"[:50], expansion=EVIL, aliases=EVIL, definition=EVIL)
        entry = f"id={proposal.entry.id}"
        places = ("/", f"/?q={EVIL}&owner={EVIL}&tag={EVIL}", f"/entry?{entry}", f"/entry/history?{entry}", "/log")
        more = (f"/edit?{entry}", f"/try?q={EVIL}", f"/glossary?term={EVIL}", f"/log?about={EVIL}")
        for path in (*places, *more, f"/proposals/{proposal.id}"):
            assert_harmless(room.priya.client.get(f"/desk{path}").text)


def assert_harmless(html: str) -> None:
    """No script but our own, no handler, no picture from elsewhere; nothing typed was run as a template."""
    page = BeautifulSoup(html, "html.parser")
    assert {tag.get("src") for tag in page.find_all("script")} <= {"/desk/static/desk.js"}
    assert not page.find_all("img") and not page.find_all(style=True)
    assert not [name for tag in page.find_all() for name in tag.attrs if name.startswith("on")]
    assert "49" not in re.findall(r"\b49\b", page.get_text())


@pytest.mark.parametrize(
    "answer",
    ["[x](javascript:alert(1))", "[x](data:text/html,1)", "<a href='javascript:alert(1)'>x</a>", "![x](https://evil.example/p.png)"],
)  # fmt: skip
def test_the_preview_shows_no_live_link_but_to_the_web(room: CurationRoom, answer: str) -> None:
    text = room.priya.send("/preview", answer=answer).text
    assert "javascript:" not in re.findall(r'href="([^"]*)"', text) and "<img" not in text
    assert all(link.startswith("https://") for link in re.findall(r'href="([^"]*)"', text))


def test_a_form_that_is_too_large_is_refused_before_it_is_read(room: CurationRoom) -> None:
    page = room.priya.post("/edit", {"form_token": room.priya.token, "answer": "x" * 1_100_000})
    assert page.status_code == 413
    files = {"file": ("faq.csv", b"x" * 10_200_000)}
    assert room.priya.send("/import", files=files).status_code == 413


def test_a_body_that_is_no_form_is_refused_in_words(room: CurationRoom) -> None:
    for body, kind in (
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"\xff", ""),
    ):
        page = room.priya.client.post(
            "/desk/entry/archive", content=body, headers={"origin": room.url, "content-type": kind}
        )
        assert page.status_code in (400, 403)
        assert "<h1>" in page.text


ODD = (
    "/proposals/99999", "/proposals/0/x", "/entry?id=../../etc/passwd", "/edit?proposal=x",
    "/static/../site.py", "/static/%2e%2e/site.py",
)  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_what_is_not_there_is_said_plainly(room: CurationRoom, path: str) -> None:
    page = room.priya.client.get(f"/desk{path}")
    assert page.status_code in (404, 409)
    assert "import annotations" not in page.text


def test_without_sign_in_the_desk_is_closed_to_a_network() -> None:
    def way(**settings: str) -> Entrance:
        return entrance_of(Settings(_env_file=None, **settings))

    slack = {
        "slack_client_id": "1.2",
        "slack_client_secret": "s3cret-s3cret",
        "public_url": "https://desk.example.com/",
    }
    assert way().way is Way.LINK
    assert way(host="0.0.0.0").way is Way.CLOSED
    assert way(host="0.0.0.0", **(slack | {"slack_client_secret": ""})).way is Way.CLOSED
    assert way(**slack) == Entrance(Way.SLACK, "https://desk.example.com")
    assert way(**slack).is_secure


def test_a_closed_desk_says_how_it_opens(tmp_path: Path) -> None:
    with curation_room(tmp_path) as room:
        closed = Entrance(Way.CLOSED)
        around = Around(room.room.database, OpsPeople(frozenset({PRIYA}), ""), room.room.clock, str, lambda _: True)
        with serve(Starlette(routes=curation_desk(closed, around, None, None))) as url:
            pages = [room.browser().client.get(f"{url}/desk{path}") for path in ("/enter", "/")]
        assert [page.status_code for page in pages] == [403, 404]
        assert "PUBLIC_URL" in pages[0].text
        assert "where the worker runs" in pages[1].text  # it has no services, as in a process that only receives
