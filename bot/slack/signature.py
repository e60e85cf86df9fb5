"""Whether a request is Slack's: its signature over the raw body (docs.slack.dev, Verifying requests from Slack).

Checked before anything is parsed, and never raises: the libraries' own check stumbles over headers that are not what
they expect, and parses the body first.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

MAX_AGE_S = 300
"""Older or younger requests are refused, so that a recorded one cannot be played again later (Slack's figure)."""


def is_slacks(secret: str, body: bytes, headers: Mapping[str, str], now: float) -> bool:
    """Whether ``body`` was signed with ``secret`` within MAX_AGE_S of ``now`` (Unix seconds).

    ``headers`` are asked for by their names in lower case.
    """
    stamp = headers.get("x-slack-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= len(str(10**12))):
        return False
    if abs(now - int(stamp)) > MAX_AGE_S:
        return False
    expected = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(b"v0=" + expected.encode(), headers.get("x-slack-signature", "").encode())
