"""Half-filled forms: kept while a person types, offered again later. Works in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from escalation.domain import Answers, FormDraft
from escalation.request_json import answers_from_json, as_utc
from escalation.tables import FormDraftRow

KEPT_FOR = timedelta(days=14)
"""How long what was typed waits for the person to come back."""

_KEY = "key"


class FormDrafts:
    """The half-filled forms of people. A draft has a key of the caller's, and is for the person who typed it only."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def keep(self, key: str, person: str, form_id: str, answers: Answers, context: Mapping[str, str]) -> FormDraft:
        """Keep what was typed so far, in place of what was kept under this key before; old drafts go."""
        self.drop_old()
        row = self._row(key, person)
        if row is None:
            row = FormDraftRow(person_id=person)
            self._session.add(row)
        row.form_id, row.answers = form_id, dict(answers)
        row.context, row.saved_at = {**context, _KEY: key}, as_utc(self._now)
        self._session.flush()
        return _draft(row)

    def find(self, key: str, person: str) -> FormDraft | None:
        """What is kept under a key; None when it is gone."""
        row = self._row(key, person)
        return _draft(row) if row else None

    def of(self, person: str) -> tuple[FormDraft, ...]:
        """Everything a person has not sent yet, newest first."""
        return tuple(_draft(row) for row in self._rows(person))

    def drop(self, draft_id: int, person: str) -> None:
        """Forget a draft; nothing happens when it is gone already."""
        rows = self._rows(person)
        keys = {row.context.get(_KEY) for row in rows if row.id == draft_id}
        same = [row.id for row in rows if row.context.get(_KEY) in keys]  # kept twice in one moment
        which = FormDraftRow.id.in_([draft_id, *same]), FormDraftRow.person_id == person
        self._session.execute(delete(FormDraftRow).where(*which))

    def drop_old(self) -> int:
        """Forget what waited longer than KEPT_FOR. Returns how many there were."""
        old = delete(FormDraftRow).where(FormDraftRow.saved_at < as_utc(self._now - KEPT_FOR))
        return len(self._session.execute(old.returning(FormDraftRow.id)).all())

    def _rows(self, person: str) -> list[FormDraftRow]:
        fresh = FormDraftRow.saved_at >= as_utc(self._now - KEPT_FOR)
        query = select(FormDraftRow).where(FormDraftRow.person_id == person, fresh)
        return list(self._session.scalars(query.order_by(FormDraftRow.saved_at.desc(), FormDraftRow.id.desc())))

    def _row(self, key: str, person: str) -> FormDraftRow | None:
        return next((row for row in self._rows(person) if row.context.get(_KEY) == key), None)


def _draft(row: FormDraftRow) -> FormDraft:
    return FormDraft(
        row.id, row.person_id, row.form_id, answers_from_json(row.answers), dict(row.context), as_utc(row.saved_at)
    )
