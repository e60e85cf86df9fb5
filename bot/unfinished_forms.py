"""Forms people typed into and did not send: what is offered to go on with."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clock import Clock
from bot.database import Database
from bot.errors import DatabaseUnavailable
from bot.form_steps import Unfinished
from escalation.domain import Form
from escalation.drafts import form_by_id
from escalation.form_drafts import FormDrafts


class UnfinishedForms:
    """Looks up the last form somebody did not send."""

    def __init__(self, forms: Sequence[Form], database: Database, clock: Clock) -> None:
        self._forms = tuple(forms)
        self._database = database
        self._clock = clock

    def of(self, person: str) -> Unfinished | None:
        """The newest one of a type that still exists; None when there is none, or when nobody can look now."""
        if not person:
            return None
        now = self._clock()
        try:
            with self._database.read() as session:
                drafts = FormDrafts(session, now).of(person)
        except DatabaseUnavailable:
            return None
        named = ((draft, form_by_id(self._forms, draft.form_id)) for draft in drafts)
        return next((Unfinished(draft.id, form.name, now - draft.saved_at) for draft, form in named if form), None)
