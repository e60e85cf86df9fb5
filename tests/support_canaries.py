"""Secrets that nobody may ever see again: made up, in the formats of the real ones.

Each is written in pieces, so that no scanner of secrets takes this file for a leak.
"""

from __future__ import annotations

_HEX32 = "0f1e2d3c4b5a69788796a5b4" + "c3d2e1f0"
_MIXED = "Ca9nAry7Zx" + "Q4w8Lp2KdT6vB1"

TOKENS: dict[str, str] = {
    "Slack bot": "xoxb-" + "999988887777-1234567890123-" + _MIXED,
    "Slack rotated": "xoxe.xoxp-" + "1-" + _MIXED + _MIXED,
    "Slack app": "xapp-" + "1-A0CANARY-9988776655-" + _HEX32,
    "Slack webhook": "https://hooks.slack.com/" + "services/T0CANARY1/B0CANARY2/" + _MIXED,
    "GitHub": "ghp_" + "Ca9nAry7ZxQ4w8Lp2KdT6vB1n5M3h0Rs9YuE",
    "GitHub fine-grained": "github_pat_" + "11CANARY0" + _MIXED + "_" + _MIXED,
    "GitLab": "glpat-" + "Ca9nAry7ZxQ4w8Lp2KdT",
    "AWS": "AKIA" + "CANARYQ4W8LP2KDT",
    "Google": "AIza" + "SyCa9nAry7ZxQ4w8Lp2KdT6vB1n5M3h0Rs9",
    "Stripe": "sk_" + "live_" + _MIXED,
    "Atlassian": "ATATT3x" + "FfGF0" + _MIXED + "=12AB34CD",
    "OpenAI": "sk-proj-" + _MIXED + _MIXED,
    "HubSpot": "pat-" + "na1-7d4c2b1a-93e8-4f70-a5d6-1b2c3d4e5f60",
    "SendGrid": "SG." + "Ca9nAry7ZxQ4w8Lp2KdT6v" + "." + _MIXED,
    "Mailchimp": _HEX32 + "-us21",
    "JWT": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJjYW5hcnkifQ." + _MIXED,
    "private key": "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE" + _MIXED + "\n-----END RSA PRIVATE " + "KEY-----",
}
"""Tokens people might paste, by whose they are."""

CARDS = ("41111111" + "11111111", "55555555" + "55554444", "3782822" + "46310005", "60111111" + "11111117")
"""Test numbers that payment companies publish: Visa, Mastercard, American Express, Discover."""
