"""Questions without a good answer, as gaps: their numbers, what is remembered of them, and whose words are shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support_database import forget_questions
from support_missing import Looking, looking

from bot.conversations import NONE_OF_THESE, Conversations
from bot.curation.refusals import CurationRefused
from bot.demo.slack_larkfield import JONAS, MAYA, NOOR, PRIYA
from bot.domain import ReplyKind, Surface
from bot.missing import GapState, sparkline
from bot.slack.faq_gaps import gaps_message
from bot.tables import QuestionRow
from bot.testing import verdict
from bot.ticket_news import Ending, NewsStore
from escalation.domain import Draft, Origin, Person, Ticket
from escalation.request_store import RequestStore
from knowledge.domain import Band
from knowledge.glossary import Glossary, Term
from knowledge.proposals import ProposalState, ProposalStore

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CONSENT = "how do I export the consent history of a contact?"
ALSO = ("can I export the consent history for one contact?", "export of a contact's consent history, how?")


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Looking]:
    """Three people ask for the same, and get a worse answer or none."""
    parts = looking(tmp_path, NOW, Glossary((Term("MQL", "marketing qualified lead"),)))
    parts.asked(CONSENT, MAYA, days=2)
    suggested = parts.asked(ALSO[0], JONAS, days=3, reply=ReplyKind.SUGGEST, found=verdict(Band.SUGGEST))
    parts.asked(ALSO[1], NOOR, days=40)
    with parts.database.write() as session:
        Conversations(session).choose(suggested, NONE_OF_THESE)
    yield parts
    parts.database.close()


def test_what_was_asked_in_other_words_is_one_gap_with_its_numbers(found: Looking) -> None:
    found.asked("where do I park?", JONAS)
    gaps = found.look()
    (gap,) = gaps.gaps
    assert (gap.questions, gap.askers, gap.tickets) == (3, 3, 0)
    assert (gap.now, gap.before, sum(gap.weeks)) == (2, 1, 3)
    assert set(gap.phrasings) == {CONSENT, *ALSO}
    assert [(shown.name, shown.times) for shown in gap.shown] == [("Where are the MQLs from my campaign?", 1)]
    assert {"consent", "history"} <= set(gap.terms)
    assert [single.question for single in gaps.singles] == ["where do I park?"]


def test_a_good_answer_leaves_no_gap_until_somebody_says_it_was_none(found: Looking) -> None:
    number = found.asked("who prints the badges?", reply=ReplyKind.ANSWER, found=verdict(Band.ANSWER))
    assert found.look().singles == ()
    with found.database.write() as session:
        Conversations(session).feedback(number, MAYA, helpful=False, now=NOW)
    assert [gap.question for gap in found.look().singles] == ["who prints the badges?"]


def test_a_dismissed_gap_stays_away_until_it_is_asked_again(found: Looking) -> None:
    found.look()
    with found.database.write() as session:
        found.gaps.dismiss(session, 1, PRIYA, "legal answers these")
    gaps = found.listed()
    assert gaps.gaps == ()
    assert [(gap.state, gap.reason) for gap in gaps.decided] == [(GapState.DISMISSED, "legal answers these")]
    for person in (MAYA, JONAS, NOOR):
        found.asked(CONSENT, person, days=-0.001)
    (gap,) = found.look().gaps
    assert (gap.id, gap.again) == (1, 3)


def test_a_gap_whose_draft_was_dropped_is_open_again(found: Looking) -> None:
    found.look()
    with found.database.write() as session:
        first, again = found.gaps.draft(session, 1, PRIYA), found.gaps.draft(session, 1, PRIYA)
    assert first.id == again.id
    assert found.listed().gaps == ()
    with found.database.write() as session:
        store = ProposalStore(session)
        proposal = store.get(first.id)
        assert proposal is not None
        store.save(type(proposal)(**{**vars(proposal), "state": ProposalState.DROPPED}), NOW)
    assert [gap.id for gap in found.listed().gaps] == [1]


def test_words_said_in_private_count_and_are_shown_to_nobody(found: Looking) -> None:
    found.asked("export consent history of a contact called Miriam Okafor", NOOR, surface=Surface.DM)
    for person in (MAYA, JONAS, NOOR):
        found.asked("my colleague's salary sheet, who sees it?", person, surface=Surface.PRIVATE)
    gaps = found.look()
    (gap,) = gaps.gaps
    assert (gap.questions, gap.hidden, gaps.private_only) == (4, 1, 3)
    told = str((gaps, gaps_message(gaps, found.undefined()))).lower()
    assert "miriam" not in told
    assert "salary" not in told


def test_forgotten_words_leave_the_list_at_once(found: Looking) -> None:
    found.look()
    with found.database.write() as session:
        forget_questions(session, MAYA)
    (gap,) = found.listed().singles
    assert CONSENT not in (gap.question, *gap.phrasings)
    assert gap.questions == 2
    assert len(found.look().singles) == 2  # two questions are no group


def test_only_curators_decide(found: Looking) -> None:
    found.look()
    with found.database.write() as session:
        for refused in (
            lambda: found.gaps.draft(session, 1, MAYA),
            lambda: found.gaps.dismiss(session, 1, MAYA, "no"),
            lambda: found.radar.ignore(session, "PQA", MAYA),
        ):
            with pytest.raises(CurationRefused, match="Only curators"):
                refused()


def test_nothing_new_leaves_everything_as_it_was(found: Looking) -> None:
    before = found.look()
    after = found.look()
    assert after.gaps == before.gaps
    assert after.looked_at is not None
    assert before.looked_at is not None
    assert after.looked_at > before.looked_at


def test_abbreviations_are_counted_by_people_and_those_defined_left_out(found: Looking) -> None:
    for person, text in ((MAYA, "where is the PQA list?"), (JONAS, "how do PQAs convert?"), (NOOR, "is pqa on?")):
        found.asked(text, person, reply=ReplyKind.ANSWER, found=verdict(Band.ANSWER))
        found.asked(f"{text} and my MQL?", person, reply=ReplyKind.ANSWER, found=verdict(Band.ANSWER))
    for _ in range(5):
        found.asked("the ZZX sheet", MAYA)  # one person's own
        found.asked("my QXR", MAYA, surface=Surface.DM)
        found.asked("her QXR", JONAS, surface=Surface.DM)
    found.look()
    (pqa,) = found.undefined()
    assert (pqa.term, pqa.asked, pqa.askers) == ("PQA", 6, 3)
    with found.database.write() as session:
        found.radar.ignore(session, "PQA", PRIYA)
    found.look()
    assert found.undefined() == ()


def test_a_line_of_bars_shows_the_weeks() -> None:
    assert sparkline((0, 1, 2, 4)) == "▁▃▅█"
    assert sparkline((0, 0)) == "▁▁"


def test_the_draft_says_how_a_ticket_ended_unless_that_was_private_or_no_help(found: Looking) -> None:
    numbers = [found.asked(text, person) for text, person in ((CONSENT, PRIYA), (ALSO[0], PRIYA), (ALSO[1], PRIYA))]
    endings = (
        ("consent history", False, Ending("Privacy center, then Exports.")),
        ("private", True, Ending("Sam's contract is in folder 7.")),
        ("declined", False, Ending("We don't do that.", declined=True)),
    )
    with found.database.write() as session:
        for number, (summary, private, ending) in zip(numbers, endings, strict=True):
            draft = Draft(summary, Person(MAYA, "Maya Lindqvist"), Origin("#ask-mops", None, private=private))
            store = RequestStore(session)
            request = store.open(draft, NOW)
            ticket = Ticket(
                f"MOPS-{number}", "https://example.com", summary, "Done", "Task", done=True, updated_at=NOW
            )
            store.filed(request.id, ticket)
            NewsStore(session).ends(request.id, ending)
            session.get_one(QuestionRow, number).request_id = request.id
    (gap,) = found.look().gaps
    assert gap.tickets == 3
    with found.database.write() as session:
        assert found.gaps.draft(session, gap.id, PRIYA).entry.answer == "Privacy center, then Exports."
