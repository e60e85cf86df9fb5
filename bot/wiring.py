"""The one place that picks classes and joins the packages; everything else is handed its collaborators."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import now_utc
from bot.database import Database, open_database
from bot.encoder_wiring import text_encoder as text_encoder
from bot.errors import DatabaseUnavailable
from bot.metrics import NO_METRICS, Metrics
from bot.schema import is_current
from bot.settings import SAMPLES, Settings
from knowledge.adjustments import saved_adjustments
from knowledge.generations import Generations
from knowledge.glossary_file import SHIPPED, GlossaryFile
from knowledge.glossary_store import JoinedGlossary
from knowledge.knowledge_base import KnowledgeBase
from knowledge.model_encoder import ModelEncoder
from knowledge.protocols import Encoder, Reranker
from knowledge.topics import NO_TOPICS, Topics
from knowledge.topics_file import TopicsFile

if TYPE_CHECKING:
    from bot.curation.checks import Checks
    from bot.people import Directory
    from bot.sources.listed import ScheduledSource
    from escalation.domain import Form, UtmPart
    from escalation.patience import Patience
    from escalation.protocols import Similarity, Tracker
    from escalation.rotation import Rotation
    from knowledge.protocols import Source

DIGEST_AT = time(9)
"""When the daily digest comes where no ROTATION_FILE names an hour."""


@dataclass(frozen=True)
class KnowledgeParts:
    """What the commands of knowledge need."""

    settings: Settings
    database: Database
    base: KnowledgeBase
    model: ModelEncoder | None  # None when the caller brought an encoder of its own

    def sources(self, places: Sequence[str], base_url: str) -> tuple[ScheduledSource, ...]:
        """The sources a command names, by name or path; all there are when it names none."""
        from bot.source_wiring import named_sources

        return named_sources(self.settings, self.sources_in_file(), places, base_url)

    def sources_in_file(self) -> tuple[ScheduledSource, ...]:
        """The sources of SOURCES_FILE. Raises SourcesInvalid."""
        return sources_in_file(self.settings, self.database)


def sources_in_file(settings: Settings, database: Database) -> tuple[ScheduledSource, ...]:
    """The sources of SOURCES_FILE; none without one. Reads none of them yet. Raises SourcesInvalid."""
    if settings.sources_file is None:
        return ()
    from bot.source_wiring import sources_in_file as build

    return build(settings, database, tracker)


def folder_source(settings: Settings, root: Path, base_url: str = "") -> Source:
    """A folder as `mops-desk ingest` takes it in, named after itself."""
    from bot.source_wiring import folder_source as build

    return build(settings, root, base_url)


def open_desk_database(settings: Settings) -> Database:
    """The database with all its tables. Raises DatabaseUnavailable."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise DatabaseUnavailable(
            f"The data folder {settings.data_dir} cannot be made ({exc.strerror}). Set DATA_DIR to one you may write."
        ) from exc
    database = open_database(settings.database)
    try:
        if not is_current(database):
            from bot.migrate import upgrade

            upgrade(database)
    except BaseException:
        database.close()
        raise
    return database


def knowledge_base(settings: Settings, database: Database, encoder: Encoder | None = None) -> KnowledgeBase:
    """What the team knows, over the database and the index in DATA_DIR. Loads nothing yet."""
    encoder = encoder or text_encoder(settings)
    adjustments = partial(saved_adjustments, settings.data_dir, encoder)
    read_anew = reranker(settings)
    return KnowledgeBase(
        encoder,
        Generations(settings.index_dir),
        database,
        now_utc,
        adjustments,
        JoinedGlossary(glossary(settings), database),
        read_anew,
        topics(settings),
    )


def checks(settings: Settings, database: Database, base: KnowledgeBase, directory: Directory) -> Checks:
    """What is looked at before an entry is published. ``directory`` knows which channels are private."""
    from bot.curation.replay import Replay

    return Replay(base, database, directory.is_private, settings.golden_file)


def glossary(settings: Settings) -> GlossaryFile:
    """The team's abbreviations, or the shipped ones. Reads nothing yet."""
    return GlossaryFile(settings.glossary_file or SHIPPED)


def topics(settings: Settings) -> Callable[[], Topics]:
    """Who may read which topic. Reads nothing yet."""
    return TopicsFile(settings.audiences_file) if settings.audiences_file else lambda: NO_TOPICS


def reranker(settings: Settings) -> Reranker | None:
    """What re-orders the best hits, when one is named. Loads nothing yet."""
    if not settings.reranker_model:
        return None
    from knowledge.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(settings.reranker_model)


@contextmanager
def open_knowledge(settings: Settings, encoder: Encoder | None = None) -> Iterator[KnowledgeParts]:
    """The parts for one command, closed afterwards."""
    database = open_desk_database(settings)
    encoder = encoder or text_encoder(settings)
    model = encoder if isinstance(encoder, ModelEncoder) else None
    try:
        yield KnowledgeParts(settings, database, knowledge_base(settings, database, encoder), model)
    finally:
        database.close()


def request_forms(settings: Settings) -> tuple[Form, ...]:
    """The request types, held to the team's rules for links. Raises FormsInvalid, TaxonomyInvalid."""
    from bot.triage_texts import EARLIER_REASON
    from escalation.outlook import with_earlier_reason
    from escalation.taxonomy import with_taxonomy

    return with_earlier_reason(with_taxonomy(request_types(settings), link_rules(settings)), EARLIER_REASON)


def request_types(settings: Settings) -> tuple[Form, ...]:
    """The request types of the forms file, with one for everything else. Raises FormsInvalid."""
    from escalation.forms_file import load_forms
    from escalation.general_form import with_general

    return with_general(load_forms(settings.forms_file))


def link_rules(settings: Settings) -> tuple[UtmPart, ...]:
    """What campaign links must look like: TAXONOMY_FILE, or what the forms say. Raises TaxonomyInvalid.

    The sample taxonomy goes with the sample forms only: another team's rules would be wrong advice.
    """
    from escalation.taxonomy import load_taxonomy, taxonomy_of

    if settings.taxonomy_file:
        return load_taxonomy(settings.taxonomy_file)
    if settings.forms_file == SAMPLES / "intake_forms.yaml":
        return load_taxonomy(SAMPLES / "taxonomy.yaml")
    return taxonomy_of(request_types(settings))


def patience(settings: Settings) -> Patience:
    """How long the desk waits for details, as the forms file says. Raises FormsInvalid."""
    from escalation.patience import load_patience

    return load_patience(settings.forms_file)


def rotation(settings: Settings) -> Rotation:
    """Who takes turns on triage: ROTATION_FILE, else always TRIAGE. Raises RotationInvalid."""
    from escalation.rotation import alone
    from escalation.rotation_file import load_rotation

    if settings.rotation_file is None:
        return alone(settings.triage, settings.timezone, DIGEST_AT)
    return load_rotation(settings.rotation_file)


def similarity(encoder: Encoder | None) -> Similarity:
    """How much two texts mean the same, to whoever escalates; by their words without a model. Loads nothing yet."""
    from bot.meaning import EncoderSimilarity
    from escalation.word_similarity import WordSimilarity

    return EncoderSimilarity(encoder, now_utc) if encoder else WordSimilarity()


def tracker(settings: Settings, database: Database, metrics: Metrics = NO_METRICS) -> Tracker:
    """Jira when it is configured, otherwise the desk's own table."""
    if not settings.has_jira:
        from escalation.embedded_tracker import EmbeddedTracker

        return EmbeddedTracker(database, lambda _key: "", project=settings.jira_project or "MOPS")
    from escalation.jira_tracker import JiraTracker

    return JiraTracker(
        settings.jira_url,
        settings.jira_api_token,
        email=settings.jira_email,
        flavour=settings.jira_flavour,
        watch=metrics.jira_call,
    )
