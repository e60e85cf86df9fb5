"""What a listing means for what is stored: which documents are the same, which are new, which are gone. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.document_store import Stored
from knowledge.protocols import DocumentRef

SMALL = 20
"""From so many documents on a listing may be doubted; a folder of a few is easily emptied on purpose."""

LOST = 0.5
"""A listing that lacks more than this share of what is stored is not believed at once."""


@dataclass
class Plan:
    """One listing (``refs``) compared with what is stored.

    ``known`` are listed documents and the stored ones they are, ``new`` those nothing is stored of, ``withheld``
    those that exist and must not be shown. ``gone`` are stored ones the listing lacks, by key.
    """

    refs: Sequence[DocumentRef] = ()
    known: list[tuple[DocumentRef, Stored]] = field(default_factory=list)
    new: list[DocumentRef] = field(default_factory=list)
    withheld: list[tuple[DocumentRef, Stored | None]] = field(default_factory=list)
    gone: dict[int, Stored] = field(default_factory=dict)

    @property
    def changed(self) -> list[DocumentRef]:
        """Known ones to read again: another version or another path."""
        return [ref for ref, stored in self.known if (ref.version, ref.path) != (stored.version, stored.path)]

    @property
    def to_read(self) -> list[DocumentRef]:
        """All that must be read, in the order of the listing."""
        wanted = {*self.changed, *self.new}
        return [ref for ref in self.refs if ref in wanted]

    @property
    def unchanged(self) -> int:
        """How many need no reading."""
        return len(self.known) - len(self.changed)

    @property
    def renamed(self) -> dict[int, str]:
        """New paths of documents that the source itself says are the same, by key."""
        return {stored.key: ref.path for ref, stored in self.known if ref.path != stored.path}

    def claim(self, moves: Mapping[str, str]) -> None:
        """Take new documents for gone ones that moved: their new paths, and where they were."""
        by_path = {stored.path: stored for stored in self.gone.values()}
        left = []
        for ref in self.new:
            stored = by_path.pop(moves.get(ref.path, ""), None)
            if stored is None:
                left.append(ref)
            else:
                self.known.append((ref, stored))
                del self.gone[stored.key]
        self.new = left

    def replaced(self) -> list[int]:
        """Gone documents in whose place another one stands now; they are no longer counted among the gone."""
        listed = {ref.path for ref in self.refs}
        found = [key for key, stored in self.gone.items() if stored.path in listed]
        for key in found:
            del self.gone[key]
        return found

    def twin(self, text: str) -> Stored | None:
        """A gone document with these very texts, which is then gone no longer."""
        found = next((stored for stored in self.gone.values() if text and stored.text_hash == text), None)
        return self.gone.pop(found.key) if found else None


def plan(refs: Sequence[DocumentRef], stored: Sequence[Stored]) -> Plan:
    """Compare a listing with what is stored: by the source's own ids where there are any, else by path."""
    by_id = {one.lasting_id: one for one in stored if one.lasting_id}
    by_path = {one.path: one for one in stored}
    made = Plan(refs, gone={one.key: one for one in stored})
    for ref in refs:
        found = _same(ref, by_id, by_path)
        if found is not None and made.gone.pop(found.key, None) is None:
            found = None  # listed twice
        if ref.withheld:
            made.withheld.append((ref, found))
        elif found is None:
            made.new.append(ref)
        else:
            made.known.append((ref, found))
    return made


def _same(ref: DocumentRef, by_id: Mapping[str, Stored], by_path: Mapping[str, Stored]) -> Stored | None:
    if ref.id and ref.id in by_id:
        return by_id[ref.id]
    found = by_path.get(ref.path)
    return None if found is None or (ref.id and found.lasting_id) else found


def is_doubtful(gone: int, stored: int) -> bool:
    """Whether so many of so many stored documents are gone that the listing may be at fault."""
    return stored > SMALL and gone > LOST * stored
