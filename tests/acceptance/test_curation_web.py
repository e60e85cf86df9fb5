"""The curation desk as a curator uses it, page by page, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from support_curation_web import ENTRIES, TYPED, CurationRoom, Scripted, curation_room, saved

from bot.curation.findings import Findings, Tried
from bot.demo.slack_larkfield import NOOR
from knowledge.domain import EntryStatus
from knowledge.errors import ModelUnavailable
from knowledge.proposals import ProposalState
from knowledge.shadowing import Shadow, Twin

CHECKS = Scripted(Findings())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CurationRoom]:
    with curation_room(tmp_path_factory.mktemp("desk"), checks=CHECKS, started=True) as opened:
        yield opened


@pytest.fixture
def room(shared: CurationRoom) -> CurationRoom:
    CHECKS.findings = Findings()
    return shared.as_new()


@pytest.fixture
def checked(room: CurationRoom, request: pytest.FixtureRequest) -> CurationRoom:
    CHECKS.findings = request.param
    return room


def text_of(html: str) -> str:
    return BeautifulSoup(html, "html.parser").get_text(" ", strip=True)


def test_a_change_is_written_tried_and_published(room: CurationRoom) -> None:
    number = saved(room, reason="shorter")
    assert room.entry("faq-utm") == ENTRIES[0]  # nothing is live yet
    page = room.priya.see(f"/proposals/{number}").text
    assert "<del>campaign link</del>" in page or "campaign" in page and "<ins>url</ins>" in page
    done = room.priya.send(f"/proposals/{number}/publish", reason="shorter")
    assert "Published as version 2" in done.text
    assert room.entry("faq-utm").variants == ("utm link", "campaign url")
    assert "shorter" in room.priya.see("/entry/history", id="faq-utm").text


def test_a_new_entry_gets_an_id_of_its_question_or_the_one_that_was_wished(room: CurationRoom) -> None:
    room.priya.send("/edit", **{**TYPED, "question": "What is PQA?", "variants": ""})
    room.priya.send("/edit", **{**TYPED, "question": "What is ABM?", "variants": "", "new_id": "faq-abm"})
    assert [proposal.entry.id for proposal in room.proposals()] == ["what-is-pqa", "faq-abm"]
    taken = room.priya.send("/edit", **{**TYPED, "new_id": "faq-utm"})
    assert taken.status_code == 400 and "This id is taken" in taken.text


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(room: CurationRoom) -> None:
    wrong = {"question": "", "audience": "group:", "checklist": "steps: nonsense", "answer": "Kept & <kept>"}
    page = room.priya.send("/edit", id="faq-utm", base="1", **{**TYPED, **wrong})
    form = BeautifulSoup(page.text, "html.parser")
    assert page.status_code == 400
    assert {field["name"] for field in form.select("[aria-invalid]")} == {"question", "audience", "checklist"}
    assert form.select_one("textarea[name=answer]").text.strip() == "Kept & <kept>"
    assert form.select_one("textarea[name=checklist]").text.strip() == "steps: nonsense"
    assert room.proposals() == ()


def test_somebody_elses_change_in_between_is_shown_and_not_undone(room: CurationRoom) -> None:
    number = saved(room)
    with room.room.database.write() as session:
        room.room.desk._shared.curating.curation.add_variant(session, "faq-utm", "tracking link", NOOR, "asked often")
    refused = room.priya.send(f"/proposals/{number}/publish")
    assert refused.status_code == 409 and "changed this entry since you began" in refused.text
    assert "tracking link" in refused.text
    room.priya.send(f"/proposals/{number}/rebase")
    assert room.priya.send(f"/proposals/{number}/publish").status_code == 200


def test_a_form_opened_before_somebody_elses_change_is_kept_as_a_proposal_on_the_older_version(
    room: CurationRoom,
) -> None:
    with room.room.database.write() as session:
        room.room.desk._shared.curating.curation.add_variant(session, "faq-utm", "tracking link", NOOR, "asked often")
    number = saved(room)  # its form was opened at version 1
    assert "Somebody changed the entry since" in room.priya.see(f"/proposals/{number}").text


SHADOWED = Findings(
    shadows=(Shadow("campaign url", "faq-old", "old builder", 0.91),),
    twins=(Twin("utm link", "How do I build a UTM link?", 0.98),),
    changed=(Tried("utm?", "faq-utm: UTM", "nothing", "answer", "escalate", better=False, golden=True),),
    questions=200,
    golden=30,
)


@pytest.mark.parametrize("checked", [SHADOWED], indirect=True, ids=["shadowed"])
def test_a_shadowed_entry_is_shown_and_needs_a_reason(checked: CurationRoom) -> None:
    number = saved(checked)
    page = text_of(checked.priya.see(f"/proposals/{number}").text)
    assert "91 % alike" in page and "How do I use the old builder?" in page
    assert "Tried on 200 real questions and 30 labelled ones: 1 reply would change." in page
    refused = checked.priya.send(f"/proposals/{number}/publish", reason="")
    assert refused.status_code == 409 and "Say in a line why it is right" in refused.text
    kept = checked.priya.send(f"/proposals/{number}/publish", reason="the other one is about the old tool")
    assert kept.status_code == 200 and checked.entry("faq-utm").variants == ("utm link", "campaign url")


@pytest.mark.parametrize("checked", [SHADOWED], indirect=True, ids=["shadowed"])
def test_a_shadowed_phrasing_is_given_to_the_other_entry_or_the_other_is_named(checked: CurationRoom) -> None:
    number = saved(checked)
    checked.priya.send(f"/proposals/{number}/link", other="faq-old")
    checked.priya.send(f"/proposals/{number}/merge", other="faq-old", phrasing="campaign url")
    checked.priya.send(f"/proposals/{number}/without", phrasing=["utm link"])
    (proposal,) = checked.proposals()
    assert proposal.entry.answer.endswith("See also: *How do I use the old builder?*")
    assert proposal.entry.variants == () and proposal.findings is not None
    assert checked.entry("faq-old").variants == ("campaign url",)


@pytest.mark.parametrize("checked", [ModelUnavailable("The model is not there.")], indirect=True, ids=["no model"])
def test_what_cannot_be_tried_now_is_kept_and_not_published(checked: CurationRoom) -> None:
    number = saved(checked)
    assert "not tried out yet" in checked.priya.see(f"/proposals/{number}").text
    assert checked.priya.send(f"/proposals/{number}/publish").status_code == 409
    again = checked.priya.send(f"/proposals/{number}/check")
    assert again.status_code == 503 and "The model is not there" in again.text


def test_a_proposal_goes_to_review_and_is_dropped(room: CurationRoom) -> None:
    number = saved(room)
    room.priya.send(f"/proposals/{number}/submit")
    assert room.proposals()[0].state is ProposalState.IN_REVIEW
    assert "In review" in room.priya.see("/proposals").text
    room.priya.send(f"/proposals/{number}/drop", reason="we have that")
    assert room.proposals() == ()
    assert "we have that" in room.priya.see("/log").text


def test_whoever_proposed_it_hears_what_became_of_it(room: CurationRoom) -> None:
    slack, draft = room.room.slack, room.propose(replace(room.entry("faq-utm"), answer="Use the *new* builder."))
    assert "what is to be changed" in room.priya.send(f"/proposals/{draft.id}/send-back", reason="").text
    room.priya.send(f"/proposals/{draft.id}/send-back", reason="Which <!channel> builder?")
    room.priya.send(f"/proposals/{draft.id}/check")
    room.priya.send(f"/proposals/{draft.id}/publish", reason="fine")
    dm = slack.workspace.dm(NOOR).id
    slack.wait_for(lambda: len(slack.messages(dm)) == 2, 10)  # a channel takes one message a second
    told = [message.text for message in slack.messages(dm)]
    assert [text.partition(" what")[0] for text in told] == ["Priya Raman sent back", "Priya Raman published"]
    assert "Which &lt;!channel&gt; builder?" in told[0]
    room.room.assert_clean()


def test_with_a_second_person_the_author_cannot_publish(tmp_path: Path) -> None:
    with curation_room(tmp_path, second_approval=True) as room:
        number = saved(room)
        room.priya.send(f"/proposals/{number}/submit")
        assert "A second curator has to publish" in room.priya.send(f"/proposals/{number}/publish").text
        assert room.come_in(NOOR).send(f"/proposals/{number}/publish").status_code == 200


def test_many_entries_are_reviewed_tagged_handed_over_and_archived_at_once(room: CurationRoom) -> None:
    both = ["faq-utm", "faq-old"]
    today = room.room.clock().date()
    room.priya.send("/entries/bulk", id=both, do="review", value="")
    room.priya.send("/entries/bulk", id=both, do="tag", value="q1, links")
    room.priya.send("/entries/bulk", id=both, do="untag", value="utm")
    room.priya.send("/entries/bulk", id=both, do="owner", value="ops-data")
    assert [(e.reviewed_at, e.owner) for e in map(room.entry, both)] == [(today, "ops-data")] * 2
    assert room.entry("faq-utm").tags == ("links", "q1")
    done = room.priya.send(
        "/entries/bulk?status=published", id=both, do="archive", value="left the tool", back="tag=q1"
    )
    assert done.url.query == b"tag=q1&done=archive&n=2"
    assert {room.entry(each).status for each in both} == {EntryStatus.ARCHIVED}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "archive", "value": "x"}, "Nothing is selected"),
        ({"id": ["faq-utm"], "do": "archive", "value": " "}, "Say in a line why"),
        ({"id": ["faq-utm"], "do": "tag", "value": ""}, "Which tag?"),
        ({"id": ["faq-utm"], "do": "delete"}, "Choose what to do"),
    ],
)
def test_a_bulk_action_that_lacks_something_says_what(room: CurationRoom, fields: dict[str, Any], said: str) -> None:
    page = room.priya.send("/entries/bulk", **fields)
    assert page.status_code == 400 and said in page.text


def test_when_one_of_many_is_gone_none_is_changed(room: CurationRoom) -> None:
    page = room.priya.send("/entries/bulk", id=["faq-utm", "faq-gone"], do="archive", value="x")
    assert page.status_code == 409 and room.entry("faq-utm").status is EntryStatus.PUBLISHED


def test_an_entry_is_archived_with_a_reason_and_restored_from_its_history(room: CurationRoom) -> None:
    assert room.priya.send("/entry/archive", id="faq-utm", reason=" ").status_code == 400
    room.priya.send("/entry/archive", id="faq-utm", reason="we left the tool")
    assert "This entry is archived" in room.priya.see("/entry", id="faq-utm").text
    assert room.priya.send("/entry/restore", id="faq-utm", version="1", reason="").status_code == 400
    back = room.priya.send("/entry/restore", id="faq-utm", version="1", reason="we came back")
    assert "Version 1 is back" in back.text and room.entry("faq-utm") == ENTRIES[0]


def test_any_two_versions_stand_side_by_side(room: CurationRoom) -> None:
    room.priya.send("/entry/archive", id="faq-utm", reason="gone")
    room.priya.send("/entries/bulk", id=["faq-utm"], do="tag", value="later")
    page = BeautifulSoup(room.priya.see("/entry/history", id="faq-utm", before=1, after=3).text, "html.parser")
    assert [caption.text for caption in page.select(".diff caption")] == ["Tags", "Status"]
