"""The demo page in headless Chromium, on a tiny fake of its API: rendering, clicking, forms, keyboard, hostile text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright
from support_page import CHANNEL, DESK, DM, MAYA, PRIYA, FakeDesk, fake_desk, input_block, message, modal, option

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
HOSTILE = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"
ESCAPED = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
CUT_ON_PURPOSE = "net::ERR_FAILED"  # what Chromium logs for a request that a test aborts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    """One tab for all tests: a fresh one for each costs most of their time."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
        opened = browser.new_page(color_scheme="light")
        opened.set_default_timeout(8_000)
        yield opened
        browser.close()


@pytest.fixture(scope="module")
def served() -> Iterator[FakeDesk]:
    with fake_desk() as fake:
        yield fake


@pytest.fixture
def desk(served: FakeDesk) -> FakeDesk:
    served.reset()
    return served


@pytest.fixture
def page(tab: Page, desk: FakeDesk) -> Iterator[Page]:
    """The page, opened anew; nothing may go wrong in its console, the content security policy included."""
    troubles: list[str] = []
    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.goto(desk.url)
    tab.evaluate("localStorage.clear()")
    tab.on("console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.reload()
    tab.get_by_test_id("channel").first.wait_for()
    yield tab
    tab.goto("about:blank")
    tab.remove_all_listeners()
    assert [line for line in troubles if CUT_ON_PURPOSE not in line] == []


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def _mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def _button(action_id: str, text: str = "Press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": _plain(text), "value": "7", **more}


def _actions(*elements: dict[str, Any], block_id: str = "acts") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def _shown(page: Page, desk: FakeDesk, *blocks: dict[str, Any], ts: str = "1700000100.000001") -> Locator:
    """The desk says these blocks; the message as the page shows it."""
    desk.say(message(ts, "fallback", DESK, blocks=list(blocks)))
    found = page.locator(f"#main [data-testid=message][data-ts='{ts}']")
    found.wait_for()
    return found


def _until_posted(page: Page, desk: FakeDesk, path: str, count: int = 1) -> dict[str, Any]:
    """The latest body posted to that path, once there are as many."""
    for _ in range(200):
        if len(desk.posted(path)) >= count:
            return desk.posted(path)[-1]
        page.wait_for_timeout(20)
    raise AssertionError(f"nothing posted to {path}; there is {desk.posts}")


# ---- rendering -----------------------------------------------------------------------------------------------------


def test_an_example_question_is_sent_as_a_mention_of_the_desk(page: Page, desk: FakeDesk) -> None:
    page.get_by_test_id("example-question").first.click()
    said = _until_posted(page, desk, "message")
    assert said == {"user": MAYA, "channel": CHANNEL, "text": f"<@{DESK}> where are my MQLs?"}


def test_a_section_shows_markup_mentions_links_fields_and_its_accessory(page: Page, desk: FakeDesk) -> None:
    text = f"*bold* _it_ ~no~ `x &lt; y` <https://example.com/a?b=1&amp;c=2|the page> <@{PRIYA}>\n• one\n• two\n&gt; quoted"
    section = {"type": "section", "block_id": "s", "text": _mrkdwn(text), "fields": [_mrkdwn("*F* 1"), _plain("F 2")]}
    shown = _shown(page, desk, {**section, "accessory": _button("side")})
    assert [shown.locator(tag).first.inner_text() for tag in ("strong >> nth=1", "em", "s", "code")] == [
        "bold", "it", "no", "x < y",
    ]  # fmt: skip
    expect(shown.get_by_role("link", name="the page")).to_have_attribute("href", "https://example.com/a?b=1&c=2")
    expect(shown.locator(".mention")).to_have_text("@Priya Raman")
    assert shown.locator("li").all_inner_texts() == ["one", "two"]
    expect(shown.locator("blockquote")).to_have_text("quoted")
    expect(shown.locator(".fields > div")).to_have_count(2)
    expect(shown.locator("button[data-action-id=side]")).to_be_visible()


def test_a_markdown_block_shows_headings_nested_lists_tables_and_code(page: Page, desk: FakeDesk) -> None:
    text = "# Sync\n\n1. first **now**\n2. second\n   - inner\n\n| A | B |\n|---|---|\n| 1 | `2` |\n\n```\na < b\n```\n> note"
    shown = _shown(page, desk, {"type": "markdown", "text": text})
    expect(shown.locator(".markdown h3")).to_have_text("Sync")
    expect(shown.locator("ol > li")).to_have_count(2)
    expect(shown.locator("ol ul li")).to_have_text("inner")
    assert shown.locator("td").all_inner_texts() == ["1", "2"]
    expect(shown.locator("pre")).to_have_text("a < b")
    expect(shown.locator("blockquote")).to_have_text("note")


def test_header_context_divider_image_and_rich_text_are_shown(page: Page, desk: FakeDesk) -> None:
    runs = [{"type": "text", "text": "strong", "style": {"bold": True}}, {"type": "user", "user_id": MAYA}]
    shown = _shown(
        page,
        desk,
        {"type": "header", "text": _plain("A headline")},
        {"type": "context", "elements": [_mrkdwn("*Good match*"), _plain("ops-lifecycle")]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://elsewhere.example/p.png", "alt_text": "A funnel"},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": runs}]},
    )
    expect(shown.get_by_role("heading", name="A headline")).to_be_visible()
    expect(shown.locator(".block-context")).to_contain_text("Good match")
    expect(shown.locator("hr")).to_have_count(1)
    expect(shown.get_by_role("img", name="A funnel")).to_be_visible()
    expect(shown.locator("img")).to_have_count(0)
    expect(shown.locator(".rich-text strong")).to_have_text("strong")
    expect(shown.locator(".mention-me")).to_have_text("@Maya Lindqvist")


def test_an_unknown_block_leaves_a_visible_line(page: Page, desk: FakeDesk) -> None:
    shown = _shown(page, desk, {"type": "heat_map"}, _actions({"type": "dial", "action_id": "d"}))
    expect(shown.locator(".unsupported")).to_have_text(["unsupported block: heat_map", "unsupported element: dial"])


@pytest.mark.parametrize("kind", ["section", "plain", "markdown", "header", "text", "link", "rich"])
def test_hostile_text_stays_text(page: Page, desk: FakeDesk, kind: str) -> None:
    run = {"type": "text", "text": HOSTILE}
    blocks: dict[str, list[dict[str, Any]]] = {
        "section": [{"type": "section", "text": _mrkdwn(ESCAPED)}],
        "plain": [{"type": "section", "text": _plain(HOSTILE)}],
        "markdown": [{"type": "markdown", "text": HOSTILE}],
        "header": [{"type": "header", "text": _plain(HOSTILE)}],
        "text": [],
        "link": [{"type": "section", "text": _mrkdwn(f"<javascript:alert(1)|{ESCAPED}>")}],
        "rich": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}],
    }
    desk.say(message("1700000100.000001", ESCAPED, DESK, blocks=blocks[kind]))
    body = page.locator("#main .message-body")
    expect(body).to_contain_text(HOSTILE)
    assert body.locator("img, script, a[href^='javascript']").count() == 0
    assert "pwned" not in page.title()


def test_dangerous_links_in_markdown_and_buttons_lead_nowhere(page: Page, desk: FakeDesk) -> None:
    text = "[a](javascript:alert(1)) [b](data:text/html,x) <javascript:alert(1)> [c](https://ok.example/x)"
    shown = _shown(page, desk, {"type": "markdown", "text": text}, _actions(_button("go", url="javascript:alert(1)")))
    hrefs = shown.locator("a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert hrefs == ["https://ok.example/x"]


def test_a_message_only_i_can_see_is_marked_and_others_are_not_shown(page: Page, desk: FakeDesk) -> None:
    desk.say(
        message("1700000001.000000", "for me", DESK, ephemeral_for=MAYA),
        message("1700000002.000000", "for Priya", DESK, ephemeral_for=PRIYA),
    )
    expect(page.get_by_test_id("message")).to_have_count(1)
    expect(page.get_by_test_id("message")).to_contain_text("Only visible to you")


# ---- clicking ------------------------------------------------------------------------------------------------------


def test_a_pressed_button_sends_its_action_and_waits_for_the_change(page: Page, desk: FakeDesk) -> None:
    shown = _shown(page, desk, _actions(_button("ask_ops_team", "Ask the ops team", style="primary")))
    button = shown.locator("button[data-action-id=ask_ops_team]")
    button.click()
    sent = _until_posted(page, desk, "action")
    assert (sent["user"], sent["channel"], sent["message_ts"]) == (MAYA, CHANNEL, "1700000100.000001")
    assert sent["action"] == {
        "type": "button", "block_id": "acts", "action_id": "ask_ops_team", "value": "7", "text": _plain("Ask the ops team"),
    }  # fmt: skip
    expect(button).to_have_attribute("aria-busy", "true")
    desk.touch()
    expect(button).not_to_have_attribute("aria-busy", "true")


def test_a_confirm_dialog_stands_before_the_action(page: Page, desk: FakeDesk) -> None:
    confirm = {"title": _plain("Sure?"), "text": _plain("It closes."), "confirm": _plain("Close it"), "deny": _plain("Keep")}
    shown = _shown(page, desk, _actions(_button("not_needed", confirm=confirm, style="danger")))
    shown.locator("button[data-action-id=not_needed]").click()
    page.get_by_test_id("confirm").get_by_role("button", name="Keep").click()
    assert desk.posted("action") == []
    shown.locator("button[data-action-id=not_needed]").click()
    page.get_by_test_id("confirm").get_by_role("button", name="Close it").click()
    assert _until_posted(page, desk, "action")["action"]["action_id"] == "not_needed"


def test_feedback_and_icon_buttons_send_their_values(page: Page, desk: FakeDesk) -> None:
    pair = {
        "type": "feedback_buttons",
        "action_id": "answer_feedback",
        "positive_button": {"text": _plain("Helpful"), "value": "1:up"},
        "negative_button": {"text": _plain("Not helpful"), "value": "1:down"},
    }
    trash = {"type": "icon_button", "icon": "trash", "action_id": "hide", "text": _plain("Hide"), "value": "h"}
    shown = _shown(page, desk, {"type": "context_actions", "block_id": "f", "elements": [pair, trash]})
    shown.get_by_role("button", name="Not helpful").click()
    assert _until_posted(page, desk, "action")["action"]["value"] == "1:down"
    expect(shown.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    shown.get_by_role("button", name="Hide").click()
    assert _until_posted(page, desk, "action", 2)["action"]["value"] == "h"


def test_selects_and_overflow_in_a_message_send_what_was_chosen(page: Page, desk: FakeDesk) -> None:
    select = {"type": "static_select", "action_id": "pick", "options": [option("one"), option("two")]}
    menu = {"type": "overflow", "action_id": "more", "options": [option("hide"), option("mute")]}
    shown = _shown(page, desk, _actions(select, menu))
    shown.locator("[data-action-id=pick]").select_option("two")
    assert _until_posted(page, desk, "action")["action"]["selected_option"] == option("two")
    shown.locator("[data-action-id=more]").click()
    page.get_by_role("menuitem", name="Mute").click()
    assert _until_posted(page, desk, "action", 2)["action"]["selected_option"] == option("mute")


def test_the_thread_opens_by_itself_when_the_desk_answers_me(page: Page, desk: FakeDesk) -> None:
    desk.say(message("1700000001.000000", f"<@{DESK}> where?"))
    page.get_by_test_id("message").wait_for()
    expect(page.get_by_test_id("thread-pane")).to_be_hidden()
    desk.say(message("1700000002.000000", "There.", DESK, thread_ts="1700000001.000000"))
    expect(page.get_by_test_id("thread-pane").get_by_text("There.")).to_be_visible()
    expect(page.get_by_test_id("thread-link")).to_contain_text("1 reply")
    page.get_by_test_id("thread-composer").fill("thanks")
    page.get_by_test_id("thread-send").click()
    assert _until_posted(page, desk, "message")["thread_ts"] == "1700000001.000000"


def test_the_message_menu_offers_shortcuts_and_reactions(page: Page, desk: FakeDesk) -> None:
    desk.say(message("1700000001.000000", "where?", PRIYA))
    page.get_by_test_id("message").hover()
    page.get_by_test_id("message-more").click()
    page.get_by_test_id("shortcut-ask_the_desk").click()
    assert _until_posted(page, desk, "shortcut") == {
        "user": MAYA, "callback_id": "ask_the_desk", "channel": CHANNEL, "message_ts": "1700000001.000000",
    }  # fmt: skip
    page.get_by_test_id("message").hover()
    page.get_by_test_id("react").click()
    page.get_by_test_id("emoji-eyes").click()
    assert _until_posted(page, desk, "reaction")["name"] == "eyes"


def test_a_ticket_appears_in_the_panel_and_opens_in_full(page: Page, desk: FakeDesk) -> None:
    ticket = {"key": "MOPS-1", "url": f"{desk.url}/#ticket-MOPS-1", "summary": "Import a list", "status": "To Do"}
    more = {"issue_type": "Task", "assignee": None, "labels": [], "created_at": "2026-11-22T09:00:00+00:00", "comments": []}
    desk.tickets.append({**ticket, **more, "description": f"h3. Question\n{{noformat}}{HOSTILE}{{noformat}}\n* *where*"})
    desk.touch()
    page.locator("[data-testid=ticket][data-key=MOPS-1]").click()
    detail = page.get_by_test_id("ticket-detail")
    expect(detail.get_by_role("heading", name="Question")).to_be_visible()
    expect(detail.locator(".as-typed")).to_have_text(HOSTILE)
    expect(detail.locator("li strong")).to_have_text("where")
    page.keyboard.press("Escape")
    expect(detail).to_have_count(0)


def test_a_failed_press_is_told_and_a_notice_of_the_server_too(page: Page, desk: FakeDesk) -> None:
    shown = _shown(page, desk, _actions(_button("x")))
    desk.notices.append({"id": 5, "text": "That failed with the error operation_timeout.", "at": 0})
    desk.answers["action"] = {"ok": False, "error": "operation_timeout"}
    shown.locator("button[data-action-id=x]").click()
    desk.touch()
    expect(page.get_by_test_id("notice")).to_have_text("That failed with the error operation_timeout.")
    expect(shown.locator("button[data-action-id=x]")).not_to_have_attribute("aria-busy", "true")


def test_switching_the_person_and_opening_app_home(page: Page, desk: FakeDesk) -> None:
    desk.home = {"type": "home", "id": "VH", "blocks": [_actions(_button("home_ask", "Ask a question"))]}
    page.get_by_test_id("person-switch").click()
    page.get_by_test_id(f"person-{PRIYA}").click()
    expect(page.get_by_test_id("person-switch")).to_contain_text("Priya Raman")
    page.get_by_test_id("home-tab").click()
    assert _until_posted(page, desk, "home") == {"user": PRIYA}
    page.get_by_test_id("home").locator("button[data-action-id=home_ask]").click()
    assert _until_posted(page, desk, "action")["view_id"] == "VH"


# ---- forms ---------------------------------------------------------------------------------------------------------

TYPES = {"type": "static_select", "options": [option("list"), option("email")]}


def _open(page: Page, desk: FakeDesk, *blocks: dict[str, Any], **view: Any) -> Locator:
    desk.show(modal(*blocks, **view))
    dialog = page.get_by_test_id("modal")
    expect(dialog).to_be_visible()
    return dialog


def test_every_kind_of_input_is_sent_in_slacks_shape(page: Page, desk: FakeDesk) -> None:
    kinds = ("number_input", "url_text_input", "email_text_input", "datepicker", "timepicker", "datetimepicker")
    many = [option("emea"), option("dach"), option("apac")]
    dialog = _open(
        page,
        desk,
        input_block("text", {"type": "plain_text_input", "multiline": True}),
        *(input_block(kind, {"type": kind}) for kind in kinds),
        input_block("pick", TYPES),
        input_block("regions", {"type": "multi_static_select", "options": many}),
        input_block("who", {"type": "users_select"}),
        input_block("cc", {"type": "multi_users_select"}),
        input_block("tick", {"type": "checkboxes", "options": many}),
        input_block("one", {"type": "radio_buttons", "options": many}),
    )
    typed = ("line 1\nline 2", "12", "https://x.example/a", "a@example.com", "2027-05-14", "10:30", "2027-05-14T10:30")
    for block, value in zip(("text", *kinds), typed, strict=True):
        dialog.locator(f"[data-block-id={block}] [data-action-id=value]").fill(value)
    dialog.locator("[data-block-id=pick] select").select_option("list")
    dialog.locator("[data-block-id=regions] button").click()
    dialog.locator("[data-block-id=regions]").get_by_label("Emea").check()
    dialog.locator("[data-block-id=who] select").select_option(PRIYA)
    dialog.locator("[data-block-id=cc] button").click()
    dialog.locator("[data-block-id=cc]").get_by_label("Maya Lindqvist").check()
    dialog.locator("[data-block-id=tick]").get_by_label("Dach").check()
    dialog.locator("[data-block-id=one]").get_by_label("Apac").check()
    page.get_by_test_id("modal-submit").click()
    values = _until_posted(page, desk, "view_submit")["values"]
    moment = page.evaluate("new Date('2027-05-14T10:30').getTime() / 1000")
    assert {block: next(v for k, v in answer["value"].items() if k != "type") for block, answer in values.items()} == {
        "text": "line 1\nline 2", "number_input": "12", "url_text_input": "https://x.example/a",
        "email_text_input": "a@example.com", "datepicker": "2027-05-14", "timepicker": "10:30",
        "datetimepicker": moment, "pick": option("list"), "regions": [option("emea")], "who": PRIYA, "cc": [MAYA],
        "tick": [option("dach")], "one": option("apac"),
    }  # fmt: skip


def test_a_needed_input_left_empty_is_told_under_it_and_nothing_is_sent(page: Page, desk: FakeDesk) -> None:
    dialog = _open(page, desk, input_block("a", {"type": "plain_text_input"}, optional=True), input_block("b", TYPES))
    page.get_by_test_id("modal-submit").click()
    expect(dialog.locator("[data-block-id=b] .field-error")).to_have_text("This one is needed.")
    expect(dialog.locator("[data-block-id=b] select")).to_be_focused()
    expect(dialog.locator("[data-block-id=a] .field-error")).to_be_empty()
    assert desk.posted("view_submit") == []


def test_the_desks_own_errors_stand_under_their_inputs_until_changed(page: Page, desk: FakeDesk) -> None:
    dialog = _open(page, desk, input_block("link", {"type": "url_text_input", "initial_value": "https://a.example"}))
    desk.answers["view_submit"] = {"ok": False, "error": "invalid_input", "errors": {"link": "That link has no utm_source."}}
    page.get_by_test_id("modal-submit").click()
    expect(dialog.locator(".field-error")).to_have_text("That link has no utm_source.")
    expect(dialog.locator("input")).to_have_attribute("aria-invalid", "true")
    dialog.locator("input").fill("https://a.example/?utm_source=x")
    expect(dialog.locator(".field-error")).to_be_empty()


def test_choosing_a_type_keeps_what_was_typed_when_the_form_changes(page: Page, desk: FakeDesk) -> None:
    kind = input_block("type", {**TYPES, "action_id": "request_type"}, dispatch_action=True)
    title = input_block("title", {"type": "plain_text_input"})
    dialog = _open(page, desk, kind, title)
    dialog.locator("[data-block-id=title] input").fill("Berlin list")
    dialog.locator("[data-action-id=request_type]").select_option("email")
    sent = _until_posted(page, desk, "action")
    assert (sent["view_id"], sent["action"]["selected_option"]) == ("V1", option("email"))
    assert sent["values"]["title"]["value"]["value"] == "Berlin list"
    desk.show(modal(kind, title, input_block("send_at", {"type": "datepicker"}), version="2"))
    expect(dialog.locator("[data-block-id=send_at]")).to_be_visible()
    expect(dialog.locator("[data-block-id=title] input")).to_have_value("Berlin list")
    expect(dialog.locator("[data-action-id=request_type]")).to_have_value("email")
    expect(dialog.locator("[data-block-id=title] input")).to_be_focused()


def test_a_pushed_view_returns_to_the_form_as_it_was_left(page: Page, desk: FakeDesk) -> None:
    first = modal(input_block("a", {"type": "plain_text_input"}))
    desk.show(first)
    page.get_by_test_id("modal").locator("input").fill("kept")
    desk.show(modal({"type": "section", "text": _plain("Send it?")}, view_id="V2", submit=_plain("Yes")))
    expect(page.get_by_test_id("modal-submit")).to_have_text("Yes")
    page.get_by_test_id("modal-cancel").click()
    assert _until_posted(page, desk, "view_close") == {"user": MAYA, "view_id": "V2"}
    desk.show(first)
    expect(page.get_by_test_id("modal").locator("input")).to_have_value("kept")


# ---- keyboard ------------------------------------------------------------------------------------------------------


def test_enter_sends_shift_enter_breaks_the_line_and_at_completes_a_name(page: Page, desk: FakeDesk) -> None:
    page.keyboard.press("Control+k")
    composer = page.get_by_test_id("composer")
    expect(composer).to_be_focused()
    composer.press_sequentially("@mop")
    expect(page.get_by_test_id("suggestion")).to_have_text("MOPS DeskApp")
    page.keyboard.press("Enter")
    composer.press_sequentially("a & b")
    page.keyboard.press("Shift+Enter")
    composer.press_sequentially("second")
    page.keyboard.press("Enter")
    assert _until_posted(page, desk, "message")["text"] == f"<@{DESK}> a & b\nsecond"
    expect(composer).to_have_value("")


def test_a_slash_command_is_completed_hinted_and_sent(page: Page, desk: FakeDesk) -> None:
    composer = page.get_by_test_id("composer")
    composer.click()
    composer.press_sequentially("/m")
    page.keyboard.press("Tab")
    expect(composer).to_have_value("/mops ")
    expect(page.locator("#main .composer-hint")).to_contain_text("[question]")
    composer.press_sequentially("where?")
    page.keyboard.press("Enter")
    sent = _until_posted(page, desk, "command")
    assert sent == {"user": MAYA, "channel": CHANNEL, "command": "/mops", "text": "where?"}


def test_an_unknown_command_is_told_and_stays_in_the_composer(page: Page, desk: FakeDesk) -> None:
    page.get_by_test_id("composer").fill("/lunch now")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("notice")).to_contain_text("/lunch isn't a command here")
    expect(page.get_by_test_id("composer")).to_have_value("/lunch now")
    assert desk.posted("message") == []


def test_the_modal_keeps_the_focus_and_escape_closes_it(page: Page, desk: FakeDesk) -> None:
    dialog = _open(page, desk, input_block("a", {"type": "plain_text_input"}))
    expect(dialog.locator("input")).to_be_focused()
    for _ in range(7):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
    page.keyboard.press("Escape")
    _until_posted(page, desk, "view_close")
    desk.show(None)
    expect(dialog).to_be_hidden()


def test_escape_closes_the_thread_and_arrows_walk_the_messages(page: Page, desk: FakeDesk) -> None:
    desk.say(message("1700000001.000000", "first", PRIYA), message("1700000900.000000", "second"))
    page.get_by_test_id("message").last.focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_test_id("message").first).to_be_focused()
    page.get_by_test_id("message").first.get_by_test_id("reply").click()
    expect(page.get_by_test_id("thread-composer")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("thread-pane")).to_be_hidden()


# ---- the page itself -----------------------------------------------------------------------------------------------


def test_the_theme_follows_the_button_and_is_kept(page: Page) -> None:
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_test_id("theme-toggle").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_narrow_window_has_sheets_and_never_scrolls_sideways(page: Page, desk: FakeDesk) -> None:
    page.set_viewport_size({"width": 380, "height": 700})
    long_word = "a" * 200
    _shown(page, desk, {"type": "markdown", "text": f"`{long_word}` {long_word}"}, _actions(_button("x", "y" * 75)))
    assert page.evaluate("document.documentElement.scrollWidth") == 380
    expect(page.get_by_test_id("ticket-panel")).to_be_hidden()
    page.get_by_test_id("open-tickets").click()
    expect(page.get_by_test_id("ticket-panel")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("Open navigation").click()
    page.locator(f"[data-testid=channel][data-channel={DM}]").click()
    expect(page.get_by_role("heading", name="MOPS Desk", level=1)).to_be_visible()


def test_the_page_reconnects_quietly_when_the_server_comes_back(page: Page, desk: FakeDesk) -> None:
    page.route("**/demo/api/changes*", lambda route: route.abort())
    page.route("**/demo/api/state*", lambda route: route.abort())
    desk.touch()
    expect(page.get_by_text("reconnecting")).to_be_visible()
    page.unroute("**/demo/api/changes*")
    page.unroute("**/demo/api/state*")
    desk.say(message("1700000001.000000", "back again", PRIYA))
    expect(page.get_by_text("back again")).to_be_visible()
    expect(page.get_by_text("reconnecting")).to_be_hidden()
