"""Wiki markup as people read it, whatever was typed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.domain import TicketComment
from escalation.jira_issues import comment_of, our_comment, plain_text
from escalation.jira_workflow import DECLINED, DONE, WITHDRAWN, resolution_for, way_back, way_to_end

PIECES = [*"ab ([{|!#~*\\\n\r.:/)}]-ü😀", "{noformat}", "{code:java}", "#reply", "[~x]", "h1. "]
TYPED = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def read(body: str, service_desk: bool = False) -> TicketComment:
    comment = {"id": "1", "body": body, "created": "2026-11-22T06:00:00.000+0000"}
    return comment_of(comment, service_desk, lambda person: person)


def way(number: int, name: str, category: str, **fields: object) -> dict[str, object]:
    return {
        "id": str(number),
        "name": name,
        "to": {"name": name, "statusCategory": {"key": category}},
        "fields": fields,
    }


@given(TYPED, st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_we_write_is_read_back_as_ours_word_for_word(text: str, reply: bool) -> None:
    seen = read(our_comment(text, "mops-desk-0123456789ab-7", reply))
    assert seen.ours
    assert seen.public is reply
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert seen.text.replace("{ noformat", "{noformat") == kept


@given(TYPED)
@settings(max_examples=300, deadline=None)
def test_what_people_write_is_read_and_never_taken_for_ours(text: str) -> None:
    seen = read(text)
    assert not seen.ours
    assert seen.public is text.lstrip().lower().startswith("#reply") or not seen.public


def test_a_quote_of_ours_with_an_answer_below_is_not_ours() -> None:
    assert not read(our_comment("Any news?", "c-1") + "\n#reply Yes, tomorrow.").ours


@pytest.mark.parametrize("body", ["[" * 32_000, "[~" * 16_000, "\\[" * 16_000, "[a|" * 10_000, "!aaaa" * 6_000])
def test_hostile_markup_takes_no_longer_than_its_length(body: str) -> None:
    began = time.perf_counter()
    plain_text(body, str)
    assert time.perf_counter() - began < 1  # measured: under 0.06 s


def test_done_is_never_an_end_that_says_it_will_not_be_done() -> None:
    ways = [way(1, "Won't Do", "done"), way(2, "Declined", "done"), way(3, "Ready to ship", "done")]
    assert (way_to_end(ways, DONE) or {})["id"] == "3"
    assert (way_to_end(ways, DECLINED) or {})["id"] == "1"
    assert (way_to_end([way(1, "Finished", "done")], DECLINED) or {})["id"] == "1"
    assert way_to_end([way(1, "Review", "indeterminate")], DONE) is None


def test_the_end_that_says_so_is_taken() -> None:
    ways = [way(1, "Closed", "done"), way(2, "Resolve", "done"), way(3, "Cancelled", "done")]
    assert [(way_to_end(ways, words) or {})["id"] for words in (DONE, DECLINED, WITHDRAWN)] == ["2", "3", "3"]


def test_a_way_that_asks_for_what_we_cannot_know_is_the_last_choice() -> None:
    ways = [way(1, "Done", "done", customfield_1={"required": True}), way(2, "Closed", "done", resolution={})]
    assert (way_to_end(ways, DONE) or {})["id"] == "2"


def test_back_means_to_the_beginning_if_there_is_a_way() -> None:
    ways = [way(1, "In Progress", "indeterminate"), way(2, "Backlog", "new"), way(3, "Done", "done")]
    assert (way_back(ways) or {})["id"] == "2"
    assert (way_back(ways[:1]) or {})["id"] == "1"
    assert way_back(ways[2:]) is None


def test_the_resolution_says_what_the_close_means() -> None:
    values = {
        "resolution": {
            "required": True,
            "allowedValues": [{"name": "Duplicate"}, {"name": "Won't Fix"}, {"name": "Fixed"}],
        }
    }
    closing = way(1, "Closed", "done", **values)
    assert resolution_for(closing, DONE) == {"resolution": {"name": "Fixed"}}
    assert resolution_for(closing, DECLINED) == {"resolution": {"name": "Won't Fix"}}
    assert resolution_for(way(1, "Done", "done"), DONE) == {}
