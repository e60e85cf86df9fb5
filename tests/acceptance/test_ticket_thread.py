"""The thread of a ticket: who reads what there, and what people say to each other in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support_life import own_life

from bot.demo.slack_larkfield import ASK_MOPS
from bot.demo.slack_state import User
from bot.effects import ReadTicket
from bot.tables import OutboxRow


@pytest.mark.parametrize("who", ["another company", "a guest"])
def test_with_strangers_in_the_channel_only_key_and_status_are_shown_and_the_words_go_to_the_asker(
    tmp_path: Path, who: str
) -> None:
    with own_life(tmp_path) as life:
        ts, card = life.ask("MOPS-1")
        workspace = life.room.slack.workspace
        channel, shared = workspace.channels[ASK_MOPS], who == "another company"
        guest = workspace.add_user(User("U0GUEST", "gil", "Gil Guest", "999999", guest=True)).id
        workspace.put_channel(
            replace(channel, ext_shared=shared, members=(*channel.members, *([] if shared else [guest])))
        )
        life.tracker.say("MOPS-1", "Priya Raman", "The secret budget is 40,000.", public=True)
        life.look()
        assert "40,000" not in "".join(life.said(ts))
        assert "HubSpot" not in life.shown(card)
        assert "There is news on" in life.said(ts)[-1]
        life.room.slack.wait_for_message(life.room.slack.dm("Maya"), "The secret budget is 40,000.")


def test_news_of_a_private_request_stay_in_the_dm(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        ts, _ = life.ask("MOPS-1", "dm")
        life.tracker.say("MOPS-1", "Priya Raman", "The secret budget is 40,000.", public=True)
        life.look()
        assert "40,000" in "".join(life.said(ts, "dm"))
        for channel in ("#ask-mops", "#campaigns", "#ops-triage"):
            everything = repr(life.room.slack.workspace.messages(life.room.slack.place(channel)))
            assert "40,000" not in everything
            assert "HubSpot" not in everything


def test_a_thread_of_several_people_goes_onto_the_ticket_quietly(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        ts, _ = life.ask("MOPS-1")
        other = life.room.slack.say("Jonas", "#ask-mops", "same for our landing pages", thread=ts)
        life.room.settle()
        own = life.room.slack.say("Maya", "#ask-mops", "yes, both please", thread=ts)
        life.room.settle()
        said = life.room.tickets()[0].comments
        assert [text for text in said if "Jonas Weber in Slack: same for our landing pages" in text]
        assert [text for text in said if "Maya Lindqvist in Slack: yes, both please" in text]
        assert len(life.said(ts)) == 1
        for message in (other, own):
            assert "memo" in dict(life.room.slack.message("#ask-mops", message).reactions)


def test_a_word_in_the_dm_of_a_request_goes_onto_its_ticket(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        ts, _ = life.ask("MOPS-1", "dm")
        life.room.slack.say("Maya", "dm", "it is the Berlin ones", thread=ts)
        life.room.settle()
        assert "it is the Berlin ones" in life.room.tickets()[0].comments[0]


def test_a_long_comment_ends_with_a_link(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        ts, _ = life.ask("MOPS-1")
        life.tracker.say("MOPS-1", "Priya Raman", "word " * 400, public=True)
        life.look()
        comment = life.said(ts)[-1]
        assert len(comment) < 800
        assert "Read on in Jira" in comment


def test_opening_the_home_reads_the_tickets_again(tmp_path: Path) -> None:
    with own_life(tmp_path, poll_seconds=0) as life:
        life.ask("MOPS-1")
        life.tracker.say("MOPS-1", "Priya Raman", "On it.", public=False)
        before = life.reads()
        life.room.slack.open_home("Maya")
        life.room.slack.wait_for(lambda: life.room.slack.home("Maya"))
        life.after_a_moment(5)
        assert life.reads() > before
        assert [row.kind for row in life.room.rows(OutboxRow)].count("home") == 2
        assert ReadTicket.kind in {row.kind for row in life.room.rows(OutboxRow)}


def test_ticket_and_its_key_shows_one_card_and_private_ones_to_their_asker_only(tmp_path: Path) -> None:
    with own_life(tmp_path) as life:
        life.ask("MOPS-1", "dm")
        life.tracker.say("MOPS-1", "Priya Raman", "The budget is 40,000.", public=True)
        life.look()
        slack = life.room.slack
        assert "40,000" in str(slack.command("Maya", "#ask-mops", "/ticket MOPS-1").ack_text)
        assert "I can't find MOPS-1" in str(slack.command("Jonas", "#ask-mops", "/ticket mops-1").ack_text)
        assert "MOPS-1" in str(slack.command("Maya", "#ask-mops", "/ticket list").ack_text)
        assert "no requests" in str(slack.command("Jonas", "#ask-mops", "/ticket list").ack_text)


def test_a_colleague_may_see_what_was_asked_in_public(tmp_path: Path) -> None:
    with own_life(tmp_path, poll_seconds=0) as life:
        life.ask("MOPS-1")
        assert "HubSpot" in str(life.room.slack.command("Jonas", "#campaigns", "/ticket MOPS-1").ack_text)
