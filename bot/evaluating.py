"""Measuring: a desk with the given content and the user's settings, which leaves nothing in the user's records."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import __version__, wiring
from bot.clock import now_utc
from bot.database import open_database
from bot.errors import DeskError
from bot.settings import Settings
from knowledge.embedding import Progress
from knowledge.evaluation.kept_vectors import copy_vectors, make_vector_table
from knowledge.evaluation.labelled_sets import LabelledSets, read_sets
from knowledge.evaluation.measuring import measure
from knowledge.evaluation.report import Report, save_page
from knowledge.evaluation.runs import Run, is_comparable, last_run, mark_of, save_run
from knowledge.evaluation.scorecard import differences, figures
from knowledge.faq_import import import_faq
from knowledge.ingest import ingest
from knowledge.knowledge_base import KnowledgeBase
from knowledge.protocols import Encoder, Transactions
from knowledge.thresholds import chosen_thresholds, save_thresholds

FOLDER = "evaluations"
"""Below DATA_DIR: one folder per saved evaluation, and the vectors of what was measured."""

Watch = Callable[[str], Progress]
"""Opens a progress display under a title."""


@dataclass(frozen=True)
class Content:
    """What the desk should know: an FAQ file, a folder of documents, or, with neither, what it knows already."""

    faq: Path | None = None
    docs: Path | None = None

    @property
    def is_own(self) -> bool:
        """Whether the desk is measured on its own content."""
        return self.faq is None and self.docs is None


def history(settings: Settings) -> Path:
    """Where evaluations are saved when no other folder is named."""
    return settings.data_dir / FOLDER


@contextmanager
def desk_with(
    content: Content, settings: Settings, encoder: Encoder | None = None, progress: Progress | None = None
) -> Iterator[KnowledgeBase]:
    """A knowledge base ready to be asked. Raises DeskError, KnowledgeError."""
    encoder = encoder or wiring.text_encoder(settings)
    if content.is_own:
        with _own_desk(settings, encoder, progress) as base:
            yield base
    else:
        with tempfile.TemporaryDirectory(prefix="mops-desk-") as folder:
            aside = settings.model_copy(update={"data_dir": Path(folder), "database_url": ""})
            if chosen := chosen_thresholds(settings.data_dir, encoder):
                save_thresholds(aside.data_dir, chosen)
            with _fresh_desk(content, aside, _vectors_of(content, settings), encoder, progress) as base:
                yield base


@contextmanager
def _own_desk(settings: Settings, encoder: Encoder, progress: Progress | None) -> Iterator[KnowledgeBase]:
    database = wiring.open_desk_database(settings)
    try:
        base = wiring.knowledge_base(settings, database, encoder)
        base.ensure_current(progress)
        if base.is_empty:
            raise DeskError("This desk knows nothing yet, so there is nothing to measure. Name --faq or --docs.")
        yield base
    finally:
        database.close()


@contextmanager
def _fresh_desk(
    content: Content, settings: Settings, vectors: Path, encoder: Encoder, progress: Progress | None
) -> Iterator[KnowledgeBase]:
    """A desk built from nothing but the vectors that the last measurement of this content left."""
    database = wiring.open_desk_database(settings)
    try:
        _fill(content, settings, database)
        with _kept(vectors) as kept:
            copy_vectors(kept, database)
            base = wiring.knowledge_base(settings, database, encoder)
            try:
                base.rebuild(progress)
            finally:
                copy_vectors(database, kept)  # also after Ctrl+C: embedding can take minutes
        yield base
    finally:
        database.close()


def _vectors_of(content: Content, settings: Settings) -> Path:
    """One file per place, so that editing a page costs only that page's vectors the next time."""
    places = "|".join(str(place.resolve()) for place in (content.faq, content.docs) if place is not None)
    return history(settings) / f"vectors-{hashlib.sha256(places.encode()).hexdigest()[:12]}.sqlite3"


def _fill(content: Content, settings: Settings, database: Transactions) -> None:
    if content.faq is not None:
        import_faq(content.faq, database, "evaluation", now_utc)
    if content.docs is not None:
        summary = ingest(wiring.folder_source(settings, content.docs), database, now_utc)
        if summary.failed:
            path, reason = summary.failed[0]
            raise DeskError(
                f"{len(summary.failed)} documents cannot be read, first {path}: {reason}. Mend them first."
            )
        if not summary.added:
            raise DeskError(f"There are no documents in {content.docs}. Check the folder.")


@contextmanager
def _kept(path: Path) -> Iterator[Transactions]:
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = open_database(f"sqlite:///{path}")
    try:
        make_vector_table(kept)
        yield kept
    finally:
        kept.close()


@dataclass(frozen=True)
class LabelFiles:
    """Where the labelled sets are."""

    questions: Path
    unanswerable: Path | None = None
    chatter: Path | None = None

    def read(self) -> LabelledSets:
        """The sets. Raises LabelsInvalid."""
        return read_sets(self.questions, self.unanswerable, self.chatter)

    def mark(self, content: Content) -> str:
        """The same for two runs that asked the same of the same content; a desk's own content may have changed."""
        return mark_of((content.faq, content.docs, self.questions, self.unanswerable, self.chatter))


def evaluate(
    content: Content, files: LabelFiles, settings: Settings, folder: Path, encoder: Encoder, watch: Watch
) -> Report:
    """Ask everything, compare with the newest comparable run beside ``folder``, and save run and page there.

    Raises DeskError, KnowledgeError.
    """
    sets = files.read()
    with desk_with(content, settings, encoder, watch("Preparing the desk")) as base:
        asked, measured = measure(base, sets, watch("Asking"))
    mark = files.mark(content)
    before = last_run(folder.parent, mark)
    if before is not None and not is_comparable(measured, before.measured):
        before = None
    run = Run(
        now_utc().isoformat(timespec="seconds"), mark, _about(content, sets, encoder), figures(measured), measured
    )
    report = Report(run, asked, before, differences(measured, before.measured) if before else {})
    save_run(run, folder)
    save_page(report, folder)
    return report


def _about(content: Content, sets: LabelledSets, encoder: Encoder) -> dict[str, str]:
    unanswerable = sum(not question.is_answerable for question in sets.questions)
    about = {"questions": str(len(sets.questions) - unanswerable), "unanswerable": str(unanswerable)}
    about |= {"chatter": str(len(sets.chatter))} if sets.chatter else {}
    places = ["/".join(place.parts[-2:]) for place in (content.faq, content.docs) if place is not None]
    return {**about, "content": " + ".join(places) or "the desk's own", "model": encoder.name, "version": __version__}
