"""Picks the encoder. Apart from bot.wiring, so that the model can load while the rest is still being imported."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bot.settings import Settings
from knowledge.errors import KnowledgeError
from knowledge.model_encoder import ModelEncoder


def text_encoder(settings: Settings) -> ModelEncoder:
    """What turns texts into vectors. Loads nothing yet."""
    return ModelEncoder(settings.embedding_model, settings.models_dir)


@contextmanager
def meanwhile(model: ModelEncoder, do: Callable[[ModelEncoder], object]) -> Iterator[None]:
    """Do this to the model beside what is done inside; whoever asks for a vector waits for it."""
    helper = threading.Thread(target=_done, args=(model, do), name="meanwhile")
    helper.start()
    try:
        yield
    finally:
        helper.join()


def warm_up(model: ModelEncoder) -> None:
    """Load the exported model; without an export it waits until it is needed."""
    if model.starts_quickly:
        model.warm_up()


def look_through(model: ModelEncoder) -> bool:
    """Compare exported files with what was written, which takes longest of a sync that finds nothing new.

    Whether the model is to be prepared.
    """
    return model.can_prepare


def _done(model: ModelEncoder, do: Callable[[ModelEncoder], object]) -> None:
    with suppress(KnowledgeError):  # met again, and told, by whoever needs the model
        do(model)
