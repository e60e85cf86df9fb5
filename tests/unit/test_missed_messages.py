"""What stands in a channel's history, read as if Slack had delivered it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.incoming import MessageIn
from bot.slack.missed import Room, message, room, said_since

DESK = "U0DESK"
FOUND = {"type": "message", "user": "U0MAYA", "ts": "17.5", "text": f"<@{DESK}> hi", "team": "T0"}
CHANNEL = room({"id": "C1", "is_im": False, "is_ext_shared": False})
DM = room({"id": "D1", "is_im": True})


def read(where: Room = CHANNEL, **more: Any) -> MessageIn | None:
    """The value of a message in a history."""
    return message("T0", where, {**FOUND, **more}, DESK)


def test_a_message_is_what_slack_would_have_delivered_and_late() -> None:
    found = read()
    assert found is not None
    assert (found.channel, found.ts, found.mentions_desk, found.is_dm, found.late) == (
        "C1",
        "17.5",
        True,
        False,
        True,
    )


def test_the_first_message_of_a_thread_is_no_reply_and_a_reply_is() -> None:
    first, reply = read(thread_ts="17.5", reply_count=2), read(thread_ts="17.1")
    assert first is not None
    assert reply is not None
    assert (first.thread_ts, reply.thread_ts) == (None, "17.1")


def test_a_direct_message_and_a_shared_channel_are_known_as_such() -> None:
    direct, shared = read(DM), read(room({"id": "C2", "is_ext_shared": True}))
    assert direct is not None
    assert shared is not None
    assert (direct.is_dm, direct.shared, shared.shared) == (True, None, True)


@pytest.mark.parametrize("more", [{"user": DESK}, {"bot_id": "B1"}, {"subtype": "channel_join"}, {"user": None}])
def test_what_no_person_said_is_let_be(more: dict[str, Any]) -> None:
    assert read(**more) is None


def test_secrets_are_taken_out_as_from_what_slack_delivers() -> None:
    found = read(text="my token is " + "xoxb-" + "123456789012-123456789012-" + "abcdefghijklmnopqrstuvwx")
    assert found is not None
    assert "abcdefghijkl" not in found.text


def test_only_what_others_said_afterwards_counts_as_help() -> None:
    item = read()
    assert item is not None
    before, own = {"ts": "17.1", "user": "U0JONAS"}, {"ts": "17.9", "user": "U0MAYA"}
    robot, desk = {"ts": "17.9", "user": "U0BOT", "bot_id": "B1"}, {"ts": "17.9", "user": DESK, "bot_id": "B0"}
    helper = {"ts": "17.9", "user": "U0JONAS"}
    assert said_since([before, own, robot], item, DESK) == (False, False)
    assert said_since([helper], item, DESK) == (False, True)
    assert said_since([desk], item, DESK) == (True, False)
