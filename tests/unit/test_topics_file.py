"""The file that says who may read which topic, and how soon it counts."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import MQL, NOON, UTM, ask, store

from knowledge.domain import Audience, HitKind, Level
from knowledge.errors import TopicsInvalid
from knowledge.generations import Generations
from knowledge.knowledge_base import KnowledgeBase
from knowledge.tables import Base
from knowledge.testing import HashingEncoder
from knowledge.topics_file import TopicsFile, read_topics

FINANCE = Audience(Level.GROUP, frozenset({"S0FINANCE"}))


def written(path: Path, text: str, at: int = 1) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))
    return path


def test_topics_are_read_by_their_tags_in_small_letters(tmp_path: Path) -> None:
    text = "version: 1\ntopics:\n  Pricing: internal\n  pay: {group: S0FINANCE}\n  launch: {channels: [C01, C02]}\n"
    assert read_topics(written(tmp_path / "a.yaml", text)).audiences == {
        "pricing": Audience.internal(),
        "pay": FINANCE,
        "launch": Audience(Level.CHANNEL, channels=frozenset({"C01", "C02"})),
    }


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("topics:\n  pay: {grup: S1}\n", 2, "`grup` is no audience"),
        ("topics:\n  pay: finance\n", 2, "not known"),
        ("topics:\n  pay: internal\n  Pay: public\n", 3, "twice"),
        ("topic:\n  pay: internal\n", 1, "Did you mean `topics`?"),
        ("topics: [pay]\n", 1, "no tags"),
        ("- pay\n", 1, "no topics"),
        ("topics: {\n", 2, "YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(TopicsInvalid) as found:
        read_topics(written(tmp_path / "a.yaml", text))
    (problem,) = found.value.problems
    assert problem.line == line
    assert said in problem.message


def test_a_file_that_is_gone_is_an_error_and_no_leave_to_show_everything(tmp_path: Path) -> None:
    topics = TopicsFile(written(tmp_path / "a.yaml", "topics: {pay: internal}\n"))
    assert topics().audiences
    (tmp_path / "a.yaml").unlink()
    with pytest.raises(TopicsInvalid, match="AUDIENCES_FILE"):
        topics()


def test_a_topic_counts_without_a_new_index_and_texts_say_who_may_read_them(tmp_path: Path) -> None:
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    store(database, (replace(MQL, tags=("pay",)), UTM))
    file = written(tmp_path / "a.yaml", "topics: {}\n")
    base = KnowledgeBase(
        HashingEncoder(), Generations(tmp_path / "index"), database, lambda: NOON, topics=TopicsFile(file)
    )
    found = base.verdict(ask(MQL.question)).hits[0]
    built = base.generation_id
    written(file, "topics: {pay: {group: S0FINANCE}}\n", at=2)
    assert not base.refresh()
    assert base.generation_id == built
    assert MQL.id not in [hit.id for hit in base.verdict(ask(MQL.question)).hits]
    finance = ask(MQL.question, audience=Audience(Level.INTERNAL, frozenset({"S0FINANCE"})))
    assert base.verdict(finance).hits[0].audience == FINANCE
    assert base.audience_of(HitKind.ENTRY, MQL.id) == FINANCE
    assert base.audiences() == {FINANCE, Audience.internal()}
    renewed = base.current(found)
    assert renewed == replace(found, audience=FINANCE)


def test_a_hit_of_an_earlier_verdict_is_read_as_it_is_now(tmp_path: Path) -> None:
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    store(database, (MQL, UTM))
    base = KnowledgeBase(HashingEncoder(), Generations(tmp_path / "index"), database, lambda: NOON)
    found = base.verdict(ask(MQL.question)).hits[0]
    store(database, (replace(MQL, answer="Ask Priya, and nobody else."),))
    base.refresh()
    renewed = base.current(found)
    assert renewed is not None
    assert (renewed.text, renewed.quote) == ("Ask Priya, and nobody else.",) * 2
    assert base.current(replace(found, id="faq-gone")) is None
    assert base.audience_of(HitKind.ENTRY, "faq-gone") is None
