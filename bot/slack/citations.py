"""Where an answer stands: its sources, whose they are, and how fresh."""

from __future__ import annotations

from datetime import date, timedelta

from bot import texts
from bot.slack import mrkdwn
from bot.slack.message import CONTEXT_LIMIT, clip, joined, one_line
from knowledge.domain import Hit, HitKind, Standing

_SHOWN = 3
TITLE_LIMIT = 80
"""Characters of a title."""

_STALE_PAGE = timedelta(days=365)


def where_it_stands(hit: Hit, match: str, today: date) -> list[str]:
    """One line of small print; its parts one by one when long addresses make it too long for one element."""
    links = [mrkdwn.link(title, url) for title, url in sources(hit)]
    links[:1] = [f"📄 {first}" for first in links[:1]]
    facts = joined([mrkdwn.escape(clip(one_line(hit.citation.owner or ""), TITLE_LIMIT)), *freshness(hit, today)])
    line = joined([match, ", ".join(links), facts])
    return [line] if len(line) <= CONTEXT_LIMIT else [part for part in (match, *links, facts) if part]


def sources(hit: Hit) -> list[tuple[str, str | None]]:
    """(label, address) of at most three sources; a passage is its own first source."""
    named: list[tuple[str, str | None]] = [
        (clip(one_line(s.title or s.url), TITLE_LIMIT), s.url) for s in hit.citation.sources
    ]
    if hit.kind is HitKind.PASSAGE and hit.url not in [url for _, url in named]:
        named.insert(0, (name(hit), hit.url))
    if hit.citation.place:
        named[:1] = [(f"{label}, {hit.citation.place}", url) for label, url in named[:1]]
    return named[:_SHOWN]


def name(hit: Hit) -> str:
    """An entry's question; a passage's page and heading."""
    page, heading = one_line(hit.title), one_line(hit.heading or "")
    if hit.kind is HitKind.ENTRY or not heading or heading == page:
        return clip(page or heading or hit.id, 2 * TITLE_LIMIT)
    return f"{clip(page, TITLE_LIMIT)} › {clip(heading, TITLE_LIMIT)}"


_STANDINGS = {Standing.OUTDATED: texts.MARKED_OUTDATED, Standing.UNFINISHED: texts.MARKED_UNFINISHED}


def freshness(hit: Hit, today: date) -> list[str]:
    """When it was looked at or changed last, and what that means, each in a few words."""
    cited = hit.citation
    facts = [] if cited.standing is Standing.CURRENT else [_STANDINGS[cited.standing]]
    overdue = cited.review_by is not None and cited.review_by < today
    if cited.reviewed_at and overdue:
        return [*facts, texts.last_reviewed((today - cited.reviewed_at).days)]
    if cited.reviewed_at:
        facts.append(texts.reviewed(texts.day(cited.reviewed_at, today)))
    if cited.review_by and overdue:
        facts.append(texts.review_overdue(texts.day(cited.review_by)))
    elif cited.review_by and not cited.reviewed_at:
        facts.append(texts.review_due(texts.day(cited.review_by)))
    if cited.changed_at and not (cited.reviewed_at or cited.review_by):
        long_ago = today - cited.changed_at > _STALE_PAGE
        facts.append((texts.changed_long_ago if long_ago else texts.changed)(texts.day(cited.changed_at)))
    return facts
