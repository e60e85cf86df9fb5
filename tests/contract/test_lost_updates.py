"""Rows that several threads or processes change by what they read there: on either database no change is lost.

SQLite has one writer. On PostgreSQL a change that is made without a lock on its row overwrites the others': of 80
increments 16 to 22 were left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from support_postgres import database_of_kind

from bot.bookmarks import bookmark, hold, remember
from bot.checklist_runs import ChecklistRuns
from bot.conversations import Conversations
from bot.curation.curation import Curation
from bot.curation.faq_queue import settle
from bot.curation.gap_store import GapStore, Group
from bot.curation.known_issue_store import KnownIssueStore
from bot.curation.missing_tables import GapQuestionRow, GapRow
from bot.database import Database
from bot.domain import Asked, Place, Reply, ReplyKind, Surface
from bot.follow_places import FollowPlaces
from bot.ops_people import OpsPeople
from bot.tables import ConversationRow, QuestionRow
from bot.testing import verdict
from bot.ticket_news import CARD_PACE, NewsStore
from escalation.domain import Draft, Follower, Label, NewTicket, Origin, Person
from escalation.embedded_tracker import EmbeddedTracker
from escalation.follower_store import FollowerStore
from escalation.form_drafts import FormDrafts
from escalation.request_store import RequestStore
from knowledge.checklists import Walk
from knowledge.domain import Band, Checklist, Choice, Entry, Step
from knowledge.entry_store import EntryStore
from knowledge.glossary import Term
from knowledge.glossary_store import GlossaryStore
from knowledge.sync_store import SyncStore
from knowledge.vector_cache import VectorCache

THREADS = 6
EACH = 4
EVERYBODY = range(THREADS)
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PLACE = Place("T1", "C1", Surface.CHANNEL, "1.1", "1.1")
T = TypeVar("T")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One of each kind: every test has rows of its own."""
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    with database_of_kind(request.param, tmp_path_factory.mktemp("desk"), server) as opened:
        yield opened


def together(act: Callable[[int], T], times: int = EACH) -> list[T]:
    """What ``act(number)`` returns for THREADS × ``times`` numbers, begun at the same moment."""
    start = Barrier(THREADS)

    def go(thread: int) -> list[T]:
        start.wait(10)
        return [act(thread * times + number) for number in range(times)]

    with ThreadPoolExecutor(THREADS) as threads:
        return [one for some in threads.map(go, EVERYBODY) for one in some]


def each_writes(database: Database, act: Callable[[Session, int], T], times: int = EACH) -> list[T]:
    """The same, each in a transaction of its own."""

    def write(number: int) -> T:
        with database.write() as session:
            return act(session, number)

    return together(write, times)


def test_whoever_holds_a_bookmark_has_it_for_himself(database: Database) -> None:
    def count(session: Session, _: int) -> None:
        hold(session, "count")
        remember(session, "count", str(int(bookmark(session, "count") or 0) + 1))

    each_writes(database, count)
    with database.read() as session:
        assert bookmark(session, "count") == str(THREADS * EACH)


def test_each_closing_of_a_ticket_has_a_number_of_its_own_and_its_card_is_due_once(database: Database) -> None:
    closings = each_writes(database, lambda session, _: NewsStore(session).closed(1))
    assert sorted(closings) == list(range(1, THREADS * EACH + 1))
    due = each_writes(database, lambda session, _: NewsStore(session).card_due(2, NOW), times=1)
    assert sorted(one for one in due if one) == [NOW, NOW + CARD_PACE]  # at once, and once more for all the others
    each_writes(database, lambda session, _: NewsStore(session).answered(1, 1, "U1", True, NOW), times=1)
    with database.read() as session:
        assert NewsStore(session).answers(1) == (("U1", True),)


def test_a_thread_is_one_conversation_and_a_person_has_one_thumb(database: Database) -> None:
    reply = Reply(ReplyKind.ANSWER, verdict(Band.ANSWER))
    asked = Asked("Where are my MQLs?", "U1", replace(PLACE, thread="9.9"), addressed=True)
    numbers = each_writes(database, lambda session, _: Conversations(session).record(asked, reply, NOW))
    with database.read() as session:
        (conversation,) = session.scalars(
            select(ConversationRow.id).where(ConversationRow.thread_key.endswith(":9.9"))
        )
        asked_there = select(QuestionRow.id).where(QuestionRow.conversation_id == conversation)
        assert set(session.scalars(asked_there)) == set(numbers)
    number = numbers[0]
    each_writes(database, lambda session, n: Conversations(session).feedback(number, "U1", n > 0, NOW), times=1)
    each_writes(database, lambda session, n: settle(session, number, f"U{n}", NOW), times=1)


def test_of_several_clicks_at_once_on_a_checklist_each_counts(database: Database) -> None:
    walk = Walk(Checklist((Step("a", "Synced?", (Choice("Yes"),)),))).choose(0)
    with database.write() as session:
        reply = Reply(ReplyKind.ANSWER, verdict(Band.ANSWER))
        question = Conversations(session).record(Asked("q", "U1", PLACE, addressed=True), reply, NOW)

    def click(session: Session, _: int) -> int:
        runs = ChecklistRuns(session)
        run = runs.of(question, "faq-1") or runs.begin(question, "faq-1", "mark", NOW)
        return runs.stand(run, walk, NOW).turn

    assert sorted(each_writes(database, click)) == list(range(1, THREADS * EACH + 1))


def test_who_joins_twice_at_once_follows_once_where_they_asked(database: Database) -> None:
    with database.write() as session:
        request = RequestStore(session).open(Draft("x", Person("U0", "Ann"), Origin("#c")), NOW).id
    follower = Follower(request, Person("U1", "Bea"), "the same", NOW)

    def join(session: Session, _: int) -> bool:
        FollowPlaces(session).add(request, "U1", PLACE)
        return FollowerStore(session).add(follower)

    assert each_writes(database, join, times=1).count(True) == 1
    with database.read() as session:
        assert [one.person for one in FollowPlaces(session).of(request)] == ["U1"]


def test_a_spike_grows_by_everything_that_was_found(database: Database) -> None:
    with database.write() as session:
        spike = KnownIssueStore(session).found([1000], NOW).id
    each_writes(database, lambda session, number: KnownIssueStore(session).grown(spike, [number]))
    with database.read() as session:
        found = KnownIssueStore(session).spike(spike)
    assert found is not None
    assert found.questions == (*range(THREADS * EACH), 1000)


def test_processes_that_look_for_gaps_at_once_find_each_once(database: Database) -> None:
    with database.write() as session:
        reply = Reply(ReplyKind.SUGGEST, verdict(Band.ESCALATE))
        asked = Asked("q", "U1", PLACE, addressed=True)
        numbers = tuple(Conversations(session).record(asked, reply, NOW) for _ in range(4))
    groups = (Group(numbers[:2], (1.0, 0.9), numbers[0], ("a",)), Group(numbers[2:], (1.0, 0.9), None, ()))
    each_writes(database, lambda session, _: GapStore(session).keep(groups, frozenset(), {}, NOW), times=2)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(GapRow)) == 2
        assert set(session.scalars(select(GapQuestionRow.question_id))) == set(numbers)


def test_no_phrasing_of_an_entry_is_lost(database: Database) -> None:
    curation = Curation(OpsPeople(frozenset({"U1"}), ""), lambda: NOW)
    entry = Entry("faq-1", "Where are my MQLs?", "In the dashboard.")
    with database.write() as session:
        EntryStore(session).save(entry, "U1", NOW)
    each_writes(database, lambda session, number: curation.add_variant(session, "faq-1", f"words {number}", "U1", ""))
    with database.read() as session:
        kept = EntryStore(session).get("faq-1")
        assert kept is not None
        assert set(kept.variants) == {f"words {number}" for number in range(THREADS * EACH)}
        assert len(EntryStore(session).history("faq-1")) == THREADS * EACH + 1


def test_imports_at_once_add_each_entry_once_and_keep_every_change(database: Database) -> None:
    shared = Entry("shared", "Shared?", "Yes.")

    def bring(session: Session, number: int) -> int:
        entries = (replace(shared, answer=f"Yes, {number}."), Entry(f"own-{number}", "Own?", "Yes."))
        return EntryStore(session).import_entries(entries, "U1", NOW).added

    added = each_writes(database, bring, times=2)
    assert sum(added) == 2 * THREADS + 1
    with database.read() as session:
        assert len(set(EntryStore(session).versions()) - {"faq-1"}) == 2 * THREADS + 1
        assert len(EntryStore(session).history("shared")) == 2 * THREADS


def test_no_version_of_a_term_is_lost_and_a_new_source_is_held_by_one(database: Database) -> None:
    def write(session: Session, number: int) -> int:
        SyncStore(session).hold("wiki", f"holder-{number}", NOW)
        SyncStore(session).note_failures("wiki", [("a.md", "1", f"broken {number}")], NOW)
        return GlossaryStore(session).save("mql", Term("MQL", f"lead {number}"), "U1", NOW)

    assert sorted(each_writes(database, write)) == list(range(1, THREADS * EACH + 1))
    with database.read() as session:
        assert [one.path for one in SyncStore(session).failures("wiki")["wiki"]] == ["a.md"]


def test_processes_that_embed_the_same_texts_at_once_keep_them(database: Database) -> None:
    cache = VectorCache("model")
    vectors = {f"text {number}": np.full(4, number, dtype=np.float32) for number in range(50)}
    each_writes(database, lambda session, number: cache.put(session, _turned(vectors, number)), times=2)
    with database.read() as session:
        found = cache.get(session, vectors)
    assert {key: vector.tolist() for key, vector in found.items()} == {k: v.tolist() for k, v in vectors.items()}


def _turned(vectors: dict[str, np.ndarray], by: int) -> dict[str, np.ndarray]:
    """The same in another order."""
    keys = list(vectors)
    return {key: vectors[key] for key in (*keys[by:], *keys[:by])}


def test_tickets_filed_at_once_have_their_own_numbers_and_keep_every_label_and_word(
    database: Database,
) -> None:
    tracker = EmbeddedTracker(database, lambda key: f"https://t.example/{key}", clock=lambda: NOW)

    def filed(marker: str) -> str:
        return tracker.create(NewTicket("OPS", "Task", "Import", "", marker, (marker,))).key

    keys = together(lambda number: filed(f"m-{number}"), times=2)
    assert sorted(keys, key=lambda key: int(key[4:])) == [f"OPS-{number + 1}" for number in range(2 * THREADS)]
    (key,) = set(together(lambda _: filed("the same"), times=1))
    together(lambda number: tracker.change(key, Label(add=(f"l{number}",)), f"c{number}"))
    together(lambda number: tracker.comment(key, "once", "marker"), times=1)
    together(lambda number: tracker.say(key, "Ann", f"word {number}", public=True), times=2)
    details = tracker.details(key)
    assert details is not None
    assert set(details.labels) == {"the same", *(f"l{number}" for number in range(THREADS * EACH))}
    assert sorted(details.comments) == sorted(["once", *(f"word {number}" for number in range(2 * THREADS))])


def test_who_is_forgotten_takes_no_word_of_others_along(database: Database) -> None:
    draft = Draft("x", Person("U0", "Ann"), Origin("#c"), thread=("Zoe: my words", "Ann: hers"))
    with database.write() as session:
        store = RequestStore(session)
        store.open(Draft("y", Person("U9", "Zoe"), Origin("#c")), NOW)
        number = store.open(draft, NOW).id

    def write(session: Session, count: int) -> None:
        store = RequestStore(session)
        if count == 2 * EACH:
            store.forget("U9")
            return
        request = store.lock(number)
        assert request is not None
        store.update_draft(number, replace(request.draft, answers={**request.draft.answers, f"f{count}": "x"}))

    each_writes(database, write)
    with database.read() as session:
        request = RequestStore(session).get(number)
    assert request is not None
    assert request.draft.thread == ("(forgotten)", "Ann: hers")
    assert len(request.draft.answers) == THREADS * EACH - 1


def test_a_form_kept_twice_in_one_moment_is_gone_once_it_is_sent(database: Database) -> None:
    def keep(session: Session, number: int) -> int:
        drafts = FormDrafts(session, NOW)
        return drafts.keep(f"key {number % EACH}", "U1", "import", {"n": str(number)}, {}).id

    kept = each_writes(database, keep)
    with database.write() as session:
        for number in kept[:EACH]:  # one of each key
            FormDrafts(session, NOW).drop(number, "U1")
        assert FormDrafts(session, NOW).of("U1") == ()
