"""What in a text leads to one person: e-mail addresses and phone numbers. The one module of phonenumbers. No I/O.

Addresses that belong to a role (press@, support@) or to the team's own domains are nobody's secret: people need them
to act on an answer. A phone number is one that could be dialled from abroad (+49 …), or digits that are called one:
ad accounts and campaign ids look like national numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from phonenumbers import PhoneNumberMatcher


class Personal(StrEnum):
    """What was left out, as people call it."""

    EMAIL = "e-mail address"
    PHONE = "phone number"

    @property
    def marker(self) -> str:
        """What stands in its place."""
        return f"[{self.value} left out]"


@dataclass(frozen=True)
class WithoutPeople:
    """A text without addresses and numbers of people, and what was left out of it."""

    text: str
    left_out: frozenset[Personal] = frozenset()


MOST_PHONES = 200
"""Numbers found in one text; phonenumbers looks no further."""

_EMAIL = re.compile(r"(?<![\w.+-])(?:mailto:)?([\w.+'-]{1,64})@((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w-])")
_SAID = re.compile(
    r"(?i)\b(?:tel(?:ephone|efon)?|phone|mobile|cell|handy|whats ?app|fax|call (?:me|her|him|them))\b[^\d+(\n]{0,20}"
    r"(\+?\(?\d[\d ()/.-]{5,20}\d)"
)
_TASKS = """
abuse accessibility accounting accounts admin agency alerts analytics ask billing bot brand campaigns careers
compliance contact content crm customer customers data dataprotection datenschutz design desk dpo dsar dsr email
events example feedback finance gdpr growth hello help helpdesk hi hostmaster hr info inquiries insights
integrations investors invoice invoices it jobs kontakt leads legal list lists mail mailer marketing marketingops
media mops news newsletter no noreply notifications office onboarding operations ops optout orders partner partners
partnerships payments people postmaster pr press privacy procurement product programs purchasing recruiting
registration reply reporting request requests rsvp sales salesops security service shop social speakers sponsors
staff subscribe support surveys talent team tech test training unsubscribe vendors web webinar webinars webmaster
welcome your
"""
"""Names in front of the @ that stand for a task, not a person (RFC 2142, and what teams use)."""

_ROLES = frozenset(_TASKS.split())


def without_personal(text: str, own_domains: Collection[str] = frozenset()) -> WithoutPeople:
    """The text with a marker in place of e-mail addresses and phone numbers of people.

    ``own_domains`` (in small letters): addresses there, and below, stay.
    """
    left_out: set[Personal] = set()

    def address(found: re.Match[str]) -> str:
        if is_role(found[1]) or _is_own(found[2].lower(), own_domains):
            return found[0]
        left_out.add(Personal.EMAIL)
        return Personal.EMAIL.marker

    def said(found: re.Match[str]) -> str:
        left_out.add(Personal.PHONE)
        return found[0].removesuffix(found[1]) + Personal.PHONE.marker

    if "@" in text:
        text = _EMAIL.sub(address, text)
    if "+" in text:
        for phone in reversed(list(PhoneNumberMatcher(text, None, max_tries=MOST_PHONES))):
            left_out.add(Personal.PHONE)
            bracket = phone.raw_string.startswith("(") and ")" not in phone.raw_string
            text = f"{text[: phone.start + bracket]}{Personal.PHONE.marker}{text[phone.end :]}"
    return WithoutPeople(_SAID.sub(said, text), frozenset(left_out))


def for_colleagues(words: str) -> str:
    """Somebody's question as those who look after the FAQ read it."""
    return without_personal(words).text


def left_out_of(*texts: str) -> tuple[Personal, ...]:
    """What was left out of some texts before, by the markers in them."""
    return tuple(kind for kind in Personal if any(kind.marker in text for text in texts))


def is_role(name: str) -> bool:
    """Whether the name of a mailbox stands for a task; "press-emea" and "support+crm" do too."""
    whole = name.lower()
    return whole in _ROLES or re.split(r"[.+_-]", whole)[0] in _ROLES


def _is_own(domain: str, own_domains: Collection[str]) -> bool:
    return any(domain == own or domain.endswith(f".{own}") for own in own_domains)
