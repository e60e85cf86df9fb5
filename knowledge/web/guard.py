"""Where a web page may be fetched from: never from inside. Names are resolved once, every address is checked, and
the connection goes to the checked address, so that a second answer of DNS changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple, TypeAlias

from knowledge.errors import WebFailed, WebRefused
from knowledge.web.address import WebAddress

IPAddress: TypeAlias = IPv4Address | IPv6Address

_INSIDE_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata is 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own service to its machines, a public number
        "169.254.0.0/16",  # link-local, with the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # with Oracle's metadata
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out. Outside lie loopback, mapped IPv4, NAT64, local (AWS metadata), link-local and multicast."""

_INSIDE_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocols: Teredo, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4 holds an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)


class Endpoint(NamedTuple):
    """An address to connect to, as a number."""

    address: str
    port: int


Resolver: TypeAlias = Callable[[str, int], Sequence[Endpoint]]
"""Every endpoint of a host's port. Raises OSError when the name is not known."""

Policy: TypeAlias = Callable[[IPAddress], bool]
"""Whether an address may be asked."""


def system_resolver(host: str, port: int) -> Sequence[Endpoint]:
    """What this machine's resolver says, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [Endpoint(str(sockaddr[0]), port) for *_, sockaddr in found]


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the open internet, and carries no other address inside."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _INSIDE_4)
    if address.scope_id is not None or address not in _GLOBAL_6:
        return False
    return not any(address in network for network in _INSIDE_6)


class Guard:
    """Says where to connect for an address. There is no way round it; tests bring their own ``resolver``."""

    def __init__(self, resolver: Resolver = system_resolver, allows: Policy = is_public) -> None:
        self._resolver = resolver
        self._allows = allows

    def endpoints(self, address: WebAddress) -> tuple[Endpoint, ...]:
        """Where the address's host is, in the resolver's order. Raises WebFailed when nobody knows it, and
        WebRefused when a single one of its addresses lies inside: it would only be a matter of turns.
        """
        try:
            found = tuple(dict.fromkeys(self._resolver(address.host, address.port)))
        except (OSError, UnicodeError) as exc:
            raise WebFailed(f"is on {address.host}, which cannot be found in DNS") from exc
        if not found:
            raise WebFailed(f"is on {address.host}, which has no address in DNS")
        if not all(self._is_allowed(endpoint.address) for endpoint in found):
            raise WebRefused(f"is on {address.host}, which leads into a private network: such pages are never asked")
        return found

    def _is_allowed(self, address: str) -> bool:
        try:
            return self._allows(ipaddress.ip_address(address))
        except ValueError:
            return False
