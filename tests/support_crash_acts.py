"""What people do in a world, again and again until it is accepted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import requests
from support_crash_seen import Seen

from bot.curation.faq_texts import LOADING
from bot.demo.slack_delivery import Answer
from bot.demo.slack_reading import field as reading_field
from bot.demo.slack_reading import shown_text
from bot.demo.slack_state import Message, View
from bot.slack import ids

TRIES = 9
"""How often people try, at most: more often than a step's process can die."""


class Acts(Seen, ABC):
    """People who act through ``do``."""

    url: str

    @property
    @abstractmethod
    def step(self) -> str:
        """The step people are at."""

    @abstractmethod
    def do(self, act: Callable[[], Any], unless: Callable[[], object] = lambda: False) -> Any:
        """Somebody does something until it is accepted, or until it shows that it was; then the desk works it off."""

    @abstractmethod
    def skip(self, seconds: float) -> None:
        """Time passes."""

    def say(self, person: str, text: str, channel: str = "#ask-mops", thread: str | None = None) -> str:
        """Somebody says something; returns its ts."""
        return str(self.do(lambda: self.slack.say(person, channel, text, thread)))

    def tried(self, act: Callable[[], Any]) -> int:
        """Somebody does something again and again until it is accepted; how often it took."""
        tries: list[None] = []
        self.do(lambda: (tries.append(None), act())[1])
        return len(tries)

    def click(self, person: str, where: Message | View, button: str) -> None:
        """Somebody presses a button; again if it failed."""
        self.do(lambda: self.slack.click(person, where, button))

    def open(self, person: str, act: Callable[[], Any]) -> None:
        """Somebody does what opens a form, until one is open."""
        before = self.slack.modal(person)
        assert before is None, f"{person} has a form open"
        for _ in range(TRIES):
            self.do(act, lambda: self.slack.modal(person) is not None)
            if LOADING not in shown_text(self._form(person)):
                return
            self.dismiss(person)  # whoever was getting it ready has died: the form itself says to try again
        raise AssertionError(f"{self.step}: the form of {person} does not get ready")

    def menu(self, person: str, where: Message, entry: str) -> None:
        """Somebody chooses from the menu of a line in the ops channel; a form opens."""
        self.open(person, lambda: self.slack.choose(person, where, ids.OPS_MORE, entry))

    def pick(self, person: str, request_type: str) -> None:
        """Another request type in the open form, until its fields are there."""
        form_id = f'"form_id":"{request_type.lower().replace(" ", "_")}"'

        def there() -> bool:
            view = self.slack.modal(person)
            return view is not None and form_id in view.content["private_metadata"]

        for _ in range(TRIES):
            self.do(lambda: self.slack.choose(person, self._form(person), ids.REQUEST_TYPE, request_type))
            if there():
                return
        raise AssertionError(f"{self.step}: the form does not change")

    def submit(self, person: str, answers: Mapping[str, Any] | None = None, *, leave: bool = False) -> None:
        """Somebody sends the open form, until it is gone; ``leave``: what comes after it may stay open."""
        view = self._form(person)
        self.do(lambda: self.slack.submit(person, answers), lambda: self._has_gone_on(person, view))
        if not leave:
            assert self.slack.modal(person) is None, f"{self.step}: {shown_text(self._form(person))}"

    def fill(self, person: str, answers: Mapping[str, Any]) -> None:
        """Somebody fills in a form step by step, up to the check before it goes out."""
        left = dict(answers)
        while left:
            here = {label: left.pop(label) for label in list(left) if self._asks(person, label)}
            assert here, f"{self.step}: no step asks for {sorted(left)}"
            self.submit(person, here, leave=True)

    def submit_found(self, person: str) -> None:
        """Somebody waits for what trying a proposal out found, and hands it in."""
        self.skip(2)
        self.submit(person, leave=True)
        self.dismiss(person)

    def press(self, person: str, button: str) -> None:
        """Somebody presses a button in the open form, until the form shows that it was pressed."""
        view = self._form(person)
        self.do(lambda: self.slack.click(person, view, button), lambda: self._has_gone_on(person, view))

    def dismiss(self, person: str) -> None:
        """Somebody closes what is open."""
        self.do(lambda: self.slack.close_modal(person))

    def hook(self, event: str, key: str) -> None:
        """Jira calls the webhook until it is taken."""
        body, headers = self.jira.webhook(event, key)
        self.do(lambda: _call(f"{self.url}/jira/webhook", body, headers))

    def found(
        self, containing: str, thread: str | None = None, channel: str = "#ask-mops", seen_by: str | None = None
    ) -> Message:
        """The desk's newest message with these words. Raises AssertionError."""
        return self.slack.wait_for_message(channel, containing, thread=thread, seen_by=seen_by, timeout=0.01)

    def _form(self, person: str) -> View:
        view = self.slack.modal(person)
        assert view is not None, f"{self.step}: {person} has no form open"
        return view

    def _asks(self, person: str, label: str) -> bool:
        try:
            reading_field(self._form(person), label)
        except LookupError:
            return False
        return True

    def _has_gone_on(self, person: str, before: View) -> bool:
        view = self.slack.modal(person)
        return view is None or (view.id, view.content) != (before.id, before.content)


def _call(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    try:
        status = requests.post(url, data=body, headers=headers, timeout=5).status_code
    except requests.RequestException:
        return Answer(None, problem="connection_failed")
    return Answer(status, problem=None if status < 300 else "refused")
