"""Web pages as documents: what is read, under which address, how often the site is asked, and what goes away."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from email.utils import formatdate
from pathlib import Path

import pytest
from support_web import BASE, Site, documents, one, page, paths, site, withheld

from knowledge.domain import Audience
from knowledge.errors import DocumentUnreadable, DocumentWithheld, SourceUnavailable


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        yield made


def test_a_page_is_read_without_the_site_around_it(web: Site, tmp_path: Path) -> None:
    document = one(web, tmp_path, page("List imports", "Send the <b>list</b>.", "By Tuesday."))
    assert (document.title, document.url, document.path) == (
        "List imports",
        f"{BASE}/guide/lists",
        f"{BASE}/guide/lists",
    )
    (section,) = document.sections
    assert (section.heading, section.anchor, section.text) == (
        "List imports",
        "top",
        "Send the **list**.\n\nBy Tuesday.",
    )


MAIN = {
    "main": "<main>{}</main>",
    "role": "<div role='main'>{}</div>",
    "article": "<article>{}</article>",
    "class": "<div class='page-content'>{}</div>",
    "id": "<div id='content'>{}</div>",
    "nothing": "{}",
    "form around all": "<form>{}</form>",
}
TEXT = "<h1 id='a'>Rates</h1><p>A booth costs twenty.</p><h2 id='cookies'>Cookies</h2><p>We set two kinds.</p>"
AROUND = (
    "<html><body><div class='skip-link'><a href='#a'>Skip to content</a></div>"
    "<header class='site-header'><img alt='Logo'></header>"
    "<div role='navigation'>Home Prices</div>{}<div class='toc'>On this page</div>"
    "<div id='onetrust-consent-sdk'>We use cookies</div><div class='pagination'>Next</div>"
    "<div role='contentinfo'>Imprint</div><footer>Footer</footer></body></html>"
)


@pytest.mark.parametrize("mark", MAIN)
def test_the_main_part_is_found_however_it_is_marked(web: Site, tmp_path: Path, mark: str) -> None:
    document = one(web, tmp_path, AROUND.format(MAIN[mark].format(TEXT)))
    assert [(s.heading, s.anchor, s.text) for s in document.sections] == [
        ("Rates", "a", "A booth costs twenty."),
        ("Cookies", "cookies", "We set two kinds."),
    ]


def test_what_holds_most_of_the_text_is_not_beside_it_whatever_it_is_called(web: Site, tmp_path: Path) -> None:
    document = one(web, tmp_path, f"<p>Home</p><div class='sidebar'>{TEXT}</div>")
    assert "We set two kinds." in document.sections[-1].text


def test_links_lead_where_they_do_on_the_page(web: Site, tmp_path: Path) -> None:
    links = "<a href='next'>n</a> <a href='/top'>t</a> <a href='#part'>p</a> <a href='https://x.example/'>x</a>"
    html = page("Links", links, head="<link rel='canonical' href='/lists/'>")
    text = one(web, tmp_path, html).sections[0].text
    assert text == (f"[n]({BASE}/guide/next) [t]({BASE}/top) [p]({BASE}/guide/lists#part) [x](https://x.example/)")


TITLES = {
    "<title>Rates | Larkfield</title><h1>Booth rates</h1>": "Booth rates",
    "<title>Rates | Larkfield</title><p>x</p>": "Rates",
    "<title>Rates</title><h1>One</h1><h1>Two</h1>": "Rates",
    "<h1>One</h1><h1>Two</h1>": "One",
    "<p>x</p>": "Lists",
}


@pytest.mark.parametrize("html", TITLES)
def test_a_page_is_called_what_readers_call_it(web: Site, tmp_path: Path, html: str) -> None:
    assert one(web, tmp_path, html).title == TITLES[html]


CHANGED = {
    "<meta property='article:modified_time' content='2026-03-04T10:00:00Z'>": date(2026, 3, 4),
    "<meta name='last-modified' content='Wed, 04 Mar 2026 10:00:00 GMT'>": date(2026, 3, 4),
    '<script type="application/ld+json">{"dateModified": "2026-03-04"}</script>': date(2026, 3, 4),
    "<meta name='revised' content='last week'>": date(2026, 1, 2),  # then its header counts
    "": date(2026, 1, 2),
}


@pytest.mark.parametrize("head", CHANGED)
def test_a_page_says_when_it_changed(web: Site, tmp_path: Path, head: str) -> None:
    document = one(web, tmp_path, page("A", "x", head=head), **{"Last-Modified": "Fri, 02 Jan 2026 08:00:00 GMT"})
    assert document.changed_at == CHANGED[head]


def test_a_server_that_always_says_now_is_not_believed(web: Site, tmp_path: Path) -> None:
    assert one(web, tmp_path, page("A", "x"), **{"Last-Modified": formatdate(usegmt=True)}).changed_at is None


def test_the_sitemaps_day_counts_where_the_page_has_none(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    web.sitemap("/a", lastmod="2026-02-03T00:00:00+00:00")
    assert [document.changed_at for document in documents(web.source(tmp_path)).values()] == [date(2026, 2, 3)]


def test_pages_come_from_a_packed_sitemap_and_an_index(web: Site, tmp_path: Path) -> None:
    for name in "abc":
        web.put(f"/{name}", page(name.upper(), "x"))
    web.sitemap("/a", "/b", at="/one.xml.gz")
    web.pages["/one.xml.gz"].body = gzip.compress(web.pages["/one.xml.gz"].body)
    web.sitemap("/b", "/c", at="/two.xml")
    parts = "".join(f"<sitemap><loc> {BASE}/{name} </loc></sitemap>" for name in ("one.xml.gz", "two.xml"))
    web.reply("/sitemap.xml", 200, f"<sitemapindex>{parts}</sitemapindex>".encode(), Content_Type="text/xml")
    assert paths(web.source(tmp_path)) == ["/a", "/b", "/c"]


def test_only_the_part_that_is_meant_is_read(web: Site, tmp_path: Path) -> None:
    for path in ("/docs/a", "/docs", "/docs-old/a", "/blog/a"):
        web.put(path, page("A", "x", path))
    web.sitemap("/docs/a", "/docs", "/docs-old/a", "/blog/a")
    assert paths(web.source(tmp_path, below=(f"{BASE}/docs",))) == ["/docs/a", "/docs"]


def test_one_missing_sitemap_of_several_changes_nothing(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    web.sitemap("/a", at="/one.xml")
    parts = "".join(f"<sitemap><loc>{BASE}/{name}.xml</loc></sitemap>" for name in ("one", "two"))
    web.reply("/sitemap.xml", 200, f"<sitemapindex>{parts}</sitemapindex>".encode(), Content_Type="text/xml")
    with pytest.raises(SourceUnavailable, match=r"two\.xml could not be fetched \(404\)"):
        list(web.source(tmp_path).list())


def test_more_pages_than_the_limit_are_not_half_read(web: Site, tmp_path: Path) -> None:
    web.sitemap(*(f"/{number}" for number in range(11)))
    with pytest.raises(SourceUnavailable, match="11 pages; up to 10"):
        list(web.source(tmp_path, limit=10).list())
    assert web.targets == ["/robots.txt", "/sitemap.xml"]


def test_an_unchanged_page_is_not_sent_again(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    web.put("/b", page("B", "x"), etag=False, **{"Last-Modified": "Fri, 02 Jan 2026 08:00:00 GMT"})
    first = list(web.source(tmp_path, "/a", "/b").list())
    web.visits.clear()
    source = web.source(tmp_path, "/a", "/b")  # another process, the next day
    assert list(source.list()) == first
    assert [(v.target, v.status) for v in web.visits] == [("/robots.txt", 404), ("/a", 304), ("/b", 200)]
    assert web.visits[-1].headers["if-modified-since"] == "Fri, 02 Jan 2026 08:00:00 GMT"
    assert source.read(first[0]).title == "A"


def test_a_round_that_was_broken_off_goes_on_where_it_was(web: Site, tmp_path: Path) -> None:
    def stop(_seconds: float) -> None:
        if len(web.targets) > 3:
            raise KeyboardInterrupt

    for name in "abcde":
        web.put(f"/{name}", page(name, name))
    names = [f"/{name}" for name in "abcde"]
    with pytest.raises(KeyboardInterrupt):
        list(web.source(tmp_path, *names, client=web.client(sleep=stop), delay=60.0).list())
    web.visits.clear()
    assert paths(web.source(tmp_path, *names)) == names
    assert web.targets == ["/robots.txt", "/d", "/e"]
    web.visits.clear()
    assert paths(web.source(tmp_path, *names)) == names  # the next round asks for each of them
    assert web.targets == ["/robots.txt", *names]


@pytest.mark.parametrize("mark", ['"a\r\n b"', '"' + "x" * 600 + '"'])
def test_a_mark_that_cannot_be_sent_back_is_not(web: Site, tmp_path: Path, mark: str) -> None:
    web.put("/a", page("A", "x"), ETag=mark)
    for _ in range(2):
        assert paths(web.source(tmp_path, "/a")) == ["/a"]
    assert "if-none-match" not in web.visits[-1].headers


def test_another_text_is_another_version(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    source = web.source(tmp_path, "/a")
    (before,) = source.list()
    web.put("/a", page("A", "y"))
    (after,) = source.list()
    assert (after.path, after.version == before.version) == (before.path, False)
    assert source.read(after).sections[0].text == "y"


def test_another_audience_is_another_version(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    (internal,) = web.source(tmp_path, "/a").list()
    public = web.source(tmp_path, "/a", audience=Audience())
    (ref,) = public.list()
    assert ref.version != internal.version
    assert public.read(ref).audience == Audience()


def test_a_lost_or_damaged_cache_costs_a_fetch(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    first = list(web.source(tmp_path, "/a").list())
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    assert list(web.source(tmp_path, "/a").list()) == first
    assert [visit.status for visit in web.visits if visit.target == "/a"] == [200, 200]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_not_listed(web: Site, tmp_path: Path, status: int) -> None:
    web.put("/a", page("A", "x"))
    web.put("/b", page("B", "x"))
    source = web.source(tmp_path, "/a", "/b")
    before = list(source.list())
    web.reply("/a", status)
    assert paths(source) == ["/b"]
    assert len(list(tmp_path.iterdir())) == 1  # nor kept
    with pytest.raises(DocumentUnreadable):
        source.read(before[0])


CLOSED = {
    "signed in": {"status": 401},
    "forbidden": {"status": 403},
    "by law": {"status": 451},
    "elsewhere": {"status": 302, "Location": "https://sso.example.com/x"},
    "behind a login": {"status": 302, "Location": "/Sign-in?next=%2Fa"},
}


@pytest.mark.parametrize("case", CLOSED)
def test_a_page_that_was_closed_is_withheld(web: Site, tmp_path: Path, case: str) -> None:
    web.put("/a", page("A", "x", head="<link rel=canonical href=/lists>"))
    web.put("/b", page("B", "x"))
    web.put("/Sign-in?next=%2Fa", page("Sign in", "Your password, please."))
    source = web.source(tmp_path, "/a", "/b")
    list(source.list())
    web.reply("/a", **CLOSED[case])  # type: ignore[arg-type]
    (ref,) = (ref for ref in source.list() if ref.withheld)
    assert ref.path == f"{BASE}/lists"  # as it is stored
    with pytest.raises(DocumentWithheld):
        source.read(ref)


HIDDEN = {
    "meta": ("<meta name='robots' content='noindex, follow'>", {}),
    "meta for us": ("<meta name='MOPS-Desk' content='none'>", {}),
    "header": ("", {"X-Robots-Tag": "noindex"}),
    "header for us": ("", {"X-Robots-Tag": "otherbot: all, mops-desk: noindex"}),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_a_page_that_must_not_be_indexed_is_withheld(web: Site, tmp_path: Path, case: str) -> None:
    head, headers = HIDDEN[case]
    web.put("/a", page("A", "x", head=head), **headers)
    assert "noindex" in withheld(web.source(tmp_path, "/a"))["/a"]
    assert list(tmp_path.iterdir()) == []


def test_a_rule_for_another_robot_is_not_ours(web: Site, tmp_path: Path) -> None:
    web.put(
        "/a", page("A", "<meta name=robots content=noindex> in the body"), **{"X-Robots-Tag": "otherbot: noindex"}
    )
    assert paths(web.source(tmp_path, "/a")) == ["/a"]


@pytest.mark.parametrize("status", [500, 503, 429, 418])
def test_a_page_nobody_can_fetch_today_stays_and_says_why(web: Site, tmp_path: Path, status: int) -> None:
    web.put("/a", page("A", "x", head="<link rel=canonical href=/lists>"))
    web.put("/b", page("B", "x"))
    source = web.source(tmp_path, "/a", "/b")
    list(source.list())
    web.reply("/a", status)
    first, second = source.list()
    assert (first.path, second.path) == (f"{BASE}/lists", f"{BASE}/b")
    with pytest.raises(DocumentUnreadable, match=str(status)):
        source.read(first)
