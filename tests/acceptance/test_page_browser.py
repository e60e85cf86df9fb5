"""The demo page in headless Chromium, on a tiny fake of its API: what it shows and what a click sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support_browser import Tab, actions, browser_tab, button, mrkdwn, needs_chromium, plain, say_blocks, until_posted
from support_page import CHANNEL, DESK, DM, MAYA, PRIYA, FakeDesk, message, option

HOSTILE = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"
ESCAPED = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
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


# ---- rendering -----------------------------------------------------------------------------------------------------


def test_an_example_question_is_sent_as_a_mention_of_the_desk(page: Page, desk: FakeDesk) -> None:
    page.get_by_test_id("example-question").first.click()
    said = until_posted(page, desk, "message")
    assert said == {"user": MAYA, "channel": CHANNEL, "text": f"<@{DESK}> where are my MQLs?"}


def test_a_section_shows_markup_mentions_links_fields_and_its_accessory(page: Page, desk: FakeDesk) -> None:
    styles = "*bold* _it_ ~no~ `x &lt; y` <https://example.com/a?b=1&amp;c=2|the page>"
    text = f"{styles} <@{PRIYA}>\n• one\n• two\n3. third\n&gt; quoted"
    section = {"type": "section", "block_id": "s", "text": mrkdwn(text), "fields": [mrkdwn("*F* 1"), plain("F 2")]}
    shown = say_blocks(page, desk, {**section, "accessory": button("side")})
    assert [shown.locator(tag).first.inner_text() for tag in ("strong >> nth=1", "em", "s", "code")] == [
        "bold", "it", "no", "x < y",
    ]  # fmt: skip
    expect(shown.get_by_role("link", name="the page")).to_have_attribute("href", "https://example.com/a?b=1&c=2")
    expect(shown.locator(".mention")).to_have_text("@Priya Raman")
    assert shown.locator("li").all_inner_texts() == ["one", "two", "third"]
    expect(shown.locator("ol li")).to_have_attribute("value", "3")
    expect(shown.locator("blockquote")).to_have_text("quoted")
    expect(shown.locator(".fields > div")).to_have_count(2)
    expect(shown.locator("button[data-action-id=side]")).to_be_visible()


def test_a_markdown_block_shows_headings_nested_lists_tables_and_code(page: Page, desk: FakeDesk) -> None:
    lists = "# Sync\n\n1. first **now**\n2. second\n   - inner\n\n"
    text = lists + "| A | B |\n|---|---|\n| 1 | `2` |\n\n```\na < b\n```\n> note"
    shown = say_blocks(page, desk, {"type": "markdown", "text": text})
    expect(shown.locator(".markdown h3")).to_have_text("Sync")
    expect(shown.locator("ol > li")).to_have_count(2)
    expect(shown.locator("ol ul li")).to_have_text("inner")
    assert shown.locator("td").all_inner_texts() == ["1", "2"]
    expect(shown.locator("pre")).to_have_text("a < b")
    expect(shown.locator("blockquote")).to_have_text("note")


def test_header_context_divider_image_and_rich_text_areshown(page: Page, desk: FakeDesk) -> None:
    runs = [{"type": "text", "text": "strong", "style": {"bold": True}}, {"type": "user", "user_id": MAYA}]
    shown = say_blocks(
        page,
        desk,
        {"type": "header", "text": plain("A headline")},
        {"type": "context", "elements": [mrkdwn("*Good match*"), plain("ops-lifecycle")]},
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
    shown = say_blocks(page, desk, {"type": "heat_map"}, actions({"type": "dial", "action_id": "d"}))
    expect(shown.locator(".unsupported")).to_have_text(["unsupported block: heat_map", "unsupported element: dial"])


@pytest.mark.parametrize("kind", ["section", "plain", "markdown", "header", "text", "link", "rich"])
def test_hostile_text_stays_text(page: Page, desk: FakeDesk, kind: str) -> None:
    run = {"type": "text", "text": HOSTILE}
    blocks: dict[str, list[dict[str, Any]]] = {
        "section": [{"type": "section", "text": mrkdwn(ESCAPED)}],
        "plain": [{"type": "section", "text": plain(HOSTILE)}],
        "markdown": [{"type": "markdown", "text": HOSTILE}],
        "header": [{"type": "header", "text": plain(HOSTILE)}],
        "text": [],
        "link": [{"type": "section", "text": mrkdwn(f"<javascript:alert(1)|{ESCAPED}>")}],
        "rich": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}],
    }
    desk.say(message("1700000100.000001", ESCAPED, DESK, blocks=blocks[kind]))
    body = page.locator("#main .message-body")
    expect(body).to_contain_text(HOSTILE)
    assert body.locator("img, script, a[href^='javascript']").count() == 0
    assert "pwned" not in page.title()


def test_dangerous_links_in_markdown_and_buttons_lead_nowhere(page: Page, desk: FakeDesk) -> None:
    text = "[a](javascript:alert(1)) [b](data:text/html,x) <javascript:alert(1)> [c](https://ok.example/x)"
    shown = say_blocks(
        page, desk, {"type": "markdown", "text": text}, actions(button("go", url="javascript:alert(1)"))
    )
    hrefs = shown.locator("a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert hrefs == ["https://ok.example/x"]


def test_a_message_only_i_can_see_is_marked_and_others_are_notshown(page: Page, desk: FakeDesk) -> None:
    desk.say(
        message("1700000001.000000", "for me", DESK, ephemeral_for=MAYA),
        message("1700000002.000000", "for Priya", DESK, ephemeral_for=PRIYA),
    )
    expect(page.get_by_test_id("message")).to_have_count(1)
    expect(page.get_by_test_id("message")).to_contain_text("Only visible to you")


# ---- clicking ------------------------------------------------------------------------------------------------------


def test_a_pressed_button_sends_its_action_and_waits_for_the_change(page: Page, desk: FakeDesk) -> None:
    shown = say_blocks(page, desk, actions(button("ask_ops_team", "Ask the ops team", style="primary")))
    asked = shown.locator("button[data-action-id=ask_ops_team]")
    asked.click()
    sent = until_posted(page, desk, "action")
    assert (sent["user"], sent["channel"], sent["message_ts"]) == (MAYA, CHANNEL, "1700000100.000001")
    assert sent["action"] == {
        "type": "button", "block_id": "acts", "action_id": "ask_ops_team", "value": "7",
        "text": plain("Ask the ops team"),
    }  # fmt: skip
    expect(asked).to_have_attribute("aria-busy", "true")
    desk.touch()
    expect(asked).not_to_have_attribute("aria-busy", "true")


def test_a_confirm_dialog_stands_before_the_action(page: Page, desk: FakeDesk) -> None:
    confirm = {
        "title": plain("Sure?"),
        "text": plain("It closes."),
        "confirm": plain("Close it"),
        "deny": plain("Keep"),
    }
    shown = say_blocks(page, desk, actions(button("not_needed", confirm=confirm, style="danger")))
    shown.locator("button[data-action-id=not_needed]").click()
    page.get_by_test_id("confirm").get_by_role("button", name="Keep").click()
    assert desk.posted("action") == []
    shown.locator("button[data-action-id=not_needed]").click()
    page.get_by_test_id("confirm").get_by_role("button", name="Close it").click()
    assert until_posted(page, desk, "action")["action"]["action_id"] == "not_needed"


def test_feedback_and_icon_buttons_send_their_values(page: Page, desk: FakeDesk) -> None:
    pair = {
        "type": "feedback_buttons",
        "action_id": "answer_feedback",
        "positive_button": {"text": plain("Helpful"), "value": "1:up"},
        "negative_button": {"text": plain("Not helpful"), "value": "1:down"},
    }
    trash = {"type": "icon_button", "icon": "trash", "action_id": "hide", "text": plain("Hide"), "value": "h"}
    shown = say_blocks(page, desk, {"type": "context_actions", "block_id": "f", "elements": [pair, trash]})
    shown.get_by_role("button", name="Not helpful").click()
    assert until_posted(page, desk, "action")["action"]["value"] == "1:down"
    expect(shown.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    shown.get_by_role("button", name="Hide").click()
    assert until_posted(page, desk, "action", 2)["action"]["value"] == "h"


def test_selects_and_overflow_in_a_message_send_what_was_chosen(page: Page, desk: FakeDesk) -> None:
    select = {"type": "static_select", "action_id": "pick", "options": [option("one"), option("two")]}
    menu = {"type": "overflow", "action_id": "more", "options": [option("hide"), option("mute")]}
    shown = say_blocks(page, desk, actions(select, menu))
    shown.locator("[data-action-id=pick]").select_option("two")
    assert until_posted(page, desk, "action")["action"]["selected_option"] == option("two")
    shown.locator("[data-action-id=more]").click()
    page.get_by_role("menuitem", name="Mute").click()
    assert until_posted(page, desk, "action", 2)["action"]["selected_option"] == option("mute")


def test_the_thread_opens_by_itself_when_the_desk_answers_me(page: Page, desk: FakeDesk) -> None:
    desk.say(message("1700000001.000000", f"<@{DESK}> where?"))
    page.get_by_test_id("message").wait_for()
    expect(page.get_by_test_id("thread-pane")).to_be_hidden()
    desk.say(message("1700000002.000000", "There.", DESK, thread_ts="1700000001.000000"))
    expect(page.get_by_test_id("thread-pane").get_by_text("There.")).to_be_visible()
    expect(page.get_by_test_id("thread-link")).to_contain_text("1 reply")
    page.get_by_test_id("thread-composer").fill("thanks")
    page.get_by_test_id("thread-send").click()
    assert until_posted(page, desk, "message")["thread_ts"] == "1700000001.000000"


def test_the_message_menu_offers_shortcuts_and_reactions(page: Page, desk: FakeDesk) -> None:
    desk.say(message("1700000001.000000", "where?", PRIYA))
    page.get_by_test_id("message").hover()
    page.get_by_test_id("message-more").click()
    page.get_by_test_id("shortcut-ask_the_desk").click()
    assert until_posted(page, desk, "shortcut") == {
        "user": MAYA, "callback_id": "ask_the_desk", "channel": CHANNEL, "message_ts": "1700000001.000000",
    }  # fmt: skip
    page.get_by_test_id("message").hover()
    page.get_by_test_id("react").click()
    page.get_by_test_id("emoji-eyes").click()
    assert until_posted(page, desk, "reaction")["name"] == "eyes"


def test_a_ticket_appears_in_the_panel_and_opens_in_full(page: Page, desk: FakeDesk) -> None:
    ticket = {"key": "MOPS-1", "url": f"{desk.url}/#ticket-MOPS-1", "summary": "Import a list", "status": "To Do"}
    more = {
        "issue_type": "Task",
        "assignee": None,
        "labels": [],
        "created_at": "2026-11-22T09:00:00+00:00",
        "comments": [],
    }
    desk.tickets.append(
        {**ticket, **more, "description": f"h3. Question\n{{noformat}}{HOSTILE}{{noformat}}\n* *where*"}
    )
    desk.touch()
    page.locator("[data-testid=ticket][data-key=MOPS-1]").click()
    detail = page.get_by_test_id("ticket-detail")
    expect(detail.get_by_role("heading", name="Question")).to_be_visible()
    expect(detail.locator(".as-typed")).to_have_text(HOSTILE)
    expect(detail.locator("li strong")).to_have_text("where")
    page.keyboard.press("Escape")
    expect(detail).to_have_count(0)


def test_a_failed_press_is_told_and_a_notice_of_the_server_too(page: Page, desk: FakeDesk) -> None:
    shown = say_blocks(page, desk, actions(button("x")))
    desk.notices.append({"id": 5, "text": "That failed with the error operation_timeout.", "at": 0})
    desk.answers["action"] = {"ok": False, "error": "operation_timeout"}
    shown.locator("button[data-action-id=x]").click()
    desk.touch()
    expect(page.get_by_test_id("notice")).to_have_text("That failed with the error operation_timeout.")
    expect(shown.locator("button[data-action-id=x]")).not_to_have_attribute("aria-busy", "true")


def test_switching_the_person_and_opening_app_home(page: Page, desk: FakeDesk) -> None:
    desk.home = {"type": "home", "id": "VH", "blocks": [actions(button("home_ask", "Ask a question"))]}
    page.get_by_test_id("person-switch").click()
    page.get_by_test_id(f"person-{PRIYA}").click()
    expect(page.get_by_test_id("person-switch")).to_contain_text("Priya Raman")
    page.get_by_test_id("home-tab").click()
    assert until_posted(page, desk, "home") == {"user": PRIYA}
    page.get_by_test_id("home").locator("button[data-action-id=home_ask]").click()
    assert until_posted(page, desk, "action")["view_id"] == "VH"


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
    say_blocks(page, desk, {"type": "markdown", "text": f"`{long_word}` {long_word}"}, actions(button("x", "y" * 75)))
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
