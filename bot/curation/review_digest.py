"""Tells the owners of entries what is due for a look: once a week, and the morning after a cited page changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from bot import review_texts as words
from bot.asking import Work
from bot.clock import Clock
from bot.curation.owners import Owners, is_person
from bot.curation.reviews import DueEntry, Reviews
from bot.database import Database
from bot.effects import Post
from bot.incoming import Due
from bot.outbox import Outbox
from bot.slack import mrkdwn
from bot.slack.message import Message, section
from bot.slack.ops import OpsChannel
from bot.slack.review import due_item, review_digest, reviewed_long_ago
from escalation.working_hours import WorkingHours
from knowledge.drift import Drift

SHOWN = 8
"""Entries in one digest; more would not be read."""


class ReviewDigest:
    """Handles the occasion that the timetable records."""

    def __init__(
        self, owners: Owners, hours: WorkingHours, outbox: Outbox, ops: OpsChannel, database: Database, clock: Clock
    ) -> None:
        self._owners = owners
        self._hours = hours
        self._outbox = outbox
        self._ops = ops
        self._database = database
        self._clock = clock

    def due(self, item: Due) -> Work:
        """The digests of a day: on the week's first working day all that is due, on others what is new since then."""
        today = date.fromisoformat(item.key.partition(":")[2])
        with self._database.write() as session:
            Drift(session).look(self._clock())
        with self._database.read() as session:
            found = Reviews(session).due(today)
        since = date.min if self._is_weekly(today) else self._last_working_day(today)
        news = [each for each in found if each.due > since]
        return lambda session: self._tell(session, today, news)

    def _tell(self, session: Session, today: date, found: Sequence[DueEntry]) -> None:
        by_owner: dict[str, list[DueEntry]] = defaultdict(list)
        for each in found:
            by_owner[self._owners.slack_id(each.entry.owner) or ""].append(each)
        for slack_id, theirs in by_owner.items():
            key = f"reviews:{today.isoformat()}:{slack_id or 'ops'}"
            items = [_item(each, today) for each in theirs[:SHOWN]]
            message = review_digest(_title(slack_id, theirs), items, len(theirs[SHOWN:]))
            if is_person(slack_id):
                self._outbox.put(session, key, Post(slack_id, message.text, message.blocks, kept=message.kept))
            elif self._ops.is_there:
                self._ops.tell(session, key, _called(message, slack_id))

    def _is_weekly(self, today: date) -> bool:
        return self._last_working_day(today).isocalendar()[:2] != today.isocalendar()[:2]

    def _last_working_day(self, today: date) -> date:
        day = today - timedelta(days=1)
        while not self._hours.is_working_day(day):
            day -= timedelta(days=1)
        return day


def _title(slack_id: str, theirs: Sequence[DueEntry]) -> str:
    if is_person(slack_id):
        return words.title(len(theirs))
    owner = theirs[0].entry.owner
    return words.title_of_team(owner, len(theirs)) if slack_id and owner else words.title_without_owner(len(theirs))


def _called(message: Message, slack_id: str) -> Message:
    """The message with a line that reaches the group, where there is one."""
    if not slack_id:
        return message
    call = mrkdwn.group(slack_id)
    return Message(f"{call} {message.text}", (section(call), *message.blocks))


def _item(due: DueEntry, today: date) -> Message:
    facts = [reviewed_long_ago(due.entry, today)]
    if due.citations:
        facts.append(words.given(due.citations))
    if due.record.wrong:
        facts.append(words.failed(due.record.wrong, due.record.wrong + due.record.right))
    return due_item(due.entry, facts, [(each.url, each.was, each.now) for each in due.drifted])
