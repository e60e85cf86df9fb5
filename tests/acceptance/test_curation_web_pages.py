"""The pages beside the entries: import, tried questions, gaps, checklists, glossary, log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from support_curation_web import ENTRIES, TYPED, CurationRoom, Scripted, curation_room, saved

from bot.curation.findings import Findings
from bot.curation.missing_tables import GapQuestionRow, GapRow
from bot.tables import ChecklistRunRow, QuestionRow
from knowledge.entry_store import EntryStore

CHECKS = Scripted(Findings())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CurationRoom]:
    with curation_room(tmp_path_factory.mktemp("desk"), checks=CHECKS, started=True) as opened:
        yield opened


@pytest.fixture
def room(shared: CurationRoom) -> CurationRoom:
    CHECKS.findings = Findings()
    return shared.as_new()


def text_of(html: str) -> str:
    return BeautifulSoup(html, "html.parser").get_text(" ", strip=True)


def csv_rows(count: int, broken: range) -> bytes:
    rows = (f"e{n},{'' if n in broken else f'Question {n}?'},Answer {n}" for n in range(1, count + 1))
    return "\n".join(("id,question,answer", *rows)).encode()


def confirm(room: CurationRoom, preview: str, **changes: str) -> Any:
    """Press the button of an import's preview."""
    form = BeautifulSoup(preview, "html.parser").select_one('form[action="/desk/import/confirm"]')
    assert form is not None
    fields = {each["name"]: each.get("value", "") for each in form.select("input")}
    return room.priya.post("/import/confirm", {**fields, **changes})


def test_an_import_with_twenty_broken_rows_lists_them_all_and_brings_in_none_or_the_good_ones(
    room: CurationRoom,
) -> None:
    data = csv_rows(500, range(5, 500, 25))
    preview = room.priya.send("/import", files={"file": ("faq.csv", data)})
    faults = BeautifulSoup(preview.text, "html.parser").select(".faults tbody tr")
    assert [row.find("td").text for row in faults] == [str(n + 1) for n in range(5, 500, 25)]
    assert all("Add `question:` or remove the entry" in row.text for row in faults)
    with room.room.database.read() as session:
        assert EntryStore(session).count() == 3  # looking imports nothing
    assert confirm(room, preview.text, which="all").status_code == 400  # and all of them cannot be imported
    assert "480 entries are new or changed" in confirm(room, preview.text).text
    again = confirm(room, preview.text)
    assert "0 entries are new or changed" in again.text
    assert "As it is: 480" in room.priya.send("/import", files={"file": ("faq.csv", data)}).text


@pytest.mark.parametrize("kind", ["yaml", "csv"])
def test_the_exported_file_imports_as_it_is(room: CurationRoom, kind: str) -> None:
    file = room.priya.client.get("/desk/export", params={"as": kind})
    assert f"faq.{kind}" in file.headers["content-disposition"]
    preview = room.priya.send("/import", files={"file": (f"faq.{kind}", file.content)})
    assert f"As it is: {len(ENTRIES)}" in preview.text


def test_a_file_that_is_nothing_says_so(room: CurationRoom) -> None:
    assert "Choose a file first" in room.priya.send("/import", files={"file": ("faq.csv", b"")}).text
    page = room.priya.send("/import", files={"file": ("../../x.exe", b"MZ")})
    assert "neither YAML nor CSV" in page.text
    assert "Choose a file first" in room.priya.send("/import/confirm", name="faq.csv", data="no base64!").text


def test_a_question_is_tried_with_its_scores_and_nothing_is_recorded(room: CurationRoom) -> None:
    page = text_of(room.priya.see("/try", q="where are my MQLs?").text)
    assert "Answered" in page and "95 %" in page and "Where are the MQLs from my campaign?" in page
    assert "Write an entry for it" in room.priya.see("/try", q="something else").text
    assert room.room.knowledge.asked[0].audience.level == "internal"
    assert room.priya.see("/edit", question="something else").text.count("something else") == 1
    assert room.room.rows(QuestionRow) == []


def test_real_questions_are_asked_again_and_private_ones_are_only_counted(room: CurationRoom) -> None:
    room.room.slack.say("Maya", "#ask-mops", "<@U0DESK> where are my MQLs?")
    room.room.slack.say("Maya", "dm", "is my UTM secret?")
    room.room.settle()
    page = text_of(room.priya.see("/try/again").text)
    assert "0 of 1 would get something else now." in page and "1 more was asked in private" in page
    assert "secret" not in page


def test_a_gap_becomes_a_draft_and_then_an_entry(room: CurationRoom) -> None:
    for person, text in (("Maya", "where is the swag store?"), ("Jonas", "how do I get to the swag store")):
        room.room.slack.say(person, "#ask-mops", f"<@U0DESK> {text}")
    room.room.settle()
    put_gap(room)
    assert "2 people, 2×" in text_of(room.priya.see("/gaps").text)
    editor = room.priya.send("/gaps/1/draft")
    assert editor.url.path == "/desk/edit" and "swag store" in editor.text
    (draft,) = room.proposals()
    room.priya.send("/edit", proposal=str(draft.id), **{**TYPED, "question": "Where is the swag store?"})
    assert "Published as version 1" in room.priya.send(f"/proposals/{draft.id}/publish").text
    assert "Decided (1)" in text_of(room.priya.see("/gaps").text)


def put_gap(room: CurationRoom) -> None:
    """What the finder of gaps would write."""
    now = room.room.clock()
    with room.room.database.write() as session:
        session.add(
            GapRow(
                id=1,
                state="open",
                medoid=room.room.rows(QuestionRow)[0].id,
                terms=["swag"],
                reason="",
                updated_at=now,
            )
        )
        session.flush()
        session.add_all(
            GapQuestionRow(question_id=row.id, gap_id=1, near=1.0, private=False, shown="")
            for row in room.room.rows(QuestionRow)
        )


def test_a_gap_is_dismissed_and_stays_in_sight(room: CurationRoom) -> None:
    room.room.slack.say("Maya", "#ask-mops", "<@U0DESK> where is the swag store?")
    room.room.settle()
    put_gap(room)
    page = text_of(room.priya.send("/gaps/1/dismiss", reason="not for us").text)
    assert "Decided (1)" in page and "not for us" in page


def test_checklists_say_where_people_ended(room: CurationRoom) -> None:
    assert "Nobody has gone through a checklist yet." in room.priya.see("/checklists").text
    room.room.slack.say("Maya", "#ask-mops", "<@U0DESK> where are my MQLs?")
    room.room.settle()
    row = ChecklistRunRow(question_id=room.room.rows(QuestionRow)[0].id, entry_id="faq-mql", mark="x", turn=1)
    row.trail, row.state, row.told = [["linked", "No", ""]], "explained", ""
    row.started_at = row.updated_at = room.room.clock()
    with room.room.database.write() as session:
        session.add(row)
    page = text_of(room.priya.see("/checklists", days=30).text)
    assert "1 person began it : 1 got an explanation, 0 tickets, 0 left on the way." in page


def test_a_term_is_defined_changed_and_taken_out(room: CurationRoom) -> None:
    room.priya.send("/glossary", term="PQA", expansion="product qualified account", aliases="PQAs, p.q.a.")
    page = room.priya.see("/glossary", term="PQA").text
    assert 'value="product qualified account"' in page and "Priya Raman" in page
    refused = room.priya.send("/glossary", term="PQX", expansion="…")
    assert refused.status_code == 409 and 'value="PQX"' in refused.text
    room.priya.send("/glossary/remove", term="PQA")
    assert "product qualified account" not in room.priya.see("/glossary").text


def test_the_log_shows_who_did_what_and_downloads_safely(room: CurationRoom) -> None:
    room.priya.send("/entry/archive", id="faq-utm", reason="=HYPERLINK(1)")
    page = text_of(room.priya.see("/log", about="entry:faq-utm").text)
    assert "Priya Raman" in page and "archived" in page
    assert "'=HYPERLINK(1)" in room.priya.client.get("/desk/log.csv").text


def test_a_form_says_what_it_is_by_its_labels_and_headings(room: CurationRoom) -> None:
    saved(room)
    for path in (
        "/",
        "/entry?id=faq-utm",
        "/entry/history?id=faq-utm",
        "/edit",
        "/proposals/1",
        "/import",
        "/try",
        "/glossary",
    ):
        page = BeautifulSoup(room.priya.client.get(f"/desk{path}").text, "html.parser")
        assert page.html["lang"] == "en" and len(page.select("h1")) == 1 and page.select_one("main#content")
        for field in page.select("input:not([type=hidden]), select, textarea"):
            labelled = (
                field.get("aria-label")
                or field.find_parent("label")
                or page.select_one(f"label[for={field.get('id')}]")
            )
            assert labelled, (path, field)
        assert all(th.get("scope") for th in page.select("th"))
