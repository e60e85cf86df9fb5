from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import DOCUMENTS, ENTRIES, MQL, ask, knowledge_base, over, page, section, store

from knowledge.domain import Audience, Band, Cause, Entry, HitKind
from knowledge.tables import Base
from knowledge.testing import HashingEncoder


def test_a_question_the_faq_knows_is_answered_from_it(tmp_path: Path) -> None:
    verdict = knowledge_base(tmp_path).verdict(ask("hi! where are my mqls?"))
    best = verdict.hits[0]
    assert (verdict.band, verdict.cause) == (Band.ANSWER, Cause.GOOD_MATCH)
    assert (best.kind, best.id, best.title) == (HitKind.ENTRY, MQL.id, MQL.question)
    assert best.quote == best.text == MQL.answer
    assert best.url == best.citation.sources[0].url == "https://example.com/mqls"
    assert best.matched == "Where are my MQLs?"


def test_a_passage_says_where_it_stands(tmp_path: Path) -> None:
    verdict = knowledge_base(tmp_path).verdict(ask("when is a clean list in the CRM, how many working days"))
    best = verdict.hits[0]
    assert best.kind is HitKind.PASSAGE
    assert best.id == "handbook/lists.md#turnaround"
    assert (best.title, best.path, best.heading) == ("List imports", "lists.md", "Turnaround")
    assert best.url == "https://example.com/lists#turnaround"
    assert best.quote.startswith("A clean list is in the CRM")
    assert best.quote in best.text


def test_off_topic_questions_are_handed_over(tmp_path: Path) -> None:
    verdict = knowledge_base(tmp_path).verdict(ask("best restaurant near the Berlin office?"))
    assert verdict.band is Band.ESCALATE
    assert verdict.confidence < 0.25


def test_nothing_indexed_is_said_so(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path, (), ())
    verdict = base.verdict(ask("where are my MQLs?"))
    assert base.is_empty
    assert (verdict.band, verdict.cause, verdict.hits) == (Band.ESCALATE, Cause.NOTHING_INDEXED, ())
    assert base.verdict(ask("where are my MQLs?", addressed=False)).band is Band.QUIET


def test_at_least_ten_hits_where_there_are_as_many(tmp_path: Path) -> None:
    many = [
        Entry(f"e{n}", f"How does thing {n} work?", f"Like {n}.", tuple(f"thing {n} {i}" for i in range(30)))
        for n in range(15)
    ]
    assert len(knowledge_base(tmp_path, many, ()).verdict(ask("how does thing 3 work?")).hits) >= 10


def test_every_hit_is_found_when_there_are_few(tmp_path: Path) -> None:
    hits = knowledge_base(tmp_path).verdict(ask("where are my MQLs?")).hits
    assert len(hits) == len(ENTRIES) + len(DOCUMENTS[0].sections)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_text_the_audience_may_not_read_is_not_found(tmp_path: Path) -> None:
    secret = page("pay.md", "Pay", section("Bonus", "The bonus is paid in March."), audience=Audience.internal())
    base = knowledge_base(tmp_path, (), (secret,))
    assert base.verdict(ask("when is the bonus paid?")).hits
    outside = base.verdict(ask("when is the bonus paid?", audience=Audience()))
    assert (outside.hits, outside.band) == ((), Band.ESCALATE)


def test_a_follow_up_is_understood_with_the_question_before(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path)
    verdict = base.verdict(ask("and for a newsletter?", "How do I name UTM parameters?"))
    assert verdict.hits[0].id == "faq-utm"


def test_new_content_is_served_after_a_refresh(tmp_path: Path) -> None:
    database = database_with(tmp_path / "d.sqlite3", Base.metadata)
    base = over(tmp_path, database)
    assert base.is_empty
    assert not base.refresh()
    store(database, ENTRIES)
    assert base.refresh()
    assert base.verdict(ask("where are my MQLs?")).band is Band.ANSWER
    assert not base.refresh()


def test_one_process_serves_what_another_has_built(tmp_path: Path) -> None:
    database = database_with(tmp_path / "d.sqlite3", Base.metadata)
    store(database, ENTRIES)
    reader, builder = over(tmp_path, database), over(tmp_path, database)
    reader.ensure_current()
    store(database, (Entry("new", "Who is on triage?", "Priya."),))
    built = builder.rebuild()
    assert reader.refresh()
    assert reader.generation_id == built


def test_rebuilding_unchanged_content_encodes_nothing(tmp_path: Path) -> None:
    database = database_with(tmp_path / "d.sqlite3", Base.metadata)
    store(database, ENTRIES, DOCUMENTS)
    over(tmp_path, database).rebuild()
    encoder = HashingEncoder()
    over(tmp_path, database, encoder).rebuild()
    assert encoder.encoded == 0


def test_a_start_with_current_content_builds_nothing(tmp_path: Path) -> None:
    database = database_with(tmp_path / "d.sqlite3", Base.metadata)
    store(database, ENTRIES)
    built = over(tmp_path, database).rebuild()
    base = over(tmp_path, database)
    base.ensure_current()
    assert base.generation_id == built


def test_another_model_builds_its_own_index(tmp_path: Path) -> None:
    database = database_with(tmp_path / "d.sqlite3", Base.metadata)
    store(database, ENTRIES)
    built = over(tmp_path, database).rebuild()
    other = over(tmp_path, database, HashingEncoder("hashing@2", dimension=64))
    assert other.verdict(ask("where are my MQLs?")).hits
    assert other.generation_id != built


def test_threads_ask_while_the_index_is_rebuilt(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        verdicts = [pool.submit(base.verdict, ask("where are my MQLs?")) for _ in range(60)]
        for _ in range(4):
            base.rebuild()
    assert {verdict.result().hits[0].id for verdict in verdicts} == {MQL.id}


@pytest.mark.parametrize("text", ["", "   ", "?", "🎉", "a" * 20_000, "\x00", "SELECT * FROM x; --", "ИМЯ 名前"])
def test_any_text_gets_a_verdict(tmp_path: Path, text: str) -> None:
    verdict = knowledge_base(tmp_path).verdict(ask(text))
    assert verdict.band is not Band.QUIET
    assert verdict.reason
