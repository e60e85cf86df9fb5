"""Opens the forms of ops people (and the one behind "Not yet") while the trigger is fresh, and takes them in.

Who may is checked when a form opens, so that nobody fills one in for nothing, and again where it is carried out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from bot import ops_texts
from bot.database import Database
from bot.errors import DatabaseUnavailable, DeskError
from bot.incoming import FormContext, Incoming, OpsSubmitted, context_from_text, context_to_text
from bot.logs import get_logger
from bot.ops_people import OpsPeople
from bot.people import Directory
from bot.slack import answers, forms, ids, news, ops_messages, ops_views, replies
from bot.slack.client import SlackClient
from bot.slack.message import Message, row_id
from bot.slack.slash import Records
from bot.texts import listed
from bot.ticket_news import NewsStore
from escalation.domain import Form, Request
from escalation.request_store import RequestStore
from escalation.validation import missing

log = get_logger(__name__)

Body = Mapping[str, Any]

NEEDS_OPEN = frozenset({ids.OPS_REASSIGN, ids.OPS_RETYPE, ids.OPS_ASK_INFO, ids.OPS_CLOSE, ids.OPS_DECLINE})
"""Actions that make sense while a request is open."""


class OpsModals:
    """Listens to the buttons that open a form about a request that exists."""

    def __init__(
        self,
        request_forms: Sequence[Form],
        database: Database,
        people: OpsPeople,
        directory: Directory,
        slack: SlackClient,
        records: Records,
    ) -> None:
        self._forms = tuple(request_forms)
        self._database = database
        self._people = people
        self._directory = directory
        self._slack = slack
        self._records = records

    def from_button(self, body: Body) -> None:
        """**Ask for details**, the menu and **Not yet**."""
        action, number = pressed_on(body["actions"][0])
        try:
            with self._database.read() as session:
                request = RequestStore(session).get(number)
                waiting = NewsStore(session).waiting(number)
        except DatabaseUnavailable as exc:
            log.warning("ops_form_not_opened", error=str(exc))
            self._whisper(body, replies.cannot_read())
            return
        refusal = self._refusal(action, str(body["user"]["id"]), request, waiting)
        if refusal is not None or request is None:
            self._whisper(body, refusal or answers.forgotten_question())
            return
        self._open(body, action, request)

    def submitted(self, body: Body) -> dict[str, Any]:
        """What to acknowledge a submitted form with."""
        view = body["view"]
        action = (
            ids.NOT_SOLVED if view["callback_id"] == ids.VIEW_NOT_SOLVED else view["callback_id"].partition(":")[2]
        )
        try:
            context = context_from_text(view["private_metadata"])
        except ValueError:
            return {"response_action": "update", "view": forms.expired_view()}
        item = OpsSubmitted(
            user=str(body["user"]["id"]),
            action=action,
            request_id=context.request_id or -1,
            values=ops_views.values_of(view),
            context=context,
            key=f"view:{view['id']}",
        )
        return recorded(self._records, item)

    def _refusal(self, action: str, person: str, request: Request | None, waiting: frozenset[str]) -> Message | None:
        if request is None:
            return answers.forgotten_question()
        if action == ids.NOT_SOLVED:
            if person in waiting or self._people.includes(person):
                return None
            return news.not_yours_to_say(request.draft.requester.name)
        if not self._people.includes(person):
            return ops_messages.not_ops()
        if action in NEEDS_OPEN and not request.is_open:
            return ops_messages.not_open(request)
        return None

    def _open(self, body: Body, action: str, request: Request) -> None:
        private = context_to_text(_context(body, request.id))
        if action == ids.NOT_SOLVED:
            view = ops_views.not_solved_view(private)
        else:
            prefill = self._prefill(action, request)
            view = ops_views.ops_view(action, request, private, forms=self._forms, prefill=prefill)
        try:
            self._slack.open_view(str(body["trigger_id"]), view)
        except DeskError as exc:
            log.warning("ops_form_not_opened", error=str(exc))
            self._whisper(body, replies.cannot_read())

    def _prefill(self, action: str, request: Request) -> dict[str, str]:
        if action != ids.OPS_ASK_INFO:
            return {}
        form = next((form for form in self._forms if form.id == request.draft.form_id), None)
        labels = [field.label for field in missing(form, request.draft.answers)] if form else []
        return {"words": ops_texts.info_prefill(listed(labels))} if labels else {}

    def _whisper(self, body: Body, message: Message) -> None:
        url, thread = body.get("response_url"), _context(body, 0).thread
        if url:
            with suppress(DeskError):  # then Slack shows its warning sign at the button
                self._slack.respond(str(url), message.text, message.blocks, replace=False, thread=thread)


def pressed_on(action: Mapping[str, Any]) -> tuple[str, int]:
    """(what is meant, request id) of a button or menu entry; -1 for a value that is not ours."""
    value = str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")
    if action["action_id"] == ids.OPS_MORE:
        meant, _, number = value.partition(":")
    else:
        meant, number = str(action["action_id"]), value.partition(":")[0]
    known = meant in NEEDS_OPEN or meant == ids.NOT_SOLVED
    return meant, row_id(number) if known else -1


def _context(body: Body, request_id: int) -> FormContext:
    container, message = body.get("container", {}), body.get("message") or {}
    return FormContext(
        team=str((body.get("team") or {}).get("id", "")),
        channel=str((body.get("channel") or {}).get("id", "")),
        thread=message.get("thread_ts") or container.get("thread_ts"),
        message=container.get("message_ts"),
        request_id=request_id,
        response_url=body.get("response_url"),
    )


def recorded(records: Records, item: Incoming) -> dict[str, Any]:
    """Record what a form sent; what to acknowledge it with. Its words stay in the form when they can't be kept."""
    try:
        records.record(item)
    except DatabaseUnavailable:
        return {"response_action": "push", "view": forms.not_kept_view()}
    return {"response_action": "clear"}
