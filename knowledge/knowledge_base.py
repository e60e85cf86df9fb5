"""What the team knows, as one object: questions in, verdicts out, rebuilt when the content changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from knowledge.adjustments import AS_FITTED, Adjustments
from knowledge.building import build_generation, build_trial
from knowledge.calibration import Calibration
from knowledge.corpus import current_revision, load_corpus
from knowledge.domain import Audience, Entry, Hit, HitKind, IndexState, Question, Verdict
from knowledge.embedding import Embedding, Progress
from knowledge.entry_store import EntryStore
from knowledge.errors import GenerationDamaged
from knowledge.generation import Generation, Origin
from knowledge.generations import Generations, built_at
from knowledge.glossary import NO_GLOSSARY, Glossary
from knowledge.lessons import Lessons, Outcome, learned
from knowledge.protocols import Encoder, Reranker, Transactions
from knowledge.shadowing import Shadow, Twin, shadows, twins
from knowledge.snapshot import Snapshot
from knowledge.targets import targets_of
from knowledge.token_embedding import TokenEmbedding
from knowledge.topics import NO_TOPICS, Topics
from knowledge.trial import Trial, with_entry
from knowledge.visibility import NOTHING, Visibility, current_passage

Clock = Callable[[], datetime]

LOOK_EVERY = timedelta(seconds=3)
"""How often what was withdrawn is looked for while questions come and the index is not being kept current."""


class KnowledgeBase:
    """Serves one generation at a time. Every method may be called from several threads.

    The database is the truth, a generation is derived from it: one that is damaged, made by another model, from
    another database or behind the content is rebuilt. Other processes may use the same folder and database.
    ``adjustments`` gives what the team changed about the judgement, ``glossary`` its abbreviations, ``topics`` who
    may read what; ``refresh`` follows when they change.
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
        topics: Callable[[], Topics] = lambda: NO_TOPICS,
    ) -> None:
        self._encoder = encoder
        self._generations = generations
        self._transactions = transactions
        self._clock = clock
        self._adjustments = adjustments
        self._glossary = glossary
        self._reranker = reranker
        self._topics = topics
        self._bound = NO_TOPICS
        self._adjusted = AS_FITTED
        self._fitted: Calibration | None = None
        self._changing = threading.Lock()
        self._swapping = threading.Lock()
        self._looking = threading.Lock()
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._looked_for: tuple[str, int] | None = None
        self._visibility = Visibility((), 0)
        self._withdrawn = NOTHING
        self._whole: Snapshot | None = None  # what answers, with what was withdrawn since it was built
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

    def state(self) -> IndexState | None:
        """What answers now; None before the first index is loaded. Loads nothing; errors as the database's."""
        snapshot = self._snapshot
        if snapshot is None:
            return None
        generation = snapshot.generation
        entries = sum(target.kind is HitKind.ENTRY for target in generation.targets)
        passages = len(generation.targets) - entries
        return IndexState(generation.id, built_at(generation.id), entries, passages, self._is_current())

    def verdict(self, question: Question) -> Verdict:
        """The decision on a question; the index is loaded or built first when there is none.

        Raises ModelUnavailable, or KnowledgeError when an index must be built and cannot be written.
        """
        return self._ready().verdict(question, self._encoder)

    def audiences(self) -> frozenset[Audience]:
        """Every audience that anything is kept for: whoever asks needs to know who is in its groups and channels."""
        return frozenset(self._ready().retriever.audiences)

    def audience_of(self, kind: HitKind, id_: str) -> Audience | None:
        """Who may read a hit's text now; None when it has been withdrawn."""
        snapshot = self._ready()
        place = self._place(snapshot, kind, id_)
        return None if place is None else snapshot.retriever.audiences[place]

    def current(self, hit: Hit) -> Hit | None:
        """A hit of an earlier verdict as its text is now; None when that has been withdrawn."""
        snapshot = self._ready()
        place = self._place(snapshot, hit.kind, hit.id)
        return None if place is None else snapshot.hits.renewed(hit, place)

    def _place(self, snapshot: Snapshot, kind: HitKind, id_: str) -> int | None:
        """Where a target stands now; a passage is found in the document's new place when that moved."""
        place = snapshot.retriever.place_of(kind, id_)
        if place is not None or kind is HitKind.ENTRY:
            return place
        with self._transactions.read() as session:
            moved = current_passage(session, id_)
        return snapshot.retriever.place_of(kind, moved) if moved else None

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
        self._hide_withdrawn()  # building takes longer
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

    def calibration(self) -> Calibration:
        """What bands and confidences follow from now: the index's own numbers, as the team adjusted them."""
        return self._ready().generation.calibration

    def trial(self, changed: Entry) -> Trial:
        """What would be answered if an entry were as given (not published: without it). Nothing but vectors is kept.

        Built in memory, beside the index that answers; takes seconds. Errors as ``rebuild``.
        """
        self.ensure_current()
        before = self._ready()
        with self._transactions.read() as session:
            corpus = load_corpus(session)
        after = build_trial(
            before.generation,
            targets_of(with_entry(corpus.entries, changed), corpus.documents),
            Embedding(self._encoder, self._transactions),
            TokenEmbedding.where_told(self._encoder, self._transactions),
        )
        snapshot = Snapshot.of(after, self._reranker, self._topics(), self._today, self._adjusted.failing)
        return Trial(before, snapshot, self._encoder)

    def shadows(self, entry: Entry) -> tuple[Shadow, ...]:
        """Other published entries that compete with this one for its questions (see knowledge.shadowing)."""
        with self._transactions.read() as session:
            others = EntryStore(session).published()
        return shadows(entry, others, Embedding(self._encoder, self._transactions).vectors)

    def twins(self, entry: Entry) -> tuple[Twin, ...]:
        """Phrasings of an entry that say what an earlier one of its own says."""
        return twins(entry, Embedding(self._encoder, self._transactions).vectors)

    def _today(self) -> date:
        return self._clock().date()

    def _ready(self) -> Snapshot:
        if self._snapshot is None:
            self.ensure_current()
        elif not self._looked_at <= self._clock() < self._looked_at + LOOK_EVERY:  # also after the clock went back
            self._hide_withdrawn()
        snapshot = self._snapshot
        assert snapshot is not None
        return snapshot

    def _hide_withdrawn(self) -> None:
        """Show nothing more that is gone or for fewer readers since the index was built.

        Nobody waits for a look that is under way; without a database what was known last holds.
        """
        whole = self._whole
        if whole is None or not self._looking.acquire(blocking=False):
            return
        try:
            self._looked_at = self._clock()
            with self._transactions.read() as session:
                state = current_revision(session)
                if state == self._looked_for:
                    return
                withdrawn = self._visibility.withdrawn(session)
            with self._swapping:
                if self._whole is whole:
                    if withdrawn != self._withdrawn:
                        self._snapshot = whole.restricted(withdrawn)
                    self._withdrawn, self._looked_for = withdrawn, state
        except ConnectionError:
            return
        finally:
            self._looking.release()

    def _wanted(self) -> Origin:
        with self._transactions.read() as session:
            content_id, revision = current_revision(session)
        return Origin(self._encoder.name, content_id, revision, self._glossary().mark)

    def _is_current(self) -> bool:
        snapshot = self._snapshot
        if snapshot is None or self._adjusted != self._adjustments() or self._bound != self._topics():
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
        bound = self._topics()
        whole = Snapshot.of(generation, self._reranker, bound, self._today, adjusted.failing)
        with self._swapping:
            self._whole = self._snapshot = whole
            self._visibility = Visibility(generation.targets, generation.origin.revision, bound)
            self._withdrawn = NOTHING
            self._adjusted, self._bound = adjusted, bound
            self._looked_for = (generation.origin.content_id, generation.origin.revision)
            self._looked_at = datetime.min.replace(tzinfo=UTC)
