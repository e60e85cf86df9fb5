"""The real demo in headless Chromium: what a newcomer clicks through in the first five minutes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support_browser import chromium, needs_chromium
from support_demo import Visitor, visit
from support_model import exported_encoder
from support_samples import lend_vectors

from bot.demo.app import EXAMPLES, Demo
from knowledge.testing import HashingEncoder

pytestmark = [pytest.mark.browser, needs_chromium]

UNKNOWN = EXAMPLES[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo"), encoder=HashingEncoder())
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def maya(demo: Demo, browser: Browser) -> Iterator[Visitor]:
    with visit(demo, browser) as visitor:
        yield visitor
    assert demo.slack.rejections == []
    assert demo.slack.violations == []


def broken(**more: str) -> dict[str, str]:
    """Good answers to "Something broken"."""
    return {
        "f:system": "dashboard",
        "f:severity": "normal",
        "f:what_happened": "The list of our campaign's leads is empty since this morning, on every dashboard.",
        "tbd:since": "",
        "f:affected": "everyone who works with the Nordics",
        "f:link": "tbd",
        "f:business_impact": "Sales cannot call anybody from the campaign.",
        "f:personal_data_exposed": "no",
    } | {f"f:{key}": value for key, value in more.items()}


def fill_in(maya: Visitor, answers: dict[str, str]) -> None:
    """Fill the open step of the form; a "tbd:" key ticks its box."""
    here = {key: answer for key, answer in answers.items() if maya.block(key).count()}
    maya.fill({key: answer for key, answer in here.items() if not key.startswith("tbd:")})
    for key in here:
        if key.startswith("tbd:"):
            maya.block(key).get_by_label("I don't know yet").check()


def test_from_an_example_question_to_a_ticket_with_all_its_details(maya: Visitor) -> None:
    maya.page.get_by_test_id("example-question").filter(has_text="MQLs").click()
    answer = maya.reads("four checks")
    expect(answer).to_contain_text("Good match")
    expect(answer.get_by_role("link", name="Missing MQL checklist")).to_be_visible()
    maya.press("Not what I meant")
    maya.reads("next closest")
    maya.press("None of these")
    maya.reads("Then it's one for people")
    maya.press("Add details")
    maya.fill({"request_type": "Something broken"})
    expect(maya.block("f:what_happened")).to_be_visible()
    fill_in(maya, broken(what_happened="Too short"))
    maya.send()
    expect(maya.block("f:title").get_by_test_id("field-error")).to_be_empty()
    expect(maya.block("f:what_happened").get_by_test_id("field-error")).to_contain_text("40 characters")
    fill_in(maya, broken())
    maya.send()
    expect(maya.modal).to_contain_text("Step 2 of 2")
    fill_in(maya, broken())
    maya.send()
    expect(maya.modal).to_contain_text("Check before it goes out")
    maya.send()
    expect(maya.modal).to_be_hidden()
    card = maya.reads("the details are in MOPS-")
    expect(card).to_contain_text("When you know it, add: Since when? and Link.")
    detail = maya.ticket("Where are my MQLs?")
    expect(detail).to_contain_text("empty since this morning")
    expect(detail).to_contain_text("Where are the MQLs from my campaign?: I showed it")


def test_what_the_desk_does_not_know_becomes_a_ticket_that_the_thread_adds_to(maya: Visitor) -> None:
    maya.ask(UNKNOWN)
    card = maya.reads("so I opened MOPS-")
    expect(card).to_contain_text("Priya Raman is on triage today")
    expect(card).to_contain_text("they still need: Where?")
    maya.say("it is this one: https://www.example.com/prices", "thread-composer")
    maya.reads("the ops team sees it there")
    maya.say("any news?", "thread-composer")
    maya.reads("nobody on it yet")
    expect(maya.ticket("price list")).to_contain_text("Maya Lindqvist in Slack: it is this one")


def test_only_the_asker_or_the_ops_team_closes_a_ticket(maya: Visitor) -> None:
    maya.ask("the sign in our lobby is broken, can you replace it?")
    maya.reads("so I opened MOPS-")
    maya.become("Jonas Weber")
    maya.channel.get_by_test_id("thread-link").last.click()
    maya.press("Not needed")
    maya.reads("This is Maya Lindqvist's request")
    maya.become("Priya Raman")
    maya.channel.get_by_test_id("thread-link").last.click()
    maya.press("Not needed")
    maya.reads("is closed")
    maya.reads("@Maya Lindqvist, Priya Raman closed MOPS-")


def test_close_matches_are_buttons_and_the_chosen_one_takes_their_place(maya: Visitor) -> None:
    maya.ask("where are my MQLs?")
    maya.reads("Good match")
    maya.press("Not what I meant")
    choices = maya.reads("next closest").locator(".block-actions button")
    expect(choices.last).to_have_text("None of these")
    choices.first.click()
    maya.reads("Possible match")
    expect(maya.thread.get_by_text("next closest")).to_have_count(0)


def test_a_private_answer_is_private_until_it_is_shared(maya: Visitor, demo: Demo, browser: Browser) -> None:
    maya.go("campaigns")
    maya.say("/mops what do the lifecycle stages mean?")
    expect(maya.reads("You asked: what do the lifecycle", maya.channel)).to_contain_text("Only visible to you")
    with visit(demo, browser) as jonas:
        jonas.become("Jonas Weber")
        jonas.go("campaigns")
        expect(jonas.channel.get_by_test_id("message").filter(has_text="lifecycle")).to_have_count(0)
        maya.press("Share in channel", maya.channel)
        expect(jonas.reads("Shared by", jonas.channel)).to_contain_text("@Maya Lindqvist")
    maya.reads("the answer is in the channel now", maya.channel)


def test_slash_ticket_opens_the_form_with_its_words_and_the_card_comes_by_dm(maya: Visitor) -> None:
    maya.go("campaigns")
    maya.say("/ticket Our brochure shop needs a new cover")
    expect(maya.modal).to_contain_text("Open a ticket")
    maya.fill({"request_type": "Something else"})
    expect(maya.block("f:notes")).to_be_visible()
    maya.fill(
        {"f:title": "A new cover for the brochure shop", "f:notes": "The cover still shows last year's prices."}
    )
    maya.send()
    maya.reads("Got it", maya.channel)
    maya.go("MOPS Desk")
    maya.reads("is with the ops team", maya.channel)
    maya.say("/ticket list")
    maya.reads("A new cover for the brochure shop", maya.channel)


def test_a_direct_message_is_answered_in_its_thread_and_followed_up_without_a_mention(maya: Visitor) -> None:
    maya.go("MOPS Desk")
    maya.say("where are my MQLs?")
    maya.reads("four checks")
    maya.say("which columns does an import list need?", "thread-composer")
    maya.reads("Good match")
    expect(maya.thread.get_by_test_id("message")).to_have_count(4)


def test_help_and_an_empty_mention_say_what_the_desk_does(maya: Visitor) -> None:
    for words in ("help", ""):
        maya.ask(words)
        maya.reads("I answer from the team's own docs")
        maya.page.get_by_test_id("thread-close").click()


def test_app_home_takes_a_question_and_shows_what_is_open(maya: Visitor) -> None:
    maya.page.get_by_test_id("home-tab").click()
    home = maya.page.get_by_test_id("home")
    expect(home).to_contain_text("Your open requests")
    maya.press("Ask", home)
    maya.fill({"question": "what do the lifecycle stages mean?"})
    maya.send()
    maya.go("MOPS Desk")
    maya.reads("Good match", maya.channel)


def test_in_ask_mops_a_plain_question_is_answered_when_the_desk_is_sure(maya: Visitor) -> None:
    maya.say("What is an MQL and when does someone become one?")
    maya.reads("You didn't ask me directly")


def test_ask_the_desk_on_somebody_elses_message_answers_in_its_thread(maya: Visitor) -> None:
    maya.become("Jonas Weber")
    maya.go("campaigns")
    maya.say("hm, which columns does an import list need?")
    maya.become("Maya Lindqvist")
    maya.go("campaigns")
    maya.shortcut(maya.reads("which columns", maya.channel), "Ask the desk")
    maya.channel.get_by_test_id("thread-link").last.click()
    maya.reads("Good match")


def test_the_page_can_be_dark_and_narrow(demo: Demo, browser: Browser) -> None:
    with visit(demo, browser, color_scheme="dark", viewport={"width": 390, "height": 844}) as phone:
        assert brightness(phone.page) < 100
        phone.ask("where are my MQLs?")
        phone.reads("four checks")
        assert overflow(phone.page) == 0
        for button in phone.thread.get_by_role("button", name="Ask the ops team").all():
            box = button.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= 390


def test_a_checklist_is_tapped_through_on_a_phone(demo: Demo, browser: Browser) -> None:
    with visit(demo, browser, viewport={"width": 390, "height": 844}) as phone:
        phone.ask("where are my MQLs?")
        phone.reads("Is your program linked to the CRM campaign?")
        phone.press("Yes")
        phone.reads("Do people have a success status")
        phone.press("No")
        expect(phone.reads("can only move forwards")).to_contain_text("→ People had no success status yet")
        assert overflow(phone.page) == 0
        phone.press("That explains it")
        phone.reads("Good, that's settled.")


def brightness(page: Page) -> float:
    """Of the page's ground, from 0 (black) to 255."""
    shades = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
    return float(sum(shades) / 3)


def overflow(page: Page) -> int:
    """How many pixels stick out at the right."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


@pytest.mark.model
@pytest.mark.timeout(400)
def test_the_three_examples_show_an_answer_a_table_and_a_ticket(tmp_path: Path, browser: Browser) -> None:
    real = Demo(tmp_path, encoder=exported_encoder())
    lend_vectors(tmp_path / "desk.sqlite3")
    real.start()
    try:
        with visit(real, browser) as maya:
            for question, words in zip(
                EXAMPLES, ("four checks", "every paid post on a social network", "so I opened MOPS-1"), strict=True
            ):
                maya.page.get_by_test_id("example-question").filter(has_text=question).click()
                maya.reads(words)
    finally:
        real.stop()
