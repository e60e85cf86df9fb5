"""Calls the stand-in for Jira would make to us: built and signed here, sent (twice, late, forged) by who tests."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_deliveries = itertools.count(1)


def signed_webhook(secret: str, event: str, at: datetime, content: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """A webhook's body and headers: ``X-Hub-Signature`` is the HMAC-SHA256 of the body under ``secret``.

    Without a secret there is no signature, as with a webhook registered without one. Sending the same pair twice
    is a redelivery: ``X-Atlassian-Webhook-Identifier`` is the delivery's own.
    """
    body = json.dumps({"timestamp": int(at.timestamp() * 1000), "webhookEvent": event, **content}).encode()
    headers = {"Content-Type": "application/json", "X-Atlassian-Webhook-Identifier": f"delivery-{next(_deliveries)}"}
    if secret:
        headers["X-Hub-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return body, headers
