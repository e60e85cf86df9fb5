"""What is to be seen of a world: in Slack, in Jira, and in the desk's database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session
from support_crash_life import SharedClock
from support_crash_points import Point
from support_faq import MQL, UTM
from support_missing import usual_weeks

from bot.database import Database, open_database
from bot.demo.jira_standin import JiraStandIn
from bot.demo.slack_larkfield import DESK, PRIYA
from bot.demo.slack_reading import shown_text
from bot.demo.slack_standin import SlackStandIn
from bot.tables import InboxRow, OutboxRow, TierRow
from knowledge.domain import Entry
from knowledge.entry_store import EntryStore

MARKER = re.compile(r"mops-desk-[0-9a-f]+")
MARKED = re.compile(r"\((mops-desk-[\w-]+)\)")


class Seen:
    """What people and Jira see, and what was there before anybody came."""

    slack: SlackStandIn
    jira: JiraStandIn
    clock: SharedClock
    deaths: list[tuple[str, Point]]
    _url: str

    def faq(self, *entries: Entry) -> None:
        """Entries are in the FAQ."""
        with self.writing() as session:
            EntryStore(session).import_entries(entries or (UTM, MQL), PRIYA, self.clock())

    def usual_weeks(self) -> None:
        """Three weeks of questions on all sorts of things."""
        database = self.database()
        usual_weeks(database, self.clock)
        database.close()

    def used(self, method: str, calls: int) -> None:
        """Other processes have called Slack's method so often in this minute."""
        with self.writing() as session:
            session.merge(TierRow(method=method, calls=[self.clock.unix()] * calls))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The desk's database, from outside."""
        database = self.database()
        with database.write() as session:
            yield session
        database.close()

    def database(self) -> Database:
        """What the desk wrote, to be closed by whoever asks."""
        return open_database(self._url)

    def unfinished(self) -> list[str]:
        """Rows that are not done."""
        database = self.database()
        with database.read() as session:
            found = [
                f"{row.key} ({row.kind}) {row.state}: {row.error}"
                for table in (InboxRow, OutboxRow)
                for row in session.scalars(select(table).where(table.state != "done"))
            ]
        database.close()
        return found

    def entries(self) -> dict[str, Entry]:
        """The FAQ."""
        with self.writing() as session:
            return {entry.id: entry for entry in EntryStore(session).all()}

    def versions(self, entry_id: str) -> int:
        """How many versions an entry has."""
        with self.writing() as session:
            return len(EntryStore(session).history(entry_id))

    def tickets(self) -> int:
        """How many issues Jira holds."""
        return len(self.jira.issues)

    def markers(self) -> list[str]:
        """The marker of every issue."""
        return [label for issue in self.jira.issues for label in issue.labels if MARKER.fullmatch(label)]

    def comment_markers(self) -> list[str]:
        """Issue and marker of every comment of ours."""
        found = [(issue.key, MARKED.search(str(one["body"]))) for issue in self.jira.issues for one in issue.comments]
        return [f"{key} {marker[1]}" for key, marker in found if marker]

    def message_keys(self) -> list[str]:
        """The key of every lasting message of the desk."""
        found = [m for channel in self.slack.workspace.channels for m in self.slack.workspace.messages(channel)]
        return [str(m.metadata["event_payload"]["key"]) for m in found if m.metadata and not m.ephemeral_for]

    def comments(self, words: str) -> int:
        """How many comments in Jira hold these words."""
        return sum(words in str(one["body"]) for issue in self.jira.issues for one in issue.comments)

    def seen(self, ts: str, channel: str = "#ask-mops") -> bool:
        """Whether the desk showed that it saw a message."""
        return "eyes" in dict(self.slack.message(channel, ts).reactions)

    def read(self, channel: str, person: str | None = None) -> list[str]:
        """What the desk says in a channel, oldest first; ``person``: as they see it."""
        found = self.slack.messages(channel, seen_by=person)
        return [shown_text(m) for m in found if m.user == DESK and (person or not m.ephemeral_for)]

    @property
    def repeats(self) -> int:
        """How often a person may have had to do something once more."""
        return len(self.deaths)

    def once(self, said: list[str], words: str, most: int = 1) -> None:
        """It was said, and said once."""
        count = sum(words in text for text in said)
        assert 1 <= count <= most, f"{words!r} was said {count} times: {said}"

    def said(self, thread: str, channel: str = "#ask-mops") -> list[str]:
        """What the desk says in a thread, oldest first."""
        found = self.slack.messages(channel, thread)
        return [shown_text(m) for m in found if m.user == DESK and not m.ephemeral_for]
