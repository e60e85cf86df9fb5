"""Who may read a page of Confluence: what it and everything above it is restricted to, as one audience."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knowledge.confluence.wiki import Restriction
from knowledge.domain import Audience, Level

HIDDEN = "who may read it, or a page above it, could not be read"
PEOPLE = "is restricted to people named on the page"


def audience_of(
    chain: Iterable[str],
    restrictions: Mapping[str, Restriction | None],
    everyone: Audience,
    groups: Mapping[str, frozenset[str]],
) -> Audience | str:
    """The audience of a page, or why it must not be taken in.

    ``chain`` are the ids of the page and of all above it; whoever reads it must be let in by each of them. Several
    groups of one restriction may all read. Restrictions to people only, to groups without a place in ``groups``, and
    unknown ones let nobody in.
    """
    audience = everyone
    for one in chain:
        restriction = restrictions.get(one)
        if restriction is None:
            return HIDDEN
        if restriction.is_open:
            continue
        named = _mapped(restriction, groups)
        if not named:
            return _refusal(restriction)
        audience = audience.narrowed(Audience(Level.GROUP, named))
    return audience


def _mapped(restriction: Restriction, groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found = (groups.get(group.name) or groups.get(group.id) for group in restriction.groups)
    return frozenset(one for names in found if names for one in names)


def _refusal(restriction: Restriction) -> str:
    if not restriction.groups:
        return PEOPLE
    names = ", ".join(sorted(group.name or group.id for group in restriction.groups)[:3])
    return f"is restricted to {names}: map it to a Slack user group under `groups:` to take it in"
