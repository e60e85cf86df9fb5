"""What curation promises on either database: one way to write, nothing without a note, nothing by the wrong hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.curation.audit import AuditLog, as_csv
from bot.curation.curation import Curation
from bot.curation.findings import Findings, Tried
from bot.curation.refusals import CurationRefused, Refusal
from bot.database import Database
from bot.ops_people import OpsPeople
from knowledge.domain import Entry, EntryStatus
from knowledge.entry_store import EntryStore
from knowledge.proposals import Origin, Proposal, ProposalState, ProposalStore
from knowledge.revision import current_revision
from knowledge.shadowing import Shadow

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
CURATOR, ANYBODY = "U1CURATOR", "U2ANYBODY"
UTM = Entry("", "How do I build a UTM link?", "With the builder.", variants=("utm link", "campaign link"))


@pytest.fixture
def curation() -> Curation:
    return Curation(OpsPeople(frozenset({CURATOR, "U3SECOND"}), ""), lambda: NOW)


def checked(database: Database, curation: Curation, proposal: Proposal, findings: Findings | None = None) -> None:
    with database.write() as session:
        assert curation.found(session, proposal.id, proposal.entry, findings or Findings())


def proposed(database: Database, curation: Curation, entry: Entry = UTM, by: str = ANYBODY) -> Proposal:
    with database.write() as session:
        return curation.propose(session, entry, by)


def published(database: Database, curation: Curation, entry: Entry = UTM) -> str:
    proposal = proposed(database, curation, entry)
    checked(database, curation, proposal)
    with database.write() as session:
        return curation.publish(session, proposal.id, CURATOR).entry.id


def refused(database: Database, call: Callable[..., object], *args: object, **more: object) -> CurationRefused:
    with pytest.raises(CurationRefused) as caught, database.write() as session:
        call(session, *args, **more)
    return caught.value


def test_a_proposal_is_not_searched_until_a_curator_publishes_it(any_database: Database, curation: Curation) -> None:
    proposal = proposed(any_database, curation)
    checked(any_database, curation, proposal)
    with any_database.read() as session:
        assert EntryStore(session).published() == ()
        before = current_revision(session)
    with any_database.write() as session:
        done = curation.publish(session, proposal.id, CURATOR)
    with any_database.read() as session:
        assert [entry.id for entry in EntryStore(session).published()] == ["how-do-i-build-a-utm-link"]
        assert current_revision(session) != before
    assert (done.version, done.entry.reviewed_at) == (1, NOW.date())


def test_whoever_is_no_curator_decides_nothing(any_database: Database, curation: Curation) -> None:
    entry_id = published(any_database, curation)
    proposal = proposed(any_database, curation, replace(UTM, id=entry_id, answer="Other."), by=CURATOR)
    calls: list[tuple[Callable[..., object], tuple[object, ...]]] = [
        (curation.publish, (proposal.id, ANYBODY)),
        (curation.change, (proposal.id, UTM, ANYBODY)),
        (curation.drop, (proposal.id, ANYBODY)),
        (curation.archive, (entry_id, ANYBODY, "old")),
        (curation.restore, (entry_id, 1, ANYBODY, "old")),
        (curation.reviewed, (entry_id, ANYBODY)),
        (curation.add_variant, (entry_id, "links", ANYBODY, "")),
        (curation.without_variants, (entry_id, ["utm link"], ANYBODY, "")),
        (curation.import_entries, ([UTM], ANYBODY)),
    ]
    for call, arguments in calls:
        assert refused(any_database, call, *arguments).refusal is Refusal.NOT_A_CURATOR
    with any_database.read() as session:
        assert len(EntryStore(session).history(entry_id)) == 1


def test_a_change_made_from_an_older_version_is_refused_and_kept(any_database: Database, curation: Curation) -> None:
    entry_id = published(any_database, curation)
    proposal = proposed(any_database, curation, replace(UTM, id=entry_id, answer="By hand."))
    checked(any_database, curation, proposal)
    with any_database.write() as session:
        curation.add_variant(session, entry_id, "tracking link", CURATOR, "asked often")
    assert refused(any_database, curation.publish, proposal.id, CURATOR).refusal is Refusal.CHANGED
    with any_database.read() as session:
        kept = ProposalStore(session).get(proposal.id)
    assert kept is not None and kept.is_open and kept.entry.answer == "By hand."


def test_two_curators_who_publish_the_same_proposal_publish_it_once(
    any_database: Database, curation: Curation
) -> None:
    proposal = proposed(any_database, curation)
    checked(any_database, curation, proposal)
    with any_database.write() as session:
        curation.publish(session, proposal.id, CURATOR)
    assert refused(any_database, curation.publish, proposal.id, "U3SECOND").refusal is Refusal.GONE


@pytest.mark.parametrize(
    "findings",
    [
        Findings(shadows=(Shadow("utm link", "faq-9", "tracking link", 0.91),)),
        Findings(changed=(Tried("utm?", "faq-1", "new", "answer", "answer", better=False, golden=True),)),
    ],
    ids=["a shadowed entry", "a golden question that breaks"],
)
def test_what_the_checks_warn_of_needs_a_reason(
    any_database: Database, curation: Curation, findings: Findings
) -> None:
    proposal = proposed(any_database, curation)
    checked(any_database, curation, proposal, findings)
    assert refused(any_database, curation.publish, proposal.id, CURATOR).refusal is Refusal.NEEDS_REASON
    with any_database.write() as session:
        curation.publish(session, proposal.id, CURATOR, "the other one is about e-mail")
    with any_database.read() as session:
        assert AuditLog(session).newest(1)[0].reason == "the other one is about e-mail"


def test_words_that_changed_after_the_check_have_to_be_checked_again(
    any_database: Database, curation: Curation
) -> None:
    proposal = proposed(any_database, curation)
    checked(any_database, curation, proposal)
    with any_database.write() as session:
        curation.change(session, proposal.id, replace(UTM, answer="Quite another."), ANYBODY)
    assert refused(any_database, curation.publish, proposal.id, CURATOR).refusal is Refusal.UNCHECKED


def test_with_second_person_approval_nobody_publishes_their_own(any_database: Database) -> None:
    curation = Curation(OpsPeople(frozenset({CURATOR, "U3SECOND"}), ""), lambda: NOW, second_person=True)
    proposal = proposed(any_database, curation, by=CURATOR)
    checked(any_database, curation, proposal)
    with any_database.write() as session:
        curation.submit(session, proposal.id, CURATOR)
    assert refused(any_database, curation.publish, proposal.id, CURATOR).refusal is Refusal.NEEDS_SECOND
    with any_database.write() as session:
        assert curation.publish(session, proposal.id, "U3SECOND").version == 1


def test_words_from_a_private_thread_wait_for_their_author(any_database: Database, curation: Curation) -> None:
    with any_database.write() as session:
        proposal = curation.propose(session, UTM, CURATOR, origin=Origin(needs_ok_of=ANYBODY))
    checked(any_database, curation, proposal)
    assert refused(any_database, curation.publish, proposal.id, CURATOR).refusal is Refusal.NEEDS_OK
    assert refused(any_database, curation.agreed, proposal.id, CURATOR).refusal is Refusal.NEEDS_OK
    with any_database.write() as session:
        curation.agreed(session, proposal.id, ANYBODY)
        curation.publish(session, proposal.id, CURATOR)


def test_an_entry_that_lacks_its_answer_is_told_so_in_plain_words(any_database: Database, curation: Curation) -> None:
    proposal = proposed(any_database, curation, replace(UTM, answer="  "))
    checked(any_database, curation, proposal)
    problem = refused(any_database, curation.publish, proposal.id, CURATOR)
    assert problem.refusal is Refusal.BROKEN
    assert "answer" in str(problem)


def test_every_version_is_kept_with_who_and_why_and_can_be_restored(
    any_database: Database, curation: Curation
) -> None:
    entry_id = published(any_database, curation)
    with any_database.write() as session:
        curation.archive(session, entry_id, CURATOR, "we left the tool")
        curation.restore(session, entry_id, 1, "U3SECOND", "we came back")
    with any_database.read() as session:
        history = EntryStore(session).history(entry_id)
        now = EntryStore(session).get(entry_id)
    assert [(each.version, each.author, each.reason) for each in history[1:]] == [
        (2, CURATOR, "we left the tool"),
        (3, "U3SECOND", "we came back"),
    ]
    assert now is not None and now.status is EntryStatus.PUBLISHED


def test_a_proposal_of_a_known_question_gets_an_id_of_its_own(any_database: Database, curation: Curation) -> None:
    first = published(any_database, curation)
    assert proposed(any_database, curation).entry.id == f"{first}-2"


def test_a_dropped_proposal_leaves_the_queue_and_stays_in_the_log(any_database: Database, curation: Curation) -> None:
    proposal = proposed(any_database, curation)
    with any_database.write() as session:
        curation.submit(session, proposal.id, ANYBODY)
        assert [each.state for each in ProposalStore(session).open()] == [ProposalState.IN_REVIEW]
        curation.drop(session, proposal.id, CURATOR, "we have that")
    with any_database.read() as session:
        assert ProposalStore(session).open() == ()
        assert [noted.action for noted in AuditLog(session).newest()] == ["dropped", "sent to review", "proposed"]


def test_the_log_opens_in_a_spreadsheet_without_running_anything(any_database: Database) -> None:
    with any_database.write() as session:
        AuditLog(session).note(
            NOW, CURATOR, "archived", "entry:x", version=2, reason='=HYPERLINK("https://evil.example")'
        )
        lines = as_csv(AuditLog(session).newest()).splitlines()
    assert lines[1].startswith("2027-03-01T09:00:00+00:00,U1CURATOR,archived,entry:x,2,")
    assert "\"'=HYPERLINK" in lines[1]
