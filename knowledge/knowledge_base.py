"""What the team knows, as one object: questions in, verdicts out, rebuilt when the content changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from knowledge.adjustments import AS_FITTED, Adjustments
from knowledge.building import build_generation
from knowledge.calibration import Calibration
from knowledge.corpus import current_revision, load_corpus
from knowledge.domain import Question, Verdict
from knowledge.embedding import Embedding, Progress
from knowledge.errors import GenerationDamaged
from knowledge.generation import Generation, Origin
from knowledge.generations import Generations
from knowledge.glossary import NO_GLOSSARY, Glossary
from knowledge.lessons import Lessons, Outcome, learned
from knowledge.protocols import Encoder, Reranker, Transactions
from knowledge.snapshot import Snapshot
from knowledge.targets import targets_of
from knowledge.token_embedding import TokenEmbedding

Clock = Callable[[], datetime]


class KnowledgeBase:
    """Serves one generation at a time. Every method may be called from several threads.

    The database is the truth, a generation is derived from it: one that is damaged, made by another model, from
    another database or behind the content is rebuilt. Other processes may use the same folder and database.
    ``adjustments`` gives what the team changed about the judgement, ``glossary`` its abbreviations; ``refresh``
    follows when they change.
    """

    def __init__(
        self,
        encoder: Encoder,
        generations: Generations,
        transactions: Transactions,
        clock: Clock,
        adjustments: Callable[[], Adjustments] = lambda: AS_FITTED,
        glossary: Callable[[], Glossary] = lambda: NO_GLOSSARY,
        reranker: Reranker | None = None,
    ) -> None:
        self._encoder = encoder
        self._generations = generations
        self._transactions = transactions
        self._clock = clock
        self._adjustments = adjustments
        self._glossary = glossary
        self._reranker = reranker
        self._adjusted = AS_FITTED
        self._fitted: Calibration | None = None
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

    def ensure_built(self, progress: Progress | None = None) -> None:
        """``ensure_current`` for a process that will answer nothing: a whole index on disk is not loaded."""
        with self._changing:
            if not self._is_current() and not self._generations.has(self._wanted()):
                self._rebuild(progress)

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

    def learned(self, outcomes: Sequence[Outcome]) -> Lessons:
        """What outcomes teach about the calibration that answers now. Changes nothing."""
        self._ready()
        assert self._fitted is not None
        return learned(self._encoder.name, self._fitted, outcomes)

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
        return Origin(self._encoder.name, content_id, revision, self._glossary().mark)

    def _is_current(self) -> bool:
        snapshot = self._snapshot
        if snapshot is None or self._adjusted != self._adjustments():
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
        glossary = self._glossary()
        origin = Origin(self._encoder.name, corpus.content_id, corpus.revision, glossary.mark)
        embedding = Embedding(self._encoder, self._transactions)
        generation = build_generation(
            self._generations.new_id(now),
            origin,
            targets_of(corpus.entries, corpus.documents),
            embedding,
            progress,
            TokenEmbedding.where_told(self._encoder, self._transactions),
            glossary,
        )
        self._generations.publish(generation, now)
        self._serve(generation)
        return generation.id

    def _serve(self, generation: Generation) -> None:
        """Let a generation answer, judged as the team adjusted it."""
        adjusted = self._adjustments()
        self._fitted = generation.calibration
        generation = replace(generation, calibration=adjusted.on(generation.calibration))
        self._snapshot, self._adjusted = Snapshot.of(generation, self._reranker), adjusted
