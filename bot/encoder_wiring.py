"""Picks the encoder. Apart from bot.wiring, so that the model can load while the rest is still being imported."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bot.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.model_encoder import ModelEncoder


def text_encoder(settings: Settings) -> ModelEncoder:
    """What turns texts into vectors. Loads nothing yet."""
    return ModelEncoder(settings.embedding_model, settings.models_dir)


@contextmanager
def warming_up(model: ModelEncoder) -> Iterator[None]:
    """Load the exported model beside what is done inside; without an export it waits until it is needed.

    Whoever asks for a vector meanwhile waits for it.
    """
    warming = threading.Thread(target=_warm_up, args=(model,), name="warm-up")
    warming.start()
    try:
        yield
    finally:
        warming.join()


def _warm_up(model: ModelEncoder) -> None:
    with suppress(KnowledgeError):  # met again, and told, by whoever asks for a vector
        if model.starts_quickly:
            model.warm_up()
