"""The parts of a desk that find out what is missing, joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from bot.clock import Clock
from bot.curation.curation import Curation
from bot.curation.gap_finder import GapFinder
from bot.curation.gaps import Gaps
from bot.curation.glossary_desk import GlossaryDesk
from bot.curation.known_issue_desk import KnownIssueDesk
from bot.curation.known_issue_watch import KnownIssueWatch
from bot.curation.known_issues import KnownIssues
from bot.curation.missing_desk import Missing, MissingDesk
from bot.curation.missing_modals import MissingModals
from bot.curation.question_vectors import QuestionVectors
from bot.curation.spike_watch import SpikeWatch
from bot.curation.undefined import Radar
from bot.database import Database
from bot.joining import Joining
from bot.ops_people import OpsPeople
from bot.outbox import Outbox
from bot.people import Directory
from bot.rereading import Rereading
from bot.runtime import Steps
from bot.slack.client import SlackClient
from bot.slack.ops import OpsChannel
from bot.slack.slash import Records
from bot.speaking import Speaker
from knowledge.density import labels_in_child
from knowledge.errors import ModelUnavailable
from knowledge.glossary import Glossary
from knowledge.glossary_store import JoinedGlossary
from knowledge.protocols import Encoder, Matrix
from knowledge.question_clusters import Labels


class _NoModel:
    """An Encoder for a desk that has none: a receiver, or a test that needs no vectors."""

    name = "none"
    dimension = 1

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Raises ModelUnavailable."""
        raise ModelUnavailable("This process has no embedding model.")


class MissingParts:
    """One per desk. ``gaps``, ``radar`` and ``glossary`` are what Slack and the curation desk show and change.

    ``glossary_file`` is the glossary as the file has it. Without an encoder nothing is looked for.
    """

    def __init__(
        self,
        encoder: Encoder | None,
        glossary_file: Callable[[], Glossary],
        curation: Curation,
        people: OpsPeople,
        directory: Directory,
        outbox: Outbox,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
        *,
        spike_questions: int,
        spike_hours: float,
        labels: Labels = labels_in_child,
    ) -> None:
        self._has_model = encoder is not None
        self._vectors = QuestionVectors(encoder or _NoModel(), database)
        self._private = directory.is_private
        self._people, self._directory = people, directory
        self._outbox, self._ops, self._speaker = outbox, ops, Speaker(outbox)
        self._database, self._clock = database, clock
        self._spike_questions, self._spike_hours = spike_questions, spike_hours
        self._labels = labels
        joined = JoinedGlossary(glossary_file, database)
        self.gaps = Gaps(curation, people, clock)
        self.radar = Radar(joined, people, self._private, database, clock)
        self.glossary = GlossaryDesk(glossary_file, people, clock)
        self.shown = Missing(self.gaps, self.radar, people, database)
        self.issues = KnownIssues(self._vectors, directory, self._speaker, outbox, database, clock)

    def loops(self) -> Mapping[str, Steps]:
        """What runs beside the workers, by name."""
        if not self._has_model:
            return {}
        finder = GapFinder(self._vectors, self._labels, self.radar, self._private, self._database, self._clock)
        issues = KnownIssueWatch(self.issues, self._ops, self._speaker, self._database, self._clock)
        found: dict[str, Steps] = {"gaps": finder, "known-issues": issues}
        if self._spike_questions and self._ops.is_there:
            found["spikes"] = self._spikes()
        return found

    def desk(self, joining: Joining, rereading: Rereading) -> MissingDesk:
        """Handles buttons and forms."""
        issue_desk = KnownIssueDesk(
            self.issues,
            joining,
            self._people,
            self._directory,
            rereading,
            self._speaker,
            self._outbox,
            self._database,
            self._clock,
        )
        return MissingDesk(
            self.shown, self.gaps, self.radar, self.glossary, issue_desk, self._speaker, self._database
        )

    def modals(self, database: Database, slack: SlackClient, records: Records) -> MissingModals:
        """Opens the forms."""
        return MissingModals(self.gaps, self.radar, self._people, self._private, database, slack, records)

    def _spikes(self) -> SpikeWatch:
        return SpikeWatch(
            self._vectors,
            self._private,
            self._ops,
            self._database,
            self._clock,
            least=self._spike_questions,
            within=timedelta(hours=self._spike_hours),
        )
