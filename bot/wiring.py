"""The one place that picks classes and joins the packages; everything else is handed its collaborators."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import now_utc
from bot.database import Database, open_database
from bot.errors import DatabaseUnavailable, DeskError
from bot.schema import is_current
from bot.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.generations import Generations
from knowledge.knowledge_base import KnowledgeBase
from knowledge.model_encoder import ModelEncoder
from knowledge.protocols import Encoder
from knowledge.thresholds import chosen_thresholds

if TYPE_CHECKING:
    from escalation.domain import Form
    from escalation.protocols import Tracker
    from knowledge.folder_source import FolderSource


@dataclass(frozen=True)
class KnowledgeParts:
    """What the commands of knowledge need."""

    settings: Settings
    database: Database
    base: KnowledgeBase
    model: ModelEncoder | None  # None when the caller brought an encoder of its own

    @contextmanager
    def warming_up(self) -> Iterator[None]:
        """Load the exported model beside what is done inside; without an export it waits until it is needed."""
        warming = threading.Thread(target=self._warm_up, name="warm-up")
        warming.start()
        try:
            yield
        finally:
            warming.join()

    def _warm_up(self) -> None:
        with suppress(KnowledgeError):  # met again, and told, by whoever asks for a vector
            if self.model and self.model.is_exported:
                self.model.warm_up()

    def sources(self, places: Sequence[str], base_url: str) -> tuple[FolderSource, ...]:
        """The sources a command names: folders or files; DOCS_DIR when it names none."""
        if not places:
            if self.settings.docs_dir is None:
                raise DeskError("Which documents? Name a folder (`mops-desk ingest docs/`) or set DOCS_DIR.")
            return (folder_source(self.settings.docs_dir, base_url or self.settings.docs_base_url),)
        for missing in (place for place in places if not Path(place).expanduser().exists()):
            raise DeskError(f"{missing} is not there. Check the path; nothing was read.")
        return tuple(folder_source(Path(place), base_url) for place in places)


def folder_source(root: Path, base_url: str = "") -> FolderSource:
    """A folder as a source. Its name is the folder's own plus a mark of where it lies: two `docs` never mix."""
    from knowledge.folder_source import FolderSource

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
    if is_current(database):
        return database
    from bot.migrate import upgrade

    try:
        upgrade(database)
    except DatabaseUnavailable:
        database.close()
        raise
    return database


def text_encoder(settings: Settings) -> ModelEncoder:
    """What turns texts into vectors. Loads nothing yet."""
    return ModelEncoder(settings.embedding_model, settings.models_dir)


def knowledge_base(settings: Settings, database: Database, encoder: Encoder | None = None) -> KnowledgeBase:
    """What the team knows, over the database and the index in DATA_DIR. Loads nothing yet."""
    encoder = encoder or text_encoder(settings)
    chosen = partial(chosen_thresholds, settings.data_dir, encoder)
    return KnowledgeBase(encoder, Generations(settings.index_dir), database, now_utc, chosen)


@contextmanager
def open_knowledge(settings: Settings, encoder: Encoder | None = None) -> Iterator[KnowledgeParts]:
    """The parts for one command, closed afterwards."""
    database = open_desk_database(settings)
    model = None if encoder else text_encoder(settings)
    try:
        yield KnowledgeParts(settings, database, knowledge_base(settings, database, encoder or model), model)
    finally:
        database.close()


def request_forms(settings: Settings) -> tuple[Form, ...]:
    """The request types, with one for everything else. Raises FormsInvalid."""
    from escalation.forms_file import load_forms
    from escalation.general_form import with_general

    return with_general(load_forms(settings.forms_file))


def tracker(settings: Settings, database: Database) -> Tracker:
    """Jira when it is configured, otherwise the desk's own table."""
    if not settings.has_jira:
        from escalation.embedded_tracker import EmbeddedTracker

        return EmbeddedTracker(database, lambda _key: "", project=settings.jira_project or "MOPS")
    from escalation.jira_tracker import JiraTracker

    return JiraTracker(
        settings.jira_url, settings.jira_api_token, email=settings.jira_email, flavour=settings.jira_flavour
    )
