"""Private requests get the security level that is set, others never."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from escalation.domain import Draft, Origin, Person, Request, RequestState
from escalation.drafts import new_ticket


@pytest.mark.parametrize(
    ("private", "level", "security"),
    [(True, "Ops only", "Ops only"), (True, "", None), (True, None, None), (False, "Ops only", None)],
)
def test_only_a_private_request_gets_the_level(private: bool, level: str | None, security: str | None) -> None:
    draft = Draft("Lists", Person("U1", "Ann Lee"), Origin("a direct message", private=private))
    request = Request(
        1, "7F3K", "mops-desk-0123456789ab", draft, RequestState.QUEUED, datetime(2026, 11, 22, tzinfo=UTC)
    )
    assert new_ticket(draft, request, (), "OPS", security=level).security == security
