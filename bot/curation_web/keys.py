"""Keys to the desk in a browser, as rows: links that work once, and sessions.

A key is 256 random bits. Only its hash is stored, so a copy of the database lets nobody in, and a key that is not in
the table is no key, however it was made up.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.tables import WebKeyRow


class KeyKind(StrEnum):
    """What a key is good for."""

    LINK = "link"  # printed by `mops-desk curate`
    SESSION = "session"


LASTS = {KeyKind.LINK: timedelta(minutes=10), KeyKind.SESSION: timedelta(hours=12)}


class WebKeys:
    """Works in the caller's transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def issue(self, kind: KeyKind, now: datetime, person: str) -> str:
        """A new key for a person. What has expired is cleared away."""
        key = secrets.token_urlsafe(32)
        self._session.execute(delete(WebKeyRow).where(WebKeyRow.expires_at <= now))
        self._session.add(
            WebKeyRow(digest=_digest(key), kind=kind.value, person=person, expires_at=now + LASTS[kind])
        )
        return key

    def owner(self, kind: KeyKind, key: str, now: datetime) -> str | None:
        """Whose key it is; None for one that is wrong, of another kind, or over."""
        row = self._session.get(WebKeyRow, _digest(key))
        good = row is not None and row.kind == kind.value and row.expires_at > now
        return row.person if row is not None and good else None

    def take(self, kind: KeyKind, key: str, now: datetime) -> str | None:
        """The same, and the key is used up: of two who take it, one gets it."""
        wanted = delete(WebKeyRow).where(WebKeyRow.digest == _digest(key), WebKeyRow.kind == kind.value)
        row = self._session.execute(wanted.returning(WebKeyRow.person, WebKeyRow.expires_at)).first()
        return row.person if row is not None and row.expires_at > now else None


def form_token(session_key: str) -> str:
    """What every form of a session carries: another site can neither read nor make it (CSRF)."""
    return hmac.new(session_key.encode(), b"form", hashlib.sha256).hexdigest()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
