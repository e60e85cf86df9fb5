"""A ticket's description: everything is there, nothing in it is alive, and it fits."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.demo
from escalation.description import MAX_DESCRIPTION, clip, describe, one_line, plain, quoted, size
from escalation.domain import Closest, Draft, Origin, Person
from escalation.forms_file import load_forms

FORM = load_forms(Path(bot.demo.__file__).parent / "data" / "intake_forms.yaml")[1]
DRAFT = Draft(
    summary="Where are my MQLs?",
    requester=Person("U1", "Ann Lee", "ann@example.com"),
    origin=Origin("#ask-mops", "https://chat.example/archives/C1/p1?thread_ts=1.2&cid=C1"),
    question="where are my MQLs?",
    thread=("We ran an event.", "Two hundred scans."),
    closest=(Closest("Missing-MQL checklist", "https://docs.example/1#sync", "it covers syncs only"),),
)
ATTACKS = [
    "{noformat}",
    "{NoFormat:title=x}",
    "{html}<b>",
    "[~admin]",
    "!x.png!",
    "<!channel>",
    "{code}",
    "\\{noformat}",
]


def alive(text: str) -> str:
    """What is left of a description once its {noformat} blocks, as Jira pairs them, are taken out."""
    return re.sub(r"\{noformat[^}]*\}.*?\{noformat\}", "", text, flags=re.DOTALL | re.IGNORECASE)


def described(draft: Draft, **more: object) -> str:
    return describe(replace(draft, **more), None, "7F3K", "mops-desk-0123456789ab")  # type: ignore[arg-type]


def test_every_section_is_there() -> None:
    text = described(DRAFT)
    for expected in (
        "where are my MQLs?",
        "Asked by Ann Lee (ann@example.com)",
        "[open the conversation|https://chat.example/archives/C1/p1?thread_ts=1.2&cid=C1]",
        "> We ran an event.",
        "[Missing\\-MQL checklist|https://docs.example/1#sync]: it covers syncs only",
        "Reference 7F3K",
    ):
        assert expected in text


def test_answers_stand_under_their_labels_in_the_forms_order() -> None:
    answers = {"consent_text": "I agree\nto mails", "list_source": "own-event", "title": "Badge scans", "old": "kept"}
    text = describe(replace(DRAFT, answers=answers), FORM, "7F3K", "m")
    wanted = ["Title: Badge scans", "Where does the list come from? own-event", "Consent wording:", "  I agree"]
    assert "\n".join([*wanted, "  to mails", "old: kept"]) in text
    assert "h3. List import" in text


def test_answers_read_as_people_say_them_and_what_is_missing_is_named() -> None:
    answers = {"title": "where are my MQLs?", "go_live": "2027-05-14T10:00:00+02:00", "approver": "U7"}
    text = describe(replace(DRAFT, answers=answers, names={"U7": "Priya Raman"}), FORM, "7F3K", "m")
    assert "Needed in the CRM by: Fri 14 May 2027, 10:00 (Europe/Berlin)\nApprover: Priya Raman" in text
    assert "Title:" not in text  # the question says it already
    assert "h3. List import: not given yet\nCampaign link, Business goal" in text


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_people_type_is_dead_wherever_it_stands(attack: str) -> None:
    text = described(
        DRAFT,
        question=attack,
        thread=(attack,),
        extra={"customfield_1": attack},
        requester=Person("U1", attack),
        origin=Origin(attack, f"https://chat.example/{attack}"),
        closest=(Closest(attack, f"https://docs.example/{attack}|x]", attack),),
    )
    outside = alive(text)
    assert text.lower().count("{noformat") % 2 == 0
    assert not re.search(r"(?<!\\)[{}]|\[~|(?<!\\)!|<!", outside)


def test_a_person_cannot_close_the_quotation() -> None:
    block = quoted("before {noformat} h1. out {NOFORMAT} after")
    assert block.lower().count("{noformat}") == 2
    assert alive(block).strip() == ""


def test_broadcast_codes_are_spelled_out_harmlessly() -> None:
    assert "<!" not in quoted("<!channel> <!here|here> <!subteam^S1|@ops>")


@given(st.text(max_size=300))
def test_no_text_escapes_its_block(words: str) -> None:
    assert alive(quoted(words)).strip() == ""


@given(st.text(max_size=100))
def test_plain_texts_stay_on_one_line_without_markup(words: str) -> None:
    assert not re.search(r"[\n\r{}\[\]|]|(?<!\\)[!*_^]", plain(words))


def test_a_description_fits_into_jiras_limit_and_keeps_the_question() -> None:
    question = "why " * 2000
    text = described(DRAFT, question=question, thread=("long talk " * 3000,), closest=DRAFT.closest * 400)
    assert size(text) <= MAX_DESCRIPTION
    assert question.strip() in text
    assert "… (cut)" in text
    assert text.endswith("opened by MOPS Desk")


def test_emoji_count_twice_as_jira_counts_them() -> None:
    text = described(DRAFT, question="🙂" * 30_000)
    assert size(text) <= MAX_DESCRIPTION
    assert size("🙂") == 2


@given(st.text(max_size=60), st.integers(0, 80))
def test_clipping_never_exceeds_the_room(text: str, room: int) -> None:
    assert size(clip(text, room)) <= room


def test_private_requests_say_so() -> None:
    assert "(private)" in described(DRAFT, origin=Origin("a direct message", None, private=True))


def test_what_was_ruled_out_already_stands_in_a_section_of_its_own() -> None:
    said = describe(replace(DRAFT, checked=("Program is synced", "{noformat}{html}x")), None, "7F3K", "mops-7f3k")
    assert "h3. Already checked\n{noformat}\n- Program is synced\n- " in said
    assert "{html}" not in alive(said)
    assert "Already checked" not in describe(DRAFT, None, "7F3K", "mops-7f3k")


def test_a_broadcast_inside_what_is_left_of_another_is_spelled_out_too() -> None:
    assert "<!" not in one_line("<!<!channel>> <!<!<!here|x>>>")
    assert "<!" not in quoted("<!<!channel>>")
