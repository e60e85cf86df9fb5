"""How the desk behaves towards sites: addresses they give, robots.txt, pauses, certificates."""

from __future__ import annotations

import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_hostile import small_pdf
from support_web import BASE, HOST, Site, documents, one, page, paths, site, withheld

from knowledge.domain import Standing
from knowledge.errors import SourceUnavailable, WebFailed
from knowledge.web.address import parse_address


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        yield made


def test_a_site_that_is_down_is_unavailable(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    source = web.source(tmp_path, "/a")
    list(source.list())
    web.down = True
    with pytest.raises(SourceUnavailable, match="cannot be found in DNS"):
        list(source.list())


CANONICAL = {
    "/lists": "/lists",
    f"{BASE}/lists?x=1#part": "/lists?x=1",
    "https://other.example/lists": "/a",
    "/": "/a",
    "http://127.0.0.1/": "/a",
    "javascript:alert(1)": "/a",
    "": "/a",
}


@pytest.mark.parametrize("said", CANONICAL)
def test_a_page_has_the_address_it_says_within_its_hosts(web: Site, tmp_path: Path, said: str) -> None:
    web.put("/a", page("A", "x", head=f"<link rel='canonical' href='{said}'>"))
    assert paths(web.source(tmp_path, "/a")) == [CANONICAL[said]]


def test_a_page_under_several_addresses_is_one_document(web: Site, tmp_path: Path) -> None:
    for path in ("/a?from=mail", "/a", "/a?from=chat"):
        web.put(path, page("A", path, head="<link rel='canonical' href='/a'>"))
    source = web.source(tmp_path, "/a?from=mail", "/a", "/a?from=chat")
    (document,) = documents(source).values()
    assert document.sections[0].text == "/a"  # the page that is there itself
    assert set(withheld(source)) == {"/a?from=mail", "/a?from=chat"}


def test_a_moved_page_has_its_new_address(web: Site, tmp_path: Path) -> None:
    web.reply("/old", 301, Location="/new?x=%C3%A9&y=\xc3\xa9 b")
    web.put("/new?x=%C3%A9&y=%C3%A9%20b", page("New", "x"))
    assert paths(web.source(tmp_path, "/old")) == ["/new?x=%C3%A9&y=%C3%A9%20b"]


def test_robots_txt_is_respected_on_the_way_and_at_the_end(web: Site, tmp_path: Path) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: mops-desk\nDisallow: /private/\nAllow: /private/open\n"
    web.reply("/robots.txt", 200, rules.encode())
    web.reply("/a", 302, Location="/private/x")
    for path in ("/b", "/private/open", "/private/x"):
        web.put(path, page("X", path))
    source = web.source(tmp_path, "/a", "/b", "/private/open", "/b/../private/x")
    assert paths(source) == ["/b", "/private/open"]
    assert set(withheld(source)) == {"/a", "/private/x"}
    assert "/private/x" not in web.targets


@pytest.mark.parametrize(("status", "open_"), [(200, True), (404, True), (403, True), (500, False), (429, False)])
def test_a_robots_file_that_cannot_be_shown_closes_the_site(
    web: Site, tmp_path: Path, status: int, open_: bool
) -> None:
    web.reply("/robots.txt", status)
    web.put("/a", page("A", "x"))
    source = web.source(tmp_path, "/a")
    if open_:
        assert paths(source) == ["/a"]
    else:
        with pytest.raises(SourceUnavailable, match=r"robots\.txt"):
            list(source.list())


def test_robots_txt_is_asked_for_once_an_hour_by_name(web: Site, tmp_path: Path) -> None:
    now = [100.0]
    client = web.client(clock=lambda: now[0])
    web.put("/a", page("A", "x"))
    source = web.source(tmp_path, "/a", client=client)
    for passed in (0, 3_599, 3_601):
        now[0] = 100.0 + passed
        list(source.list())
    assert web.targets.count("/robots.txt") == 2
    assert all("MOPS-Desk" in visit.headers["user-agent"] for visit in web.visits)


def slowly(web: Site, robots: str = "") -> tuple[list[float], list[float]]:
    """A clock that goes on by sleeping, and the naps taken."""
    if robots:
        web.reply("/robots.txt", 200, f"User-agent: *\n{robots}\n".encode())
    return [1_000.0], []


@pytest.mark.parametrize(("robots", "pause"), [("", 2.0), ("Crawl-delay: 7", 7.0), ("Crawl-delay: 0.5", 2.0)])
def test_there_is_a_pause_between_two_requests_to_a_host(
    web: Site, tmp_path: Path, robots: str, pause: float
) -> None:
    now, naps = slowly(web, robots)

    def sleep(seconds: float) -> None:
        naps.append(round(seconds, 3))
        now[0] += seconds

    for path in "abc":
        web.put(f"/{path}", page(path, path))
    client = web.client(clock=lambda: now[0], sleep=sleep)
    list(web.source(tmp_path, "/a", "/b", "/c", client=client, delay=2.0).list())
    assert naps == [2.0, pause, pause]


def test_a_site_that_wants_hours_between_pages_is_not_asked(web: Site, tmp_path: Path) -> None:
    web.reply("/robots.txt", 200, b"User-agent: *\nCrawl-delay: 86400\n")
    web.put("/a", page("A", "x"))
    with pytest.raises(SourceUnavailable, match="86,400 seconds between two pages"):
        list(web.source(tmp_path, "/a").list())


def test_a_busy_site_is_asked_once_more_when_it_says_so(web: Site) -> None:
    naps: list[float] = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        web.put("/a", page("A", "x"))

    web.reply("/a", 429, Retry_After="17")
    fetched = web.client(sleep=sleep).fetch(parse_address(f"{BASE}/a"), [HOST], 0)
    assert (fetched.answer.status, naps) == (200, [17.0])


def test_a_site_that_wants_an_hour_is_left_alone(web: Site) -> None:
    naps: list[float] = []
    web.reply("/a", 503, Retry_After="3600")
    assert web.client(sleep=naps.append).fetch(parse_address(f"{BASE}/a"), [HOST], 0).answer.status == 503
    assert naps == []


def test_documents_of_other_kinds_are_read_as_such(web: Site, tmp_path: Path) -> None:
    web.put("/price%20list.pdf", small_pdf(), Content_Type="x")
    web.pages["/price%20list.pdf"].headers = {"Content-Type": "application/pdf"}
    web.reply("/notes", 200, b"Bring the badges.\n", Content_Type="text/plain")
    web.reply("/guide.md", 200, b"# Guide\n\nPrint in black.\n", Content_Type="text/plain; charset=utf-8")
    source = web.source(tmp_path, "/price%20list.pdf", "/notes", "/guide.md")
    pdf, notes, guide = documents(source).values()
    assert (pdf.url, pdf.sections[0].anchor) == (f"{BASE}/price%20list.pdf", "page=1")
    assert [section.text for section in notes.sections] == ["Bring the badges."]
    assert (guide.title, guide.sections[-1].text) == ("Guide", "Print in black.")


def test_what_a_page_says_of_itself_counts(web: Site, tmp_path: Path) -> None:
    assert one(web, tmp_path, page("[Deprecated] Old lists", "x")).standing is Standing.OUTDATED


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that vouches for itself."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    command = ["openssl", "req", "-x509", *kind, *names, "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return cert, key


@pytest.mark.parametrize(
    ("name", "trusted", "result"),
    [
        (HOST, True, "200"),
        (HOST, False, "certificate that does not hold"),
        ("evil.example.com", True, "certificate that does not hold"),
    ],
)
def test_the_certificate_must_be_that_of_the_name(
    web: Site, tmp_path: Path, name: str, trusted: bool, result: str
) -> None:
    cert, key = certificate(tmp_path, name)
    web.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    web.tls.load_cert_chain(cert, key)
    ours = ssl.create_default_context(cafile=str(cert) if trusted else None)
    web.put("/a", page("A", "x"))
    try:
        fetched = web.client(tls=ours).fetch(parse_address(f"https://{HOST}/a"), [HOST], 0)
        assert (str(fetched.answer.status), web.visits[-1].host) == (result, HOST)
    except WebFailed as exc:
        assert result in str(exc)


def test_a_redirect_from_https_to_http_is_refused(web: Site, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path, HOST)
    web.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    web.tls.load_cert_chain(cert, key)
    web.reply("/a", 301, Location=f"{BASE}/b")
    client = web.client(tls=ssl.create_default_context(cafile=str(cert)))
    with pytest.raises(WebFailed, match="from https to http"):
        client.fetch(parse_address(f"https://{HOST}/a"), [HOST], 0)


def test_two_sources_share_the_distance_to_a_host(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    web.put("/b", page("B", "x"))
    client = web.client()
    started = time.monotonic()
    for name in ("a", "b"):
        list(web.source(tmp_path / name, f"/{name}", client=client, delay=0.05).list())
    assert time.monotonic() - started >= 0.1  # robots.txt, a, b
