"""Opens the forms behind "Not a gap", "Define it" and "Declare a known issue" while the trigger is fresh.

Who may is checked when a form opens, so that nobody fills one in for nothing, and again where it is carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from bot import missing_texts as texts
from bot.curation.gaps import Gaps
from bot.curation.known_issue_store import KnownIssueStore, SaidThen, SpikeState
from bot.curation.undefined import Radar
from bot.curation.unmet import IsPrivate
from bot.database import Database
from bot.errors import DeskError
from bot.incoming import FormContext, MissingSubmitted, context_from_text, context_to_text
from bot.logs import get_logger
from bot.ops_people import OpsPeople
from bot.slack import faq_gaps, forms, ids, known_issues, missing_forms, ops_messages, replies
from bot.slack.client import SlackClient
from bot.slack.message import Message, row_id
from bot.slack.ops_modals import recorded
from bot.slack.ops_views import values_of
from bot.slack.slash import Records

log = get_logger(__name__)

Body = Mapping[str, Any]
View = dict[str, Any]

ACTIONS = frozenset({ids.GAP_DISMISS, ids.TERM_DEFINE, ids.ISSUE_DECLARE})
_ABOUT = "#"
_NEEDED = frozenset({"title", "answer", "term", "meaning", "why"})


class MissingModals:
    """Listens to the buttons in ``actions`` and to the forms in ``views``."""

    actions = ACTIONS
    views = frozenset(f"{ids.VIEW_MISSING}:{action}" for action in ACTIONS)

    def __init__(
        self,
        gaps: Gaps,
        radar: Radar,
        people: OpsPeople,
        private: IsPrivate,
        database: Database,
        slack: SlackClient,
        records: Records,
    ) -> None:
        self._gaps = gaps
        self._radar = radar
        self._people = people
        self._private = private
        self._database = database
        self._slack = slack
        self._records = records

    def from_button(self, body: Body) -> None:
        """Open the form, or say why not."""
        action = body["actions"][0]
        about = str(action.get("value", ""))
        try:
            shown = self._shown(str(action["action_id"]), about, str(body["user"]["id"]), body)
            if isinstance(shown, Message):
                self._whisper(body, shown)
            else:
                self._slack.open_view(str(body["trigger_id"]), shown)
        except DeskError as exc:
            log.warning("missing_form_not_opened", error=str(exc))
            self._whisper(body, replies.cannot_read())

    def submitted(self, body: Body) -> dict[str, Any]:
        """What to acknowledge a submitted form with."""
        view = body["view"]
        blank = {
            name: texts.FILL_IN for name, value in values_of(view).items() if name in _NEEDED and not value.strip()
        }
        if blank:
            return {"response_action": "errors", "errors": blank}
        private, _, about = str(view["private_metadata"]).rpartition(_ABOUT)
        try:
            context = context_from_text(private)
        except ValueError:
            return {"response_action": "update", "view": forms.expired_view()}
        item = MissingSubmitted(
            user=str(body["user"]["id"]),
            action=str(view["callback_id"]).partition(":")[2],
            about=about,
            values=values_of(view),
            context=context,
            key=f"view:{view['id']}",
        )
        return recorded(self._records, item)

    def closed(self, body: Body) -> None:
        """A few words: nothing is kept of a form that was not sent."""

    def _shown(self, action: str, about: str, person: str, body: Body) -> View | Message:
        """The form; a message instead where there is none for this person."""
        private = f"{context_to_text(_context(body))}{_ABOUT}{about}"
        if action == ids.ISSUE_DECLARE:
            return self._declare(row_id(about), person, private)
        if not self._people.may_publish(person):
            return faq_gaps.for_curators()
        with self._database.read() as session:
            if action == ids.TERM_DEFINE:
                return missing_forms.define_view(about, self._examples(session, about), private)
            gap = self._gaps.get(session, row_id(about))
        return missing_forms.dismiss_view(gap.question, private) if gap else faq_gaps.decided_already()

    def _declare(self, number: int, person: str, private: str) -> View | Message:
        if not self._people.includes(person):
            return ops_messages.not_ops()
        with self._database.read() as session:
            spike = KnownIssueStore(session).spike(number)
            said = KnownIssueStore(session).said(spike.questions) if spike else ()
        if spike is None or spike.state is SpikeState.DECLARED:
            return known_issues.decided_already()
        return missing_forms.declare_view(self._readable(said), private)

    def _examples(self, session: Session, term: str) -> tuple[str, ...]:
        return next((each.examples for each in self._radar.listed(session) if each.term == term), ())

    def _readable(self, said: tuple[SaidThen, ...]) -> tuple[str, ...]:
        private = {place: self._private(place) for place in {one.place for one in said}}
        return tuple(one.text for one in said if one.text and not private[one.place])

    def _whisper(self, body: Body, message: Message) -> None:
        url = body.get("response_url")
        if url:
            with suppress(DeskError):  # then Slack shows its warning sign at the button
                self._slack.respond(
                    str(url), message.text, message.blocks, replace=False, thread=_context(body).thread
                )


def _context(body: Body) -> FormContext:
    container, message = body.get("container", {}), body.get("message") or {}
    return FormContext(
        team=str((body.get("team") or {}).get("id", "")),
        channel=str((body.get("channel") or {}).get("id", "")),
        thread=message.get("thread_ts") or container.get("thread_ts"),
        message=container.get("message_ts"),
        response_url=body.get("response_url"),
    )
