"""`mops-desk evaluate` and `calibrate`, from the command line, over a small team's content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support_cli import logs_kept

from bot.cli import main
from bot.evaluating import FOLDER, Content, desk_with
from bot.settings import Settings
from knowledge.domain import Audience, Question
from knowledge.testing import HashingEncoder

FAQ = """
version: 1
entries:
  - id: faq-mql
    question: Where are my MQLs?
    variants: [my campaign shows zero mqls, mql report is empty]
    answer: Open the MQL dashboard and filter by campaign.
  - id: faq-utm
    question: How do I name UTM parameters for a newsletter?
    variants: [utm for newsletters, which utm_medium for email]
    answer: Use utm_medium=email and the campaign code.
  - id: faq-webinar
    question: How long before a webinar should I open a request?
    variants: [webinar lead time]
    answer: Ten working days.
"""
PAGE = """# List imports

## Badge scans

Badge scans from a trade show arrive as a spreadsheet. Remove duplicates before the upload.

## Turnaround

A clean list is in the CRM within two working days.
"""
QUESTIONS: list[dict[str, Any]] = [
    {"id": "q1", "question": "where are the MQLs of my campaign?", "gold": "faq-mql", "style": "plain"},
    {"id": "q2", "question": "utm for a newsletter", "gold": "faq-utm", "style": "keyword"},
    {
        "id": "q3",
        "question": "do I remove duplicates from badge scans?",
        "gold": [{"path": "lists.md", "heading": "Badge scans"}],
        "must_contain": ["Remove duplicates"],
        "style": "plain",
    },
    {"id": "q4", "thread": ["utm for newsletters", "and for email?"], "question": "x", "gold": "faq-utm"},
]
UNANSWERABLE = [{"id": "u1", "question": "who repairs the <b>coffee</b> machine?", "kind": "far"}]
CHATTER = [{"id": "c1", "text": "thanks a lot!"}, {"id": "c2", "text": "FYI the MQL dashboard has moved."}]

Run = Callable[..., int]


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """Commands set up logging, on the outputs of one test."""
    with logs_kept():
        yield


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a desk in an empty folder; returns its exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "faq.yaml").write_text(FAQ, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "lists.md").write_text(PAGE, encoding="utf-8")
    write("questions.jsonl", QUESTIONS)
    write("unanswerable.jsonl", UNANSWERABLE)
    write("chatter.jsonl", CHATTER)

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(arguments, encoder=HashingEncoder())
        return int(str(ended.value.code or 0))

    return run


def write(name: str, lines: list[dict[str, Any]]) -> None:
    Path(name).write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")


EVALUATE = ("evaluate", "--faq", "faq.yaml", "--docs", "docs", "--questions", "questions.jsonl")
ALL = (*EVALUATE, "--unanswerable", "unanswerable.jsonl", "--chatter", "chatter.jsonl")


def test_an_evaluation_prints_and_saves_every_figure(desk: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk(*ALL) == 0
    printed = capsys.readouterr().out
    for words in ("hit@1", "MRR", "AUROC", "FPR@95TPR", "AURC", "90 % precision", "calibration error", "gate"):
        assert words in printed
    (folder,) = (Path("data") / FOLDER).glob("*/")
    saved = json.loads((folder / "run.json").read_text("utf-8"))
    assert saved["figures"]["hit@1"]["value"] == 1.0
    assert [outcome["id"] for outcome in saved["measured"]["outcomes"]] == ["q1", "q2", "q3", "q4", "u1"]


def test_the_report_stands_by_itself(desk: Run) -> None:
    assert desk(*ALL, "--out", "report") == 0
    page = Path("report/report.html").read_text("utf-8")
    assert page.count("<svg") == 3
    assert "who repairs the &lt;b&gt;coffee&lt;/b&gt; machine?" in page
    assert not re.search(r"<script|<link|https?://", page)


def test_a_second_run_is_compared_with_the_last_one_of_the_same_sets(
    desk: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk(*ALL, "--out", "runs/first") == 0
    assert desk(*EVALUATE, "--out", "runs/other") == 0
    capsys.readouterr()
    assert desk(*ALL, "--out", "runs/second", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["compared_with"] is not None
    assert report["changes"]["hit@1"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert desk("evaluate", "--faq", "faq.yaml", "--questions", "questions.jsonl", "--out", "runs/b", "--json") == 0
    assert json.loads(capsys.readouterr().out)["compared_with"] is None


def test_a_broken_earlier_run_is_passed_over(desk: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk(*EVALUATE, "--out", "runs/first") == 0
    Path("runs/first/run.json").write_text('{"format": 1}', encoding="utf-8")
    capsys.readouterr()
    assert desk(*EVALUATE, "--out", "runs/second", "--json") == 0
    assert json.loads(capsys.readouterr().out)["compared_with"] is None


def test_measuring_again_embeds_only_what_is_asked(desk: Run) -> None:
    assert desk(*EVALUATE) == 0
    again = HashingEncoder()
    with pytest.raises(SystemExit):
        main(EVALUATE, encoder=again)
    assert again.encoded < 10


def test_the_desks_own_content_is_measured_when_nothing_is_named(
    desk: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("evaluate", "--questions", "questions.jsonl", "--json")
    assert desk(*asked) == 1
    assert "knows nothing yet" in capsys.readouterr().err
    assert desk("faq", "import", "faq.yaml") == 0
    capsys.readouterr()
    assert desk(*asked) == 0
    assert json.loads(capsys.readouterr().out)["figures"]["hit@1"]["value"] == 0.75


def test_bad_lines_are_named_before_anything_is_asked(desk: Run, capsys: pytest.CaptureFixture[str]) -> None:
    write("questions.jsonl", [{"question": "how?"}])
    assert desk(*EVALUATE) == 1
    assert re.search(r'questions.jsonl:1 .* has no "gold"', capsys.readouterr().err)
    assert not Path("data").exists()


def many() -> None:
    """Enough questions of both kinds for thresholds to mean something."""
    asked = [{**question, "id": f"{question['id']}-{n}"} for n in range(12) for question in QUESTIONS]
    write("questions.jsonl", asked)
    write("unanswerable.jsonl", UNANSWERABLE * 10)


CALIBRATE = ("calibrate", *ALL[1:7], "--unanswerable", "unanswerable.jsonl")


def test_calibrating_says_what_the_thresholds_cost_and_the_desk_follows(
    desk: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    many()
    assert desk(*CALIBRATE, "--precision", "0.8") == 0
    told = capsys.readouterr().out
    assert re.search(r"FAQ entries: at 0\.\d\d we answer \d+ % of questions and \d+ % \(\d+-\d+\) are wrong\.", told)
    saved = json.loads(Path("data/thresholds.json").read_text("utf-8"))
    assert desk("faq", "import", "faq.yaml") == 0
    capsys.readouterr()
    assert desk("ask", "utm for newsletters", "--explain") == 0
    assert f"{saved['entry']['answer']:.2f}" in capsys.readouterr().out


def test_calibrating_says_from_where_to_where_and_the_way_back(desk: Run, capsys: pytest.CaptureFixture[str]) -> None:
    many()
    for began in (r"0\.\d\d", r"(0\.\d\d)"):
        assert desk(*CALIBRATE, "--precision", "0.8") == 0
        told = capsys.readouterr().out
        found = re.search(rf"Answers began at {began} until now, and begin at (0\.\d\d) from now on\.", told)
        assert found
    assert found[1] == found[2]  # the second time it begins where the first one put it
    assert "thresholds.json. A running desk follows within seconds. The way back" in told
    assert "delete that file." in told


def test_answers_are_off_where_the_target_is_out_of_reach(desk: Run, capsys: pytest.CaptureFixture[str]) -> None:
    many()
    assert desk(*CALIBRATE, "--precision", "0.99") == 0
    told = capsys.readouterr().out
    assert re.search(r"FAQ entries: answers began at 0\.\d\d; no threshold reaches 99 % .* so they are off now", told)
    assert desk(*CALIBRATE, "--precision", "0.99") == 0
    assert "so answers stay off" in capsys.readouterr().out
    assert json.loads(Path("data/thresholds.json").read_text("utf-8"))["entry"]["answer"] is None
    assert desk("faq", "import", "faq.yaml") == 0
    capsys.readouterr()
    assert desk("ask", "utm for newsletters", "--json") == 0
    assert json.loads(capsys.readouterr().out)["band"] == "suggest"


def test_too_few_questions_change_nothing(desk: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk(*CALIBRATE) == 0
    told = capsys.readouterr().out
    assert "Nothing changes for them." in told
    assert "Nothing was saved" in told
    assert "Saved in" not in told
    assert not Path("data/thresholds.json").exists()


def test_labels_without_a_right_answer_of_one_kind_are_told_with_what_that_means(
    desk: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    write("questions.jsonl", [{**QUESTIONS[0], "gold": [{"path": "lists.md"}]}] * 30)
    assert desk(*CALIBRATE) == 0
    told = capsys.readouterr().out
    assert "on these 30 questions, whose right answer is never one of them, so they are off now" in told
    write("questions.jsonl", [QUESTIONS[0]] * 30)
    assert desk(*CALIBRATE) == 0
    assert (
        "Documents: the first hit for 0 of these questions, and the right answer to none" in capsys.readouterr().out
    )


def test_offers_stay_where_nothing_was_found_for_them(desk: Run, capsys: pytest.CaptureFixture[str]) -> None:
    kept = {"encoder": HashingEncoder().name, "entry": {"answer": 0.9, "suggest": 0.123}, "passage": None}
    Path("data").mkdir()
    Path("data/thresholds.json").write_text(json.dumps(kept), encoding="utf-8")
    write("questions.jsonl", [{**QUESTIONS[0], "gold": [{"path": "lists.md"}]}] * 30)
    assert desk(*CALIBRATE) == 0
    assert "offers stay as they were" in capsys.readouterr().out
    assert json.loads(Path("data/thresholds.json").read_text("utf-8"))["entry"] == {"answer": None, "suggest": 0.123}


def test_what_is_measured_is_read_as_ingest_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lists.md").write_text(PAGE + "\nAsk mia@example.com about badge scans.\n", encoding="utf-8")
    settings = Settings(data_dir=tmp_path / "data")
    with desk_with(Content(docs=folder), settings, HashingEncoder()) as base:
        shown = base.verdict(Question("Whom do I ask about badge scans?", audience=Audience.internal()))
    assert "about badge scans" in str(shown.hits)
    assert "mia@example.com" not in str(shown.hits)
