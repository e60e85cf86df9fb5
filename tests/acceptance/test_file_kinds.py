"""Every kind of file from the folder to the cited answer, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support_cli import run
from support_pages import deck, handbook, playbook, price_list, talk

SIDECAR = "title: Tracking in one take\nurl: https://www.loom.com/share/4f2a\nspeaker: Priya Nair\n"
ASKED = {
    "When are webinar contacts deleted, after how many months?": (
        "consent.pdf",
        "Retention: how long it takes",
        "https://x.example/consent.pdf#page=13",
        "seventeen months",
    ),
    "How many days ahead are badges printed?": (
        "playbook.docx",
        "Badge colours",
        "https://x.example/playbook.docx#badge-colours",
        "nine days ahead",
    ),
    "What is the lead time of partner mail channel?": (
        "launch.pptx",
        "Launch step 7",
        "https://x.example/launch.pptx#slide=7",
        "Partner mail",
    ),
    "What do rush orders cost?": (
        "prices.xlsx",
        "Notes",
        "https://x.example/prices.xlsx#sheet=Notes&rows=1-2",
        "a third more",
    ),
    "Who owns the APAC region?": (
        "owners.csv",
        "Owners",
        "https://x.example/owners.csv#rows=2-3",
        "APAC",
    ),
    "Which font do we use in newsletters?": (
        "fonts.txt",
        "Fonts",
        "https://x.example/fonts.txt#lines=1-1",
        "Newsletters are set in Lato",
    ),
    "Does a purchase order for agencies go through finance?": (
        "talk.vtt",
        "Tracking in one take",
        "https://www.loom.com/share/4f2a?t=",
        "finance",
    ),
}


@pytest.fixture
def taught(home: Path) -> Path:
    docs = home / "docs"
    docs.mkdir()
    binary = {
        "consent.pdf": handbook(),
        "playbook.docx": playbook(),
        "launch.pptx": deck(),
        "prices.xlsx": price_list(),
        "broken.pdf": b"<html>Sign in</html>",
    }
    texts = {
        "owners.csv": "Region,Owner\nEMEA,Priya\nAPAC,Jon\n",
        "fonts.txt": "Newsletters are set in Lato.\n",
        "talk.vtt": talk(),
        "talk.yaml": SIDECAR,
    }
    for name, data in binary.items():
        (docs / name).write_bytes(data)
    for name, text in texts.items():
        (docs / name).write_text(text, encoding="utf-8")
    ran = run("ingest", "docs", "--base-url", "https://x.example")
    assert ran.code == 1
    assert "broken.pdf: is no PDF (it looks like a web page): save it as what it is" in ran.err
    return home


def test_a_sentence_of_every_kind_of_file_is_found_and_cited_with_its_place(taught: Path) -> None:
    (taught / "asked.jsonl").write_text(
        "\n".join(json.dumps({"id": str(n), "question": question}) for n, question in enumerate(ASKED))
    )
    answers = [json.loads(line) for line in run("ask", "--batch", "asked.jsonl").out.splitlines()]
    for answer, (path, heading, url, words) in zip(answers, ASKED.values(), strict=True):
        hit = next(hit for hit in answer["hits"][:3] if hit["path"] == path)
        assert (hit["heading"], hit["url"][: len(url)]) == (heading, url)
        assert words in hit["text"]


def test_a_person_sees_the_page_in_the_source_line(taught: Path) -> None:
    said = run("ask", "--explain", next(iter(ASKED))).out
    assert "Consent handbook › Retention: how long it takes, p. 13" in said
