"""Addresses on the web that somebody typed."""

from __future__ import annotations

from urllib.parse import urlsplit

NOT_ONE = "is not a web address; start it with https:// and a host"


def is_web_address(text: str) -> bool:
    """Whether a link may be made of it: http or https, and a host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
