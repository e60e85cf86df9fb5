"""Tickets asked about by their keys, and one's own: what `/ticket` says, wherever it is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support_life import Own, own_life

from bot.demo.slack_larkfield import ASK_MOPS
from bot.demo.slack_reading import buttons


def say(life: Own, who: str, text: str, channel: str = "#ask-mops") -> list[str]:
    """What the desk says to a mention, or to words in somebody's own messages."""
    words = text if channel == "dm" else f"@MOPS Desk {text}"
    ts = life.room.slack.say(who, channel, words)
    life.after_a_moment()
    return life.said(ts, life.room.slack.dm(who) if channel == "dm" else channel)


@pytest.mark.parametrize("channel", ["#ask-mops", "dm"])
@pytest.mark.parametrize("text", ["MOPS-1", "what happened to MOPS-1?"])
def test_a_key_gets_its_tickets_line(tmp_path: Path, channel: str, text: str) -> None:
    with own_life(tmp_path) as life:
        life.ask("MOPS-1")
        (line,) = say(life, "Maya", text, channel)
        assert "MOPS-1" in line
        assert "HubSpot" in line
        assert "nobody on it yet" in line
        assert len(life.room.tickets()) == 1


def test_somebody_who_may_not_see_a_private_ticket_hears_the_same_as_of_none(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        life.ask("MOPS-1", "dm")
        for text in ("what happened to {}?", "cancel {}"):
            hidden, missing = (say(life, "Jonas", text.format(key)) for key in ("MOPS-1", "MOPS-99"))
            assert [line.replace("MOPS-1", "MOPS-99") for line in hidden] == missing
            assert "I can't find *MOPS-99*" in missing[0]


def test_what_was_asked_in_private_is_shown_in_private_only(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        life.ask("MOPS-1", "dm")
        (line,) = say(life, "Maya", "any news on MOPS-1?")
        assert "HubSpot" not in line
        assert "direct message" in line
        dm = life.room.slack.messages(life.room.slack.dm("Maya"))
        assert [message for message in dm if "HubSpot" in message.text and message.thread_ts is None]


def test_where_strangers_read_a_ticket_is_shown_to_its_asker_alone(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        life.ask("MOPS-1")
        workspace = life.room.slack.workspace
        workspace.put_channel(replace(workspace.channels[ASK_MOPS], ext_shared=True))
        (line,) = say(life, "Maya", "MOPS-1")
        assert "HubSpot" not in line


def test_my_tickets_go_to_the_asker_alone(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        life.ask("MOPS-1")
        (line,) = say(life, "Maya", "what is my ticket status?")
        assert "HubSpot" not in line
        life.room.slack.wait_for_message(life.room.slack.dm("Maya"), "You have one request")
        assert "You have one request" in say(life, "Maya", "my tickets", "dm")[0]
        assert "no requests" in say(life, "Jonas", "my tickets", "dm")[0]


def test_cancelling_by_key_offers_the_button_to_whoever_may_press_it(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        life.ask("MOPS-1")
        assert "Maya Lindqvist's request" in say(life, "Jonas", "cancel MOPS-1")[0]
        assert "can be closed" in say(life, "Priya", "cancel MOPS-1")[0]
        ts = life.room.slack.say("Maya", "#campaigns", "@MOPS Desk cancel MOPS-1")
        offer = life.room.slack.wait_for_message("#campaigns", "can be closed", thread=ts)
        assert buttons(offer) == ["Not needed"]
        life.room.slack.click("Maya", offer, "Not needed")
        life.after_a_moment()
        assert "closed already" in say(life, "Maya", "cancel MOPS-1")[0]


def test_another_key_in_a_tickets_thread_goes_onto_that_ticket(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        ts, _ = life.ask("MOPS-1")
        life.room.slack.say("Maya", "#ask-mops", "MOPS-77", thread=ts)
        life.after_a_moment()
        assert any("MOPS-77" in comment for comment in life.room.tickets()[0].comments)
        life.room.slack.say("Maya", "#ask-mops", "what happened to MOPS-1?", thread=ts)
        life.after_a_moment()
        assert "nobody on it yet" in life.said(ts)[-1]


def test_a_key_within_a_longer_question_is_part_of_the_question(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        life.ask("MOPS-1")
        (line,) = say(life, "Maya", "where are the MQLs of MOPS-1 now?")
        assert "synced" in line


def test_keys_of_other_things_stay_questions(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        ts, card = life.ask("MOPS-1", words="what about GA-4")
        assert "MOPS-1" in life.shown(card)
        assert len(life.said(ts)) == 1
