"""Somebody at the real demo page, and short words for what they do there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Locator, Page, expect

from bot.demo.app import Demo

PATIENCE_MS = 10_000  # a channel takes one message a second, and the machine may be busy


@dataclass
class Visitor:
    """One tab on the demo."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    @property
    def channel(self) -> Locator:
        """The conversation in the middle."""
        return self.page.locator("#main")

    @property
    def thread(self) -> Locator:
        """The open thread."""
        return self.page.get_by_test_id("thread-pane")

    @property
    def modal(self) -> Locator:
        """The open form."""
        return self.page.get_by_test_id("modal")

    def say(self, words: str, where: str = "composer") -> None:
        """Type and send, in the channel or with "thread-composer" in the thread."""
        box = self.page.get_by_test_id(where)
        box.fill(words)
        box.press("Control+Enter")

    def ask(self, question: str) -> None:
        """Mention the desk; its thread opens with the answer."""
        self.say(f"@MOPS Desk {question}")

    def reads(self, words: str, where: Locator | None = None) -> Locator:
        """The newest message with these words, once it is there."""
        found = (where or self.thread).get_by_test_id("message").filter(has_text=words).last
        expect(found).to_be_visible()
        return found

    def press(self, label: str, where: Locator | None = None) -> None:
        """Press the newest button of that name."""
        (where or self.thread).get_by_role("button", name=label, exact=True).last.click()

    def go(self, channel: str) -> None:
        """Open a channel, or the line to the desk, by its name."""
        self.page.get_by_test_id("channel").filter(has_text=channel).click()

    def become(self, person: str) -> None:
        """Play somebody else."""
        self.page.get_by_test_id("person-switch").click()
        self.page.get_by_role("menuitem").filter(has_text=person).click()
        expect(self.page.get_by_test_id("person-switch")).to_contain_text(person)

    def shortcut(self, message: Locator, name: str) -> None:
        """Pick from the menu of a message."""
        message.hover()
        message.get_by_test_id("message-more").click()
        self.page.get_by_role("menuitem").filter(has_text=name).click()

    def block(self, key: str) -> Locator:
        """The input of a form's field."""
        return self.modal.locator(f"[data-block-id='{key}']")

    def fill(self, answers: dict[str, str]) -> None:
        """Fill in fields by key; selects take their option."""
        for key, answer in answers.items():
            control = self.block(key).locator("input, textarea, select").first
            if control.evaluate("node => node.tagName") == "SELECT":
                control.select_option(label=answer)
            else:
                control.fill(answer)

    def send(self) -> None:
        """Press the form's own button."""
        self.page.get_by_test_id("modal-submit").click()

    def ticket(self, summary: str) -> Locator:
        """Open the newest ticket of that summary in the side panel; its details."""
        self.page.get_by_test_id("ticket").filter(has_text=summary).first.click()
        return self.page.get_by_test_id("ticket-detail")


@contextmanager
def visit(demo: Demo, browser: Browser, **context: object) -> Iterator[Visitor]:
    """A fresh tab as Maya; its console (content security policy included) must stay empty."""
    page = browser.new_page(**{"viewport": {"width": 1440, "height": 900}, "color_scheme": "light", **context})  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    visitor = Visitor(page)
    page.on("console", lambda line: visitor.troubles.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: visitor.troubles.append(str(error)))
    page.goto(demo.url)
    page.get_by_test_id("channel").first.wait_for(state="attached")
    yield visitor
    page.context.close()
    assert visitor.troubles == []
