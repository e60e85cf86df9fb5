"""`/mops` and `/ticket`: what is answered in the acknowledgement itself, and what goes to the inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, assert_never

from bot.commands import (
    DidYouMean,
    DutyOff,
    DutySwap,
    DutyUnclear,
    Mops,
    Text,
    TicketKey,
    TicketList,
    parse_mops,
    parse_ticket,
)
from bot.errors import DatabaseUnavailable
from bot.incoming import ForgetMe, FormContext, Incoming, SlashQuestion
from bot.slack import replies
from bot.slack.message import Message
from bot.slack.parse import plain_text

Body = Mapping[str, Any]


class Records(Protocol):
    """Where what came in is recorded."""

    def record(self, item: Incoming) -> bool:
        """Store an item; False when it is here already. Raises DatabaseUnavailable."""


class OpensForms(Protocol):
    """Who opens the request form."""

    def open_blank(self, trigger_id: str, words: str, context: FormContext, person: str) -> Message | None:
        """Open the form for these words; a message instead when it could not be opened."""


class LooksUp(Protocol):
    """Who reads requests. Both raise DatabaseUnavailable."""

    def listed(self, person: str) -> Message:
        """A person's requests."""

    def shown(self, key: str, person: str) -> Message:
        """One ticket, if this person may see it."""


class SchedulesDuty(Protocol):
    """Who knows and changes who is on triage. All raise DatabaseUnavailable."""

    def shown(self) -> Message:
        """Who is on duty."""

    def swap(self, by: str, swap: DutySwap) -> Message:
        """Somebody takes over."""

    def off(self, by: str, off: DutyOff) -> Message:
        """Somebody is away."""


class CuratesFaq(Protocol):
    """Who answers `/faq`. Raises DatabaseUnavailable."""

    def command(self, body: Body) -> Message | None:
        """What is acknowledged; None when a form opened."""


class Slash:
    """Each command returns the message of its acknowledgement (only the person sees it), or None for none."""

    def __init__(
        self, records: Records, forms: OpensForms, lookups: LooksUp, oncall: SchedulesDuty, faq: CuratesFaq
    ) -> None:
        self._records = records
        self._forms = forms
        self._lookups = lookups
        self._oncall = oncall
        self._faq = faq

    def mops(self, body: Body) -> Message:
        """`/mops`: a subcommand, or a question answered in private."""
        meant = parse_mops(str(body.get("text", "")))
        match meant:
            case Mops.HELP:
                return replies.help_text()
            case Mops.ONCALL:
                return self._looked_up(self._oncall.shown)
            case DutySwap() as swap:
                return self._changed(body, lambda: self._oncall.swap(_user(body), swap))
            case DutyOff() as off:
                return self._changed(body, lambda: self._oncall.off(_user(body), off))
            case DutyUnclear(about=about):
                return replies.oncall_unclear(about)
            case Mops.FORGET_ME:
                return self._recorded(ForgetMe(_user(body), _url(body), _key(body)), replies.forgetting())
            case DidYouMean(typed=typed, meant=subcommand):
                return replies.did_you_mean("/mops", typed, subcommand)
            case Text(text=text):
                return self._recorded(
                    SlashQuestion(
                        team=str(body.get("team_id", "")),
                        channel=str(body.get("channel_id", "")),
                        user=_user(body),
                        text=plain_text(text),
                        response_url=_url(body),
                        key=_key(body),
                    ),
                    replies.looking(plain_text(text)),
                )
        assert_never(meant)

    def ticket(self, body: Body) -> Message | None:
        """`/ticket`: a lookup, or the request form with the text as its summary."""
        meant = parse_ticket(str(body.get("text", "")))
        match meant:
            case TicketList():
                return self._looked_up(lambda: self._lookups.listed(_user(body)))
            case TicketKey(key=key):
                return self._looked_up(lambda: self._lookups.shown(key, _user(body)))
            case DidYouMean(typed=typed, meant=subcommand):
                return replies.did_you_mean("/ticket", typed, subcommand)
            case Text(text=text):
                context = FormContext(
                    team=str(body.get("team_id", "")),
                    channel=str(body.get("channel_id", "")),
                    response_url=_url(body),
                )
                trigger = str(body.get("trigger_id", ""))
                return self._forms.open_blank(trigger, plain_text(text), context, _user(body))
        assert_never(meant)

    def faq(self, body: Body) -> Message | None:
        """`/faq`: look at the FAQ and curate it."""
        try:
            return self._faq.command(body)
        except DatabaseUnavailable:
            return replies.not_kept(f"/faq {body.get('text', '')}")

    def _recorded(self, item: Incoming, said: Message) -> Message:
        try:
            self._records.record(item)
        except DatabaseUnavailable:
            return replies.not_kept(getattr(item, "text", ""))
        return said

    def _changed(self, body: Body, change: Callable[[], Message]) -> Message:
        try:
            return change()
        except DatabaseUnavailable:
            return replies.not_kept(f"/mops {body.get('text', '')}")

    def _looked_up(self, look: Callable[[], Message]) -> Message:
        try:
            return look()
        except DatabaseUnavailable:
            return replies.cannot_read()


def _user(body: Body) -> str:
    return str(body["user_id"])


def _url(body: Body) -> str:
    return str(body.get("response_url", ""))


def _key(body: Body) -> str:
    """A slash command has no event id; its trigger is unique to the keystroke and the same on a retry."""
    return f"command:{body.get('trigger_id')}"
