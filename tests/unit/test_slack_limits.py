"""Slack's limits as the stand-in holds them: what is refused, and what is let through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.slack_limits import broadcasts, check_blocks, check_message, check_view

POST = {"unfurl_links": False, "unfurl_media": False}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str = "Go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(label), "action_id": "go", **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def text_input(**more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "value"}
    return {"type": "input", "label": plain("Summary"), "element": element, **more}


def select(count: int, **more: Any) -> dict[str, Any]:
    options = [{"text": plain(f"Option {n}"), "value": str(n)} for n in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options, **more}


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("A form"), "submit": plain("Send"), "blocks": [text_input()], **more}


FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "answer_feedback",
            "positive_button": {"text": plain("👍"), "value": "q1:up"},
            "negative_button": {"text": plain("👎"), "value": "q1:down"},
        }
    ],
}

FINE = {
    "section at its limit": [section("x" * 3000)],
    "section with a button": [section("x", accessory=button("y" * 75, value="v" * 2000, style="primary"))],
    "header and divider": [{"type": "header", "text": plain("h" * 150)}, {"type": "divider"}],
    "markdown": [{"type": "markdown", "text": "m" * 12_000}],
    "feedback": [FEEDBACK],
    "context": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 10}],
    "actions": [actions(*[button(action_id=f"go_{n}") for n in range(25)])],
    "select": [actions(select(100))],
    "fifty blocks": [{"type": "divider"}] * 50,
    "table": [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}],
}

REFUSED = {
    "section too long": ([section("x" * 3001)], "less than 3001"),
    "empty section text": ([section("")], "more than 0"),
    "section without text": ([{"type": "section"}], "needs text or fields"),
    "header too long": ([{"type": "header", "text": plain("h" * 151)}], "less than 151"),
    "header with markup": ([{"type": "header", "text": {"type": "mrkdwn", "text": "h"}}], "plain_text"),
    "markdown too long together": ([{"type": "markdown", "text": "m" * 7000}] * 2, "markdown blocks together"),
    "button label too long": ([actions(button("y" * 76))], "less than 76"),
    "button value too long": ([actions(button(value="v" * 2001))], "less than 2001"),
    "button link too long": ([actions(button(url="u" * 3001))], "less than 3001"),
    "button style unknown": ([actions(button(style="default"))], "one of primary, danger"),
    "action id too long": ([actions(button(action_id="a" * 256))], "less than 256"),
    "action id twice in a block": ([actions(button(), button())], "action_id already exists"),
    "too many buttons": ([actions(*[button(action_id=str(n)) for n in range(26)])], "no more than 25"),
    "no buttons": ([actions()], "no fewer than 1"),
    "context too full": (
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 11}],
        "no more than 10",
    ),
    "a button in a context": ([{"type": "context", "elements": [button()]}], "text object"),
    "feedback among actions": ([actions(FEEDBACK["elements"][0])], "unsupported element type"),
    "block id twice": ([section("a", block_id="b"), section("c", block_id="b")], "block_id already exists"),
    "block id too long": ([section("a", block_id="b" * 256)], "less than 256"),
    "too many options": ([actions(select(101))], "no more than 100"),
    "option label too long": (
        [actions(select(0, options=[{"text": plain("o" * 76), "value": "1"}]))],
        "less than 76",
    ),
    "initial option not offered": (
        [actions(select(2, initial_option={"text": plain("Other"), "value": "9"}))],
        "exactly match",
    ),
    "placeholder too long": ([actions(select(2, placeholder=plain("p" * 151)))], "less than 151"),
    "unknown key": ([section("a", colour="red")], "invalid additional property: colour"),
    "unknown block": ([{"type": "carousel_of_doom"}], "unsupported type"),
    "not a block": (["text"], "unsupported type"),
    "blocks not a list": ({"type": "divider"}, "must be an array"),
    "too many blocks": ([{"type": "divider"}] * 51, "no more than 50"),
    "all blocks together too long": ([section("x" * 2700)] * 5, "all blocks together"),
    "an alert in a message": ([{"type": "alert", "text": plain("a")}], "not allowed in a message"),
    "input without an element": ([{"type": "input", "label": plain("a")}], "missing required field: element"),
}


@pytest.mark.parametrize("blocks", FINE.values(), ids=FINE.keys())
def test_blocks_within_the_limits_pass(blocks: list[dict[str, Any]]) -> None:
    assert check_blocks(blocks, "message") == []


@pytest.mark.parametrize(("blocks", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_blocks_beyond_a_limit_are_refused_with_the_reason(blocks: Any, reason: str) -> None:
    assert reason in "\n".join(map(str, check_blocks(blocks, "message")))


@pytest.mark.parametrize("block", [{"type": "markdown", "text": "m"}, FEEDBACK], ids=["markdown", "feedback"])
def test_blocks_for_messages_are_refused_in_modals(block: dict[str, Any]) -> None:
    assert "not allowed in a modal" in str(check_view(modal(blocks=[block]))[0])


VIEWS = {
    "title too long": (modal(title=plain("t" * 25)), "/view/title/text"),
    "submit too long": (modal(submit=plain("t" * 25)), "/view/submit/text"),
    "close too long": (modal(close=plain("t" * 25)), "/view/close/text"),
    "metadata too long": (modal(private_metadata="p" * 3001), "/view/private_metadata"),
    "too many blocks": (modal(blocks=[{"type": "divider"}] * 101), "no more than 100"),
    "hint too long": (modal(blocks=[text_input(hint=plain("h" * 2001))]), "less than 2001"),
    "label with markup": (modal(blocks=[text_input(label={"type": "mrkdwn", "text": "a"})]), "plain_text"),
    "no submit": ({k: v for k, v in modal().items() if k != "submit"}, "needs submit"),
    "home with a title": ({"type": "home", "title": plain("t"), "blocks": []}, "invalid additional property: title"),
    "unknown type": ({"type": "dialog", "blocks": []}, "modal or home"),
}


@pytest.mark.parametrize(("view", "reason"), VIEWS.values(), ids=VIEWS.keys())
def test_views_beyond_a_limit_are_refused_with_the_reason(view: dict[str, Any], reason: str) -> None:
    assert reason in "\n".join(map(str, check_view(view)))


def test_a_modal_within_the_limits_passes() -> None:
    assert check_view(modal(private_metadata="p" * 3000, blocks=[text_input()] * 100)) == []


def test_a_post_needs_text_and_must_not_unfurl() -> None:
    assert check_message({"text": "hi", **POST}, posted=True) is None
    assert check_message({"blocks": [section("a")], **POST}, posted=True).error == "no_text"
    assert "unfurl_links=False" in check_message({"text": "hi"}, posted=True).reasons[0]


def test_an_oversize_message_is_refused_as_slack_refuses_it() -> None:
    assert check_message({"text": "x" * 40_001}).error == "msg_too_long"
    assert check_message({"text": "a", "blocks": [section("x" * 3001)]}).error == "invalid_blocks"
    assert check_message({"text": "a", "blocks": [section("x" * 2700)] * 5}).error == "msg_blocks_too_long"


def test_loud_mentions_are_found_wherever_slack_would_ring() -> None:
    loud = {
        "text": "<!here>",
        "blocks": [section("<!channel> <!everyone|all>"), {"type": "markdown", "text": "<!here>"}],
    }
    assert broadcasts(loud) == ["<!here>", "<!channel>", "<!everyone|all>", "<!here>"]
    quiet = {"text": "&lt;!here&gt; @here", "blocks": [{"type": "header", "text": plain("<!channel>")}]}
    assert broadcasts(quiet) == []


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "mrkdwn", "plain_text", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "options", "elements", "value", "label"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
KINDS = st.sampled_from(["section", "header", "context", "actions", "input", "markdown", "context_actions", "alert"])
ELEMENTS = st.sampled_from(["button", "static_select", "checkboxes", "plain_text_input", "feedback_buttons", "image"])


@settings(max_examples=300, deadline=None)
@given(KINDS, ELEMENTS, ODD, ODD, ODD)
def test_nonsense_is_refused_and_never_breaks_the_checker(
    kind: str, inner: str, one: Any, two: Any, three: Any
) -> None:
    part = {"type": inner, "options": one, "text": two, "initial_option": three, "action_id": one, "max_length": two}
    block = {"type": kind, "text": one, "elements": [part, three], "element": part, "label": two, "block_id": three}
    assert check_blocks([block, {**block, "elements": two}, one], "message")
    assert check_view({"type": "modal", "title": one, "blocks": two, "private_metadata": three})
    assert check_message({"text": "hi", "blocks": [block], "metadata": one}) is not None
    broadcasts(block)
