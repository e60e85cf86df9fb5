"""Curation in Slack: buttons that open forms, and the forms. Everything here answers within Slack's three seconds.

Who may is checked when a form opens, so that nobody fills one in for nothing, and again in Curation at every change,
whatever a form or button said.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.curation import faq_texts as words
from bot.curation import faq_views as views
from bot.curation.conflicts import Conflicts
from bot.curation.curation import Curation
from bot.curation.entry_form import REASON, typed
from bot.curation.faq_blocks import View, name, values_of
from bot.curation.faq_context import About, about_from
from bot.curation.faq_keeping import keep
from bot.curation.faq_opening import NotShown, Opening, Start
from bot.curation.faq_showing import Answer, Body, answer, kept_open, show, updated, user_of
from bot.curation.findings import findings_from
from bot.curation.merging import merged
from bot.curation.refusals import CurationRefused, Refusal
from bot.database import Database
from bot.errors import DatabaseUnavailable, DeskError
from bot.incoming import FaqAsked
from bot.slack import ids, mrkdwn
from bot.slack.client import SlackClient
from bot.slack.form_state import touched
from bot.slack.message import button, row_id
from bot.slack.slash import Records
from knowledge.domain import Entry
from knowledge.proposals import Proposal, ProposalState, ProposalStore


class FaqDesk:
    """Opens, changes and takes in the forms an entry goes through; listens to ``actions`` and ``views``."""

    actions = frozenset(
        {
            ids.FAQ_ADD,
            ids.FAQ_SHOW,
            ids.FAQ_EDIT,
            ids.FAQ_ARCHIVE,
            ids.FAQ_REVIEW_ENTRY,
            ids.FAQ_STILL_RIGHT,
            ids.FAQ_EDIT_PROPOSAL,
            ids.FAQ_FOUND,
            ids.FAQ_REBASE,
            ids.FAQ_SUBMIT,
            ids.FAQ_DROP,
            ids.FAQ_MERGE,
            ids.FAQ_LINK,
            ids.DRAFT_ENTRY,
        }
    )
    views = frozenset({ids.VIEW_FAQ_EDITOR, ids.VIEW_FAQ_FOUND, ids.VIEW_FAQ_REVIEW, ids.VIEW_FAQ_ARCHIVE})

    def __init__(
        self,
        curation: Curation,
        opening: Opening,
        database: Database,
        slack: SlackClient,
        records: Records,
        clock: Clock,
    ) -> None:
        self._curation = curation
        self._conflicts = Conflicts(curation)
        self._opening = opening
        self._database = database
        self._slack = slack
        self._records = records
        self._clock = clock

    def from_button(self, body: Body) -> None:
        """A button in a message, the App Home or one of our forms."""
        action = body["actions"][0]
        if action["action_id"] == ids.FAQ_STILL_RIGHT:
            answer(self._slack, body, self._confirmed(user_of(body), str(action.get("value") or "")))
            return
        try:
            view, number = self._view_for(str(action["action_id"]), str(action.get("value") or ""), user_of(body))
        except (NotShown, CurationRefused) as exc:
            answer(self._slack, body, mrkdwn.escape(str(exc)))
            return
        except DatabaseUnavailable:
            answer(self._slack, body, words.NOT_SAVED)
            return
        view_id = show(self._slack, body, view)
        if number is not None and view_id:
            self._try(user_of(body), number, view_id, str(body.get("trigger_id") or view_id))

    def submitted(self, body: Body) -> Answer:
        """A form was sent."""
        view, person = body["view"], user_of(body)
        try:
            about = about_from(str(view.get("private_metadata", "")))
        except ValueError:
            return updated(views.said_view(words.OLD_FORM))
        handlers = {
            ids.VIEW_FAQ_EDITOR: self._edited,
            ids.VIEW_FAQ_FOUND: self._decided,
            ids.VIEW_FAQ_REVIEW: self._still_right,
            ids.VIEW_FAQ_ARCHIVE: self._archived,
        }
        try:
            return handlers[view["callback_id"]](person, about, view)
        except DatabaseUnavailable:
            return kept_open(view)
        except (NotShown, CurationRefused) as exc:
            return updated(views.said_view(mrkdwn.escape(str(exc))))

    def closed(self, body: Body) -> None:
        """An editor was closed without sending it: what was typed is kept, as far as Slack tells it."""
        view, person = body["view"], user_of(body)
        if view.get("callback_id") != ids.VIEW_FAQ_EDITOR or not touched(view):
            return
        with suppress(DeskError, ValueError):
            self._keep(person, about_from(str(view.get("private_metadata", ""))), values_of(view), whole=False)

    def _view_for(self, action: str, value: str, person: str) -> tuple[View, int | None]:
        """The form a button leads to, and the proposal that has to be tried out for it."""
        opening, number = self._opening, row_id(value.partition(":")[0])
        match action:
            case ids.FAQ_ADD:
                return opening.editor(person, About(question=number if number > 0 else None)), None
            case ids.FAQ_EDIT:
                return opening.editor(person, About(entry=value)), None
            case ids.DRAFT_ENTRY:
                return opening.editor(person, About(request=number)), None
            case ids.FAQ_SHOW | ids.FAQ_REVIEW_ENTRY:
                return opening.entry(person, value, due=action == ids.FAQ_REVIEW_ENTRY), None
            case ids.FAQ_ARCHIVE:
                return opening.archive(person, value), None
            case ids.FAQ_EDIT_PROPOSAL:
                return opening.editor(person, About(proposal=number)), None
            case ids.FAQ_FOUND:
                view, known = opening.found(person, number)
                return view, None if known else number
            case _:
                return self._changed(action, value, person)

    def _changed(self, action: str, value: str, person: str) -> tuple[View, int | None]:
        """Buttons that change a proposal."""
        number, place = (row_id(part) for part in f"{value}:".split(":")[:2])
        proposal = self._opening.start(person, About(proposal=number))  # theirs, and open
        with self._database.write() as session:
            match action:
                case ids.FAQ_DROP:
                    self._curation.drop(session, number, person)
                    return views.said_view(words.DROPPED), None
                case ids.FAQ_SUBMIT:
                    self._curation.submit(session, number, person)
                    return views.said_view(words.SENT.format(question=name(proposal.entry.question))), None
                case ids.FAQ_REBASE:
                    changed = merged(session, self._curation, number, person)
                case _:
                    changed = self._resolved(session, action, number, place, person)
        if not changed.is_open:
            return views.said_view(words.MERGED), None
        return views.trying_view(changed, self._clock().date()), number

    def _resolved(self, session: Session, action: str, number: int, place: int, person: str) -> Proposal:
        """Another entry gets the phrasing, or this answer names it."""
        proposal = ProposalStore(session).get(number)
        shadows = findings_from(proposal.findings).shadows if proposal and proposal.findings else ()
        if not 0 <= place < len(shadows):
            raise CurationRefused(Refusal.GONE)
        found = shadows[place]
        if action == ids.FAQ_MERGE:
            return self._conflicts.merge(session, number, found.phrasing, found.entry_id, person)
        return self._conflicts.link(session, number, found.entry_id, person)

    def _edited(self, person: str, about: About, view: Body) -> Answer:
        """The editor: what is wrong is said where it is; the rest is kept and tried out."""
        given = values_of(view)
        problems = typed(given, self._start(person, about).entry).problems
        if problems:
            return {"response_action": "errors", "errors": dict(problems)}
        proposal = self._keep(person, about, given, whole=True)
        return self._trying(person, proposal, view)

    def _start(self, person: str, about: About) -> Start:
        """What the form began with. What became unreachable meanwhile leaves a draft of their own."""
        try:
            return self._opening.start(person, about)
        except NotShown:
            return Start(Entry("", "", ""), About())

    def _keep(self, person: str, about: About, given: Mapping[str, str], *, whole: bool) -> Proposal:
        start = self._start(person, about)
        entry = typed(given, start.entry).entry
        if not whole and not (entry.question or entry.answer):
            raise NotShown(words.NEEDS_QUESTION)
        with self._database.write() as session:
            return keep(session, self._curation, self._clock, start, entry, person, given.get(REASON, "").strip())

    def _decided(self, person: str, about: About, view: Body) -> Answer:
        """Publish, or hand to the curators; without the phrasings that were ticked, and tried out again then."""
        number, given = about.proposal or -1, values_of(view)
        start = self._opening.start(person, about)
        left_out = {row_id(place) for place in given.get(views.TWINS, "").split("\n")}
        if left_out & set(range(len(start.entry.variants))):
            kept = tuple(text for place, text in enumerate(start.entry.variants) if place not in left_out)
            with self._database.write() as session:
                changed = self._curation.change(session, number, replace(start.entry, variants=kept), person)
            return self._trying(person, changed, view)
        return self._publish(person, number, given.get(REASON, ""), view)

    def _publish(self, person: str, number: int, reason: str, view: Body) -> Answer:
        try:
            with self._database.write() as session:
                proposal = ProposalStore(session).get(number)
                if proposal is None or not self._opening.may_publish(person, proposal):
                    handed = self._curation.submit(session, number, person)
                    return updated(views.said_view(words.SENT.format(question=name(handed.entry.question))))
                if proposal.author != person and proposal.state is ProposalState.DRAFT and proposal.findings:
                    self._curation.submit(session, number, person)
                done = self._curation.publish(session, number, person, reason)
        except CurationRefused as exc:
            return self._not_published(person, number, exc, view)
        return updated(views.said_view(words.PUBLISHED.format(question=name(done.entry.question))))

    def _not_published(self, person: str, number: int, refused: CurationRefused, view: Body) -> Answer:
        """Each reason leads on to what can be done about it."""
        match refused.refusal:
            case Refusal.NEEDS_REASON if REASON in values_of(view):
                return {"response_action": "errors", "errors": {REASON: words.REASON_NEEDED}}
            case Refusal.NEEDS_REASON:
                return updated(self._opening.found(person, number)[0])
            case Refusal.CHANGED:
                return updated(self._opening.conflict(number))
            case Refusal.UNCHECKED:
                with self._database.read() as session:
                    proposal = ProposalStore(session).get(number)
                return self._trying(person, proposal, view) if proposal else kept_open(view)
            case Refusal.BROKEN | Refusal.NEEDS_OK | Refusal.NEEDS_SECOND:
                back = button(words.BACK, ids.FAQ_EDIT_PROPOSAL, str(number))
                return updated(views.said_view(mrkdwn.escape(str(refused)), back))
            case _:
                return updated(views.said_view(str(refused)))

    def _still_right(self, person: str, about: About, _view: Body) -> Answer:
        return updated(views.said_view(self._reviewed(person, about.entry or "")))

    def _reviewed(self, person: str, entry_id: str) -> str:
        with self._database.write() as session:
            done = self._curation.reviewed(session, entry_id, person)
        return words.REVIEWED.format(question=name(done.entry.question))

    def _confirmed(self, person: str, entry_id: str) -> str:
        """One press in a digest, by a curator or the entry's owner: what they are told."""
        try:
            return self._reviewed(person, entry_id)
        except CurationRefused as exc:
            return str(exc)
        except DatabaseUnavailable:
            return words.NOT_SAVED

    def _archived(self, person: str, about: About, view: Body) -> Answer:
        reason = values_of(view).get(REASON, "").strip()
        with self._database.write() as session:
            done = self._curation.archive(session, about.entry or "", person, reason)
        return updated(views.said_view(words.ARCHIVED.format(question=name(done.entry.question))))

    def _trying(self, person: str, proposal: Proposal, view: Body) -> Answer:
        self._try(person, proposal.id, str(view["id"]), str(view.get("hash") or view["id"]))
        return updated(views.trying_view(proposal, self._clock().date()))

    def _try(self, person: str, number: int, view_id: str, once: str) -> None:
        """Let a worker try it out. When that cannot be recorded now, the button in the view asks for it again."""
        with suppress(DatabaseUnavailable):
            item = FaqAsked(person, "try", f"try:{number}:{view_id}:{once}", str(number), view_id)
            self._records.record(item)
