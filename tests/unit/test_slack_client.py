"""What our Web API client is made with."""

from __future__ import annotations

import ssl

from bot.slack.client import web_client


def test_certificates_are_read_once_and_not_for_each_call() -> None:
    one, other = web_client("xoxb-1", "https://slack.com/api/"), web_client(None, "https://slack.com/api/")
    assert isinstance(one.ssl, ssl.SSLContext)
    assert one.ssl is other.ssl
    assert one.ssl.verify_mode is ssl.CERT_REQUIRED
    assert web_client(None, "http://127.0.0.1:9/").ssl is None
