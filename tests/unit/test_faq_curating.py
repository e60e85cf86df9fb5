"""Words typed about the FAQ: the command's grammar, the form's texts, search, and two people's changes in one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.commands import DidYouMean
from bot.curation.entry_form import audience_of, texts_of, typed
from bot.curation.entry_search import found, near_ids
from bot.curation.merging import three_way
from bot.faq_commands import Faq, Takes, Verb, parse_faq
from bot.ops_people import OpsPeople
from knowledge.audience_text import AudienceUnclear
from knowledge.checklist_yaml import print_checklist
from knowledge.domain import Audience, Checklist, Choice, Entry, Level, Outcome, SourceLink, Step

CHECKS = Checklist(
    (
        Step(
            "one",
            "Is it synced?",
            (Choice("Yes", outcome=Outcome("Then wait.")), Choice("No", outcome=Outcome("Sync it."))),
        ),
    )
)
FULL = Entry(
    "faq-1",
    "Where?",
    "There.",
    variants=("where to", "whither"),
    sources=(SourceLink("Page", "https://example.com/p"), SourceLink("https://b.example", "https://b.example")),
    tags=("a", "b c"),
    owner="ops",
    audience=Audience(Level.GROUP, frozenset({"S01", "S02"}), frozenset({"C01"})),
    checklist=CHECKS,
    review_days=30,
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Faq(Verb.HELP)),
        ("  List ", Faq(Verb.LIST)),
        ("search utm link", Faq(Takes.SEARCH, "utm link")),
        ("utm link", Faq(Takes.SEARCH, "utm link")),
        ("add", Faq(Takes.ADD)),
        ("add where are my MQLs?", Faq(Takes.ADD, "where are my MQLs?")),
        ("EDIT faq-012", Faq(Takes.EDIT, "faq-012")),
        ("edit", Faq(Verb.LIST)),
        ("archive faq-012", Faq(Takes.ARCHIVE, "faq-012")),
        ("review", Faq(Verb.REVIEW)),
        ("review dates of assets", Faq(Takes.SEARCH, "review dates of assets")),
        ("revew", DidYouMean("revew", "review")),
        ("edti faq-012", DidYouMean("edti faq-012", "edit faq-012")),
        ("gap", DidYouMean("gap", "gaps")),
    ],
)
def test_what_follows_the_command(text: str, meant: object) -> None:
    assert parse_faq(text) == meant


def test_an_entry_survives_the_form() -> None:
    assert typed(texts_of(FULL), FULL).entry == FULL
    assert typed(texts_of(FULL), Entry("faq-1", "", "")).entry == FULL


def test_what_the_form_has_no_input_for_stays() -> None:
    changed = typed({"question": "Where now?", "answer": "Here."}, FULL)
    assert changed.entry == replace(FULL, question="Where now?", answer="Here.")
    assert changed.problems == {}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("question", "  "),
        ("answer", "\n"),
        ("variants", "x" * 2_500),
        ("sources", "Page | javascript:alert(1)"),
        ("audience", "everyone else"),
        ("audience", "group:"),
        ("audience", "{"),
        ("review_days", "0"),
        ("review_days", "²"),
        ("checklist", "steps: nonsense"),
        ("checklist", "{"),
        ("answer", "Hi {asker.nonsense}."),
    ],
)
def test_every_problem_stands_at_its_input(field: str, text: str) -> None:
    assert set(typed({**texts_of(FULL), field: text}, FULL).problems) == {field}


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("internal", Audience.internal()),
        ("", Audience.internal()),
        ("Public", Audience()),
        ("group: S01, S02", Audience(Level.GROUP, frozenset({"S01", "S02"}))),
        ("channels: [C01, C02]", Audience(Level.CHANNEL, frozenset(), frozenset({"C01", "C02"}))),
    ],
)
def test_an_audience_is_written_in_a_line(text: str, audience: Audience) -> None:
    assert audience_of(text) == audience


def test_an_audience_that_is_not_clear_is_never_taken_for_a_wider_one() -> None:
    for text in ("interal", "group", "group: ", "- a", "publc: S01"):
        with pytest.raises(AudienceUnclear):
            audience_of(text)


def test_a_checklist_is_edited_as_its_yaml() -> None:
    changed = print_checklist(CHECKS).replace("Is it synced?", "Is the program synced?")
    entry = typed({**texts_of(FULL), "checklist": changed}, FULL).entry
    assert entry.checklist is not None
    assert entry.checklist.steps[0].ask == "Is the program synced?"


ENTRIES = [
    Entry("faq-utm", "How do I build a UTM link?", "Builder.", tags=("tracking",)),
    Entry("faq-mql", "Where are my MQLs?", "A UTM is not needed."),
    Entry("faq-list", "How do I import a list?", "With the template."),
]


@pytest.mark.parametrize(
    ("words", "first"),
    [("utm", "faq-utm"), ("mqls", "faq-mql"), ("templ", "faq-list"), ("FAQ-LIST", "faq-list"), ("track", "faq-utm")],
)
def test_entries_are_found_by_their_words(words: str, first: str) -> None:
    assert found(ENTRIES, words)[0].id == first


def test_nothing_is_found_by_words_nobody_wrote_and_ids_are_guessed() -> None:
    assert found(ENTRIES, "zebra ?") == []
    assert [entry.id for entry in near_ids(ENTRIES, "faq-mlq")][0] == "faq-mql"


def test_two_changes_to_one_entry_go_together() -> None:
    base = replace(FULL, checklist=None)
    mine = replace(base, answer="Mine.", variants=("where to", "my words"))
    theirs = replace(base, owner="them", variants=("where to", "whither", "their words"))
    both = three_way(base, mine, theirs)
    assert (both.answer, both.owner) == ("Mine.", "them")
    assert both.variants == ("where to", "their words", "my words")


def test_curators_are_people_and_members_of_groups_asked_each_time() -> None:
    members = {"S0CURATORS": {"U2"}}
    people = OpsPeople(frozenset({"U1", "S0CURATORS"}), "", in_group=lambda group, who: who in members[group])
    assert [people.may_publish(who) for who in ("U1", "U2", "U3", "S0CURATORS", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert people.includes("U2")
    members["S0CURATORS"].clear()
    assert not people.may_publish("U2")
