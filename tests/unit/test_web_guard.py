"""No way to the inside: addresses in every spelling, names that lead inside, now or the second time one looks."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support_web import BASE, HOST, QUICK, Site, page, site

from knowledge.errors import DocumentUnreadable, SourceUnavailable, WebFailed, WebLeftOut, WebRefused
from knowledge.web.address import WebAddress, parse_address
from knowledge.web.client import WebClient
from knowledge.web.guard import Endpoint, Guard, is_public
from knowledge.web.settings import WebSettings

_INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1
192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9
224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:a9fe:a9fe ::ffff:8.8.8.8
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1
2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:c0a8:1:: 3fff::1 4000::1 5f00::1 fc00::1 fd00::1 fd00:ec2::254
fd12:3456:789a::1 fe80::1 fe80::1%eth0 fe80::a9fe:a9fe%1 fec0::1 ff02::1 ff0e::1 2606:4700::1%lo
"""
_OUTSIDE = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
2606:4700:4700::1111 2a00:1450:4001:800::200e 2001:200::1 2001:4860:4860::8888 2003::1
"""
INSIDE, OUTSIDE = _INSIDE.split(), _OUTSIDE.split()
REFUSED = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://127.000.000.001/",
    "http://0/",
    "http://8.8.8.8/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[::ffff:7f00:1%lo]/",
    "http://[v1.127]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://\N{FULLWIDTH DIGIT ONE}27.0.0.1/",
    "http://\N{CIRCLED DIGIT ONE}\N{CIRCLED DIGIT TWO}\N{CIRCLED DIGIT SEVEN}.0.0.1/",
    "http://127\N{IDEOGRAPHIC FULL STOP}0\N{IDEOGRAPHIC FULL STOP}0\N{IDEOGRAPHIC FULL STOP}1/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://metadata/",
    "http://docs.example.com./",
    "http:///etc/passwd",
    "http://",
    "//docs.example.com/",
    "docs.example.com",
    "file:///etc/passwd",
    "ftp://docs.example.com/",
    "gopher://docs.example.com:70/_x",
    "dict://docs.example.com:11211/stat",
    "data:text/html,<p>x",
    "javascript:alert(1)",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "http://user@docs.example.com/",
    "http://user:secret@docs.example.com/",
    "http://docs.example.com@127.0.0.1/",
    "http://docs.example.com:80@127.0.0.1/",
    "http://127.0.0.1#@docs.example.com/",
    "http://docs.example.com\\@127.0.0.1/",
    "http://127.0.0.1\\.docs.example.com/",
    "http://docs.example.com\t.evil.example/",
    "http://docs.example.com/\r\nHost: evil",
    "http://docs.example.com/ x",
    "http://docs.example.com/\x00",
    "http://docs.example.com:22/",
    "http://docs.example.com:6379/",
    "http://docs.example.com:8080/",
    "http://docs.example.com:0/",
    "http://docs.example.com:65536/",
    "http://docs.example.com:80a/",
    "http://docs.example.com:-80/",
    "http://docs..example.com/",
    "http://-docs.example.com/",
    "http://docs.exa mple.com/",
    "http://docs.example.com%00.evil.example/",
    "http://docs.example.com%2f@evil.example/",
    "http://[docs.example.com]/",
    "http://" + "a." * 130 + "com/",
    "http://" + "a" * 64 + ".com/",
    "http://docs.example.com/" + "a" * 1_000,
]
FINE = {
    "HTTPS://Docs.Example.COM": "https://docs.example.com/",
    "https://docs.example.com:443/a#part": "https://docs.example.com/a",
    "http://docs.example.com:80/a?b=c%20d&e": "http://docs.example.com/a?b=c%20d&e",
    "https://docs.example.com:80/": "https://docs.example.com:80/",
    "https://docs.example.com/a/./b/../c/": "https://docs.example.com/a/c/",
    "https://docs.example.com/open/%2e%2E/closed": "https://docs.example.com/closed",
    "https://docs.example.com/../../x/..": "https://docs.example.com/",
    "https://m\u00fcnchen.example/stra\u00dfe": "https://xn--mnchen-3ya.example/stra%C3%9Fe",
}


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        yield made


def test_the_tables_are_large() -> None:
    assert len(INSIDE) + len(REFUSED) >= 120


@pytest.mark.parametrize("address", INSIDE)
def test_an_inside_address_is_never_asked(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    guard = Guard(lambda _host, port: [Endpoint("8.8.8.8", port), Endpoint(address, port)])
    with pytest.raises(WebRefused, match="private network"):
        guard.endpoints(parse_address(BASE))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_open_internet_is(address: str) -> None:
    guard = Guard(lambda _host, port: [Endpoint(address, port)])
    assert guard.endpoints(parse_address(BASE)) == (Endpoint(address, 80),)


@pytest.mark.parametrize("odd", ["", "127.1", "0x7f.1", "2130706433", "host", "1.2.3.4/8", "[::1]"])
def test_an_answer_that_is_no_plain_address_is_never_asked(odd: str) -> None:
    with pytest.raises(WebRefused):
        Guard(lambda _host, port: [Endpoint(odd, port)]).endpoints(parse_address(BASE))


@pytest.mark.parametrize("url", REFUSED)
def test_an_unusual_address_is_refused(url: str) -> None:
    with pytest.raises(WebRefused) as caught:
        parse_address(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", FINE)
def test_an_address_has_one_form(url: str) -> None:
    assert parse_address(url).url == FINE[url]
    assert parse_address(FINE[url]).url == FINE[url]


@pytest.mark.parametrize("url", REFUSED)
def test_a_link_of_that_kind_leads_nowhere_or_stays_on_the_site(url: str) -> None:
    try:
        host = parse_address(BASE).joined(url).host
    except WebRefused:
        return
    assert host == HOST  # read as a path


def test_a_name_nobody_knows_fails() -> None:
    def unknown(_host: str, _port: int) -> list[Endpoint]:
        raise OSError("no such host")

    with pytest.raises(WebFailed, match="cannot be found"):
        Guard(unknown).endpoints(parse_address(BASE))
    with pytest.raises(WebFailed, match="no address"):
        Guard(lambda *_: []).endpoints(parse_address(BASE))


def test_without_a_test_the_systems_resolver_is_asked_and_this_machine_refused() -> None:
    with pytest.raises(WebRefused, match="private network"):
        Guard().endpoints(WebAddress("http", "localhost", 80, "/"))


def test_without_a_test_no_page_of_this_machine_is_asked(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    strict = WebClient(Guard(lambda _host, _port: [web.endpoint]), QUICK)
    with pytest.raises(SourceUnavailable, match="private network"):
        list(web.source(tmp_path, "/a", client=strict).list())
    assert web.visits == []


def test_a_name_that_turns_inside_between_two_questions_is_refused_then(web: Site, tmp_path: Path) -> None:
    """Rebinding: robots.txt comes from outside, and then the name leads to the metadata service."""
    web.put("/a", page("A", "x"))
    web.names[HOST] = [["here"], ["169.254.169.254"]]
    with pytest.raises(SourceUnavailable, match="private network"):
        list(web.source(tmp_path, "/a").list())
    assert web.targets == ["/robots.txt"]


def test_each_request_resolves_once_and_goes_to_the_address_that_was_checked(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    web.names[HOST] = [["here"], ["here"], ["169.254.169.254"]]  # a third question would be refused
    (ref,) = web.source(tmp_path, "/a").list()
    assert (ref.path, len(web.asked_names)) == (f"{BASE}/a", 2)
    assert {visit.host for visit in web.visits} == {HOST}


def test_of_several_addresses_one_inside_is_enough_to_refuse(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"))
    web.names[HOST] = [["here", "10.0.0.8"]]
    with pytest.raises(SourceUnavailable, match="private network"):
        list(web.source(tmp_path, "/a").list())
    assert web.visits == []


LEADS_INSIDE = [
    "http://127.0.0.1/x",
    "http://[::1]/x",
    "http://169.254.169.254/latest/meta-data/",
    "http://0x7f.1/x",
    "//127.0.0.1/x",
    "http://docs.example.com@10.0.0.1/x",
    "http://docs.example.com:6379/x",
    "file:///etc/passwd",
    "gopher://docs.example.com/x",
    "http://docs.example.com\\@10.0.0.1/",
    "http:\\\\10.0.0.1\\x",
]


@pytest.mark.parametrize("where", LEADS_INSIDE)
@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_inside_is_not_followed(web: Site, where: str, status: int) -> None:
    web.reply("/a", status, Location=where)
    with suppress(WebFailed, WebLeftOut):
        answer = web.client().fetch(parse_address(f"{BASE}/a"), [HOST], 0).answer
        assert answer.status == 404  # it was read as a path of this very site
    assert {visit.host for visit in web.visits} == {HOST}
    assert set(web.asked_names) == {HOST}


def test_a_redirect_to_an_allowed_name_is_checked_as_the_first_one_was(web: Site) -> None:
    web.names["other.example.com"] = [["10.1.2.3"]]
    web.reply("/a", 302, Location="http://other.example.com/b")
    with pytest.raises(WebRefused, match=r"other\.example\.com, which leads into a private network"):
        web.client().fetch(parse_address(f"{BASE}/a"), [HOST, "other.example.com"], 0)


def test_a_redirect_to_a_host_that_was_not_named_is_left_out(web: Site, tmp_path: Path) -> None:
    web.put("/b", page("B", "x"))
    web.reply("/a", 302, Location="http://login.example.com/?next=a")
    first, second = web.source(tmp_path, "/a", "/b").list()
    assert "login.example.com" in first.withheld
    assert second.path == f"{BASE}/b"
    assert "login.example.com" not in web.asked_names


def test_a_chain_of_redirects_ends(web: Site) -> None:
    for number in range(10):
        web.reply(f"/{number}", 302, Location=f"/{number + 1}")
    web.reply("/round", 302, Location="/round")
    web.put("/9", page("End", "x"))
    for start, right in (("/4", 200), ("/3", None), ("/round", None)):
        try:
            assert web.client().fetch(parse_address(BASE + start), [HOST], 0).answer.status == right
        except WebFailed as exc:
            assert right is None, exc


def test_proxies_of_the_environment_are_not_used(web: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    web.put("/a", page("A", "x"))
    (ref,) = web.source(tmp_path, "/a").list()
    assert ref.path == f"{BASE}/a"


def test_nothing_of_a_login_is_ever_sent(web: Site, tmp_path: Path) -> None:
    web.put("/a", page("A", "x"), Set_Cookie="session=1")
    for _ in range(2):
        list(web.source(tmp_path, "/a").list())
    assert not {"cookie", "authorization"} & {name for visit in web.visits for name in visit.headers}


def test_settings_say_which_address_is_wrong() -> None:
    fine = WebSettings("docs", pages=(f"{BASE}/a",), hosts=("www.example.com",))
    wrong = WebSettings("docs", pages=("http://10.0.0.1/",), sitemaps=("/sitemap.xml",), hosts=("intranet",))
    assert list(fine.problems()) == []
    assert [(name, words.split(" ")[0]) for name, words in wrong.problems()] == [
        ("pages", "http://10.0.0.1/"),
        ("sitemaps", "/sitemap.xml"),
        ("hosts", "intranet"),
    ]


def test_a_source_with_a_wrong_address_reads_nothing(web: Site, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="names its host by a number"):
        list(web.source(tmp_path, "http://127.0.0.1/", f"{BASE}/a").list())
    assert web.visits == []


def test_reading_what_was_never_listed_is_refused(web: Site, tmp_path: Path) -> None:
    source = web.source(tmp_path, "/a")
    web.put("/a", page("A", "x"))
    (ref,) = source.list()
    source.rest()
    with pytest.raises(DocumentUnreadable):
        source.read(ref)
