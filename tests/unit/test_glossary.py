from __future__ import annotations

from pathlib import Path

import pytest
from support_database import database_with
from support_knowledge import NOON, ask, page, section, store

from knowledge.errors import GlossaryInvalid
from knowledge.generations import Generations
from knowledge.glossary import NO_GLOSSARY, Glossary, Term
from knowledge.glossary_file import SHIPPED, GlossaryFile, read_glossary
from knowledge.knowledge_base import KnowledgeBase
from knowledge.lexical_index import LexicalIndex
from knowledge.tables import Base
from knowledge.testing import HashingEncoder

MQL = Term("MQL", "marketing qualified lead", ("marketing-qualified",))
MAP = Term("MAP", "marketing automation platform", exact=True)
GTM = Term("GTM", "go to market")
DRI = Term("DRI", "directly responsible individual")
GLOSSARY = Glossary((MQL, MAP, GTM, DRI))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("where are my MQLs?", (MQL,)),
        ("where are my mqls", (MQL,)),
        ("Marketing Qualified Leads per region", (MQL,)),
        ("when is a person marketing-qualified", (MQL,)),
        ("re-MQL a contact", (MQL,)),
        ("what does the MAP send", (MAP,)),
        ("where is the map of the venue", ()),
        ("WHERE IS THE MAP OF THE VENUE", ()),
        ("our marketing automation platform", (MAP,)),
        ("the go-to-market plan", (GTM,)),
        ("keep the list dry", ()),
        ("who is the DRI", (DRI,)),
        ("a qualified lead from marketing", ()),
        ("", ()),
    ],
)
def test_a_term_is_found_in_every_form_and_only_there(text: str, said: tuple[Term, ...]) -> None:
    assert GLOSSARY.said(text) == said


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("MQL threshold", "The threshold for a marketing qualified lead is 80 points."),
        ("threshold for marketing qualified leads", "The MQL threshold is 80 points."),
        ("MQLs threshold", "The MQL threshold is 80 points."),
    ],
)
def test_either_form_finds_the_other(question: str, text: str) -> None:
    texts = ["The threshold for lead imports is 5,000 rows.", text, "Qualified partners get a discount."]
    found = LexicalIndex.build(texts, GLOSSARY.index_terms).scores(GLOSSARY.query_terms(question))
    without = LexicalIndex.build(texts).scores(NO_GLOSSARY.query_terms(question))
    assert found.bm25[1] > 1.3 * without.bm25[1]
    assert found.coverage[1] > without.coverage[1]
    assert found.bm25[2] == pytest.approx(without.bm25[2], rel=0.2)


def test_a_meaning_that_no_text_holds_costs_nothing() -> None:
    texts = ["The venue for the dinner", "A list of rows"]
    found = LexicalIndex.build(texts, GLOSSARY.index_terms).scores(GLOSSARY.query_terms("dinner GTM"))
    without = LexicalIndex.build(texts).scores(NO_GLOSSARY.query_terms("dinner GTM"))
    assert found.coverage[0] == pytest.approx(without.coverage[0])


def test_a_glossary_survives_its_json() -> None:
    assert Glossary.from_json(GLOSSARY.to_json()) == GLOSSARY


def test_only_what_searching_uses_makes_another_glossary() -> None:
    explained = Glossary((Term("MQL", MQL.expansion, MQL.aliases, "A definition."), MAP, GTM, DRI))
    assert explained.mark == GLOSSARY.mark
    assert Glossary((MQL, MAP)).mark != GLOSSARY.mark
    assert NO_GLOSSARY.mark == ""


def test_the_shipped_glossary_is_fine() -> None:
    glossary = read_glossary(SHIPPED)
    assert len(glossary.terms) >= 60
    for term in glossary.terms:
        assert glossary.said(term.term) == glossary.said(term.expansion) == (term,)


def test_every_problem_of_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "glossary.yaml"
    file.write_text(
        "version: 1\nterms:\n  - term: MQL\n    expansion: marketing lead\n  - term: MQL\n    expansion: x\n"
        "  - term: SLA\n  - expansion: no term\n  - term: MAP\n    expansion: y\n    case: upper\n    alias: z\n"
        "  - word\n"
    )
    with pytest.raises(GlossaryInvalid) as caught:
        read_glossary(file)
    assert [problem.line for problem in caught.value.problems] == [5, 7, 8, 9, 12, 13]
    assert f"{file}:12  a term has an unknown key `alias`. Did you mean `aliases`?" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "- a", "terms: x", "version: 1", "terms:\n  - term: [a", "terms:\n  - term: '…'\n    expansion: x"]
)
def test_what_is_no_glossary_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "glossary.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(GlossaryInvalid):
        read_glossary(file)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(GlossaryInvalid, match="GLOSSARY_FILE"):
        GlossaryFile(tmp_path / "nowhere.yaml")()


def test_a_changed_glossary_is_searched_with_at_the_next_refresh(tmp_path: Path) -> None:
    file = tmp_path / "glossary.yaml"
    file.write_text("terms: []\n")
    database = database_with(tmp_path / "desk.sqlite3", Base.metadata)
    store(database, documents=[page("a.md", "A", section("Hand-over", "Sales takes over each ZQX in a day."))])
    base = KnowledgeBase(
        HashingEncoder(), Generations(tmp_path / "index"), database, lambda: NOON, glossary=GlossaryFile(file)
    )
    base.ensure_current()
    assert not base.refresh()
    assert "abbreviations" not in base.verdict(ask("zebra quartz xenon")).explanation
    file.write_text("terms:\n  - term: ZQX\n    expansion: zebra quartz xenon\n")
    assert base.refresh()
    found = base.verdict(ask("zebra quartz xenon"))
    assert found.explanation["abbreviations"] == "ZQX = zebra quartz xenon"
    assert found.hits[0].features["lexical"] > 0
    again = KnowledgeBase(
        HashingEncoder(), Generations(tmp_path / "index"), database, lambda: NOON, glossary=GlossaryFile(file)
    )
    again.ensure_current()
    assert again.generation_id == base.generation_id  # loaded, not built again
