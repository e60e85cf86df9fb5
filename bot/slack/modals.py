"""Modals: opened while the trigger is fresh, checked while the person waits, recorded before they close."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.errors import DatabaseUnavailable, DeskError
from bot.form_desk import FormDesk
from bot.form_steps import Sheet, step_of
from bot.incoming import AskSubmitted, FormContext, FormSubmitted, Incoming, context_from_text, context_to_text
from bot.logs import get_logger
from bot.slack import forms, ids, tickets
from bot.slack.client import SlackClient
from bot.slack.form_state import filled, form_id_from_state, touched
from bot.slack.inputs import block_id
from bot.slack.message import Message, row_id
from bot.slack.parse import plain_text
from bot.slack.personal_choice import wants_as_typed
from bot.slack.slash import Records
from escalation.domain import FieldProblem
from escalation.outlook import EARLIER_REASON

log = get_logger(__name__)

Body = Mapping[str, Any]
View = dict[str, Any]


class Modals:
    """Opens, switches and takes in the request form and the App Home's question form."""

    def __init__(self, desk: FormDesk, slack: SlackClient, records: Records) -> None:
        self._desk = desk
        self._slack = slack
        self._records = records

    def open_blank(self, trigger_id: str, words: str, context: FormContext, person: str) -> Message | None:
        """Open the form for something just typed. A message with the words is returned when it did not open."""
        try:
            self._slack.open_view(trigger_id, self._view(self._desk.blank(words, context, person)))
        except DeskError as exc:
            log.warning("form_not_opened", error=str(exc))
            return tickets.form_not_opened(words)
        return None

    def from_message(self, body: Body) -> None:
        """The message shortcut "Open a ticket": the form with the message's words."""
        message = body["message"]
        context = FormContext(
            team=_team(body),
            channel=str(body["channel"]["id"]),
            thread=str(message.get("thread_ts") or message["ts"]),
            message=str(message["ts"]),
            response_url=body.get("response_url"),
        )
        self._open(body, self._desk.blank(plain_text(str(message.get("text", ""))), context, _user(body)))

    def from_button(self, body: Body) -> None:
        """**Ask the ops team**, **Add details**, **Continue** and the App Home's buttons."""
        action = body["actions"][0]
        if action["action_id"] == ids.HOME_ASK:
            self._show(body, forms.ask_view())
            return
        try:
            sheet = self._sheet_for(action, _button_context(body), _user(body))
        except DatabaseUnavailable as exc:
            log.warning("form_not_opened", error=str(exc))
            self._say_not_opened(body)
            return
        self._open(body, sheet)

    def switch_type(self, body: Body) -> None:
        """Another request type was picked in the open form: same answers, other fields."""
        self._replace(body, lambda sheet: self._desk.keep(_user(body), sheet.at(0)))

    def back(self, body: Body) -> None:
        """To the step before; what was typed on this one stays."""
        self._replace(body, lambda sheet: self._desk.keep(_user(body), sheet.at(sheet.step - 1)))

    def drop(self, body: Body) -> None:
        """The form that was begun earlier is not wanted any more; this one stays open as it is."""

        def dropped(sheet: Sheet) -> Sheet:
            self._desk.dropped(int(body["actions"][0]["value"]), _user(body))
            return sheet

        self._replace(body, dropped)

    def noticed(self, body: Body) -> None:
        """Something was picked in the open form: Slack tells all that is typed, so it is kept.

        Unless the person has gone on meanwhile: requests overtake each other, and what was kept then is newer.
        """
        context = context_from_text(body["view"]["private_metadata"])
        with suppress(DeskError):
            if self._desk.kept_at(context, _user(body)) in (None, context.step):
                self._keep(body)

    def closed(self, body: Body) -> None:
        """The form was closed without sending it. Slack may or may not tell what was in it."""
        if touched(body["view"]):
            self._keep(body)

    def _keep(self, body: Body) -> None:
        try:
            self._desk.keep(_user(body), self._sheet(body))
        except DeskError as exc:
            log.warning("form_not_kept", error=str(exc))

    def _replace(self, body: Body, change: Callable[[Sheet], Sheet]) -> None:
        view = body["view"]
        try:
            self._slack.update_view(view["id"], view["hash"], self._view(change(self._sheet(body))))
        except DeskError as exc:
            log.warning("form_not_changed", error=str(exc))

    def _sheet(self, body: Body) -> Sheet:
        """The form as it is now, from its view and from what was kept of it."""
        view = body["view"]
        context = context_from_text(view["private_metadata"])
        demanded = self._desk.demanded(context)
        values = view["state"]["values"]
        typed = filled(values, self._desk.forms, context.form_id or form_id_from_state(values), demanded)
        return self._desk.filled(_user(body), typed, context)

    def submitted(self, body: Body) -> dict[str, Any]:
        """What to acknowledge a submitted view with: Slack's response_action and what it needs."""
        view = body["view"]
        try:
            match view["callback_id"]:
                case ids.VIEW_ASK:
                    return self._ask_submitted(body)
                case ids.VIEW_CONFIRM:
                    return self._confirmed(body)
                case _:
                    return self._form_submitted(body)
        except DatabaseUnavailable:
            return {"response_action": "push", "view": forms.not_kept_view()}

    def _form_submitted(self, body: Body) -> dict[str, Any]:
        sheet = self._sheet(body)
        wrong = self._desk.problems(sheet)
        here = {field.key for field in sheet.here}
        on_this_step = [problem for problem in wrong if problem.key in here]
        if EARLIER_REASON in {problem.key for problem in on_this_step} and not _is_open(body["view"], EARLIER_REASON):
            kept = self._desk.keep(_user(body), sheet)
            return {"response_action": "update", "view": self._view(kept, on_this_step)}
        if sheet.is_last and len(on_this_step) < len(wrong):  # an answer further up no longer fits
            kept = self._desk.keep(_user(body), sheet.at(step_of(wrong, sheet.steps)))
            return {"response_action": "update", "view": self._view(kept, wrong)}
        if on_this_step:
            return {"response_action": "errors", "errors": forms.errors_for(on_this_step)}
        if not sheet.is_last:
            kept = self._desk.keep(_user(body), sheet.at(sheet.step + 1))
            return {"response_action": "update", "view": self._view(kept)}
        if sheet.form.confirm_before_submit or self._desk.personal(sheet):
            return self._to_confirm(self._desk.keep(_user(body), sheet.at(len(sheet.steps))))
        return self._send(body, sheet)

    def _to_confirm(self, sheet: Sheet) -> dict[str, Any]:
        metadata = context_to_text(sheet.context)
        confirm = forms.confirm_view(
            sheet.form, sheet.answers, metadata, adding=sheet.adding, personal=self._desk.personal(sheet)
        )
        return {"response_action": "push", "view": confirm}

    def _confirmed(self, body: Body) -> dict[str, Any]:
        kept = self._desk.kept(context_from_text(body["view"]["private_metadata"]), _user(body))
        if kept is None:
            return {"response_action": "update", "view": forms.expired_view()}
        as_typed = wants_as_typed((body["view"].get("state") or {}).get("values") or {})
        answers = {} if as_typed else self._desk.personal(kept).without
        return self._send(body, replace(kept, answers={**kept.answers, **answers}), as_typed=as_typed)

    def _send(self, body: Body, sheet: Sheet, *, as_typed: bool = False) -> dict[str, Any]:
        kept = self._desk.kept(sheet.context, _user(body))
        context = kept.context if kept else sheet.context  # names the draft, which goes when the request is there
        item = FormSubmitted(
            user=_user(body),
            form_id=sheet.form.id,
            answers=sheet.own_answers(),
            context=context,
            key=_view_key(body["view"]),
            extra=sheet.tracker_answers(),
            private=sheet.private,
            as_typed=as_typed,
        )
        return self._recorded(item)

    def _ask_submitted(self, body: Body) -> dict[str, Any]:
        view = body["view"]
        text = forms.question_from_state(view["state"]["values"])
        return self._recorded(AskSubmitted(_team(body), _user(body), text, _view_key(view)))

    def _recorded(self, item: Incoming) -> dict[str, Any]:
        self._records.record(item)
        return {"response_action": "clear"}

    def _sheet_for(self, action: Mapping[str, Any], context: FormContext, person: str) -> Sheet:
        number = row_id(str(action.get("value", "")).partition(":")[0])
        if number >= 0:
            match action["action_id"]:
                case ids.ADD_DETAILS:
                    return self._desk.for_request(number, context, person)
                case ids.ASK_OPS:
                    return self._desk.for_question(number, context, person)
                case ids.FORM_CONTINUE:
                    return self._desk.continued(number, person) or self._desk.blank("", context, person)
                case _:
                    pass  # the App Home's button
        return self._desk.blank("", context, person)

    def _view(self, sheet: Sheet, problems: Sequence[FieldProblem] = ()) -> View:
        return forms.form_view(self._desk.forms, sheet, problems)

    def _open(self, body: Body, sheet: Sheet) -> None:
        self._show(body, self._view(sheet))

    def _show(self, body: Body, view: View) -> None:
        in_a_modal = (body.get("view") or {}).get("type") == "modal"
        show = self._slack.push_view if in_a_modal else self._slack.open_view
        try:
            show(str(body["trigger_id"]), view)
        except DeskError as exc:
            log.warning("form_not_opened", error=str(exc))
            self._say_not_opened(body)

    def _say_not_opened(self, body: Body) -> None:
        message = tickets.form_not_opened("")
        url = body.get("response_url")
        if url:
            with suppress(DeskError):  # then Slack shows its warning sign at the button
                self._slack.respond(str(url), message.text, message.blocks, replace=False)


def _button_context(body: Body) -> FormContext:
    container = body.get("container", {})
    message = body.get("message", {})
    ephemeral = bool(container.get("is_ephemeral"))
    message_ts = container.get("message_ts")
    thread = message.get("thread_ts") or container.get("thread_ts")
    return FormContext(
        team=_team(body),
        channel=str((body.get("channel") or {}).get("id", "")),
        thread=None if ephemeral else thread or message_ts,
        message=message_ts,
        response_url=body.get("response_url"),
    )


def _is_open(view: Mapping[str, Any], key: str) -> bool:
    """Whether the open view has an input for a field: Slack takes errors for no others."""
    return block_id(key) in view["state"]["values"]


def _team(body: Body) -> str:
    return str((body.get("team") or {}).get("id", ""))


def _user(body: Body) -> str:
    return str(body["user"]["id"])


def _view_key(view: Mapping[str, Any]) -> str:
    """A view is submitted once, however often the button is pressed or the request repeated."""
    return f"view:{view.get('root_view_id') or view['id']}"
