"""The curation desk in headless Chromium: keyboard, live preview, a whole walk, a phone, and without the script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support_browser import chromium, needs_chromium
from support_curation_web import CurationRoom, curation_room

pytestmark = [pytest.mark.browser, needs_chromium]

PAGES = (
    "/", "/entry?id=faq-utm", "/entry/history?id=faq-utm", "/edit?id=faq-utm", "/proposals/1",
    "/try?q=where+are+my+mqls", "/glossary?term=MQL", "/import", "/log",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CurationRoom]:
    with curation_room(tmp_path_factory.mktemp("desk")) as opened:
        yield opened


def come_in(room: CurationRoom, context: BrowserContext) -> Page:
    """A tab that used a link; whatever its console says fails the test."""
    page = context.new_page()
    page.set_default_timeout(8_000)
    troubles: list[str] = []
    page.on("console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{room.url}/desk/enter?key={room.link_key()}")
    page.get_by_role("button", name="Open the desk").click()
    expect(page.get_by_role("heading", name="Entries")).to_be_visible()
    page.troubles = troubles  # type: ignore[attr-defined]
    return page


@pytest.fixture
def page(browser: Browser, room: CurationRoom) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = come_in(room, context)
    yield opened
    assert opened.troubles == []  # type: ignore[attr-defined]
    context.close()


def test_a_curator_edits_an_entry_sees_the_preview_and_publishes_it(page: Page, room: CurationRoom) -> None:
    page.get_by_role("link", name="Where are my MQLs?").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Answer").fill(
        "In the **new** dashboard.\n\n- filter by campaign\n- [guide](https://docs.example.com/mql)"
    )
    preview = page.locator("#preview")
    expect(preview.locator("strong")).to_have_text("new")
    expect(preview.get_by_role("link", name="guide")).to_have_attribute("href", "https://docs.example.com/mql")
    page.get_by_label("Why").fill("new dashboard")
    page.get_by_role("button", name="Save and try it out").click()
    expect(page.locator("ins").first).to_contain_text("new")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("Published as version 2")
    assert room.entry("faq-mql").answer.startswith("In the **new** dashboard.")


def test_hostile_words_in_the_preview_stay_words(page: Page, room: CurationRoom) -> None:
    page.goto(f"{room.url}/desk/edit")
    page.get_by_label("Answer").fill(
        "<img src=x onerror=document.title='pwned'> [x](javascript:alert(1)) <script>1</script> end"
    )
    expect(page.locator("#preview")).to_contain_text("end")
    assert page.locator("#preview img, #preview script, #preview a").count() == 0
    assert "pwned" not in page.title()


def test_the_table_is_driven_from_the_keyboard(page: Page) -> None:
    rows = page.locator("tbody tr")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(rows.nth(1)).to_have_class("here")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_text("With the selected (1)")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("utm j")  # what is typed into a field is no command
    expect(page.get_by_role("searchbox")).to_have_value("utm j")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/entry\?id="))


def test_all_rows_are_ticked_and_tagged_at_once(page: Page, room: CurationRoom) -> None:
    page.get_by_label("Select all on this page").check()
    page.locator("select[name=do]").select_option("tag")
    page.get_by_label("Tag, owner or reason").fill("spring")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status")).to_contain_text("Tagged: 3")
    assert all("spring" in room.entry(each).tags for each in ("faq-utm", "faq-mql", "faq-old"))


def test_a_file_is_chosen_looked_through_and_imported(page: Page, room: CurationRoom) -> None:
    page.goto(f"{room.url}/desk/import")
    rows = b"id,question,answer\nx1,One?,1\nx2,,2\nx3,Three?,3\n"
    page.get_by_label("FAQ file").set_input_files({"name": "faq.csv", "mimeType": "text/csv", "buffer": rows})
    page.get_by_role("button", name="Look through it").click()
    expect(page.locator(".faults tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Import the 2 good ones").click()
    expect(page.get_by_role("status")).to_contain_text("2 entries are new or changed")


def test_every_page_fits_a_phone_in_both_schemes(browser: Browser, room: CurationRoom) -> None:
    room.propose(replace(room.entry("faq-utm"), answer="Use the *new* builder."))
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)
        page = come_in(room, context)
        for path in PAGES:
            page.goto(f"{room.url}/desk{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, (scheme, path)
            assert low_contrast(page) == [], (scheme, path)
        assert page.troubles == []  # type: ignore[attr-defined]
        context.close()


def test_without_the_script_everything_is_still_there(browser: Browser, room: CurationRoom) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = come_in(room, context)
    page.get_by_label("Select: How do I build a UTM link?").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status")).to_contain_text("Reviewed: 1")
    page.goto(f"{room.url}/desk/edit")
    page.get_by_label("Answer").fill("A *word*.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview em")).to_have_text("word")
    expect(page.get_by_label("Answer")).to_have_value("A *word*.")
    context.close()


def low_contrast(page: Page) -> list[str]:
    """Texts with less than 4.5 : 1 to what is behind them (WCAG 2.2, 1.4.3), as the browser painted them."""
    found: list[str] = page.evaluate(CONTRAST)
    return found


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = (colour) => colour.slice(0, 3).map((c) => linear(c / 255))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (at) => { for (; at; at = at.parentElement) { const c = rgb(getComputedStyle(at).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  const low = [];
  for (const at of document.querySelectorAll("body *")) {
    if (![...at.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !at.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(at).color)), light(ground(at))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${at.tagName} ${at.className} ${at.textContent.slice(0, 30)}`);
  }
  return low;
}"""
