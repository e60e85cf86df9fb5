"""Forms and the keyboard on the demo page, in headless Chromium on a tiny fake of its API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from support_browser import Tab, browser_tab, needs_chromium, open_modal, plain, until_posted
from support_page import CHANNEL, DESK, MAYA, PRIYA, FakeDesk, input_block, message, modal, option

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with browser_tab() as opened:
        yield opened


@pytest.fixture
def desk(tab: Tab) -> FakeDesk:
    return tab.desk


@pytest.fixture
def page(tab: Tab) -> Iterator[Page]:
    with tab.opened() as shown:
        yield shown


# ---- forms ---------------------------------------------------------------------------------------------------------

TYPES = {"type": "static_select", "options": [option("list"), option("email")]}


def test_every_kind_of_input_is_sent_in_slacks_shape(page: Page, desk: FakeDesk) -> None:
    kinds = ("number_input", "url_text_input", "email_text_input", "datepicker", "timepicker", "datetimepicker")
    many = [option("emea"), option("dach"), option("apac")]
    dialog = open_modal(
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
    typed = (
        "line 1\nline 2",
        "12",
        "https://x.example/a",
        "a@example.com",
        "2027-05-14",
        "10:30",
        "2027-05-14T10:30",
    )
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
    values = until_posted(page, desk, "view_submit")["values"]
    moment = page.evaluate("new Date('2027-05-14T10:30').getTime() / 1000")
    sent = {block: next(v for k, v in each["value"].items() if k != "type") for block, each in values.items()}
    assert sent == {
        "text": "line 1\nline 2", "number_input": "12", "url_text_input": "https://x.example/a",
        "email_text_input": "a@example.com", "datepicker": "2027-05-14", "timepicker": "10:30",
        "datetimepicker": moment, "pick": option("list"), "regions": [option("emea")], "who": PRIYA, "cc": [MAYA],
        "tick": [option("dach")], "one": option("apac"),
    }  # fmt: skip


def test_a_needed_input_left_empty_is_told_under_it_and_nothing_is_sent(page: Page, desk: FakeDesk) -> None:
    dialog = open_modal(
        page, desk, input_block("a", {"type": "plain_text_input"}, optional=True), input_block("b", TYPES)
    )
    page.get_by_test_id("modal-submit").click()
    expect(dialog.locator("[data-block-id=b] .field-error")).to_have_text("This one is needed.")
    expect(dialog.locator("[data-block-id=b] select")).to_be_focused()
    expect(dialog.locator("[data-block-id=a] .field-error")).to_be_empty()
    assert desk.posted("view_submit") == []


def test_the_desks_own_errors_stand_under_their_inputs_until_changed(page: Page, desk: FakeDesk) -> None:
    dialog = open_modal(
        page, desk, input_block("link", {"type": "url_text_input", "initial_value": "https://a.example"})
    )
    desk.answers["view_submit"] = {
        "ok": False,
        "error": "invalid_input",
        "errors": {"link": "That link has no utm_source."},
    }
    page.get_by_test_id("modal-submit").click()
    expect(dialog.locator(".field-error")).to_have_text("That link has no utm_source.")
    expect(dialog.locator("input")).to_have_attribute("aria-invalid", "true")
    dialog.locator("input").fill("https://a.example/?utm_source=x")
    expect(dialog.locator(".field-error")).to_be_empty()


def test_choosing_a_type_keeps_what_was_typed_when_the_form_changes(page: Page, desk: FakeDesk) -> None:
    kind = input_block("type", {**TYPES, "action_id": "request_type"}, dispatch_action=True)
    title = input_block("title", {"type": "plain_text_input"})
    dialog = open_modal(page, desk, kind, title)
    dialog.locator("[data-block-id=title] input").fill("Berlin list")
    dialog.locator("[data-action-id=request_type]").select_option("email")
    sent = until_posted(page, desk, "action")
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
    desk.show(modal({"type": "section", "text": plain("Send it?")}, view_id="V2", submit=plain("Yes")))
    expect(page.get_by_test_id("modal-submit")).to_have_text("Yes")
    page.get_by_test_id("modal-cancel").click()
    assert until_posted(page, desk, "view_close") == {"user": MAYA, "view_id": "V2"}
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
    assert until_posted(page, desk, "message")["text"] == f"<@{DESK}> a & b\nsecond"
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
    sent = until_posted(page, desk, "command")
    assert sent == {"user": MAYA, "channel": CHANNEL, "command": "/mops", "text": "where?"}


def test_an_unknown_command_is_told_and_stays_in_the_composer(page: Page, desk: FakeDesk) -> None:
    page.get_by_test_id("composer").fill("/lunch now")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("notice")).to_contain_text("/lunch isn't a command here")
    expect(page.get_by_test_id("composer")).to_have_value("/lunch now")
    assert desk.posted("message") == []


def test_the_modal_keeps_the_focus_and_escape_closes_it(page: Page, desk: FakeDesk) -> None:
    dialog = open_modal(page, desk, input_block("a", {"type": "plain_text_input"}))
    expect(dialog.locator("input")).to_be_focused()
    for _ in range(7):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
    page.keyboard.press("Escape")
    until_posted(page, desk, "view_close")
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


def test_a_chosen_file_is_uploaded_at_once_and_goes_with_the_form(page: Page, desk: FakeDesk) -> None:
    desk.answers["upload"] = {"ok": True, "file": {"id": "F1", "name": "logo.png"}}
    dialog = open_modal(page, desk, input_block("pic", {"type": "file_input", "filetypes": ["png"], "max_files": 1}))
    dialog.locator("[data-block-id=pic] input").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": b"png"}
    )
    expect(dialog.locator("[data-block-id=pic] [role=status]")).to_have_text("logo.png")
    (sent,) = desk.posted("upload")
    assert (sent["name"], sent["mimetype"], sent["content"]) == ("logo.png", "image/png", "cG5n")
    page.get_by_test_id("modal-submit").click()
    values = until_posted(page, desk, "view_submit")["values"]
    assert values["pic"]["value"]["files"] == [{"id": "F1", "name": "logo.png"}]
