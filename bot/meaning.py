"""How much two texts mean the same, by the embedding model; by their words while there is none. Never waits."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from bot.clock import Clock
from bot.logs import get_logger
from escalation.likeness import SAME
from escalation.protocols import Similarity
from escalation.word_similarity import WordSimilarity
from knowledge.errors import KnowledgeError
from knowledge.protocols import Encoder, Matrix

log = get_logger(__name__)

REMEMBERED = 5_000
"""Vectors kept: 7 MB of a model with 384 numbers each."""

TRIED_AGAIN_AFTER = timedelta(minutes=5)
"""How soon a model that could not be loaded is tried again."""

_COSINES, _SCORES = (-1.0, 0.0, 0.735, 1.0), (0.0, 0.0, SAME, 1.0)
"""Cosine to score, straight lines between: SAME is where texts begin to mean the same, by words as by vectors
(measured, see escalation.likeness), so a score means one thing whoever gives it."""


class EncoderSimilarity:
    """Implements Similarity over an Encoder. Safe to call from several threads.

    The first call starts loading the model in the background and is answered by ``until_then``, as is every call
    before it is loaded, or when it fails. So nobody waits for a model: a form must open within three seconds.
    """

    def __init__(self, encoder: Encoder, clock: Clock, until_then: Similarity | None = None) -> None:
        self._encoder = encoder
        self._clock = clock
        self._until_then = until_then or WordSimilarity()
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Matrix] = OrderedDict()
        self._loading: threading.Thread | None = None
        self._failed_at: datetime | None = None
        self._ready = False

    @property
    def is_ready(self) -> bool:
        """Whether scores come from the model now."""
        return self._ready

    def warm_up(self) -> None:
        """Load the model and wait for it. Never raises: without a model, words go on being compared."""
        try:
            self._encoder.encode(["warm up"])
        except KnowledgeError as exc:
            self._failed_at = self._clock()
            log.warning("meaning_not_loaded", error=str(exc))
        else:
            self._ready = True

    def scores(self, text: str, others: Sequence[str]) -> list[float]:
        """As the protocol says."""
        if not self._ready:
            self._load_in_background()
            return self._until_then.scores(text, others)
        try:
            vectors = self._vectors([text, *others])
        except KnowledgeError as exc:
            log.warning("meaning_by_words", error=str(exc))
            return self._until_then.scores(text, others)
        if not text.strip():
            return [0.0 for _ in others]
        cosines = vectors[1:] @ vectors[0]
        scaled = np.interp(cosines, _COSINES, _SCORES)
        return [float(score) if other.strip() else 0.0 for score, other in zip(scaled, others, strict=True)]

    def _load_in_background(self) -> None:
        with self._lock:
            if self._loading is not None and self._loading.is_alive():
                return
            if self._failed_at is not None and self._clock() < self._failed_at + TRIED_AGAIN_AFTER:
                return
            self._loading = threading.Thread(target=self.warm_up, name="meaning", daemon=True)
            self._loading.start()

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        """One row per text; each is encoded once."""
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if new:
            found.update(zip(new, self._encoder.encode(list(new.values())), strict=True))
        with self._lock:
            for key in keys:
                self._known[key] = found[key]
                self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return np.stack([found[key] for key in keys])
