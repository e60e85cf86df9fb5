"""What knowledge asks of its replaceable parts. The docstring is the contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from knowledge.domain import Document

Matrix = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors. May be called from several threads at once."""

    @property
    def name(self) -> str:
        """Identity of the vectors: model name plus a prefix of its weights' hash. Keys the vector cache."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of unit length, shape ``(len(texts), dimension)``, float32, in the order of ``texts``.

        Raises ModelUnavailable when the model cannot be loaded.
        """


@dataclass(frozen=True)
class DocumentRef:
    """A document as a source lists it: ``version`` changes whenever its content may have (cheap to get)."""

    path: str
    version: str


class Source(Protocol):
    """Where documents come from (a folder, Confluence, transcripts, resolved tickets)."""

    @property
    def name(self) -> str:
        """Unique name among the configured sources; part of every passage's identity."""

    def list(self) -> Iterable[DocumentRef]:
        """Every document there is now, in a stable order, without reading them.

        Raises SourceUnavailable when the source as a whole cannot be read: nothing may be deleted then.
        """

    def read(self, ref: DocumentRef) -> Document:
        """The parsed document. Raises DocumentUnreadable for this one document."""


class Transactions(Protocol):
    """Where sessions come from. Each context manager is one transaction: commit at the end, rollback on error."""

    def read(self) -> AbstractContextManager[Session]:
        """A consistent view; nothing is written. Does not wait for writers."""

    def write(self) -> AbstractContextManager[Session]:
        """The writer's turn, taken at the start, so that what is read inside cannot be overtaken."""
