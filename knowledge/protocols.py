"""What knowledge asks of its replaceable parts. The docstring is the contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from knowledge.domain import Document

if TYPE_CHECKING:  # a quarter of a second that loading the model need not wait for
    from sqlalchemy.orm import Session

Matrix = NDArray[np.float32]
Positions = NDArray[np.int64]
Codes = NDArray[np.int8]


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


@runtime_checkable
class BulkEncoder(Protocol):
    """What an Encoder may do besides: a faster way for many texts at once."""

    def encode_all(self, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix]]:
        """Vectors of all texts, in pieces as they are done: positions in ``texts``, and a row for each of them.

        Every position comes once, in any order. Rows may differ from those of ``encode`` by a cosine of 0.999.
        May use every core and other processes until it is exhausted or closed. Raises ModelUnavailable.
        """

    def encode_tokens_all(self, texts: Sequence[str]) -> Iterator[tuple[Positions, Matrix, list[Codes]]]:
        """The same, with each text's codes as in TokenEncoder."""


@dataclass(frozen=True)
class DocumentRef:
    """A document as a source lists it.

    ``version`` (cheap to get, at most 200 characters) changes whenever its content or audience may have. ``id`` is
    the source's own lasting name for it, where there is one: with it a document that moved stays the same.
    ``withheld`` says in one line why a document that exists must not be shown (restricted, say); it is not read.
    """

    path: str
    version: str
    id: str = ""
    withheld: str = ""


@runtime_checkable
class TokenEncoder(Protocol):
    """What an Encoder may tell besides: what stands behind a vector, one code per word piece, from the same pass."""

    def encode_tokens(self, texts: Sequence[str]) -> tuple[Matrix, list[Codes]]:
        """``encode``'s vectors, and per text its word pieces' codes (see token_codes), shape (pieces, width).

        Raises ModelUnavailable.
        """


class Reranker(Protocol):
    """Reads a question together with each text, which is slow and finds what vectors miss."""

    @property
    def name(self) -> str:
        """Which model this is."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """One number per text, higher is better; only their order and distances within one call mean anything.

        Raises ModelUnavailable when the model cannot be loaded.
        """


class Source(Protocol):
    """Where documents come from (a folder, Confluence, transcripts, resolved tickets)."""

    @property
    def name(self) -> str:
        """Unique name among the configured sources; part of every passage's identity."""

    def list(self) -> Iterable[DocumentRef]:
        """Every document there is now, in a stable order, without reading them.

        Raises SourceUnavailable when the source as a whole cannot be read, or not to its end: nothing may be deleted
        then. What exists but must not be shown is listed as withheld rather than left out.
        """

    def read(self, ref: DocumentRef) -> Document:
        """The parsed document.

        Raises DocumentUnreadable for this one document, DocumentWithheld when it must not be shown, SourceUnavailable
        when the whole source went away.
        """


@runtime_checkable
class KnowsMoves(Protocol):
    """What a Source may know besides: where documents went that changed their path."""

    def moved(self, gone: Collection[str], new: Collection[str]) -> Mapping[str, str]:
        """Of the paths that are new, the gone ones they were before. Errors mean not knowing: an empty mapping."""


@runtime_checkable
class Skips(Protocol):
    """What a Source may tell besides: what it left out of its listing on purpose."""

    @property
    def skipped(self) -> Sequence[tuple[str, str]]:
        """Path and reason, of the last listing."""


@runtime_checkable
class Rests(Protocol):
    """What a Source may do besides: let go of processes and connections between two syncs."""

    def rest(self) -> None:
        """Called when a sync is over, however it ended. The source may be used again afterwards."""


class Transactions(Protocol):
    """Where sessions come from. Each context manager is one transaction: commit at the end, rollback on error."""

    def read(self) -> AbstractContextManager[Session]:
        """A consistent view; nothing is written. Does not wait for writers."""

    def write(self) -> AbstractContextManager[Session]:
        """The writer's turn, taken at the start, so that what is read inside cannot be overtaken."""
