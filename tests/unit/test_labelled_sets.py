"""Labelled questions are read as they were meant, or every bad line is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.domain import Hit, HitKind
from knowledge.errors import LabelsInvalid
from knowledge.evaluation.labelled_sets import Gold, read_sets


def jsonl(folder: Path, *lines: object, name: str = "questions.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def hit(**changes: str | None) -> Hit:
    fields = {"id": "p1", "title": "UTM guide", "path": "a/utm.md", "heading": "Short links", "url": None} | changes
    kind = HitKind.PASSAGE if fields["path"] else HitKind.ENTRY
    return Hit(kind=kind, text="…", quote="…", score=1.0, **fields)  # type: ignore[arg-type]


def test_a_gold_section_is_a_path_and_a_heading(tmp_path: Path) -> None:
    line = {"id": "q1", "question": "how?", "gold": [{"path": "a/utm.md", "heading": "Short  links"}], "note": 1}
    (question,) = read_sets(jsonl(tmp_path, line)).questions
    assert question.is_answerable
    assert question.gold[0].is_hit(hit())
    assert not question.gold[0].is_hit(hit(heading="QR codes"))
    assert question.gold[0].is_page(hit(heading="QR codes"))


def test_a_gold_text_is_an_entry_id(tmp_path: Path) -> None:
    (question,) = read_sets(jsonl(tmp_path, {"question": "how?", "gold": "faq-1"})).questions
    assert question.gold[0].is_hit(hit(id="faq-1", path=None, heading=None))
    assert not question.gold[0].is_hit(hit(id="faq-1"))
    assert question.id == "questions-1"


def test_a_page_without_heading_is_right_anywhere() -> None:
    assert Gold(path="a/utm.md").is_hit(hit(heading="QR codes"))


def test_gold_null_must_not_be_answered(tmp_path: Path) -> None:
    (question,) = read_sets(jsonl(tmp_path, {"question": "how?", "gold": None})).questions
    assert not question.is_answerable


def test_the_last_text_of_a_thread_is_asked(tmp_path: Path) -> None:
    line = {"question": "and there?", "thread": ["how here?", "and there?"], "gold": "faq-1", "style": "followup"}
    (question,) = read_sets(jsonl(tmp_path, line)).questions
    assert (question.text, question.earlier, question.style) == ("and there?", ("how here?",), "followup")


def test_unanswerable_questions_and_chatter_come_from_files_of_their_own(tmp_path: Path) -> None:
    questions = jsonl(tmp_path, {"question": "how?", "gold": "faq-1"})
    nothing = jsonl(tmp_path, {"question": "why?", "kind": "near"}, "", name="unanswerable.jsonl")
    chatter = jsonl(tmp_path, {"text": "thanks!", "kind": "thanks"}, name="chatter.jsonl")
    sets = read_sets(questions, nothing, chatter)
    assert [question.is_answerable for question in sets.questions] == [True, False]
    assert [(remark.text, remark.kind) for remark in sets.chatter] == [("thanks!", "thanks")]


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    bad = ["no json", '{"question": "how?"}', '{"gold": null}', '{"question": "how?", "gold": 7}', '["how?"]']
    with pytest.raises(LabelsInvalid) as found:
        read_sets(jsonl(tmp_path, {"question": "how?", "gold": "faq-1"}, *bad))
    assert [problem.line for problem in found.value.problems] == [2, 3, 4, 5, 6]


def test_an_unanswerable_question_with_a_gold_is_refused(tmp_path: Path) -> None:
    line = jsonl(tmp_path, {"question": "how?", "gold": "faq-1"})
    with pytest.raises(LabelsInvalid, match="Move it to the questions file"):
        read_sets(line, line)


def test_empty_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(LabelsInvalid, match="holds no questions"):
        read_sets(jsonl(tmp_path, ""))
    with pytest.raises(LabelsInvalid, match="cannot be read"):
        read_sets(tmp_path / "missing.jsonl")
