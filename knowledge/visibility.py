"""What of a served index must not be shown any more: gone, archived, or for fewer readers since it was built.

Read from the content itself, so that whoever changes it need not tell anybody: a deletion, a new restriction and an
archived entry count within seconds, long before the index is built anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.bodies import audience_in
from knowledge.document_store import DocumentStore
from knowledge.domain import Audience, HitKind
from knowledge.entry_store import EntryStore
from knowledge.tables import DocumentRow, FormerPathRow, SectionRow
from knowledge.targets import Target
from knowledge.topics import NO_TOPICS, Topics

_CHUNK = 500


@dataclass(frozen=True)
class Withdrawn:
    """Targets of an index by their places: those that are gone, and who may read others now, by what is stored.

    The latter hold besides what the index itself says: nothing is shown wider before it is built anew.
    """

    gone: frozenset[int] = frozenset()
    bound: Mapping[int, Audience] = field(default_factory=dict)


NOTHING = Withdrawn()


class Visibility:
    """Compares the targets of an index, made at a revision, with what is stored now. Safe for several threads."""

    def __init__(self, targets: Sequence[Target], revision: int, topics: Topics = NO_TOPICS) -> None:
        self._targets = targets
        self._revision = revision
        self._topics = topics
        self._entries: dict[str, int] = {}
        self._pages: dict[str, list[int]] = {}
        for place, target in enumerate(targets):
            if target.kind is HitKind.ENTRY:
                self._entries[target.id] = place
            else:
                self._pages.setdefault(target.page, []).append(place)

    def withdrawn(self, session: Session) -> Withdrawn:
        """What holds no longer. Costs some milliseconds per thousand documents, and more for those that changed."""
        gone, bound = set[int](), dict[int, Audience]()
        for place, audience in (*self._changed_entries(session), *self._changed_pages(session)):
            if audience is None:
                gone.add(place)
            else:
                bound[place] = audience
        return Withdrawn(frozenset(gone), bound)

    def _changed_entries(self, session: Session) -> Iterator[tuple[int, Audience | None]]:
        """Places of entries with their audience now; None for those that are no longer published."""
        published = {entry.id: entry for entry in EntryStore(session).published()}
        for id_, place in self._entries.items():
            entry, target = published.get(id_), self._targets[place]
            if entry is None:
                yield place, None
            elif (entry.audience, entry.tags) != (target.audience, target.tags):
                yield place, self._topics.audience_of(entry)

    def _changed_pages(self, session: Session) -> Iterator[tuple[int, Audience | None]]:
        documents = _documents(session)
        changed = {key for key, changed_at in documents.values() if changed_at > self._revision}
        audiences, anchors = _audiences(session, changed), _anchors(session, changed)
        for page, places in self._pages.items():
            key, _ = documents.get(page, (None, 0))
            if key is not None and key not in changed:
                continue
            for place in places:
                anchor = self._targets[place].id.rpartition("#")[2]
                is_there = key is not None and (key, anchor) in anchors
                audience = audiences.get(key) if is_there and key is not None else None
                if audience != self._targets[place].audience:
                    yield place, audience


def current_passage(session: Session, id_: str) -> str | None:
    """The id that a passage has now whose document moved since; None when that is gone, or where it was."""
    source, _, rest = id_.partition("/")
    path, _, anchor = rest.rpartition("#")
    now = DocumentStore(session).current_path(source, path)
    return None if now is None or now == path else f"{source}/{now}#{anchor}"


def _documents(session: Session) -> dict[str, tuple[int, int]]:
    """Key and last change of every document, by its page; those that moved by their former pages, too."""
    former = select(FormerPathRow.source, FormerPathRow.path, DocumentRow.id, DocumentRow.revision)
    former = former.join(DocumentRow, DocumentRow.id == FormerPathRow.document_id)
    now = select(DocumentRow.source, DocumentRow.path, DocumentRow.id, DocumentRow.revision)
    return {
        f"{source}/{path}": (key, revision)
        for wanted in (former, now)
        for source, path, key, revision in session.execute(wanted)
    }


def _audiences(session: Session, keys: Iterable[int]) -> dict[int, Audience]:
    found = {}
    for chunk in _chunks(sorted(keys)):
        rows = session.execute(select(DocumentRow.id, DocumentRow.body).where(DocumentRow.id.in_(chunk)))
        found.update({key: audience_in(body) for key, body in rows})
    return found


def _anchors(session: Session, keys: Iterable[int]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for chunk in _chunks(sorted(keys)):
        wanted = select(SectionRow.document_id, SectionRow.anchor).where(SectionRow.document_id.in_(chunk))
        found.update((key, anchor) for key, anchor in session.execute(wanted))
    return found


def _chunks(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))
