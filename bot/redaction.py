"""Secrets that people type: tokens, keys, passwords and card numbers, taken out of a text. No I/O, microseconds.

They are never needed to answer anybody, so the desk keeps none: what Slack delivers goes through here before it is
stored, what is read elsewhere before it is indexed or shown, and log lines before they are written. A token is what
has the documented format of one; a password is what is called one and looks like one ("the token is not working" and
Marketo's {{my.tokens}} stay). A card number has an issuer's first digits, its length, and Luhn's check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Secret(StrEnum):
    """What was taken out, as people call it."""

    TOKEN = "token"  # noqa: S105 - a word, no password
    PASSWORD = "password"  # noqa: S105
    CARD = "card number"

    @property
    def marker(self) -> str:
        """What stands in its place."""
        return f"[{self.value} removed]"


@dataclass(frozen=True)
class Redacted:
    """A text without secrets, and what was taken out of it."""

    text: str
    removed: frozenset[Secret] = frozenset()


_TOKEN = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\Z)"
    r"|https://hooks\.slack\.com/(?:services|workflows|triggers|actions|commands|app)/[\w/-]{8,}"
    r"|\b(?:"
    r"(?:xoxe\.)?x(?:ox[a-z]|app)-(?=[\w-]*\d)[A-Za-z0-9-]{10,}"  # Slack
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,}|glpat-[\w-]{20,}"  # GitHub, GitLab
    r"|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"  # AWS
    r"|AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}"  # Google
    r"|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{20,}"  # Stripe
    r"|AT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{16,}"  # Atlassian
    r"|sk-(?:proj-|ant-|svcacct-)?(?=[\w-]*\d)[A-Za-z0-9_-]{20,}"  # OpenAI, Anthropic
    r"|pat-(?:na|eu|ap)\d-[0-9a-f]{8}-[0-9a-f-]{27}"  # HubSpot
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|[0-9a-f]{32}-us\d{1,2}\b|(?:SK|AC)[0-9a-f]{32}\b"  # SendGrid, Mailchimp, Twilio
    r"|00D[A-Za-z0-9]{12,15}![\w.]{40,}"  # a Salesforce session
    r"|npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{20,}"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # JSON Web Token
    r")"
)
_AUTHORIZATION = re.compile(
    r"(?i)\b(authorization\s*[:=]\s*(?:bearer|basic|token)|bearer)\s+(?=\S*\d)([\w+/=.~-]{16,})"
)
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s:@<>|]+:[^/\s@<>|]+(?=@)")
_PASSWORD = re.compile(
    r"(?i)(?<![\w-])(pass(?:word|phrase|code)?|passwort|kennwort|pwd|pw)\b(\s{0,3}(?:[:=]|\bis\b[:=]?)\s{0,3})"
    r"([\"'`“]?)([^\s\"'`”<>|]{6,128})"
)
_NAMED_KEY = re.compile(
    r"(?i)(?<![\w-])"
    r"((?:api|access|secret|private|client|auth|consumer|hapi)[ _-]?(?:key|token|secret)|secret|token|key)\b"
    r"([\"'`”]?\s{0,3}(?:[:=]|\bis\b[:=]?)\s{0,3})([\"'`“]?)([\w+/=.~-]{12,256})"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9]{12,}")
_HEX = re.compile(r"(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{16,}", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.+=/-])[3-6]\d{3}(?:[ -]?\d){10,12}(?![\w-])")
_ISSUERS = re.compile(
    r"4\d{15}|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
)
_LONG = re.compile(r"[\w.=+/!-]{16}|-----BEGIN")
"""What every token holds, and most messages don't."""

_HINTS = re.compile(r"(?i)pass|kennwort|pwd|pw\b|key|token|secret|bearer|authorization")
_LEAST_PASSWORD = 6


def without_secrets(text: str) -> Redacted:
    """The text with a marker in place of everything that has the look of a secret."""
    take = _Taking()
    if _LONG.search(text):
        text = _TOKEN.sub(take.token, text)
    if "://" in text:
        text = _IN_ADDRESS.sub(take.token, text)
    if _HINTS.search(text):
        text = _AUTHORIZATION.sub(lambda found: f"{found[1]} {take.token(found)}", text)
        text = _NAMED_KEY.sub(take.named_key, _PASSWORD.sub(take.password, text))
    return Redacted(_DIGITS.sub(take.card, text), frozenset(take.removed))


class _Taking:
    """What each find is replaced by, and what was taken so far."""

    def __init__(self) -> None:
        self.removed: set[Secret] = set()

    def _take(self, secret: Secret) -> str:
        self.removed.add(secret)
        return secret.marker

    def token(self, _found: re.Match[str]) -> str:
        return self._take(Secret.TOKEN)

    def named_key(self, found: re.Match[str]) -> str:
        called, between, mark, word = found.groups()
        return f"{called}{between}{mark}{self._take(Secret.TOKEN)}" if is_key(word, called) else found[0]

    def password(self, found: re.Match[str]) -> str:
        called, between, mark, word = found.groups()
        if not is_password(word, said="is" in between.lower()):
            return found[0]
        after = word[len(word.rstrip(".,;:)")) :]
        return f"{called}{between}{mark}{self._take(Secret.PASSWORD)}{after}"

    def card(self, found: re.Match[str]) -> str:
        return self._take(Secret.CARD) if is_card(re.sub(r"\D", "", found[0])) else found[0]


def removed_from(text: str) -> frozenset[Secret]:
    """What was taken out of a text before, by the markers in it."""
    return frozenset(secret for secret in Secret if secret.marker in text)


def is_password(word: str, *, said: bool) -> bool:
    """Whether the word after "password:" is one: letters with digits or signs.

    ``said``: it follows "is", where most words are none.
    """
    word = word.rstrip(".,;!?)")
    letters, digits = any(c.isalpha() for c in word), any(c.isdigit() for c in word)
    signs = any(not c.isalnum() and c not in "-'’/_" for c in word)
    if len(word) < _LEAST_PASSWORD or word[0] in "{[<$%" or "://" in word:  # placeholders, addresses
        return False
    return letters and digits if said else letters and (digits or signs)


def is_key(word: str, called: str) -> bool:
    """Whether the word after "token:" is a key: long and mixed, as no name of a campaign or parameter is."""
    if _UUID.fullmatch(word):
        return called.lower() != "key"
    runs = _RUN.findall(word)
    mixed = (run for run in runs if re.search("[a-z]", run) and re.search("[A-Z]", run) and re.search(r"\d", run))
    return any(True for _ in mixed) or any(_HEX.fullmatch(run) for run in runs)


def is_card(digits: str) -> bool:
    """Whether digits are a payment card's: an issuer's first ones, its length, Luhn's check digit (ISO 7812-1)."""
    if not _ISSUERS.fullmatch(digits):
        return False
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0
