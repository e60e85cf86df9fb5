"""Files follow their ticket: fetched from Slack once it exists, and put onto it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.conversations import Conversations
from bot.database import Database
from bot.effects import AttachFile
from bot.errors import SlackOutcomeUnknown, SlackRefused, SlackUnavailable
from bot.outbox import Outbox
from bot.outcome import Done, Outcome, Refused, Retry, Then
from bot.pace import pace
from bot.queue import Claimed
from bot.slack import intake
from bot.slack.files import SlackFiles
from bot.slack.ops import OpsChannel
from bot.speaking import Speaker
from escalation.domain import Form, Request, RequestState
from escalation.drafts import form_by_id
from escalation.files import files_of
from escalation.protocols import Tracker
from escalation.request_store import RequestStore

_NEVER_FILED = (RequestState.WITHDRAWN, RequestState.DEAD, RequestState.JOINED)


def queue_files(session: Session, outbox: Outbox, request: Request, forms: Sequence[Form]) -> None:
    """Have every file of a request put onto its ticket, each once."""
    for ref in files_of(form_by_id(forms, request.draft.form_id), request.draft.answers):
        outbox.put(session, f"attach:{request.id}:{ref.id}", AttachFile(request.id, ref.id))


class Attachments:
    """Carries out AttachFile. What the tracker raises is its caller's to handle."""

    def __init__(
        self,
        tracker: Tracker,
        files: SlackFiles,
        forms: Sequence[Form],
        outbox: Outbox,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
    ) -> None:
        self._tracker = tracker
        self._files = files
        self._forms = tuple(forms)
        self._speaker = Speaker(outbox)
        self._ops = ops
        self._database = database
        self._clock = clock

    def attach(self, request: Request, effect: AttachFile, claim: Claimed) -> Outcome:
        """Put one file onto the request's ticket; it waits while there is none yet."""
        if request.ticket is None:
            if request.state in _NEVER_FILED:
                return Done()
            return Retry(self._clock() + pace(claim.attempts), "the ticket is not there yet", claim.memo)
        try:
            file = self._files.fetch(effect.file_id)
        except SlackRefused as exc:
            return Refused(str(exc), self.not_attached(effect, claim, str(exc)))
        except (SlackUnavailable, SlackOutcomeUnknown) as exc:
            return Retry(self._clock() + pace(claim.attempts), str(exc), claim.memo)
        self._tracker.attach(request.ticket.key, file)
        return Done()

    def not_attached(self, effect: AttachFile, claim: Claimed, why: str) -> Then:
        """The person hears which file is not on the ticket, and ops too: nothing is lost in silence."""

        def write(session: Session) -> None:
            request = RequestStore(session).get(effect.request_id)
            placed = Conversations(session).request_place(effect.request_id)
            if request is None:
                return
            message = intake.file_not_attached(request, self._name(request, effect.file_id), why)
            self._ops.tell(session, f"attach:{claim.id}", message)
            if placed is not None:
                self._speaker.say(session, f"attach:{claim.id}:lost", placed.place, placed.person, message)

        return write

    def _name(self, request: Request, file_id: str) -> str:
        refs = files_of(form_by_id(self._forms, request.draft.form_id), request.draft.answers)
        return next((ref.name for ref in refs if ref.id == file_id), file_id)
