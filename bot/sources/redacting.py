"""What is taken out of documents before they are indexed: secrets always, people as the source's rule says."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from bot.personal import without_personal
from bot.redaction import without_secrets
from knowledge.protocols import Source
from knowledge.redacted_source import RedactedSource

RULES = "1"
"""Raise it when something else is taken out, so that documents are read again."""


class Redact(StrEnum):
    """`redact:` of a source."""

    PEOPLE = "people"  # e-mail addresses and phone numbers of people; those of roles and of own domains stay
    NONE = "none"


ALWAYS_PEOPLE = frozenset({"transcripts", "jira"})
"""Kinds of sources in which people talk: nobody wrote their number there for everybody to find."""


def redacted(source: Source, redact: Redact, own_domains: Collection[str]) -> Source:
    """The source, without tokens, passwords and card numbers; and without people, unless it says none."""
    domains = frozenset(own_domains)

    def words(text: str) -> str:
        text = without_secrets(text).text
        return without_personal(text, domains).text if redact is Redact.PEOPLE else text

    return RedactedSource(source, words, f"{RULES} {redact} {sorted(domains)}")
