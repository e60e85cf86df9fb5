"""Recorded talks: what is said where, by whom, and in which chapter."""

from __future__ import annotations

import json

import pytest
from support_pages import talk

from knowledge.domain import Audience, Level
from knowledge.errors import DocumentUnreadable
from knowledge.page import Page
from knowledge.page_kinds import is_readable, parse
from knowledge.places import place
from knowledge.transcript_files import json_document, seconds, subtitle_cues
from knowledge.transcripts import MAX_WORDS, Chapter, Cue, passages

SIDECAR = b"""\
title: Tracking in one take
url: https://www.loom.com/share/4f2a?sid=9
speaker: Priya Nair
audience: public
chapters: |
  0:00 Links
  1:49 - Webinars
  (3:35) Budget
"""


def read(data: str | bytes, path: str = "talks/utm-basics.en.vtt", sidecar: bytes = b"") -> Page:
    return parse(data.encode() if isinstance(data, str) else data, path, sidecar)


def test_a_talk_is_cut_where_its_topic_turns() -> None:
    page = read(talk())
    starts = [place(section.anchor) for section in page.sections]
    assert {"0:03", "1:49", "3:35"} <= set(starts)
    for section in page.sections:
        assert sum(word in section.text for word in ("tracking", "webinar", "agencies")) == 1
        assert len(section.text.split()) <= MAX_WORDS


def test_title_and_speaker_come_from_the_file_when_nothing_else_says_them() -> None:
    page = read(talk())
    assert (page.title, page.owner, page.url) == ("Utm basics", "Priya Nair", None)
    assert "Priya" not in page.sections[0].text


def test_a_sidecar_gives_address_title_speaker_audience_and_chapters() -> None:
    page = read(talk(), sidecar=SIDECAR)
    assert (page.title, page.owner) == ("Tracking in one take", "Priya Nair")
    assert (page.url, page.audience) == ("https://www.loom.com/share/4f2a?sid=9", Audience(Level.PUBLIC))
    assert list(dict.fromkeys(section.heading for section in page.sections)) == ["Links", "Webinars", "Budget"]


@pytest.mark.parametrize(
    "chapters",
    [
        "[{start: 0, title: Links}, {start: '3:35', title: Budget}]",
        "[0:00 Links, 3:35 Budget]",
        "{'0:00': Links, '3:35': Budget}",
        "[{'0:00': Links}, {215s: Budget}]",
    ],
)
def test_chapters_may_be_written_as_it_comes(chapters: str) -> None:
    page = read(talk(), sidecar=f"chapters: {chapters}".encode())
    assert list(dict.fromkeys(section.heading for section in page.sections)) == ["Links", "Budget"]


@pytest.mark.parametrize(
    ("sidecar", "reason"),
    [
        (b"url: file:///etc/passwd", "no web address"),
        (b"- url", "without `url:`"),
        (b"url: [", "not valid YAML"),
        (b"chapters: [no time here]", "chapter 1 lacks a time"),
        (b"\x00", "has a sidecar that"),
    ],
)
def test_a_wrong_sidecar_keeps_its_document_out(sidecar: bytes, reason: str) -> None:
    with pytest.raises(DocumentUnreadable, match=reason):
        read(talk(), sidecar=sidecar)


def test_a_draft_is_not_searched() -> None:
    assert read(talk(), sidecar=b"status: draft").sections == ()


def test_rolling_captions_say_everything_once() -> None:
    vtt = "WEBVTT\n\n0:01.000 --> 0:02.000\nso today we\n\n"
    vtt += "0:02.000 --> 0:03.000\nso today we\nlook at <i>links</i> &amp; names"
    assert read(vtt).sections[0].text == "so today we look at links & names"


def test_two_speakers_are_told_apart() -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,500\nPriya: Who owns this?\n\n"
    srt += "2\n00:00:03,000 --> 00:00:04,000\nJon Bauer: Ops does.\n"
    page = read(srt, "call.srt")
    assert page.sections[0].text == "Priya: Who owns this?\n\nJon Bauer: Ops does."
    assert page.owner == "Priya, Jon Bauer"


@pytest.mark.parametrize("key", ["phrases", "segments", "transcript"])
def test_json_phrases_are_read_with_what_the_file_says_of_itself(key: str) -> None:
    body = {
        "title": "List imports",
        "url": "https://www.youtube.com/watch?v=abc",
        "speaker": "Jon Bauer",
        "chapters": [{"start": 60, "title": "Errors"}],
        key: [{"ts": 1.5, "value": "Upload the list."}, {"ts": 61, "value": "Row 3 has no consent."}],
    }
    page = read(json.dumps(body), "imports.loom.json")
    assert (page.title, page.owner, page.url) == ("List imports", "Jon Bauer", "https://www.youtube.com/watch?v=abc")
    assert [(s.heading, s.anchor, s.text) for s in page.sections] == [
        ("List imports", "t=1", "Upload the list."),
        ("Errors", "t=61", "Row 3 has no consent."),
    ]


def test_only_json_files_that_say_so_are_transcripts() -> None:
    assert is_readable("a.transcript.json")
    assert is_readable("a.json", has_sidecar=True)
    assert not is_readable("package.json")


def test_a_bare_list_of_phrases_with_clock_times_will_do() -> None:
    cues, _ = json_document(b'[{"start": "00:01:02", "text": "Hello."}, 7, {"text": "no time"}]', "a.json")
    assert cues == [Cue(62.0, 62.0, "Hello.")]


@pytest.mark.parametrize(
    ("text", "value"), [("1:02:03.5", 3723.5), ("2:03", 123.0), ("83s", 83.0), ("-1", None), ("soon", None)]
)
def test_moments_in_any_notation(text: str, value: float | None) -> None:
    assert seconds(text) == value


def test_a_talk_without_a_stop_is_cut_all_the_same() -> None:
    cues = [Cue(float(second), second + 1.0, f"and so on and {second}") for second in range(0, 2_000, 2)]
    found = list(passages(cues, (), "Endless"))
    assert max(len(section.text.split()) for section in found) <= MAX_WORDS
    assert sum(len(section.text.split()) for section in found) == 5_000


def test_what_is_said_before_the_first_chapter_is_kept() -> None:
    cues = [Cue(0, 2, "Hello all."), Cue(30, 32, "Now the links.")]
    found = list(passages(cues, (Chapter(30, "Links"),), "Talk"))
    assert [(s.heading, s.text) for s in found] == [("Talk", "Hello all."), ("Links", "Now the links.")]


def test_settings_notes_and_numbers_are_not_said() -> None:
    vtt = "WEBVTT\n\nSTYLE\n::cue {}\n\n7\n00:01.000 --> 00:02.000 align:start\nSaid.\n\nNOTE\nnot said\n"
    assert subtitle_cues(vtt.encode(), "a.vtt") == [Cue(1.0, 2.0, "Said.")]
