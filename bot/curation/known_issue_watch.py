"""The clock of known issues: reminds ops, ends what timed out or whose ticket is done. A loop of the desk."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.curation.known_issue_store import KnownIssue, KnownIssueStore
from bot.curation.known_issues import KnownIssues, lasting
from bot.database import Database
from bot.domain import Place
from bot.follow_places import FollowPlaces
from bot.regular import Regular
from bot.slack import known_issues
from bot.slack.ops import OpsChannel
from bot.speaking import Speaker
from escalation.domain import Request
from escalation.request_store import RequestStore

LOOK_EVERY = timedelta(seconds=20)
REMIND_BEFORE = timedelta(minutes=30)


class KnownIssueWatch(Regular):
    """What is said has keys that name the issue and its end: once, however many processes look."""

    def __init__(
        self, issues: KnownIssues, ops: OpsChannel, speaker: Speaker, database: Database, clock: Clock
    ) -> None:
        super().__init__(LOOK_EVERY, clock)
        self._issues = issues
        self._ops = ops
        self._speaker = speaker
        self._database = database

    def look(self, now: datetime) -> None:
        """See Regular."""
        with self._database.read() as session:
            requests = RequestStore(session)
            found = [(issue, requests.get(issue.request_id)) for issue in KnownIssueStore(session).active()]
        due = [issue.id for issue, request in found if _is_due(issue, request, now)]
        if not due:
            return
        with self._database.write() as session:
            for number in due:
                self._settle(session, number, now)

    def _settle(self, session: Session, number: int, now: datetime) -> None:
        store = KnownIssueStore(session)
        issue = store.issue(number, lock=True)
        request = RequestStore(session).get(issue.request_id) if issue else None
        if issue is None:
            return
        if request is None or not request.is_open:
            store.ended(number, now)  # everybody hears it as the news of their tickets
            if request is not None and request.ticket is not None and request.ticket.done:
                self._issues.end_own(session, issue)
        elif now >= issue.until:
            store.ended(number, now)
            self._time_out(session, issue, request)
        else:
            key = f"known:{number}:remind:{issue.until.isoformat()}"
            self._ops.tell(session, key, known_issues.remind(number, issue.title, issue.until))

    def _time_out(self, session: Session, issue: KnownIssue, request: Request) -> None:
        message = known_issues.over(issue.title)
        for person, place in _askers(session, issue).items():
            self._speaker.say(session, f"known:{issue.id}:{person}:over", place, person, message)
        self._ops.tell(session, f"known:{issue.id}:timed-out", known_issues.timed_out(issue.title, request))


def _askers(session: Session, issue: KnownIssue) -> dict[str, Place]:
    """Everyone who asked, and where they asked last; whoever declared it reads the ops channel."""
    said = [one for one in KnownIssueStore(session).said(issue.questions) if one.text]
    found = {one.person: lasting(one.place, one.person) for one in said if one.person != issue.declared_by}
    return found | {one.person: one.place for one in FollowPlaces(session).of(issue.request_id)}


def _is_due(issue: KnownIssue, request: Request | None, now: datetime) -> bool:
    return request is None or not request.is_open or now >= issue.until - REMIND_BEFORE
