"""Request forms while a person fills them in: what is prefilled, what is wrong, what is kept meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.incoming import FormContext
from escalation.domain import Answer, Answers, FieldProblem, Form, Request, TrackerField
from escalation.drafts import form_by_id, guess_form, prefill
from escalation.general_form import specific
from escalation.protocols import Similarity
from escalation.request_store import RequestStore
from escalation.validation import check

_EXTRA = "tracker:"
"""Marks answers to the tracker's own fields in a kept draft."""


@dataclass(frozen=True)
class Sheet:
    """A form as it is shown to a person: its type, what is filled in, and tracker fields asked for besides."""

    form: Form
    answers: Answers
    context: FormContext
    extra: tuple[TrackerField, ...] = ()


class FormDesk:
    """Opens, checks and keeps forms. Reads the database; fast enough for Slack's three seconds."""

    def __init__(self, forms: Sequence[Form], similarity: Similarity, database: Database, clock: Clock) -> None:
        self.forms = tuple(forms)
        self._similarity = similarity
        self._database = database
        self._clock = clock

    def blank(self, words: str, context: FormContext) -> Sheet:
        """A form for something just typed; its type is guessed from the words."""
        form = self._guessed(words)
        return Sheet(form, prefill(form, words), context)

    def for_question(self, question_id: int, context: FormContext) -> Sheet:
        """A form for a question the desk did not solve; the request's own where there is one already."""
        with self._database.read() as session:
            question = Conversations(session).question(question_id)
        if question and question.request_id is not None:
            return self.for_request(question.request_id, context)
        return self.blank(question.text if question else "", replace(context, question_id=question_id))

    def for_request(self, request_id: int, context: FormContext) -> Sheet:
        """The form of a request that exists: filled with what is known, plus what the tracker still demands."""
        with self._database.read() as session:
            request = RequestStore(session).get(request_id)
        if request is None:
            return self.blank("", context)
        form = self.form(request.draft.form_id) or self._guessed(request.draft.question)
        known = {**prefill(form, request.draft.question), **request.draft.answers}
        if not request.is_open:  # a button that was left over: the same once more, as a new request
            return Sheet(form, known, context)
        return Sheet(form, known, replace(context, request_id=request_id), request.missing)

    def request(self, request_id: int) -> Request | None:
        """A request, for checks that need its state."""
        with self._database.read() as session:
            return RequestStore(session).get(request_id)

    def switched(self, person: str, form_id: str, typed: Answers, context: FormContext) -> Sheet:
        """Another request type was picked. Everything typed so far is kept, also what this type does not ask for."""
        kept = self.kept(context, person)
        sheet = self.sheet(form_id, {**(kept[1] if kept else {}), **typed}, context)
        return replace(sheet, context=self.keep(person, sheet, {}))

    def sheet(self, form_id: str, typed: Answers, context: FormContext) -> Sheet:
        """A form with answers, and the tracker's own fields where its request waits for them."""
        return Sheet(self.form(form_id) or self.forms[-1], typed, context, self._extra(context))

    def problems(self, sheet: Sheet) -> tuple[FieldProblem, ...]:
        """What is wrong with the answers, in the form's order; empty when the request is complete."""
        return check(sheet.form, sheet.answers, self._clock())

    def keep(self, person: str, sheet: Sheet, extra: Mapping[str, Answer]) -> FormContext:
        """Store what was typed, in place of what was kept before. Returns the context that finds them again."""
        typed = {**sheet.answers, **{f"{_EXTRA}{field}": answer for field, answer in extra.items()}}
        with self._database.write() as session:
            store = RequestStore(session)
            if sheet.context.draft_id is not None:
                store.delete_form_draft(sheet.context.draft_id)
            draft_id = store.save_form_draft(person, sheet.form.id, typed, {}, self._clock())
        return replace(sheet.context, draft_id=draft_id)

    def kept(self, context: FormContext, person: str) -> tuple[str, Answers, Answers] | None:
        """(form id, answers, tracker fields) kept for this person under the context's draft; None when gone."""
        if context.draft_id is None:
            return None
        with self._database.read() as session:
            draft = RequestStore(session).form_draft(context.draft_id, person)
        if draft is None:
            return None
        extra = {k.removeprefix(_EXTRA): v for k, v in draft.answers.items() if k.startswith(_EXTRA)}
        answers = {k: v for k, v in draft.answers.items() if not k.startswith(_EXTRA)}
        return draft.form_id, answers, extra

    def form(self, form_id: str | None) -> Form | None:
        """The form of a request type, if there is one by this id."""
        return form_by_id(self.forms, form_id)

    def _guessed(self, words: str) -> Form:
        """The request type the words point to; the general one, which is last, when they point nowhere."""
        return self.form(guess_form(words, specific(self.forms), self._similarity)) or self.forms[-1]

    def _extra(self, context: FormContext) -> tuple[TrackerField, ...]:
        request = self.request(context.request_id) if context.request_id else None
        return request.missing if request else ()
