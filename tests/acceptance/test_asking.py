"""Asking the desk: whoever addresses it gets something, everyone else is left in peace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_desk import Room, running_desk

from bot.demo.slack_larkfield import ASK_MOPS, DESK, JONAS, MAYA, larkfield
from bot.demo.slack_reading import buttons, shown_text
from bot.demo.slack_state import Channel
from bot.domain import Escalation
from bot.slack import ids
from bot.tables import FeedbackRow, InboxRow, OutboxRow, QuestionRow
from bot.testing import HITS, verdict
from knowledge.domain import Band, Cause, Level


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_desk(tmp_path) as room:
        yield room
        room.assert_clean()


def test_a_mention_gets_one_sourced_answer_in_its_thread_although_slack_delivers_it_twice(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.settle()
    assert len(room.replies(ts)) == 1
    assert "Good match" in shown_text(answer)
    assert "https://example.com/faq/1" in shown_text(answer)
    assert buttons(answer) == ["👍 Helpful", "👎 Not helpful", "Not what I meant", "Ask the ops team"]
    assert room.tickets() == []


def test_the_asker_sees_at_once_that_the_desk_is_on_it(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.slack.wait_for(lambda: dict(room.slack.message("#ask-mops", ts).reactions).get("eyes"), 2.0)


def test_a_redelivered_event_is_answered_once(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.settle()
    for delivery in list(room.slack.deliveries):
        assert room.slack.redeliver(delivery).status == 200
    room.settle()
    assert len(room.replies(ts)) == 1


def test_a_direct_message_is_answered_without_a_mention(room: Room) -> None:
    ts = room.slack.say("Maya", "dm", "where are my MQLs?")
    room.slack.wait_for_message(room.slack.dm("Maya"), "synced", thread=ts)


def test_a_slash_question_is_answered_in_private_and_can_be_shared(room: Room) -> None:
    said = room.slack.command("Maya", "#ask-mops", "/mops where are my MQLs?")
    assert said.ok
    answer = room.slack.wait_for_message("#ask-mops", "synced", seen_by="Maya")
    assert answer.ephemeral_for
    assert [m for m in room.slack.messages("#ask-mops", seen_by="Jonas") if m.user == DESK] == []
    room.slack.click("Maya", answer, "Share in channel")
    shared = room.slack.wait_for_message("#ask-mops", "Shared by", seen_by="Jonas")
    assert "where are my MQLs?" in shown_text(shared)


def test_close_matches_are_offered_and_the_chosen_one_is_shown_and_recorded(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk something about utm")
    offered = room.slack.wait_for_message("#ask-mops", "Which one is it?", thread=ts)
    assert buttons(offered) == [
        "How do I build a UTM link?",
        "Where are the MQLs from my campaign?",
        "What is an MQL?",
        "None of these",
    ]
    room.slack.click("Maya", offered, "Where are the MQLs from my campaign?")
    shown = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    assert shown.ts == offered.ts
    assert "Possible match" in shown_text(shown)
    assert room.rows(QuestionRow)[0].chosen == 1


def test_not_what_i_meant_offers_the_next_best_and_none_of_these_opens_a_ticket(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.slack.click("Maya", answer, "Not what I meant")
    others = room.slack.wait_for_message("#ask-mops", "next closest", thread=ts)
    assert "Where are the MQLs from my campaign?" not in buttons(others)
    room.slack.click("Maya", others, "None of these")
    room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)
    assert [t.ticket.key for t in room.tickets()] == ["MOPS-1"]
    assert room.rows(QuestionRow)[0].chosen == -1


def test_a_long_answer_is_folded_and_unfolds_in_place(tmp_path: Path) -> None:
    long = HITS[0].__class__(**{**vars(HITS[0]), "text": "One sentence of many. " * 100, "quote": ""})
    with running_desk(tmp_path, script={"mql": verdict(Band.ANSWER, (long,))}) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk mql?")
        answer = room.slack.wait_for_message("#ask-mops", "One sentence", thread=ts)
        folded = len(shown_text(answer))
        room.slack.click("Maya", answer, "Show more")
        room.slack.wait_for(lambda: len(shown_text(room.slack.fresh(answer))) > folded + 1000)
        room.assert_clean()


def test_a_follow_up_needs_no_mention_until_a_third_person_joins(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.slack.say("Maya", "#ask-mops", "and for webinars?", thread=ts)
    room.slack.wait_for_message("#ask-mops", "UTM builder", thread=ts)
    assert room.knowledge.asked[-1].earlier == ("where are my MQLs?",)
    room.slack.say("Jonas", "#ask-mops", "same here, no MQLs", thread=ts)
    room.settle()
    room.slack.say("Maya", "#ask-mops", "what about MQLs from ads?", thread=ts)
    room.settle()
    assert len(room.replies(ts)) == 2
    room.slack.say("Jonas", "#ask-mops", "@MOPS Desk where are my MQLs?", thread=ts)
    room.slack.wait_for(lambda: len(room.replies(ts)) == 3)


def test_a_reply_to_somebody_else_in_the_thread_is_not_taken_for_a_question(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.slack.say("Maya", "#ask-mops", "@Priya do you know about the MQLs?", thread=ts)
    room.settle()
    assert len(room.replies(ts)) == 1


def test_small_talk_and_off_topic_get_one_short_line_and_never_a_ticket(room: Room) -> None:
    for said, answered in (("thanks!", "You're welcome"), ("who wins the football?", "docs")):
        ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {said}")
        line = room.slack.wait_for_message("#ask-mops", answered, thread=ts)
        assert buttons(line) == ["Ask the ops team"]
    room.settle()
    assert room.tickets() == []


def test_an_empty_desk_says_that_it_has_nothing_to_look_in_and_offers_a_ticket(tmp_path: Path) -> None:
    nothing = verdict(Band.ESCALATE, (), Cause.NOTHING_INDEXED)
    with running_desk(tmp_path, script={"mql": nothing}) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk mql?")
        said = room.slack.wait_for_message("#ask-mops", "don't have anything to look in yet", thread=ts)
        assert buttons(said) == ["Ask the ops team"]
        room.assert_clean()


def test_a_channel_that_did_not_opt_in_is_neither_answered_nor_recorded(room: Room) -> None:
    room.slack.say("Jonas", "#campaigns", "where are my MQLs?")
    room.settle()
    assert room.rows(InboxRow) == []


def test_an_opted_in_channel_gets_answers_only_and_silence_otherwise(tmp_path: Path) -> None:
    with running_desk(tmp_path, listen=frozenset({ASK_MOPS})) as room:
        sure = room.slack.say("Jonas", "#ask-mops", "where are my MQLs?")
        room.slack.wait_for_message("#ask-mops", "synced", thread=sure)
        unsure = [room.slack.say("Jonas", "#ask-mops", text) for text in ("something about utm", "lunch?")]
        room.settle()
        assert [room.replies(ts) for ts in unsure] == [[], []]
        assert dict(room.slack.message("#ask-mops", sure).reactions) == {}
        assert room.tickets() == []
        assert len(room.rows(QuestionRow)) == 1
        room.assert_clean()


def test_ask_the_desk_on_a_message_answers_in_that_messages_thread(room: Room) -> None:
    ts = room.slack.say("Jonas", "#campaigns", "hm, where are my MQLs?")
    assert room.slack.shortcut("Maya", ids.SHORTCUT_ASK, "#campaigns", ts).ok
    room.slack.wait_for_message("#campaigns", "synced", thread=ts)


def test_app_home_takes_a_question_and_answers_in_the_dm(room: Room) -> None:
    room.slack.open_home("Maya")
    home = room.slack.wait_for(lambda: room.slack.home("Maya"))
    room.slack.click("Maya", home, ids.HOME_ASK)
    assert room.slack.submit("Maya", {"Your question": "where are my MQLs?"}).ok
    room.slack.wait_for_message(room.slack.dm("Maya"), "synced")


def test_thumbs_are_kept_and_the_last_one_counts(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    assert room.slack.click("Maya", answer, "👍 Helpful").ok
    room.settle()
    assert room.slack.click("Maya", answer, "👎 Not helpful").ok
    room.settle()
    assert [row.helpful for row in room.rows(FeedbackRow)] == [False]


def test_subcommands_are_answered_and_a_near_miss_is_asked_about(room: Room) -> None:
    assert "/ticket" in (room.slack.command("Maya", "#ask-mops", "/mops help").ack_text or "")
    assert "U0PRIYA" in (room.slack.command("Maya", "#ask-mops", "/mops oncall").ack_text or "")
    assert "Did you mean" in (room.slack.command("Maya", "#ask-mops", "/mops hepl").ack_text or "")


def test_forget_me_wipes_what_a_person_asked(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.slack.command("Maya", "#ask-mops", "/mops forget me")
    room.slack.wait_for_message("#ask-mops", "is deleted", seen_by="Maya")
    assert [row.text for row in room.rows(QuestionRow)] == [""]
    assert "MQLs?" not in str([row.payload for row in (*room.rows(InboxRow), *room.rows(OutboxRow))])


def test_our_own_channel_is_internal_and_one_shared_with_another_company_is_read_as_external(tmp_path: Path) -> None:
    workspace = larkfield()
    partner = Channel("C0PARTNER", "partner", "channel", (MAYA, JONAS, DESK), ext_shared=True)
    workspace.channels[partner.id] = partner
    with running_desk(tmp_path, workspace=workspace) as room:
        for channel in ("#ask-mops", "#partner"):
            room.slack.say("Maya", channel, "@MOPS Desk where are my MQLs?")
            room.settle()
        asked_as = [asked.audience.level for asked in room.knowledge.asked]
        assert asked_as == [Level.INTERNAL, Level.PUBLIC, Level.INTERNAL]  # at last for Maya alone


def test_with_escalation_offer_the_desk_asks_before_it_opens_anything(tmp_path: Path) -> None:
    with running_desk(tmp_path, escalation=Escalation.OFFER) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk move our forms to another tool")
        offer = room.slack.wait_for_message("#ask-mops", "couldn't find this", thread=ts)
        assert buttons(offer) == ["Ask the ops team"]
        room.settle()
        assert room.tickets() == []
        room.slack.click("Maya", offer, "Ask the ops team")
        assert room.slack.modal("Maya") is not None
        room.assert_clean()


def test_help_on_call_and_a_wish_for_people_are_answered_in_the_thread(room: Room) -> None:
    for said, answered in (
        ("help", "I answer from the team's own docs"),
        ("", "I answer from the team's own docs"),
        ("who is on triage?", "Priya Raman is on triage today"),
        ("talk to a human", "they take it from there"),
        ("forget me", "/mops forget me"),
    ):
        ts = room.slack.say("Maya", "#ask-mops", f"@MOPS Desk {said}")
        room.slack.wait_for_message("#ask-mops", answered, thread=ts)
    room.settle()
    assert room.tickets() == []


def test_of_several_questions_the_first_is_answered_and_the_rest_is_not_dropped_silently(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs? which colour is our logo?")
    answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    assert "I took the first one: “where are my MQLs?”" in shown_text(answer)
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk which colour is our logo? where are my MQLs?")
    answer = room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    assert "You asked several things" in shown_text(answer)


def test_a_word_that_nothing_fits_is_asked_about_before_it_becomes_a_ticket(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk link")
    said = room.slack.wait_for_message("#ask-mops", "Tell me a bit more", thread=ts)
    assert buttons(said) == ["Ask the ops team"]
    room.settle()
    assert room.tickets() == []
    room.slack.say("Maya", "#ask-mops", "the one for the Berlin webinar", thread=ts)
    room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)


def test_a_ticket_wished_for_in_a_thread_is_about_the_question_asked_there(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk how long until my MQLs show up?")
    room.slack.wait_for_message("#ask-mops", "synced", thread=ts)
    room.slack.say("Maya", "#ask-mops", "thanks", thread=ts)
    room.slack.wait_for_message("#ask-mops", "You're welcome", thread=ts)
    room.slack.say("Maya", "#ask-mops", "sure? please open a ticket for this", thread=ts)
    offer = room.slack.wait_for_message("#ask-mops", "The form begins with what you asked", thread=ts)
    room.slack.click("Maya", offer, "Ask the ops team")
    assert "how long until my MQLs show up?" in str(room.slack.modal("Maya"))
    room.settle()
    assert room.tickets() == []


def test_work_nothing_is_written_about_becomes_a_ticket_and_not_a_shrug(tmp_path: Path) -> None:
    nothing = verdict(Band.ESCALATE, (), Cause.OFF_TOPIC)
    with running_desk(tmp_path, script={"pardot": nothing}) as room:
        ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk can you rename the Pardot folder?")
        room.slack.wait_for_message("#ask-mops", "MOPS-1", thread=ts)


def test_not_what_i_meant_works_again_on_the_next_best_hit(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk where are my MQLs?")
    room.slack.click("Maya", room.slack.wait_for_message("#ask-mops", "synced", thread=ts), "Not what I meant")
    others = room.slack.wait_for_message("#ask-mops", "next closest", thread=ts)
    room.slack.click("Maya", others, "What is an MQL?")
    second = room.slack.wait_for_message("#ask-mops", "sales development", thread=ts)
    room.slack.click("Maya", second, "Not what I meant")
    room.slack.wait_for(lambda: len(room.replies(ts)) == 3)
    assert buttons(room.replies(ts)[-1]) == [
        "How do I build a UTM link?",
        "How long does an email take?",
        "None of these",
    ]


def test_nobody_opens_a_ticket_in_another_persons_name(room: Room) -> None:
    ts = room.slack.say("Maya", "#ask-mops", "@MOPS Desk something about utm")
    offered = room.slack.wait_for_message("#ask-mops", "Which one is it?", thread=ts)
    room.slack.click("Jonas", offered, "None of these")
    told = room.slack.wait_for_message("#ask-mops", "Maya Lindqvist's question", seen_by="Jonas")
    assert buttons(told) == ["Ask the ops team"]
    room.settle()
    assert room.tickets() == []


def test_an_answer_for_the_team_is_not_shared_where_outsiders_read(tmp_path: Path) -> None:
    workspace = larkfield()
    partner = Channel("C0PARTNER", "partner", "channel", (MAYA, JONAS, DESK), ext_shared=True)
    workspace.channels[partner.id] = partner
    found = iter([verdict(Band.ANSWER), verdict(Band.ESCALATE, ())])  # for Maya; for everyone in the channel
    with running_desk(tmp_path, workspace=workspace, script={"mql": lambda: next(found)}) as room:
        room.slack.command("Maya", "#partner", "/mops where are my MQLs?")
        answer = room.slack.wait_for_message("#partner", "synced", seen_by="Maya")
        room.slack.click("Maya", answer, "Share in channel")
        room.slack.wait_for_message("#partner", "people from outside", seen_by="Maya")
        assert [m for m in room.slack.messages("#partner", seen_by="Jonas") if m.user == DESK] == []
