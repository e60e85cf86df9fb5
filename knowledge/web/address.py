"""Web addresses a source may ask, each written in one way. What is unusual in an address is refused, not mended:
parsers that disagree about it are how a fetcher is led to where it must not go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from knowledge.errors import WebRefused

PORTS = frozenset({80, 443})
"""The only ports that are asked: a web address must not be a way to other services of a host."""

MAX_ADDRESS = 1_000  # characters; it is the path of a document
_DEFAULT_PORT = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]|\s")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.ASCII)
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_KEPT = "%/:=&?~+!$,;'@()*[]-._"
_DOT, _DOTS = re.compile(r"\.|%2e", re.IGNORECASE), re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)


@dataclass(frozen=True)
class WebAddress:
    """``scheme://host[:port]target``: ``host`` is a lower-case name, ``target`` path and query, percent-encoded."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        """The address in one piece, without a fragment."""
        return f"{self.origin}{self.target}"

    @property
    def origin(self) -> str:
        """The address of the site."""
        port = "" if self.port == _DEFAULT_PORT[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def joined(self, reference: str) -> WebAddress:
        """Where a link on this page leads. Raises WebRefused."""
        if _FORBIDDEN.search(reference):
            reference = quote(reference.strip(), safe=f"{_KEPT}#\\")  # servers write spaces and umlauts into Location
        try:
            return parse_address(urljoin(self.url, reference))
        except ValueError as exc:
            raise WebRefused("has an address that cannot be read") from exc


def parse_address(url: str) -> WebAddress:
    """The address in its one form. Raises WebRefused, with what is wrong with it in one line."""
    if len(url) > MAX_ADDRESS:
        raise WebRefused(f"has an address longer than {MAX_ADDRESS:,} characters")
    if _FORBIDDEN.search(url):
        raise WebRefused("has spaces, backslashes or control characters in its address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise WebRefused("has an address that cannot be read") from exc
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT:
        raise WebRefused("is no web address: it must begin with https:// or http://")
    if "@" in parts.netloc:
        raise WebRefused("has a user name or password in its address: only open pages are read")
    port = _DEFAULT_PORT[scheme] if port is None else port
    if port not in PORTS:
        raise WebRefused(f"asks for port {port}: only 80 and 443 are read")
    path = _without_dots(quote(parts.path or "/", safe=_KEPT))
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    return WebAddress(scheme, host_name(parts.hostname or ""), port, path + query)


def host_name(host: str) -> str:
    """A host as DNS writes it. Raises WebRefused: no numbers in any spelling, no names of this network only."""
    try:
        name = host.lower().encode("idna").decode("ascii").lower()
    except UnicodeError as exc:
        raise WebRefused("has a host name that cannot be written") from exc
    if _NUMERIC.fullmatch(name.rstrip(".").rpartition(".")[2]) or ":" in name:
        raise WebRefused("names its host by a number: write the site's name")
    if len(name) > 253 or not _NAME.fullmatch(name):  # noqa: PLR2004 - what DNS can carry
        raise WebRefused("has no complete host name (such as docs.example.com)")
    return name


def _without_dots(path: str) -> str:
    """The path without ``.`` and ``..``, so that one page has one address and robots.txt sees the real one."""
    kept: list[str] = []
    parts = path.split("/")[1:]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if _DOTS.fullmatch(part):
            del kept[-1:]
        elif not _DOT.fullmatch(part):
            kept.append(part)
            continue
        if last:
            kept.append("")
    return "/" + "/".join(kept)
