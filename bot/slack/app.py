"""The Bolt app (the one module of slack_bolt): verify, record, acknowledge. Nothing slow happens here.

Bolt acknowledges an event before its listener runs, so an error in a listener would lose the question. Events
are therefore recorded in a global middleware, and the acknowledgement is returned from there; if the row cannot
be written the middleware raises, Slack gets no acknowledgement, and delivers again.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt import Ack, App, BoltResponse
from slack_bolt.authorization import AuthorizeResult

from bot.errors import DeskError
from bot.inbox import Inbox
from bot.incoming import Incoming, MessageIn
from bot.logs import get_logger
from bot.signs import Sign, sign
from bot.slack import ids, parse
from bot.slack.client import web_client
from bot.slack.form_state import PRIVATE_BLOCK
from bot.slack.inputs import FIELD_BLOCKS
from bot.slack.modals import Modals
from bot.slack.ops_modals import OpsModals
from bot.slack.slash import Slash
from bot.slack.typed import take_secrets_out

log = get_logger(__name__)

Body = dict[str, Any]


@dataclass(frozen=True)
class Identity:
    """Who we are in Slack."""

    team: str
    user: str
    bot: str


class Opens(Protocol):
    """Forms from elsewhere: ``actions`` are the buttons that lead to them, ``views`` their callback ids."""

    actions: frozenset[str]
    views: frozenset[str]

    def from_button(self, body: Body) -> None:
        """A button was pressed."""

    def submitted(self, body: Body) -> dict[str, Any]:
        """A form was sent: what to acknowledge it with."""

    def closed(self, body: Body) -> None:
        """A form was closed without sending it, if it asked to hear of that."""


class ActsOnMessages(Protocol):
    """Message shortcuts, by their callback ids."""

    shortcuts: frozenset[str]

    def from_message(self, body: Body) -> None:
        """A shortcut was chosen in a message's menu."""


class NotUnderstood(DeskError):
    """An event has not the shape that Slack documents."""


class Receiver:
    """Takes what Slack delivers, records it, and acknowledges."""

    def __init__(
        self,
        inbox: Inbox,
        listen_channels: frozenset[str],
        identity: Identity,
        save_reaction: str = "",
        heard: Callable[[], None] = lambda: None,
        changed: Callable[[Collection[str]], None] = lambda _: None,
    ) -> None:
        """``heard`` is told of every event that was taken, ``changed`` of places where other people read now."""
        self._inbox = inbox
        self._listen = listen_channels
        self._identity = identity
        self._save_reaction = save_reaction.strip(":")
        self._heard = heard
        self._changed = changed

    def event(self, body: Body) -> None:
        """Record an event if it is for the desk.

        Raises DatabaseUnavailable: then Slack must deliver again; NotUnderstood: that would not help.
        """
        try:
            item = parse.event(body, self._identity.user) or parse.reaction(body, self._save_reaction)
            place = parse.changed(body) if item is None else None
        except (KeyError, TypeError, AttributeError, ValueError) as exc:
            raise NotUnderstood(type(exc).__name__) from exc
        if isinstance(item, MessageIn) and self._is_for_us(item):
            self._inbox.record(item, self._seen(item))
        elif item is not None and not isinstance(item, MessageIn):
            self._inbox.record(item)
        elif place is not None:
            self._changed([place])
        self._heard()

    def missed(self, item: MessageIn) -> bool:
        """Record a message found in a channel's history; False for what is here already, or was only overheard."""
        known = item.thread_ts and self._inbox.knows_thread(f"{item.team}:{item.channel}:{item.thread_ts}")
        for_us = item.is_dm or item.mentions_desk or known
        return bool(for_us) and self._inbox.record(item, self._seen(item))

    def record(self, item: Incoming) -> bool:
        """Record something that came by a button, command or form."""
        return self._inbox.record(item)

    def _is_for_us(self, item: MessageIn) -> bool:
        """Cheap to decide; whether it is answered is the worker's business."""
        if item.is_dm or item.mentions_desk:
            return True
        if item.thread_ts:
            return self._inbox.knows_thread(f"{item.team}:{item.channel}:{item.thread_ts}")
        return item.channel in self._listen

    def _seen(self, item: MessageIn) -> tuple[Sign, ...]:
        if not (item.is_dm or item.mentions_desk):
            return ()
        return (sign(item.team, item.channel, item.ts),)


def build_app(
    receiver: Receiver,
    commands: Slash,
    modals: Modals,
    identity: Identity,
    ops_modals: OpsModals,
    *,
    listeners: Sequence[Opens] = (),
    on_messages: ActsOnMessages | None = None,
    token: str,
    base_url: str,
    signing_secret: str,
) -> App:
    """The Bolt app for HTTP and Socket Mode alike. Makes no call to Slack."""
    app = App(
        name="mops-desk",
        logger=logging.getLogger("slack_bolt"),  # one of its own would take the root's level, and log payloads
        client=web_client(None, base_url),
        signing_secret=signing_secret or "socket-mode-has-no-signatures",
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id=identity.team, bot_user_id=identity.user, bot_id=identity.bot, bot_token=token
        ),
        request_verification_enabled=bool(signing_secret),
        ignoring_self_events_enabled=False,  # our own messages are recognised by parse.event, and acknowledged
    )
    app.error(_refused)
    app.middleware(take_secrets_out)
    app.middleware(_event_recorder(receiver))
    _add_commands(app, commands)
    _add_modals(app, modals)
    _add_ops_modals(app, ops_modals)
    for listener in listeners:
        _add_listener(app, listener)
    if on_messages is not None:
        _add_shortcuts(app, on_messages)
    _add_buttons(app, receiver)
    return app


def _refused(error: Exception, response: BoltResponse | None) -> BoltResponse | None:
    """What failed is not acknowledged: 503 when trying again may help, 400 for what has not Slack's shape.

    In place of Bolt's own handlers, which answer 500 and log the error's words: those may be a person's.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-3:]]
    log.error("request_failed", error=type(error).__name__, where=where)
    status = 503 if isinstance(error, DeskError) else 400
    return BoltResponse(status=status, body="") if response is not None else None


def _add_listener(app: App, listener: Opens) -> None:
    @app.action(_any_of(listener.actions))
    def open_form(ack: Ack, body: Body) -> None:
        listener.from_button(body)
        ack()

    @app.view(_any_of(listener.views))
    def submitted(ack: Ack, body: Body) -> None:
        ack(**listener.submitted(body))

    @app.view_closed(_any_of(listener.views))
    def closed(ack: Ack, body: Body) -> None:
        listener.closed(body)
        ack()


def _add_shortcuts(app: App, on_messages: ActsOnMessages) -> None:
    @app.shortcut(_any_of(on_messages.shortcuts))
    def chosen(ack: Ack, body: Body) -> None:
        on_messages.from_message(body)
        ack()


def _any_of(names: frozenset[str]) -> re.Pattern[str]:
    """One of these, and nothing else; of none, nothing at all."""
    return re.compile(f"^({'|'.join(re.escape(name) for name in sorted(names))})$" if names else r"(?!)")


def _event_recorder(receiver: Receiver) -> Callable[..., BoltResponse | None]:
    def record_event(body: Body, next: Callable[[], None]) -> BoltResponse | None:
        if body.get("type") != "event_callback":
            next()
            return None
        try:
            receiver.event(body)
        except NotUnderstood as exc:
            log.error("event_not_understood", event_id=str(body.get("event_id")), error=str(exc))
            return BoltResponse(status=400, body="", headers={"X-Slack-No-Retry": "1"})
        return BoltResponse(status=200, body="")

    return record_event


def _add_commands(app: App, commands: Slash) -> None:
    @app.command(ids.COMMAND_MOPS)
    def mops(ack: Ack, body: Body) -> None:
        message = commands.mops(body)
        ack(text=message.text, blocks=list(message.blocks))

    @app.command(ids.COMMAND_TICKET)
    def ticket(ack: Ack, body: Body) -> None:
        message = commands.ticket(body)
        if message is None:
            ack()
        else:
            ack(text=message.text, blocks=list(message.blocks))

    @app.command(ids.COMMAND_FAQ)
    def faq(ack: Ack, body: Body) -> None:
        message = commands.faq(body)
        if message is None:
            ack()
        else:
            ack(text=message.text, blocks=list(message.blocks))


def _add_modals(app: App, modals: Modals) -> None:
    @app.shortcut(ids.SHORTCUT_TICKET)
    def open_a_ticket(ack: Ack, body: Body) -> None:
        modals.from_message(body)
        ack()

    @app.action(
        re.compile(f"^({ids.ASK_OPS}|{ids.ADD_DETAILS}|{ids.HOME_TICKET}|{ids.HOME_ASK}|{ids.FORM_CONTINUE})$")
    )
    def open_form(ack: Ack, body: Body) -> None:
        modals.from_button(body)
        ack()

    @app.action(ids.REQUEST_TYPE)
    def switch_type(ack: Ack, body: Body) -> None:
        ack()
        modals.switch_type(body)

    @app.action(ids.FORM_BACK)
    def step_back(ack: Ack, body: Body) -> None:
        ack()
        modals.back(body)

    @app.action(ids.FORM_DROP)
    def drop_draft(ack: Ack, body: Body) -> None:
        ack()
        modals.drop(body)

    @app.action({"type": "block_actions", "block_id": re.compile(f"^({FIELD_BLOCKS}|{PRIVATE_BLOCK}$)")})
    def noticed(ack: Ack, body: Body) -> None:
        modals.noticed(body)
        ack()

    @app.view_closed(ids.VIEW_FORM)
    def closed(ack: Ack, body: Body) -> None:
        modals.closed(body)
        ack()

    @app.view(re.compile(f"^({ids.VIEW_FORM}|{ids.VIEW_CONFIRM}|{ids.VIEW_ASK})$"))
    def submitted(ack: Ack, body: Body) -> None:
        outcome = modals.submitted(body)
        ack(**outcome)


def _add_ops_modals(app: App, modals: OpsModals) -> None:
    @app.action(re.compile(f"^({ids.OPS_ASK_INFO}|{ids.OPS_MORE}|{ids.NOT_SOLVED})$"))
    def open_ops_form(ack: Ack, body: Body) -> None:
        modals.from_button(body)
        ack()

    @app.view(re.compile(f"^({ids.VIEW_NOT_SOLVED}|{ids.VIEW_OPS}:.*)$"))
    def ops_submitted(ack: Ack, body: Body) -> None:
        outcome = modals.submitted(body)
        ack(**outcome)


def _add_buttons(app: App, receiver: Receiver) -> None:
    @app.shortcut(ids.SHORTCUT_ASK)
    def ask_the_desk(ack: Ack, body: Body) -> None:
        receiver.record(parse.ask_shortcut(body))
        ack()

    @app.shortcut(ids.SHORTCUT_WHY)
    def why_this_answer(ack: Ack, body: Body) -> None:
        receiver.record(parse.why_shortcut(body))
        ack()

    @app.action(ids.OPEN_LINK)
    def open_link(ack: Ack) -> None:
        ack()

    @app.action(re.compile(".*"))
    def pressed(ack: Ack, body: Body) -> None:
        if body.get("container", {}).get("type") == "message":
            receiver.record(parse.button(body))
        ack()
