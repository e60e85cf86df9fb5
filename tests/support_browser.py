"""The demo page open in headless Chromium, and short words for its tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from support_page import DESK, FakeDesk, fake_desk, message, modal

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is installed: without its windows Chromium costs a third of the processor."""

CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
ARGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
CUT_ON_PURPOSE = "net::ERR_FAILED"  # what Chromium logs for a request that a test aborts

_ADVICE = "no Chromium on this machine (apt-get install chromium-headless-shell)"
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=_ADVICE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser while the block runs; one at a time in a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
        yield browser
        browser.close()


@dataclass
class Tab:
    """One tab on the page of a fake desk, for many tests: a fresh tab for each costs most of their time."""

    page: Page
    desk: FakeDesk
    troubles: list[str] = field(default_factory=list)

    @contextmanager
    def opened(self) -> Iterator[Page]:
        """The page opened anew, nothing said yet; its console (content security policy included) must stay empty."""
        self.desk.reset()
        self.troubles.clear()
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.goto(self.desk.url)
        self.page.evaluate("localStorage.clear()")
        self.page.reload()
        self.page.get_by_test_id("channel").first.wait_for()
        yield self.page
        self.page.goto("about:blank")
        assert [line for line in self.troubles if CUT_ON_PURPOSE not in line] == []


@contextmanager
def browser_tab() -> Iterator[Tab]:
    """A browser with one tab, and a fake desk for it to show."""
    with fake_desk() as desk, chromium() as browser:
        tab = Tab(browser.new_page(color_scheme="light"), desk)
        tab.page.set_default_timeout(8_000)
        tab.page.on(
            "console", lambda line: tab.troubles.append(line.text) if line.type in ("error", "warning") else None
        )
        tab.page.on("pageerror", lambda error: tab.troubles.append(str(error)))
        yield tab


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def button(action_id: str, text: str = "Press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": "7", **more}


def actions(*elements: dict[str, Any], block_id: str = "acts") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def say_blocks(page: Page, desk: FakeDesk, *blocks: dict[str, Any], ts: str = "1700000100.000001") -> Locator:
    """The desk says these blocks; the message as the page shows it."""
    desk.say(message(ts, "fallback", DESK, blocks=list(blocks)))
    found = page.locator(f"#main [data-testid=message][data-ts='{ts}']")
    found.wait_for()
    return found


def until_posted(page: Page, desk: FakeDesk, path: str, count: int = 1) -> dict[str, Any]:
    """The latest body posted to that path, once there are as many."""
    for _ in range(200):
        if len(desk.posted(path)) >= count:
            return desk.posted(path)[-1]
        page.wait_for_timeout(20)
    raise AssertionError(f"nothing posted to {path}; there is {desk.posts}")


def open_modal(page: Page, desk: FakeDesk, *blocks: dict[str, Any], **view: Any) -> Locator:
    desk.show(modal(*blocks, **view))
    dialog = page.get_by_test_id("modal")
    expect(dialog).to_be_visible()
    return dialog
