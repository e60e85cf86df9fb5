"""Random trees with random restrictions: nobody ever gets a page that the wiki would not show them."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest
from support_confluence import SPACES, wiki_room

from bot.demo.confluence_standin import ConfluenceStandIn
from bot.demo.confluence_standin_state import StandInPage, WikiState
from knowledge.domain import Audience, Level

SLACK = {"alpha": "S0A", "beta": "S0B", "gamma": "S0C"}  # "delta" is mapped to nobody
MAPPED = replace(SPACES, groups={name: frozenset({slack}) for name, slack in SLACK.items()})
READERS = [frozenset(some) for size in range(4) for some in combinations(SLACK.values(), size)]


def grow(wiki: ConfluenceStandIn, chance: random.Random, size: int) -> None:
    """Pages below pages (and folders), each eighth one hidden, archived, unindexed or restricted in some way."""
    ids: list[str] = []
    for number in range(size):
        kind = "folder" if wiki.state.cloud and chance.random() < 0.1 else "page"
        parent = chance.choice(ids) if ids and chance.random() < 0.9 else None
        page = wiki.add("MOPS", f"Page {number}", f"<p>Text {number}.</p>", parent, kind=kind)
        ids.append(page.id)
        if chance.random() < 0.25:
            people = ["Priya"] if chance.random() < 0.3 else []
            names = chance.sample(["alpha", "beta", "gamma", "delta"], chance.randint(0, 3))
            wiki.restrict(page, people, [(name, f"id-{name}") for name in names])
        if chance.random() < 0.05:
            wiki.hide(page)
        if chance.random() < 0.1 and kind == "page":
            wiki.set_status(page, "archived")
        if chance.random() < 0.1:
            wiki.state.unindexed.add(page.id)


def may_open(state: WikiState, page: StandInPage, groups: frozenset[str]) -> bool:
    """Whether somebody in these Slack groups could open the page in the wiki, as far as groups can tell."""
    for one in (page, *state.above(page)):
        limited = bool(one.people or one.groups)
        if limited and not any(SLACK.get(name) in groups for name, _ in one.groups):
            return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_a_page_is_for_those_the_wiki_shows_it_to_and_nobody_else(seed: int) -> None:
    with wiki_room(cloud=seed % 2 == 0, settings=MAPPED) as room:
        grow(room.wiki, random.Random(seed), 60)
        state = room.wiki.state
        refs = {ref.id: ref for ref in room.source.list()}
        assert set(refs) == {page.id for page in state.current("MOPS")}
        for page_id, ref in refs.items():
            page = state.pages[page_id]
            audience = None if ref.withheld else room.source.read(ref).audience
            for groups in READERS:
                reader = Audience(Level.GROUP, groups) if groups else Audience.internal()
                shown = audience is not None and reader.may_read(audience)
                assert shown == may_open(state, page, groups), (page.title, groups, ref.withheld, audience)
            assert audience is None or not Audience(Level.PUBLIC).may_read(audience)
