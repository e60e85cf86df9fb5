"""Spaces of a Confluence as documents, the same from Cloud and from Data Center."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from support_confluence import SPACES, WikiRoom, wiki_room
from support_pages import handbook, playbook

from bot.demo.confluence_standin import ConfluenceStandIn
from bot.demo.confluence_standin_state import StandInPage
from bot.demo.jira_standin_faults import denied, odd_answer
from knowledge.domain import Audience, Level, Standing
from knowledge.errors import DocumentUnreadable, DocumentWithheld, SourceUnavailable

CREW = ("webinar-crew", "0f5a-77")
LEGAL = ("legal", "9c11-02")
GROUPS = {"webinar-crew": frozenset({"S0CREW", "S0HOST"}), "9c11-02": frozenset({"S0LEGAL"})}
MAPPED = replace(SPACES, groups=GROUPS)


@pytest.fixture(params=["cloud", "data center"])
def room(request: pytest.FixtureRequest) -> Iterator[WikiRoom]:
    with wiki_room(request.param == "cloud", MAPPED) as opened:
        plant(opened.wiki)
        yield opened


def plant(wiki: ConfluenceStandIn) -> None:
    """Home > Webinars > Speakers > Fees, and Home > Lists."""
    home = wiki.add("MOPS", "Home", "<p>Welcome to marketing operations.</p>")
    webinars = wiki.add("MOPS", "Webinars", "<p>Rooms.</p><h2>Set up</h2><p>Ten days.</p>", home.id, ["How-To"])
    speakers = wiki.add("MOPS", "Speakers", "<p>Who talks.</p>", webinars.id, ["owner-webinars"])
    wiki.add("MOPS", "Fees", "<p>Speakers get 500 euro.</p>", speakers.id)
    wiki.add("MOPS", "Lists", "<p>Send the sheet.</p>", home.id, ["how-to", "deprecated"])
    wiki.add("HR", "Salaries", "<p>Secret.</p>")


def pages(room: WikiRoom, *titles: str) -> list[StandInPage]:
    return [room.wiki.page(title) for title in titles]


def test_the_pages_of_a_space_are_listed_by_their_ids(room: WikiRoom) -> None:
    refs = room.refs()
    assert set(refs) == {"Home", "Webinars", "Speakers", "Fees", "Lists"}
    page = room.wiki.page("Fees")
    assert (refs["Fees"].path, refs["Fees"].id) == (f"MOPS/{page.id}", page.id)


def test_a_page_says_what_an_answer_needs(room: WikiRoom) -> None:
    document = room.read("Webinars")
    assert (document.title, document.owner, document.changed_at) == ("Webinars", "Priya Nair", date(2026, 11, 22))
    assert [(one.heading, one.text) for one in document.sections] == [("Webinars", "Rooms."), ("Set up", "Ten days.")]
    assert document.audience == Audience.internal()
    page_id = room.wiki.page("Webinars").id
    cloud = room.wiki.state.cloud
    assert document.url == room.url + (
        f"/spaces/MOPS/pages/{page_id}/Webinars" if cloud else "/display/MOPS/Webinars"
    )
    assert document.sections[1].anchor == ("Set-up" if cloud else "Webinars-Setup")


def test_labels_name_owner_and_standing(room: WikiRoom) -> None:
    assert room.read("Speakers").owner == "webinars"
    assert room.read("Lists").standing is Standing.OUTDATED
    room.wiki.edit(room.wiki.page("Home"), "<p>This page is deprecated: see Webinars.</p>")
    assert room.read("Home").standing is Standing.OUTDATED


def test_somebody_who_left_owns_nothing(room: WikiRoom) -> None:
    room.wiki.page("Home").creator = "Former user (Deactivated)"
    assert room.read("Home").owner is None
    assert room.read("Home", room.with_settings(replace(SPACES, owner="ops"))).owner == "ops"


def test_a_tree_and_labels_narrow_a_space(room: WikiRoom) -> None:
    webinars = room.wiki.page("Webinars").id
    below = room.with_settings(replace(SPACES, below=(webinars,)))
    assert set(room.refs(below)) == {"Webinars", "Speakers", "Fees"}
    labelled = replace(SPACES, labels=frozenset({"how-to"}))
    assert set(room.refs(room.with_settings(labelled))) == {"Webinars", "Lists"}
    without = room.with_settings(replace(labelled, without_labels=frozenset({"deprecated"})))
    assert (set(room.refs(without)), room.withheld(without)) == (
        {"Webinars"},
        {"Lists": "carries the label deprecated"},
    )


def test_a_space_that_is_not_shown_to_us_makes_the_source_unavailable(room: WikiRoom) -> None:
    with pytest.raises(SourceUnavailable, match="no space NOPE"):
        list(room.with_settings(replace(SPACES, spaces=("MOPS", "NOPE"))).list())


def test_an_unchanged_wiki_has_the_same_versions(room: WikiRoom) -> None:
    before = room.refs()
    assert room.refs() == before


@pytest.mark.parametrize("change", ["edit", "rename", "label", "restrict"])
def test_every_change_that_shows_makes_another_version(room: WikiRoom, change: str) -> None:
    before, page = room.refs(), room.wiki.page("Webinars")
    match change:
        case "edit":
            room.wiki.edit(page, "<p>Other rooms.</p>")
        case "rename":
            page.title = "Online events"
        case "label":
            page.labels.append("deprecated")
        case "restrict":
            room.wiki.restrict(page, groups=[CREW])
    after = {ref.path: ref for ref in room.source.list()}
    old = before["Webinars"]
    assert after[old.path].version != old.version
    assert after[before["Lists"].path] == before["Lists"]


def test_a_moved_page_keeps_its_identity(room: WikiRoom) -> None:
    before = room.refs()["Fees"]
    room.wiki.move(room.wiki.page("Fees"), room.wiki.page("Lists"))
    assert room.refs()["Fees"].path == before.path
    room.wiki.state.space_id("CAMP")
    room.wiki.move(room.wiki.page("Fees"), None, "CAMP")
    both = room.with_settings(replace(SPACES, spaces=("MOPS", "CAMP")))
    assert room.refs(both)["Fees"].path == f"CAMP/{before.id}"
    assert room.refs(both)["Fees"].id == before.id


@pytest.mark.parametrize("status", ["trashed", "archived", "draft"])
def test_what_is_no_current_page_is_not_listed(room: WikiRoom, status: str) -> None:
    room.wiki.set_status(room.wiki.page("Fees"), status)
    assert "Fees" not in room.refs()
    room.wiki.set_status(room.wiki.page("Fees"), "current")
    assert "Fees" in room.refs()


def test_a_restriction_of_the_grandparent_holds_for_the_page(room: WikiRoom) -> None:
    room.wiki.restrict(room.wiki.page("Webinars"), people=["Priya"])
    assert set(room.refs()) == {"Home", "Lists"}
    assert set(room.withheld()) == {"Webinars", "Speakers", "Fees"}
    assert "people named" in room.withheld()["Fees"]


def test_a_restriction_to_a_mapped_group_binds_the_page_to_it(room: WikiRoom) -> None:
    room.wiki.restrict(room.wiki.page("Webinars"), people=["Priya"], groups=[CREW])
    assert room.read("Fees").audience == Audience(Level.GROUP, frozenset({"S0CREW", "S0HOST"}))
    assert room.read("Home").audience == Audience.internal()


def test_two_restrictions_must_both_be_met(room: WikiRoom) -> None:
    room.wiki.restrict(room.wiki.page("Webinars"), groups=[CREW])
    room.wiki.restrict(room.wiki.page("Fees"), groups=[LEGAL])
    audience = room.read("Fees").audience
    crew, legal = frozenset({"S0CREW"}), frozenset({"S0LEGAL"})
    assert not Audience(Level.GROUP, crew).may_read(audience)
    assert not Audience(Level.GROUP, legal).may_read(audience)
    assert not Audience.internal().may_read(audience)
    assert Audience(Level.GROUP, crew | legal).may_read(audience)


def test_an_unmapped_group_is_named_as_the_reason(room: WikiRoom) -> None:
    room.wiki.restrict(room.wiki.page("Fees"), groups=[("board", "1-2")])
    assert "Fees" not in room.refs()
    assert "restricted to board: map it" in room.withheld()["Fees"]


def test_one_mapped_group_of_two_is_enough(room: WikiRoom) -> None:
    room.wiki.restrict(room.wiki.page("Fees"), groups=[("board", "1-2"), LEGAL])
    assert room.read("Fees").audience.groups == {"S0LEGAL"}


def test_an_open_source_is_narrowed_by_a_restriction(room: WikiRoom) -> None:
    room.wiki.restrict(room.wiki.page("Fees"), groups=[LEGAL])
    public = room.with_settings(replace(MAPPED, audience=Audience(Level.PUBLIC)))
    assert room.read("Home", public).audience.level is Level.PUBLIC
    assert room.read("Fees", public).audience == Audience(Level.GROUP, frozenset({"S0LEGAL"}))


def test_a_page_we_lose_sight_of_is_gone_with_all_below(room: WikiRoom) -> None:
    room.wiki.hide(room.wiki.page("Webinars"))
    assert set(room.refs()) == {"Home", "Lists"}


def test_a_page_taken_away_while_reading_is_withheld(room: WikiRoom) -> None:
    ref = room.refs()["Fees"]
    room.wiki.hide(room.wiki.page("Fees"))
    with pytest.raises(DocumentWithheld, match="taken away"):
        room.source.read(ref)


def test_a_space_may_be_listed_in_many_pieces(room: WikiRoom) -> None:
    for number in range(260):
        room.wiki.add("MOPS", f"Page {number}", "<p>x</p>")
    assert len(room.refs()) == 265
    assert room.wiki.calls.count("pages") == (2 if room.wiki.state.cloud else 6)


def test_pages_read_in_a_row_are_fetched_together_and_others_alone(room: WikiRoom) -> None:
    for number in range(60):
        room.wiki.add("MOPS", f"Page {number}", f"<p>Text {number}.</p>")
    refs = list(room.source.list())
    room.wiki.calls.clear()
    texts = [room.source.read(ref).sections[0].text for ref in refs]
    assert texts[5:] == [f"Text {number}." for number in range(60)]
    assert len(room.wiki.calls) == 7  # 1, 2, 4, 8, 16, 25, and the rest
    room.wiki.calls.clear()
    for ref in refs[::7]:
        room.source.read(ref)
    assert room.wiki.calls == ["page"] * len(refs[::7])


@pytest.mark.parametrize("status", [400, 404, 413])
def test_what_cannot_be_fetched_together_is_fetched_alone(room: WikiRoom, status: int) -> None:
    refs = list(room.source.list())
    call = "pages" if room.wiki.state.cloud else "search"
    room.wiki.faults.next(call, *[odd_answer(status, "{}")] * 5)
    assert [room.source.read(ref).path for ref in refs] == [ref.path for ref in refs]


def test_a_page_that_went_while_others_are_fetched_is_withheld(room: WikiRoom) -> None:
    refs = list(room.source.list())
    room.wiki.set_status(room.wiki.page("Speakers"), "trashed")
    read, gone = [], []
    for ref in refs:
        try:
            read.append(room.source.read(ref).title)
        except DocumentWithheld:
            gone.append(ref.id)
    assert (set(read), gone) == ({"Home", "Webinars", "Fees", "Lists"}, [room.wiki.page("Speakers").id])


def test_attached_files_are_documents_with_the_readers_of_their_page(room: WikiRoom) -> None:
    fees, home = pages(room, "Fees", "Home")
    room.wiki.restrict(fees, groups=[LEGAL])
    room.wiki.attach(fees, "Rules & fees.csv", b"Speaker,Fee\nPriya,500\n")
    room.wiki.attach(home, "picture.png", b"\x89PNG")
    source = room.with_settings(replace(MAPPED, attachments=True))
    (ref,) = (ref for ref in source.list() if ref.id.startswith("att"))
    document = source.read(ref)
    assert document.title == "Rules & fees (Fees)"
    assert document.audience.groups == {"S0LEGAL"}
    assert "| Priya | 500 |" in document.sections[0].text
    assert document.url is not None and f"/download/attachments/{fees.id}/Rules%20%26%20fees.csv" in document.url
    assert all("authorization" not in headers for headers in room.wiki.media_headers)


def test_files_of_a_page_that_gets_restricted_are_withheld_with_it(room: WikiRoom) -> None:
    home = room.wiki.page("Home")
    room.wiki.attach(home, "../../budget.csv", b"a,b\n1,2\n")
    room.wiki.restrict(home, people=["Priya"])
    refs = list(room.with_settings(replace(MAPPED, attachments=True)).list())
    assert len(refs) == 6 and all(ref.withheld for ref in refs)
    assert [ref.path.split("/", 3)[3] for ref in refs if ref.id.startswith("att")] == [".._.._budget.csv"]


def test_a_page_with_an_attachment_that_is_gone_stays(room: WikiRoom) -> None:
    home = room.wiki.page("Home")
    room.wiki.attach(home, "notes.txt", b"Send it on Monday.")
    source = room.with_settings(replace(MAPPED, attachments=True))
    (ref,) = (ref for ref in source.list() if ref.id.startswith("att"))
    home.files.clear()
    with pytest.raises(DocumentWithheld):
        source.read(ref)
    assert room.read("Home", source).title == "Home"


# Cloud only: what Data Center tells with its listing


@pytest.fixture
def cloud() -> Iterator[WikiRoom]:
    with wiki_room(True, MAPPED) as opened:
        plant(opened.wiki)
        yield opened


def test_programs_files_are_read_and_a_broken_one_fails_alone(cloud: WikiRoom) -> None:
    home = cloud.wiki.page("Home")
    cloud.wiki.attach(home, "playbook.docx", playbook())
    cloud.wiki.attach(home, "scan.pdf", handbook()[:2_000])
    source = cloud.with_settings(replace(MAPPED, attachments=True))
    whole, broken = (ref for ref in source.list() if ref.id.startswith("att"))
    assert source.read(whole).title == "Event playbook (Home)"
    with pytest.raises(DocumentUnreadable):
        source.read(broken)


def test_a_folder_above_a_page_restricts_it(cloud: WikiRoom) -> None:
    folder = cloud.wiki.add("MOPS", "Contracts", "", cloud.wiki.page("Home").id, kind="folder")
    cloud.wiki.add("MOPS", "Agency", "<p>Hours.</p>", folder.id)
    assert "Agency" in cloud.refs() and "Contracts" not in cloud.refs()
    cloud.wiki.restrict(folder, people=["Priya"])
    assert "people named" in cloud.withheld()["Agency"]


def test_an_archived_page_above_still_restricts(cloud: WikiRoom) -> None:
    speakers = cloud.wiki.page("Speakers")
    cloud.wiki.restrict(speakers, groups=[LEGAL])
    cloud.wiki.set_status(speakers, "archived")
    assert cloud.read("Fees").audience.groups == {"S0LEGAL"}


def test_what_the_search_does_not_find_yet_is_asked_for_alone(cloud: WikiRoom) -> None:
    webinars = cloud.wiki.page("Webinars")
    cloud.wiki.state.unindexed.add(webinars.id)
    cloud.wiki.restrict(webinars, groups=[CREW])
    assert cloud.read("Fees").audience.groups == GROUPS["webinar-crew"]
    labelled = cloud.with_settings(replace(MAPPED, labels=frozenset({"how-to"})))
    assert set(cloud.refs(labelled)) == {"Webinars", "Lists"}


def test_readers_that_cannot_be_read_count_as_nobody(cloud: WikiRoom) -> None:
    cloud.wiki.state.unindexed.add(cloud.wiki.page("Webinars").id)
    cloud.wiki.faults.next("restriction", denied(403))
    assert set(cloud.refs()) == {"Home", "Lists"}
    cloud.wiki.faults.next("restriction", odd_answer(200, "{}"))
    assert "could not be read" in cloud.withheld()["Fees"]


def test_a_search_that_refuses_costs_calls_and_nothing_else(cloud: WikiRoom) -> None:
    cloud.wiki.restrict(cloud.wiki.page("Webinars"), people=["Priya"])
    cloud.wiki.faults.next("search", odd_answer(400, "{}"))
    assert set(cloud.refs()) == {"Home", "Lists"}
    assert cloud.wiki.calls.count("restriction") == 5


# Data Center only


def test_readers_that_do_not_come_with_the_listing_are_asked_for() -> None:
    row = '{"id": "65574", "status": "current", "title": "Odd", "ancestors": [{"id": "9"}], "_links": {}}'
    with wiki_room(False, MAPPED) as room:
        room.wiki.restrict(room.wiki.add("MOPS", "Odd", "<p>x</p>"), groups=[LEGAL])
        room.wiki.faults.next("pages", odd_answer(200, f'{{"results": [{row}]}}'))
        assert room.withheld() == {"Odd": "who may read it, or a page above it, could not be read"}
        assert room.wiki.calls.count("restriction") == 2


def test_pages_that_go_while_they_are_listed_make_the_listing_worthless() -> None:
    with wiki_room(False) as room:
        for number in range(60):
            room.wiki.add("MOPS", f"Page {number}", "<p>x</p>")
        first = room.wiki.page("Page 0")
        listing = room.site.paged("rest/api/content", {"type": "page", "spaceKey": "MOPS", "limit": 50})
        next(listing)
        room.wiki.set_status(first, "trashed")
        with pytest.raises(SourceUnavailable, match="came or went"):
            list(listing)
        assert len(room.refs()) == 59
