"""Request forms while a person fills them in: what is prefilled, what is wrong, what is kept meanwhile."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.checklist_runs import ChecklistRuns
from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.form_steps import TRACKER, Filled, Sheet
from bot.incoming import FormContext, context_from_text, context_to_text
from bot.outlooks import Outlooks
from bot.personal_answers import PersonalAnswers, personal_answers
from bot.unfinished_forms import UnfinishedForms
from escalation.domain import Answer, Answers, FieldProblem, Form, FormDraft, Request, TrackerField
from escalation.drafts import form_by_id, guess_form, prefill
from escalation.form_drafts import FormDrafts
from escalation.general_form import specific
from escalation.prefill import read_fields
from escalation.protocols import Similarity
from escalation.request_store import RequestStore
from escalation.validation import check

_CONTEXT = "form"


class FormDesk:
    """Opens, checks and keeps forms. Reads the database; fast enough for Slack's three seconds."""

    def __init__(
        self,
        forms: Sequence[Form],
        similarity: Similarity,
        database: Database,
        clock: Clock,
        outlooks: Outlooks,
        own_domains: frozenset[str] = frozenset(),
    ) -> None:
        """``own_domains``: addresses there are nobody's secret."""
        self._own_domains = own_domains
        self.forms = tuple(forms)
        self._outlooks = outlooks
        self._similarity = similarity
        self._database = database
        self._clock = clock
        self._unfinished = UnfinishedForms(forms, database, clock)

    def blank(self, words: str, context: FormContext, person: str = "", form_id: str | None = None) -> Sheet:
        """A form for something just typed; its type is guessed from the words, and so are the plain answers.

        ``form_id``: a type that is known already. A form the person did not send is offered; never a reason not to
        open this one.
        """
        form = self.form(form_id) or self._guessed(words)
        answers, read = self._prefilled(form, words, {})
        sheet = Sheet(form, answers, _keyed(context), read=read, unfinished=self._unfinished.of(person))
        return self._realistic(sheet)

    def for_question(self, question_id: int, context: FormContext, person: str = "") -> Sheet:
        """A form for a question the desk did not solve; the request's own where there is one already."""
        with self._database.read() as session:
            question = Conversations(session).question(question_id)
            checked = ChecklistRuns(session).checked(question_id)
        if question and question.request_id is not None:
            return self.for_request(question.request_id, context, person)
        opened = replace(_keyed(context), question_id=question_id)
        sheet = self.blank(question.text if question else "", opened, form_id=checked.form_id)
        return self._resumed(sheet, person)

    def for_request(self, request_id: int, context: FormContext, person: str = "") -> Sheet:
        """The form of a request that exists: filled with what is known, plus what the tracker still demands."""
        request = self.request(request_id)
        if request is None:
            return self.blank("", context, person)
        form = self.form(request.draft.form_id) or self._guessed(request.draft.question)
        known, read = self._prefilled(form, request.draft.question, request.draft.answers)
        read += tuple(key for key in request.draft.to_confirm if key in known and key not in read)
        if not request.is_open:  # a button that was left over: the same once more, as a new request
            return self._realistic(Sheet(form, known, _keyed(context), read=read))
        known |= {f"{TRACKER}{field}": answer for field, answer in request.draft.extra.items()}
        opened = replace(_keyed(context), request_id=request_id)
        return self._resumed(self._realistic(Sheet(form, known, opened, request.missing, read)), person)

    def request(self, request_id: int) -> Request | None:
        """A request, for checks that need its state."""
        with self._database.read() as session:
            return RequestStore(session).get(request_id)

    def demanded(self, context: FormContext) -> tuple[TrackerField, ...]:
        """The tracker's own fields that the request of a form waits for."""
        request = self.request(context.request_id) if context.request_id else None
        return request.missing if request else ()

    def filled(self, person: str, filled: Filled, context: FormContext) -> Sheet:
        """The form as it is now: what an open view holds, on top of what was kept of it."""
        kept = self._kept(context, person)
        answers = filled.onto(kept.answers if kept else {})
        form_id = filled.form_id or context.form_id or (kept.form_id if kept else "")
        return self._sheet(form_id, answers, context)

    def kept(self, context: FormContext, person: str) -> Sheet | None:
        """What was kept of a form, for this person; None when it is gone."""
        kept = self._kept(context, person)
        return self._sheet(kept.form_id, kept.answers, replace(context, draft_id=kept.id)) if kept else None

    def kept_at(self, context: FormContext, person: str) -> int | None:
        """The step a kept form stands at, one past the last while it is being checked; None when nothing is kept."""
        kept = self._kept(context, person)
        return _context(kept).step if kept else None

    def continued(self, draft_id: int, person: str) -> Sheet | None:
        """The form of a draft where the person stopped; None when it is gone."""
        with self._database.read() as session:
            drafts = FormDrafts(session, self._clock()).of(person)
        draft = next((draft for draft in drafts if draft.id == draft_id), None)
        return self._sheet(draft.form_id, draft.answers, _context(draft)) if draft else None

    def dropped(self, draft_id: int, person: str) -> None:
        """The person does not want that form any more."""
        with self._database.write() as session:
            FormDrafts(session, self._clock()).drop(draft_id, person)

    def problems(self, sheet: Sheet) -> tuple[FieldProblem, ...]:
        """What is wrong with the answers, in the form's order; empty when the request is complete."""
        return check(sheet.form, sheet.own_answers(), self._clock())

    def personal(self, sheet: Sheet) -> PersonalAnswers:
        """What the answers hold of people, for the person to decide on before it becomes a ticket."""
        return personal_answers(sheet.fields, sheet.answers, self._own_domains)

    def keep(self, person: str, sheet: Sheet) -> Sheet:
        """Store what was typed, in place of what was kept of this form before."""
        context = replace(_keyed(sheet.context), form_id=sheet.form.id)
        saved = {_CONTEXT: context_to_text(replace(context, response_url=None))}
        with self._database.write() as session:
            drafts = FormDrafts(session, self._clock())
            draft = drafts.keep(context.draft_key or "", person, sheet.form.id, sheet.answers, saved)
        return replace(sheet, context=replace(context, draft_id=draft.id))

    def form(self, form_id: str | None) -> Form | None:
        """The form of a request type, if there is one by this id."""
        return form_by_id(self.forms, form_id)

    def _sheet(self, form_id: str, answers: Answers, context: FormContext) -> Sheet:
        form = self.form(form_id) or self.forms[-1]
        return self._realistic(Sheet(form, answers, replace(context, form_id=form.id), self.demanded(context)))

    def _realistic(self, sheet: Sheet) -> Sheet:
        """With what is ahead of the request; a day that is too early is asked a reason for."""
        form = self._outlooks.asking(sheet.form, sheet.answers)
        return replace(sheet, form=form, outlook="" if sheet.adding else self._outlooks.in_words(sheet.form))

    def _kept(self, context: FormContext, person: str) -> FormDraft | None:
        if not context.draft_key:
            return None
        with self._database.read() as session:
            return FormDrafts(session, self._clock()).find(context.draft_key, person)

    def _resumed(self, sheet: Sheet, person: str) -> Sheet:
        """Somebody who filled in a part of this very form before finds it as they left it."""
        about = (sheet.context.request_id, sheet.context.question_id)
        with self._database.read() as session:
            drafts = FormDrafts(session, self._clock()).of(person) if person else ()
        for draft in drafts:
            left = _context(draft)
            if (left.request_id, left.question_id) == about:
                context = replace(sheet.context, draft_key=left.draft_key, step=left.step)
                return self._sheet(draft.form_id, {**sheet.answers, **draft.answers}, context)
        return sheet

    def _prefilled(
        self, form: Form, words: str, given: Mapping[str, Answer]
    ) -> tuple[dict[str, Answer], tuple[str, ...]]:
        """What is known for a form, and which of it was read from the words rather than given."""
        own = {**prefill(form, words), **given}
        read = {key: answer for key, answer in read_fields(form, words, self._clock()).items() if key not in own}
        return {**own, **read}, tuple(read)

    def _guessed(self, words: str) -> Form:
        """The request type the words point to; the general one, which is last, when they point nowhere."""
        return self.form(guess_form(words, specific(self.forms), self._similarity)) or self.forms[-1]


def _keyed(context: FormContext) -> FormContext:
    return context if context.draft_key else replace(context, draft_key=secrets.token_hex(8))


def _context(draft: FormDraft) -> FormContext:
    try:
        return context_from_text(draft.context.get(_CONTEXT, "{}"))
    except ValueError:
        return FormContext(draft_key=draft.context.get("key"))
