"""What a web source is set up with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from knowledge.domain import Audience
from knowledge.errors import WebRefused
from knowledge.web.address import host_name, parse_address


@dataclass(frozen=True)
class WebSettings:
    """``pages`` and ``sitemaps`` are addresses: their hosts may be asked, and ``hosts`` besides.

    Of a sitemap only pages whose address begins with one of ``below`` are read, where there are any. ``delay``:
    seconds between two requests to a host, more where its robots.txt wants more. Of more than ``limit`` pages none is
    read: half a site would answer as if it were the whole.
    """

    name: str
    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    audience: Audience = field(default_factory=Audience.internal)
    delay: float = 1.0
    limit: int = 2_000

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The hosts that may be asked. Raises WebRefused for an address or host that is none."""
        named = (parse_address(address).host for address in (*self.pages, *self.sitemaps))
        return frozenset([*named, *map(host_name, self.hosts)])

    def problems(self) -> Iterator[tuple[str, str]]:
        """For the person who wrote it, what is wrong with addresses: the name of the field, and a sentence."""
        checks: tuple[tuple[str, tuple[str, ...], Callable[[str], object]], ...] = (
            ("pages", self.pages, parse_address),
            ("sitemaps", self.sitemaps, parse_address),
            ("below", self.below, parse_address),
            ("hosts", self.hosts, host_name),
        )
        for name, values, check in checks:
            for value in values:
                try:
                    check(value)
                except WebRefused as exc:
                    yield name, f"{value[:100]} {exc}."
