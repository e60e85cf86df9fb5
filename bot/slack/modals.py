"""Modals: opened while the trigger is fresh, checked while the person waits, recorded before they close."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.errors import DatabaseUnavailable, DeskError
from bot.form_desk import FormDesk, Sheet
from bot.incoming import AskSubmitted, FormContext, FormSubmitted, Incoming, context_from_text, context_to_text
from bot.logs import get_logger
from bot.slack import forms, ids, tickets
from bot.slack.client import SlackClient
from bot.slack.message import Message
from bot.slack.parse import plain_text
from bot.slack.slash import Records

log = get_logger(__name__)

Body = Mapping[str, Any]
View = dict[str, Any]


class Modals:
    """Opens, switches and takes in the request form and the App Home's question form."""

    def __init__(self, desk: FormDesk, slack: SlackClient, records: Records) -> None:
        self._desk = desk
        self._slack = slack
        self._records = records

    def open_blank(self, trigger_id: str, words: str, context: FormContext) -> Message | None:
        """Open the form for something just typed. A message with the words is returned when it did not open."""
        try:
            self._slack.open_view(trigger_id, _form_view(self._desk.blank(words, context), self._desk))
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
        self._open(body, self._desk.blank(plain_text(str(message.get("text", ""))), context))

    def from_button(self, body: Body) -> None:
        """**Ask the ops team**, **Add details** and the App Home's buttons."""
        action = body["actions"][0]
        if action["action_id"] == ids.HOME_ASK:
            self._show(body, forms.ask_view())
            return
        try:
            sheet = self._sheet_for(action, _button_context(body))
        except DatabaseUnavailable as exc:
            log.warning("form_not_opened", error=str(exc))
            self._say_not_opened(body)
            return
        self._open(body, sheet)

    def switch_type(self, body: Body) -> None:
        """Another request type was picked in the open form: same answers, other fields."""
        view = body["view"]
        form_id = str(body["actions"][0]["selected_option"]["value"])
        context = context_from_text(view["private_metadata"])
        typed = {
            key: answer
            for form in self._desk.forms
            for key, answer in forms.answers_from_state(form, view["state"]["values"]).items()
        }
        try:
            sheet = self._desk.switched(_user(body), form_id, typed, context)
            self._slack.update_view(view["id"], view["hash"], _form_view(sheet, self._desk))
        except DeskError as exc:
            log.warning("form_not_switched", error=str(exc))

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
        view = body["view"]
        values = view["state"]["values"]
        context = context_from_text(view["private_metadata"])
        sheet = self._desk.sheet(forms.form_id_from_state(values), {}, context)
        sheet = self._desk.sheet(sheet.form.id, forms.answers_from_state(sheet.form, values), context)
        extra = forms.extra_from_state(sheet.extra, values, sheet.form)
        errors = forms.errors_for(self._desk.problems(sheet), sheet.form)
        if errors:
            return {"response_action": "errors", "errors": errors}
        if sheet.form.confirm_before_submit:
            kept = self._desk.keep(_user(body), sheet, extra)
            adding = context.request_id is not None
            confirm = forms.confirm_view(sheet.form, sheet.answers, context_to_text(kept), adding=adding)
            return {"response_action": "push", "view": confirm}
        return self._recorded(
            FormSubmitted(_user(body), sheet.form.id, sheet.answers, context, _view_key(view), extra)
        )

    def _confirmed(self, body: Body) -> dict[str, Any]:
        view = body["view"]
        context = context_from_text(view["private_metadata"])
        kept = self._desk.kept(context, _user(body))
        if kept is None:
            return {"response_action": "update", "view": forms.expired_view()}
        form_id, answers, extra = kept
        return self._recorded(FormSubmitted(_user(body), form_id, answers, context, _view_key(view), extra))

    def _ask_submitted(self, body: Body) -> dict[str, Any]:
        view = body["view"]
        text = forms.question_from_state(view["state"]["values"])
        return self._recorded(AskSubmitted(_team(body), _user(body), text, _view_key(view)))

    def _recorded(self, item: Incoming) -> dict[str, Any]:
        self._records.record(item)
        return {"response_action": "clear"}

    def _sheet_for(self, action: Mapping[str, Any], context: FormContext) -> Sheet:
        value = str(action.get("value", ""))
        if action["action_id"] == ids.ADD_DETAILS and value.isdigit():
            return self._desk.for_request(int(value), context)
        if action["action_id"] == ids.ASK_OPS and value.split(":")[0].isdigit():
            return self._desk.for_question(int(value.split(":")[0]), context)
        return self._desk.blank("", context)

    def _open(self, body: Body, sheet: Sheet) -> None:
        self._show(body, _form_view(sheet, self._desk))

    def _show(self, body: Body, view: View) -> None:
        try:
            self._slack.open_view(str(body["trigger_id"]), view)
        except DeskError as exc:
            log.warning("form_not_opened", error=str(exc))
            self._say_not_opened(body)

    def _say_not_opened(self, body: Body) -> None:
        message = tickets.form_not_opened("")
        url = body.get("response_url")
        if url:
            with suppress(DeskError):  # then Slack shows its warning sign at the button
                self._slack.respond(str(url), message.text, message.blocks, replace=False)


def _form_view(sheet: Sheet, desk: FormDesk) -> View:
    adding = sheet.context.request_id is not None
    context = context_to_text(sheet.context)
    return forms.form_view(desk.forms, sheet.form, sheet.answers, context, sheet.extra, adding=adding)


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


def _team(body: Body) -> str:
    return str((body.get("team") or {}).get("id", ""))


def _user(body: Body) -> str:
    return str(body["user"]["id"])


def _view_key(view: Mapping[str, Any]) -> str:
    """A view is submitted once, however often the button is pressed or the request repeated."""
    return f"view:{view.get('root_view_id') or view['id']}"
