"""The digest fits a screen and tells nothing private; reminders name what is missing and when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.slack import follow_up, replies
from bot.slack.digest import LINES, Digest, DigestItem, digest
from bot.slack.message import TEXT_LIMIT, Message
from escalation.domain import Draft, FieldType, Form, FormField, Origin, Person, Request, RequestState, Ticket

DAY = date(2026, 11, 23)
LONG = "Move <every> Pardot form & its lists to HubSpot " * 8


def request(number: int = 1, private: bool = False) -> Request:
    return Request(
        number,
        "7F3K",
        f"mops-desk-{number}",
        Draft(LONG, Person("U0MAYA", "Maya"), Origin("#ask-mops", private=private), answers={"link": "tbd"}),
        RequestState.FILED,
        datetime(2026, 11, 20, tzinfo=UTC),
        Ticket(f"OPS-{number}", f"https://tracker.example.com/browse/OPS-{number}", LONG, "To do", "Task"),
    )


def blocks_of(message: Message) -> list[str]:
    return [block["text"]["text"] for block in message.blocks if block["type"] == "section"]


def test_a_long_digest_is_cut_to_ten_lines_a_section_and_to_slacks_limits() -> None:
    items = [DigestItem(request(number), "for three working days") for number in range(1, 24)]
    message = digest(Digest(DAY, 23, overdue=items, unowned=items, waiting=items, joined=items))
    assert message is not None
    _, overdue, *_ = blocks_of(message)
    assert overdue.count("•") == LINES
    assert overdue.endswith("and 13 more")
    assert all(len(text) <= 3_000 for text in blocks_of(message))
    assert len(message.text) <= TEXT_LIMIT
    assert "<every>" not in message.text


def test_a_digest_with_nothing_to_do_is_one_friendly_line_and_none_when_nothing_is_open() -> None:
    quiet = digest(Digest(DAY, 3))
    assert quiet is not None
    assert "three open requests" in quiet.text
    assert "none is late" in quiet.text
    assert digest(Digest(DAY, 0)) is None


def test_a_private_request_is_only_named_by_its_key() -> None:
    message = digest(Digest(DAY, 1, unowned=[DigestItem(request(private=True), "since today")]))
    assert message is not None
    assert "OPS-1" in message.text
    assert "Pardot" not in str(message)


def test_a_reminder_names_what_is_missing_and_the_last_one_when_it_ends() -> None:
    fields = (
        FormField("link", "Campaign link", FieldType.URL, required=True, allow_tbd=True),
        FormField("goal", "Business goal", FieldType.TEXT, required=True),
    )
    form = Form("send", "Email send", "", fields)
    first = follow_up.reminder(request(), form, "U0MAYA", None)
    assert "<@U0MAYA>" in first.text
    assert "Business goal and Campaign link" in first.text
    last = follow_up.reminder(request(), form, "U0MAYA", date(2026, 12, 7))
    assert "close it on Mon 7 Dec" in last.text
    typeless = follow_up.reminder(replace(request(), ticket=None), None, "U0MAYA", None)
    assert "They asked for more details." in typeless.text


def test_everybody_away_says_who_is_back_and_when() -> None:
    said = replies.oncall(None, datetime(2026, 11, 30, 8, tzinfo=UTC), "U0JONAS").text
    assert "Everybody in the rotation is away" in said
    assert "<@U0JONAS> is on triage from 30 Nov 2026" in said
