"""A change is tried before it is made: what would differ, and which phrasings compete or repeat each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support_knowledge import ENTRIES, MQL, UTM, WEBINAR, ask, knowledge_base

from knowledge.domain import Band, Entry, EntryStatus, Hit
from knowledge.knowledge_base import KnowledgeBase
from knowledge.probes import Probe
from knowledge.shadowing import SAME, SHADOWED
from knowledge.testing import HashingEncoder, HashingTokenEncoder

MINE = "where are my MQLs?"


def is_mql(hit: Hit) -> bool:
    return hit.id == MQL.id


@pytest.fixture(params=[HashingEncoder, HashingTokenEncoder], ids=["vectors", "word pieces"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> KnowledgeBase:
    return knowledge_base(tmp_path, ENTRIES, encoder=request.param())


def test_an_entry_that_is_taken_out_gives_no_answer_any_more(base: KnowledgeBase) -> None:
    trial = base.trial(replace(MQL, status=EntryStatus.ARCHIVED))
    (found,) = trial.differences([Probe(ask(MINE), is_mql), Probe(ask(WEBINAR.question))])
    assert found.before.hits[0].id == MQL.id
    assert MQL.id not in [hit.id for hit in found.after.hits]
    assert found.better is False


def test_other_words_in_the_same_entry_are_a_difference_nobody_judges(base: KnowledgeBase) -> None:
    (found,) = base.trial(replace(MQL, answer="Ask the dashboard.")).differences([Probe(ask(MINE), is_mql)])
    assert (found.before.hits[0].quote, found.after.hits[0].quote) == (MQL.answer, "Ask the dashboard.")
    assert found.better is None


def test_a_new_phrasing_makes_a_question_better(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path, ENTRIES)
    probe = Probe(ask("zero qualified leads in the funnel report"), is_mql)
    changed = replace(MQL, variants=(*MQL.variants, "zero qualified leads in the funnel report"))
    (found,) = base.trial(changed).differences([probe])
    assert found.better is True
    assert found.after.band is Band.ANSWER


def test_a_trial_leaves_what_is_answered_and_kept_as_it_was(base: KnowledgeBase) -> None:
    base.ensure_current()
    before, generation = base.verdict(ask(MINE)), base.generation_id
    base.trial(replace(MQL, answer="Something else."))
    assert base.verdict(ask(MINE)) == before
    assert base.generation_id == generation


def test_each_question_is_read_by_the_model_once_for_both_sides(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    trial = knowledge_base(tmp_path, ENTRIES, encoder=encoder).trial(replace(MQL, answer="Else."))
    encoded = encoder.encoded
    list(trial.differences([Probe(ask(MINE)), Probe(ask("webinar lead time"))]))
    assert encoder.encoded == encoded + 2


def test_an_entry_is_told_whose_questions_it_competes_for(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path, ENTRIES)
    rival = Entry("", "How long before a webinar should I file a request?", "Three days.", ("utm for newsletters",))
    found = base.shadows(rival)
    assert [shadow.entry_id for shadow in found] == [UTM.id, WEBINAR.id]
    assert (found[0].phrasing, found[0].other) == ("utm for newsletters", "utm for newsletters")
    assert found[0].likeness >= found[1].likeness >= SHADOWED


def test_the_same_answer_twice_and_what_is_not_searched_are_no_conflict(tmp_path: Path) -> None:
    archived = replace(UTM, status=EntryStatus.ARCHIVED)
    base = knowledge_base(tmp_path, (MQL, archived))
    assert base.shadows(replace(UTM, id="", answer="Anything.")) == ()
    assert base.shadows(replace(MQL, id="copy")) == ()
    assert base.shadows(replace(MQL, answer="Other words.")) == ()


def test_phrasings_that_say_the_same_twice_are_offered_for_removal(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path, ENTRIES)
    entry = replace(MQL, variants=("mql report is empty", "MQL report is empty!", "leads went missing"))
    (twin,) = base.twins(entry)
    assert (twin.phrasing, twin.keeps) == ("MQL report is empty!", "mql report is empty")
    assert twin.likeness >= SAME
