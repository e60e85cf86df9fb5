"""Curation in Slack, joined from its parts: what listens to Slack, and what a worker does."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.curation.checks import Checks
from bot.curation.curation import Curation
from bot.curation.faq_browse import FaqBrowse
from bot.curation.faq_command import FaqCommand, ShowsGaps
from bot.curation.faq_desk import FaqDesk
from bot.curation.faq_home import FaqHome
from bot.curation.faq_import import FaqImport, Fetches
from bot.curation.faq_opening import Opening
from bot.curation.faq_pages import FaqPages
from bot.curation.faq_queue import Queues
from bot.curation.faq_readers import Readers
from bot.curation.faq_saving import Saving
from bot.curation.faq_shortcuts import FaqShortcuts
from bot.curation.faq_work import FaqWork, ListsGaps
from bot.curation.wrong_answer import WrongAnswers
from bot.database import Database
from bot.outbox import Outbox
from bot.people import Directory
from bot.slack.client import SlackClient
from bot.slack.slash import Records
from bot.speaking import Speaker


@dataclass(frozen=True)
class Listening:
    """What answers Slack at once."""

    command: FaqCommand
    desk: FaqDesk
    browse: FaqBrowse
    wrong: WrongAnswers
    shortcuts: FaqShortcuts


class FaqParts:
    """Makes them. ``team`` and ``desk_user`` are who we are in Slack."""

    def __init__(
        self,
        curation: Curation,
        readers: Readers,
        directory: Directory,
        slack: SlackClient,
        clock: Clock,
        team: str,
        desk_user: str,
        desk_url: str = "",
    ) -> None:
        self._curation = curation
        self._readers = readers
        self._directory = directory
        self._slack = slack
        self._clock = clock
        self._team = team
        self._desk_user = desk_user
        self._desk_url = desk_url

    def listening(self, database: Database, records: Records, gaps: ShowsGaps | None = None) -> Listening:
        """``database`` should not wait long: Slack wants an answer within three seconds."""
        opening = self._opening(database)
        queues = Queues(self._directory, database, self._clock)
        wrong = WrongAnswers(
            self._curation, self._readers, opening, queues, self._directory, database, self._slack, self._clock
        )
        return Listening(
            FaqCommand(
                self._readers, self._pages(database), opening, database, self._slack, records, self._clock, gaps
            ),
            FaqDesk(self._curation, opening, database, self._slack, records, self._clock),
            FaqBrowse(self._readers, database, self._slack, records),
            wrong,
            FaqShortcuts(wrong, self._slack, records),
        )

    def work(
        self,
        checks: Checks,
        files: Fetches,
        outbox: Outbox,
        database: Database,
        gaps: ListsGaps | None = None,
    ) -> FaqWork:
        """For one worker."""
        speaker, opening = Speaker(outbox), self._opening(database)
        return FaqWork(
            self._curation,
            checks,
            self._readers,
            opening,
            self._pages(database),
            Queues(self._directory, database, self._clock),
            Saving(self._curation, self._directory, self._slack, database, self._clock, self._team, self._desk_user),
            FaqImport(self._curation, self._readers, files, speaker, database),
            self._directory,
            speaker,
            outbox,
            database,
            self._clock,
            gaps,
        )

    def home(self, database: Database, gaps: ListsGaps | None = None) -> FaqHome:
        """The part of the App Home."""
        queues = Queues(self._directory, database, self._clock)
        return FaqHome(queues, self._readers, self._directory, database, self._clock, gaps)

    def _pages(self, database: Database) -> FaqPages:
        return FaqPages(self._readers, database, self._clock)

    def _opening(self, database: Database) -> Opening:
        return Opening(self._curation, self._readers, self._directory, database, self._clock, self._desk_url)
