"""The sample FAQ, documents and labelled questions fit together, so that the demo and our own measure stay honest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

TOP = Path(__file__).parents[2]
SAMPLES = TOP / "bot" / "demo" / "data"
DOCUMENTS = sorted((SAMPLES / "documents").rglob("*.*"))
LABELLED = [json.loads(line) for line in (TOP / "tests" / "data" / "labelled.jsonl").read_text("utf-8").splitlines()]


def headings(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return [tag.get_text() for tag in BeautifulSoup(text, "html.parser").find_all(["h1", "h2", "h3"])]
    return re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)


def facts(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        page = BeautifulSoup(text, "html.parser")
        found = {str(tag["name"]): tag["content"] for tag in page.find_all("meta", attrs={"name": True})}
        return {"title": page.title.get_text() if page.title else "", **found}
    return dict(yaml.safe_load(text.split("---")[1]))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_document_says_what_it_is_whose_it_is_and_how_old(path: Path) -> None:
    assert facts(path)["title"] == headings(path)[0]
    assert facts(path)["owner"].startswith("ops-")
    assert str(facts(path)["last_updated"]) >= "2026"
    assert len(set(headings(path))) == len(headings(path))


def test_labelled_questions_point_at_what_exists() -> None:
    entries = {entry["id"] for entry in yaml.safe_load((SAMPLES / "faq.yaml").read_text("utf-8"))["entries"]}
    for row in LABELLED:
        if isinstance(row["gold"], str):
            assert row["gold"] in entries, row["id"]
        for place in row["gold"] if isinstance(row["gold"], list) else ():
            assert place["heading"] in headings(SAMPLES / "documents" / place["path"]), row["id"]


def test_labelled_questions_are_enough_to_measure_with() -> None:
    assert len({row["id"] for row in LABELLED}) == len(LABELLED)
    assert sum(row["gold"] is not None for row in LABELLED) >= 40
    assert sum(row["gold"] is None for row in LABELLED) >= 12
    assert all((row["gold"] is None) == row["kind"].startswith("unanswerable") for row in LABELLED)
