"""One round through the pages of a web source: what is new, unchanged, gone, closed to us, or not to be had today."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import TypeAlias

from knowledge.errors import WebFailed, WebLeftOut, WebRefused
from knowledge.page import WEB_PAGE
from knowledge.web.address import WebAddress
from knowledge.web.cache import CachedPage, WebCache
from knowledge.web.charset import in_utf8, kind_of
from knowledge.web.client import Fetched, WebClient
from knowledge.web.facts import facts_of

GIVE_UP = 5
"""Failures in a row after which a host is left alone for this round: it has other troubles than our questions."""

MAX_VALIDATOR = 500  # characters
_LOGIN = re.compile(
    r"/(?:log-?(?:in|on)|sign-?(?:in|on)|sso|saml2?|oauth2?|auth(?:enticate)?)(?:[/.]|$)", re.IGNORECASE
)
_HTML = ("text/html", "application/xhtml+xml")
_PLAIN = ("text/plain", "application/octet-stream", "")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_SUFFIXES = {
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    f"{_OFFICE}.wordprocessingml.document": ".docx",
    f"{_OFFICE}.presentationml.presentation": ".pptx",
    f"{_OFFICE}.spreadsheetml.sheet": ".xlsx",
}
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_CLOSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS)


@dataclass(frozen=True)
class Kept:
    """The page as it is now."""

    page: CachedPage


@dataclass(frozen=True)
class Gone:
    """There is no such page any more."""


@dataclass(frozen=True)
class LeftOut:
    """The page is there, and not for us. ``path``: its one address, as far as it is known."""

    path: str
    reason: str


@dataclass(frozen=True)
class Missed:
    """Nobody can tell today; what was known of it, under ``path``, stays."""

    path: str
    reason: str


Outcome: TypeAlias = Kept | Gone | LeftOut | Missed


class Crawl:
    """Asks for pages of these hosts, and keeps them in the cache."""

    def __init__(self, client: WebClient, cache: WebCache, hosts: frozenset[str], delay: float) -> None:
        self._client = client
        self._cache = cache
        self._hosts = hosts
        self._delay = delay
        self._failures: Counter[str] = Counter()

    def visit(self, address: WebAddress, changed_at: date | None) -> Outcome:
        """What became of a page; ``changed_at`` is what its sitemap says."""
        known = self._cache.page(address.url)
        path = known.canonical if known else address.url
        if self._failures[address.host] >= GIVE_UP:
            return Missed(path, f"was not asked: {address.host} failed {GIVE_UP} times in a row")
        if known is not None and self._cache.is_of_this_round(address.url):
            return Kept(known)
        try:
            fetched = self._client.fetch(address, self._hosts, self._delay, known.validators if known else {})
            outcome: Outcome = self._outcome(address, changed_at, known, fetched)
        except WebLeftOut as exc:
            outcome = LeftOut(path, str(exc))
        except WebRefused as exc:
            return Missed(path, str(exc))
        except WebFailed as exc:
            self._failures[address.host] += 1
            return Missed(path, str(exc))
        self._failures[address.host] = 0
        if isinstance(outcome, Gone | LeftOut):
            self._cache.forget(address.url)
        return outcome

    def _outcome(
        self, asked: WebAddress, changed_at: date | None, known: CachedPage | None, fetched: Fetched
    ) -> Kept | Gone:
        """What an answer means. Raises WebLeftOut and WebFailed."""
        status = fetched.answer.status
        if _LOGIN.search(fetched.address.path) and not _LOGIN.search(asked.path):
            raise WebLeftOut("is closed to everybody who is not signed in (it leads to a login)")
        if status == HTTPStatus.OK:
            page = self._page(asked, changed_at, fetched)
            self._cache.keep(page)
            return Kept(page)
        if status == HTTPStatus.NOT_MODIFIED and known is not None:
            _refuse_hidden("", fetched)
            self._cache.confirm(asked.url)
            return Kept(known)
        if status in _GONE:
            return Gone()
        if status in _CLOSED:
            raise WebLeftOut(f"is closed to everybody who is not signed in ({status})")
        raise WebFailed(f"could not be fetched ({status})")

    def _page(self, asked: WebAddress, changed_at: date | None, fetched: Fetched) -> CachedPage:
        headers = fetched.answer.headers
        suffix = _suffix(fetched)
        body = fetched.answer.body
        if suffix not in (".pdf", ".docx", ".pptx", ".xlsx"):
            body = in_utf8(body, headers.get("content-type", ""))
        text = body.decode("utf-8", "replace") if suffix == WEB_PAGE else ""
        canonical, said = _refuse_hidden(text, fetched)
        return CachedPage(
            asked=asked.url,
            address=fetched.address.url,
            canonical=self._canonical(fetched.address, canonical),
            suffix=suffix,
            etag=_sendable(headers.get("etag", "")),
            modified=_sendable(headers.get("last-modified", "")),
            changed_at=said or changed_at,
            body=body,
        )

    def _canonical(self, address: WebAddress, reference: str) -> str:
        """The page's one address: what it says, unless that is another host's or, as on careless sites, the home."""
        try:
            there = address.joined(reference) if reference else address
        except WebRefused:
            return address.url
        home = there.target == "/" and address.target != "/"
        return address.url if home or there.host not in self._hosts else there.url


def _refuse_hidden(text: str, fetched: Fetched) -> tuple[str, date | None]:
    """The address and day a page says of itself. Raises WebLeftOut when it must not be indexed."""
    facts = facts_of(text, fetched.answer.headers)
    if facts.hidden:
        raise WebLeftOut("asks not to be indexed (noindex)")
    return facts.canonical, facts.changed_at


def _sendable(value: str) -> str:
    """What can be sent back as it came; "" for anything else."""
    return value if value.isprintable() and len(value) <= MAX_VALIDATOR else ""


def _suffix(fetched: Fetched) -> str:
    """How the page is read. Raises WebFailed for what cannot be."""
    kind = kind_of(fetched.answer.headers.get("content-type", ""))
    if kind in _HTML or (not kind and fetched.answer.body.lstrip().startswith(b"<")):
        return WEB_PAGE
    named = PurePosixPath(fetched.address.path).suffix.lower()
    if kind in _PLAIN and named in _SUFFIXES.values():
        return named  # many servers know no better name for Markdown or Word
    if kind in _SUFFIXES:
        return _SUFFIXES[kind]
    raise WebFailed(f"is {kind or 'of no known kind'}, which cannot be read: link to a page or a PDF")
