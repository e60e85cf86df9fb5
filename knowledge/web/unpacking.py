"""Compressed answers, unpacked piece by piece into as much as is allowed and no byte more."""

from __future__ import annotations

import zlib

from knowledge.errors import WebFailed

_GZIP = 31  # zlib's word for "gzip only"
_NAMES = ("gzip", "x-gzip")


class Unpacking:
    """Collects an answer of this Content-Encoding. Raises WebFailed as soon as it is more than ``limit`` bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        names = [name for part in encoding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
        if names not in ([], *([name] for name in _NAMES)):
            raise WebFailed("comes packed in a way that nobody asked for")
        self._unpacker = zlib.decompressobj(_GZIP) if names else None
        self._limit = limit
        self._out = bytearray()

    def add(self, data: bytes) -> None:
        """The next piece as it was sent."""
        if self._unpacker is None:
            self._take(data)
            return
        try:
            while data:
                self._take(self._unpacker.decompress(data, self._limit - len(self._out) + 1))
                data = self._unpacker.unconsumed_tail
                if self._unpacker.eof and (data := self._unpacker.unused_data):
                    self._unpacker = zlib.decompressobj(_GZIP)  # several packets in a row are allowed
        except zlib.error as exc:
            raise WebFailed("is packed, and broken inside") from exc

    def whole(self) -> bytes:
        """All of it, now that everything was added."""
        if self._unpacker is not None and not self._unpacker.eof:
            raise WebFailed("broke off in the middle")
        return bytes(self._out)

    def _take(self, data: bytes) -> None:
        self._out += data
        if len(self._out) > self._limit:
            raise WebFailed(f"unpacks into more than {self._limit / 1e6:.0f} MB")


def unpacked(data: bytes, limit: int) -> bytes:
    """A gzip file's content. Raises WebFailed."""
    unpacking = Unpacking("gzip", limit)
    unpacking.add(data)
    return unpacking.whole()
