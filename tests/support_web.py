"""A web site on a real socket of this machine, with pages as bad as any, and a client that finds it by its name."""

from __future__ import annotations

import socket
import socketserver
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from knowledge.domain import Document
from knowledge.page_reader import PageReader
from knowledge.web.client import WebClient
from knowledge.web.exchange import WebLimits
from knowledge.web.guard import Endpoint, Guard, IPAddress, is_public
from knowledge.web.settings import WebSettings
from knowledge.web.source import WebSource

HOST = "docs.example.com"
BASE = f"http://{HOST}"
QUICK = WebLimits(size=300_000, seconds=0.5, idle=0.3)
HTML = "text/html; charset=utf-8"

Wire = Callable[[socket.socket], None]
"""Says something nobody expects; the connection ends when it returns."""


@dataclass
class Reply:
    """What the site says for one address. ``wire`` is written instead of an answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": HTML})
    wire: Wire | None = None


@dataclass(frozen=True)
class Visit:
    """One request as it arrived."""

    host: str
    target: str
    headers: dict[str, str]
    status: int


class Site(socketserver.ThreadingTCPServer):
    """``pages`` by path with query, or by ``host/path`` for one host alone. ``visits`` are those that came.

    ``names`` says to which addresses a host leads: one list per question, the last one stays. Hosts without a name
    here lead to this site.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Reply] = {}
        self.visits: list[Visit] = []
        self.names: dict[str, list[list[str]]] = {}
        self.asked_names: list[str] = []
        self.tls: ssl.SSLContext | None = None
        self.down = False
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def put(self, path: str, html: str | bytes, etag: bool = True, **headers: str) -> None:
        """Publish a page."""
        body = html.encode() if isinstance(html, str) else html
        mark = {"ETag": f'"{sha256(body).hexdigest()[:12]}"'} if etag else {}
        self.pages[path] = Reply(body, headers={"Content-Type": HTML, **mark, **headers})

    def reply(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer so from now on; ``_`` in the names of headers is a dash."""
        self.pages[path] = Reply(body, status, {name.replace("_", "-"): value for name, value in headers.items()})

    def wire(self, path: str, wire: Wire) -> None:
        """Say this, byte for byte."""
        self.pages[path] = Reply(wire=wire)

    def sitemap(self, *paths: str, at: str = "/sitemap.xml", lastmod: str = "") -> None:
        """List these pages."""
        changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        urls = "".join(f"<url><loc>{path if '//' in path else BASE + path}</loc>{changed}</url>" for path in paths)
        text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        self.reply(at, 200, text.encode(), Content_Type="application/xml")

    def resolve(self, host: str, port: int) -> Sequence[Endpoint]:
        """As a Resolver; this site's own address is where the port is, too."""
        self.asked_names.append(host)
        if self.down:
            raise OSError("no such host")
        if host not in self.names:
            return [self.endpoint]
        answers = self.names[host]
        return [self._there(address, port) for address in (answers.pop(0) if len(answers) > 1 else answers[0])]

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens."""
        return Endpoint("127.0.0.1", self.server_address[1])

    def _there(self, address: str, port: int) -> Endpoint:
        return self.endpoint if address == "here" else Endpoint(address, port)

    @property
    def targets(self) -> list[str]:
        """What was asked for, in order."""
        return [visit.target for visit in self.visits]

    def client(self, limits: WebLimits | None = None, **options: object) -> WebClient:
        """A client that may come here, and to no other inside address."""
        guard = Guard(self.resolve, _here_or_public)
        return WebClient(guard, limits or WebLimits(seconds=10, idle=5), **options)  # type: ignore[arg-type]

    def source(self, folder: Path, *pages: str, client: WebClient | None = None, **options: object) -> WebSource:
        """These pages (all of the sitemap when none is named) as a source without pauses."""
        urls = tuple(page if "//" in page else BASE + page for page in pages)
        sitemaps = () if urls else (f"{BASE}/sitemap.xml",)
        values: dict[str, object] = {"pages": urls, "sitemaps": sitemaps, "delay": 0.0, **options}
        settings = WebSettings("site", **values)  # type: ignore[arg-type]
        return WebSource(settings, folder, client or self.client(), reader())


@cache
def reader() -> PageReader:
    """One for all tests: its process takes a second to start."""
    return PageReader()


def _here_or_public(address: IPAddress) -> bool:
    return str(address) == "127.0.0.1" or is_public(address)


@contextmanager
def site() -> Iterator[Site]:
    """A site for one test."""
    made = Site()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()


class _Handler(socketserver.StreamRequestHandler):
    """One request, one answer, then the end."""

    server: Site

    def handle(self) -> None:
        if self.server.tls is not None:
            try:
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            except OSError:
                return
            self.rfile = self.request.makefile("rb")
        with suppress(OSError), closing(self.request):
            self._serve()

    def _serve(self) -> None:
        target = self.rfile.readline().split(b" ")[1].decode("latin-1")
        headers: dict[str, str] = {}
        while (line := self.rfile.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        host = headers.get("host", "")
        reply = self.server.pages.get(f"{host}{target}") or self.server.pages.get(target) or Reply(b"gone", 404)
        same = headers.get("if-none-match") == reply.headers.get("ETag") is not None
        status = 304 if same and reply.status == HTTPStatus.OK else reply.status
        self.server.visits.append(Visit(host, target, headers, status))
        if reply.wire is not None:
            reply.wire(self.request)
            return
        body = b"" if status == HTTPStatus.NOT_MODIFIED else reply.body
        head = {"Date": formatdate(usegmt=True), "Content-Length": str(len(body)), **reply.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self.request.sendall(f"HTTP/1.1 {status} Word\r\n{lines}\r\n".encode("latin-1") + body)


def said(head: str, *pieces: bytes, pause: float = 0.0, times: int = 1) -> Wire:
    """Says a head and pieces, the pieces ``times`` over, with a pause before each."""

    def write(channel: socket.socket) -> None:
        channel.sendall(head.encode("latin-1"))
        for _ in range(times):
            for piece in pieces:
                time.sleep(pause)
                channel.sendall(piece)

    return write


def page(title: str, *paragraphs: str, head: str = "") -> str:
    """A page as sites have them: a bar above, a menu beside, a footer below."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html><head><title>{title} | Larkfield Docs</title>{head}</head><body>"
        "<header><a href='/'>Larkfield</a></header><nav><ul><li><a href='/all'>All pages</a></li></ul></nav>"
        "<div class='cookie-banner'>We value your privacy. <button>Accept all</button></div>"
        f"<main><div class='breadcrumbs'>Docs / Guides</div><h1 id='top'>{title}</h1>{text}"
        "<div class='share-buttons'>Share this page</div></main>"
        "<aside class='sidebar'>Other guides</aside><footer>Larkfield Ltd, all rights reserved</footer></body></html>"
    )


def packed_zeros(megabytes: int) -> bytes:
    """A gzip file that unpacks into so many megabytes of nothing, from a thousandth of the room.

    One megabyte is packed and repeated: packing them all takes seconds, in every process that collects the tests. So
    would the checksum, which is wrong: whoever unpacks all of it fails in another way than the tests expect.
    """
    zeros, packer = bytes(1_000_000), zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    one = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    head, tail = b"\x1f\x8b\x08\0\0\0\0\0\2\xff", struct.pack("<II", 0, megabytes * len(zeros))
    return head + one * megabytes + packer.flush() + tail


def documents(source: WebSource) -> dict[str, Document]:
    """What a source has, by path."""
    return {ref.path: source.read(ref) for ref in source.list() if not ref.withheld}


def one(web: Site, folder: Path, html: str | bytes, **headers: str) -> Document:
    """The document made of this page, published as /guide/lists."""
    web.put("/guide/lists", html, **headers)
    (document,) = documents(web.source(folder, "/guide/lists")).values()
    return document


def paths(source: WebSource) -> list[str]:
    """What it lists and may show, without the site."""
    return [ref.path.removeprefix(BASE) for ref in source.list() if not ref.withheld]


def withheld(source: WebSource) -> dict[str, str]:
    """What it must not show, with the reasons."""
    return {ref.path.removeprefix(BASE): ref.withheld for ref in source.list() if ref.withheld}
