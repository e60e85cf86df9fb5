"""What is said while a ticket lives, and the forms of ops people: sizes, words, and nothing live from people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from support_messages import BUSY, LATER, form, request

from bot import news_texts, ops_texts
from bot.demo.slack_limits import broadcasts, check_blocks, check_view
from bot.slack import ids, news, ops_messages, ops_views, tickets
from bot.slack.message import Message
from bot.slack.ops_buttons import ops_actions
from bot.slack.ops_modals import pressed_on
from bot.ticket_news import Ending
from escalation.domain import Assign, Close, Label, Reopen, Request, Retype, TicketComment

HOSTILE = "<!channel> <@U1> & @here *bold* "
LONG = HOSTILE * 400
ACTIONS = (ids.OPS_REASSIGN, ids.OPS_ASK_INFO, ids.OPS_RETYPE, ids.OPS_CLOSE, ids.OPS_DECLINE)


def comment(text: str = "Got the list.", author: str = "Priya Raman") -> TicketComment:
    return TicketComment("10", author, text, LATER, public=True, ours=False)


def messages(words: str, one: Request) -> Iterator[tuple[str, Message]]:
    """One of each, with these words of people in it."""
    for shown in (True, False):
        yield "comment", news.from_ops(one, comment(words, words[:60]), shown=shown)
        yield "info", news.asked_for_info(one, words[:60], words, shown=shown)
        for ending in (None, Ending(words), Ending(words, declined=True), Ending("")):
            yield "done", news.done(one, ending, 1, shown=shown)
            yield "answered", news.done(one, ending, 1, shown=shown, answered=news_texts.solved_by("Maya"))
    yield "gone", news.gone(one)
    yield "not yours", news.not_yours_to_say(words[:60])
    yield "open again", news.open_again(one)
    yield "open for others", news.open_for_others(one, words[:60])
    yield "entry", news.entry_offer(one)
    for change in (Assign(None), Close("x"), Close("x", declined=True), Reopen("x"), Retype("Bug"), Label()):
        yield "refused", ops_messages.not_changed(one, change, words)
        yield "denied", ops_messages.denied(one, change, words)
        yield "later", ops_messages.later(one, change)
    yield "not solved", ops_messages.not_solved(one, words)
    yield "back", ops_messages.back(one, words[:60], words)
    yield "noted", ops_messages.noted(one, lambda m, key: ops_texts.takes(m.words(words[:60]), key))
    yield "no email", ops_messages.no_email(words[:60])
    yield "closed", ops_messages.not_open(one)
    yield "moving card", tickets.ticket_card(one, None, (), last=comment(words))
    yield "card without texts", tickets.ticket_card(one, None, (), last=comment(words), texts_shown=False)


KINDS = [
    pytest.param(words, one, id=f"{name}-{'filed' if one.ticket else 'waiting'}")
    for name, words in (("short", "All forms are in HubSpot."), ("hostile", LONG))
    for one in (request(ticket=replace(BUSY, due=date(2027, 5, 13), status=words[:60])), request(ticket=None))
]


@pytest.mark.parametrize(("words", "one"), KINDS)
def test_slack_takes_every_one_and_nothing_in_it_is_live(words: str, one: Request) -> None:
    for name, message in messages(words, one):
        assert check_blocks(list(message.blocks), "message") == [], name
        assert broadcasts(list(message.blocks)) == []
        assert 0 < len(message.text) <= 3_900, name
        everything = json.dumps([message.text, *message.blocks], ensure_ascii=False)
        assert not re.search(r"<!channel|<@|@here", everything), name
        assert "None" not in message.text, name


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("words", ["Which forms?", LONG], ids=["short", "hostile"])
def test_slack_takes_every_form(action: str, words: str) -> None:
    prefill = {"words": words, "question": words, "answer": words}
    forms = [form(id=f"form_{n}", name=f"{n} {words}"[:200]) for n in range(120)]
    view = ops_views.ops_view(action, request(summary=words), "{}", forms=forms, prefill=prefill)
    assert check_view(view) == []
    unfilled = ops_views.ops_view(action, request(summary=words), "{}", forms=forms)  # what is typed in is not read
    assert broadcasts(unfilled["blocks"]) == []
    assert check_view(ops_views.not_solved_view("{}")) == []


def test_the_card_of_a_ticket_in_work_says_how_it_stands_as_in_voice() -> None:
    busy = request(ticket=replace(BUSY, due=date(2027, 5, 13)))
    shown = tickets.ticket_card(
        busy, "Uma", (), last=comment("Got the list, 14 rows without consent, checking.")
    ).text
    lines = shown.split("\n")
    assert lines[0].endswith("· List import for Berlin event — In progress · Priya · due Thu 13 May")
    assert lines[1] == "Last from ops, 21 Nov 2026 14:30 UTC: “Got the list, 14 rows without consent, checking.”"


def test_where_strangers_read_only_key_and_status_stand() -> None:
    message = tickets.ticket_card(request(ticket=BUSY), "Uma", (), last=comment("secret"), texts_shown=False)
    assert message.text == "MOPS-214 (https://jira.example.com/browse/MOPS-214) — In progress"


def test_the_buttons_name_the_request_and_the_menu_what_is_meant() -> None:
    take, ask, more = ops_actions(request())["elements"]
    assert (take["value"], ask["value"]) == ("7", "7")
    for option in more["options"]:
        action, number = pressed_on({"action_id": ids.OPS_MORE, "selected_option": option})
        assert action in ACTIONS
        assert number == 7


@pytest.mark.parametrize("value", ["", "x", "ops_close:x", "ops_take:7", "ops_close:7²", "no:7", "ops_close:-7"])
def test_a_forged_menu_value_means_no_request(value: str) -> None:
    assert pressed_on({"action_id": ids.OPS_MORE, "selected_option": {"value": value}})[1] == -1


@pytest.mark.parametrize("module", [news_texts, ops_texts])
def test_constants_are_short_and_calm(module: object) -> None:
    for name, value in vars(module).items():
        if name.isupper() and isinstance(value, str):
            assert len(value) <= 300, name
            assert "!!" not in value
