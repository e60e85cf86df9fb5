"""`mops-desk curate`: the way in on this machine, or what to do where there is none."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from support_cli import run

from bot import wiring
from bot.clock import now_utc
from bot.curation_web.keys import KeyKind, WebKeys
from bot.settings import load_settings


def test_the_link_is_the_only_curators_and_works_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATORS", "U0PRIYA,S0GROUP")
    printed = run("curate", "--port", "4000")
    address = urlsplit(printed.out.split()[-1])
    key = parse_qs(address.query)["key"][0]
    database = wiring.open_desk_database(load_settings())
    with database.write() as session:
        found = WebKeys(session).take(KeyKind.LINK, key, now_utc())
        again = WebKeys(session).take(KeyKind.LINK, key, now_utc())
    database.close()
    assert (address.netloc, address.path) == ("127.0.0.1:4000", "/desk/enter")
    assert (found, again) == ("U0PRIYA", None)


@pytest.mark.parametrize(("curators", "said"), [("U0PRIYA,U0NOOR", "U0NOOR, U0PRIYA"), ("", "CURATORS names nobody")])
def test_who_works_on_it_has_to_be_said_where_it_is_not_clear(
    home: Path, monkeypatch: pytest.MonkeyPatch, curators: str, said: str
) -> None:
    monkeypatch.setenv("CURATORS", curators)
    told = run("curate")
    assert told.code == 1 and "--as" in told.err and said in told.err


def test_on_a_network_there_is_no_link(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    assert "SLACK_CLIENT_ID" in run("curate", "--as", "U0PRIYA").err
    for name, value in (
        ("SLACK_CLIENT_ID", "1.2"),
        ("SLACK_CLIENT_SECRET", "secret"),
        ("PUBLIC_URL", "https://d.example"),
    ):
        monkeypatch.setenv(name, value)
    assert "https://d.example/desk" in run("curate").out


UNSAFE = ("http://desk.example.com", "https://d.example/path", "desk.example.com", "https://u:p@d.example")


@pytest.mark.parametrize("address", UNSAFE)
def test_a_public_address_that_is_not_safe_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", address)
    told = run("curate")
    assert told.code == 1 and "PUBLIC_URL" in told.err
