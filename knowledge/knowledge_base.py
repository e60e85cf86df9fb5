"""What the team knows, as one object: questions in, verdicts out, rebuilt when the content changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from knowledge.building import build_generation
from knowledge.corpus import current_revision, load_corpus
from knowledge.domain import Question, Verdict
from knowledge.embedding import Embedding, Progress
from knowledge.errors import GenerationDamaged
from knowledge.generation import Generation, Origin
from knowledge.generations import Generations
from knowledge.protocols import Encoder, Transactions
from knowledge.snapshot import Snapshot
from knowledge.targets import targets_of
from knowledge.thresholds import Thresholds
from knowledge.token_embedding import TokenEmbedding

Clock = Callable[[], datetime]


class KnowledgeBase:
    """Serves one generation at a time. Every method may be called from several threads.

    The database is the truth, a generation is derived from it: one that is damaged, made by another model, from
    another database or behind the content is rebuilt. Other processes may use the same folder and database.
    ``chosen`` gives the thresholds that the team has chosen, if any; ``refresh`` follows when they change.
    """

    def __init__(
        self,
        encoder: Encoder,
        generations: Generations,
        transactions: Transactions,
        clock: Clock,
        chosen: Callable[[], Thresholds | None] = lambda: None,
    ) -> None:
        self._encoder = encoder
        self._generations = generations
        self._transactions = transactions
        self._clock = clock
        self._chosen = chosen
        self._thresholds: Thresholds | None = None
        self._changing = threading.Lock()
        self._snapshot: Snapshot | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look in. Loads the index when none is loaded yet."""
        return not self._ready().generation.targets

    @property
    def generation_id(self) -> str | None:
        """The generation that answers now; None before the first is loaded."""
        snapshot = self._snapshot
        return snapshot.generation.id if snapshot else None

    def verdict(self, question: Question) -> Verdict:
        """The decision on a question; the index is loaded or built first when there is none.

        Raises ModelUnavailable, or KnowledgeError when an index must be built and cannot be written.
        """
        return self._ready().verdict(question, self._encoder)

    def ensure_current(self, progress: Progress | None = None) -> None:
        """Serve the content as it is now: load the newest generation, or rebuild. Errors as ``rebuild``."""
        with self._changing:
            self._ensure(progress)

    def refresh(self) -> bool:
        """Follow what changed since: another process's newer build, or the content itself. Cheap when nothing did.

        Returns whether another generation answers now. Errors as ``rebuild``; the old one then keeps answering.
        """
        if self._is_current():
            return False
        with self._changing:
            before = self.generation_id
            self._ensure(None)
            return self.generation_id != before

    def rebuild(self, progress: Progress | None = None) -> str:
        """Build a generation from the database, make it current and serve it. Returns its name.

        Encodes only what was never embedded before. ``progress`` gets (texts embedded, texts in all).
        Raises ModelUnavailable, or KnowledgeError when the index cannot be written.
        """
        with self._changing:
            return self._rebuild(progress)

    def _ready(self) -> Snapshot:
        snapshot = self._snapshot
        if snapshot is None:
            self.ensure_current()
            snapshot = self._snapshot
        assert snapshot is not None
        return snapshot

    def _wanted(self) -> Origin:
        with self._transactions.read() as session:
            content_id, revision = current_revision(session)
        return Origin(self._encoder.name, content_id, revision)

    def _is_current(self) -> bool:
        snapshot = self._snapshot
        if snapshot is None or self._thresholds != self._chosen():
            return False
        return snapshot.generation.origin == self._wanted()

    def _ensure(self, progress: Progress | None) -> None:
        if self._is_current():
            return
        generation = self._newest(self._wanted())
        if generation is None:
            self._rebuild(progress)
        else:
            self._serve(generation)

    def _newest(self, wanted: Origin) -> Generation | None:
        """The current generation on disk, when it is whole and holds what is wanted."""
        name = self._generations.current_id()
        if name is None:
            return None
        try:
            if self._generations.origin(name) != wanted:
                return None
            return self._generations.load(name, wanted.encoder, wanted.content_id)
        except GenerationDamaged:
            return None

    def _rebuild(self, progress: Progress | None) -> str:
        with self._transactions.read() as session:
            corpus = load_corpus(session)
        now = self._clock()
        origin = Origin(self._encoder.name, corpus.content_id, corpus.revision)
        embedding = Embedding(self._encoder, self._transactions)
        generation = build_generation(
            self._generations.new_id(now),
            origin,
            targets_of(corpus.entries, corpus.documents),
            embedding,
            progress,
            TokenEmbedding.where_told(self._encoder, self._transactions),
        )
        self._generations.publish(generation, now)
        self._serve(generation)
        return generation.id

    def _serve(self, generation: Generation) -> None:
        """Let a generation answer, with the team's own thresholds in place of its calibration's."""
        thresholds = self._chosen()
        if thresholds is not None:
            generation = replace(generation, calibration=thresholds.on(generation.calibration))
        self._snapshot, self._thresholds = Snapshot.of(generation), thresholds
