"""The one place that picks classes and joins the packages; everything else is handed its collaborators."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import now_utc
from bot.database import Database, open_database
from bot.errors import DatabaseUnavailable, DeskError
from bot.migrate import upgrade
from bot.settings import Settings, load_settings
from escalation.domain import Form
from escalation.embedded_tracker import EmbeddedTracker
from escalation.forms_file import load_forms
from escalation.general_form import with_general
from escalation.jira_tracker import JiraTracker
from escalation.protocols import Tracker
from knowledge.folder_source import FolderSource
from knowledge.generations import Generations
from knowledge.knowledge_base import KnowledgeBase
from knowledge.protocols import Encoder
from knowledge.sentence_encoder import SentenceEncoder


@dataclass(frozen=True)
class KnowledgeParts:
    """What the commands of knowledge need."""

    settings: Settings
    database: Database
    base: KnowledgeBase

    def sources(self, places: Sequence[str], base_url: str) -> tuple[FolderSource, ...]:
        """The sources a command names: folders or files; DOCS_DIR when it names none."""
        if not places:
            if self.settings.docs_dir is None:
                raise DeskError("Which documents? Name a folder (`mops-desk ingest docs/`) or set DOCS_DIR.")
            return (folder_source(self.settings.docs_dir, base_url or self.settings.docs_base_url),)
        return tuple(folder_source(Path(place), base_url) for place in places)


def folder_source(root: Path, base_url: str = "") -> FolderSource:
    """A folder as a source. Its name is the folder's own plus a mark of where it lies: two `docs` never mix."""
    resolved = root.expanduser().resolve()
    mark = hashlib.sha256(str(resolved).encode()).hexdigest()[:6]
    return FolderSource(f"{resolved.stem}-{mark}", resolved, base_url or None)


def open_desk_database(settings: Settings) -> Database:
    """The database with all its tables. Raises DatabaseUnavailable."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise DatabaseUnavailable(
            f"The data folder {settings.data_dir} cannot be made ({exc.strerror}). Set DATA_DIR to one you may write."
        ) from exc
    database = open_database(settings.database)
    upgrade(database)
    return database


def knowledge_base(settings: Settings, database: Database, encoder: Encoder | None = None) -> KnowledgeBase:
    """What the team knows, over the database and the index in DATA_DIR. Loads nothing yet."""
    encoder = encoder or SentenceEncoder(settings.embedding_model)
    return KnowledgeBase(encoder, Generations(settings.index_dir), database, now_utc)


@contextmanager
def open_knowledge(settings: Settings | None = None) -> Iterator[KnowledgeParts]:
    """The parts for one command, closed afterwards."""
    settings = settings or load_settings()
    database = open_desk_database(settings)
    try:
        yield KnowledgeParts(settings, database, knowledge_base(settings, database))
    finally:
        database.close()


def request_forms(settings: Settings) -> tuple[Form, ...]:
    """The request types, with one for everything else. Raises FormsInvalid."""
    return with_general(load_forms(settings.forms_file))


def tracker(settings: Settings, database: Database) -> Tracker:
    """Jira when it is configured, otherwise the desk's own table."""
    if not settings.has_jira:
        return EmbeddedTracker(database, lambda _key: "", project=settings.jira_project or "MOPS")
    return JiraTracker(
        settings.jira_url, settings.jira_api_token, email=settings.jira_email, flavour=settings.jira_flavour
    )
