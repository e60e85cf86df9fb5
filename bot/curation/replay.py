"""The checks by trying: rivals, repeats, and what real and labelled questions would get."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import Protocol

from bot.curation import findings_texts as words
from bot.curation.findings import Findings, Tried
from bot.curation.real_questions import real_questions
from bot.curation.unmet import IsPrivate, asked_in_private, with_private_request
from bot.database import Database
from knowledge.domain import Audience, Band, Entry, Hit, HitKind, Question, Verdict
from knowledge.evaluation.labelled_sets import LabelledQuestion, read_sets
from knowledge.probes import Difference, Probe
from knowledge.proposals import Proposal
from knowledge.shadowing import Shadow, Twin
from knowledge.trial import Trial

QUESTIONS = 200
"""How many real questions are tried, the newest ones."""

SHOWN = 40
"""Differences that are kept; a change that does more than that is seen from these."""


class Tries(Protocol):
    """Knowledge, as far as trying a change goes; see KnowledgeBase."""

    def trial(self, changed: Entry) -> Trial:
        """What would be answered if an entry were as given."""

    def shadows(self, entry: Entry) -> tuple[Shadow, ...]:
        """Other entries that compete with it."""

    def twins(self, entry: Entry) -> tuple[Twin, ...]:
        """Its own phrasings that repeat each other."""


class Replay:
    """Checks by trying: the newest real questions and the labelled ones, on the index as it is and as it would be.

    Words that not every colleague could read are tried like all others, and shown to nobody.
    """

    def __init__(
        self, knowledge: Tries, database: Database, is_private: IsPrivate, golden: Path | None = None
    ) -> None:
        self._knowledge = knowledge
        self._database = database
        self._is_private = is_private
        self._golden = golden

    def of(self, proposal: Proposal) -> Findings:
        """See Checks."""
        golden = golden_probes(self._golden)
        with self._database.read() as session:
            real = real_questions(session, QUESTIONS)
            private = with_private_request(session, [one.asked for one in real])
        private |= asked_in_private([one.asked for one in real], self._is_private)
        trial = self._knowledge.trial(proposal.entry)
        found = [*trial.differences(golden), *trial.differences([one.probe for one in real])]
        hidden = {one.asked.text for one in real if one.asked.id in private}
        return Findings(
            shadows=self._knowledge.shadows(proposal.entry),
            twins=self._knowledge.twins(proposal.entry),
            changed=tuple(_tried(each, hidden) for each in sorted(found, key=_worst_first)[:SHOWN]),
            questions=len(real),
            golden=len(golden),
        )


def golden_probes(file: Path | None) -> tuple[Probe, ...]:
    """The labelled questions of a file (see labelled_sets). Raises LabelsInvalid."""
    if file is None:
        return ()
    return tuple(_golden(question) for question in read_sets(file).questions)


def _golden(labelled: LabelledQuestion) -> Probe:
    def is_right(hit: Hit) -> bool:
        return any(gold.is_hit(hit) for gold in labelled.gold)

    question = Question(labelled.text, labelled.earlier, True, Audience.internal())
    return Probe(question, is_right, golden=True)


def _worst_first(difference: Difference) -> tuple[int, int]:
    """What gets worse, then what gets better, then what nobody judged; labelled ones first."""
    rank = {False: 0, True: 1, None: 2}[difference.better]
    return rank, 0 if difference.probe.golden else 1


def _tried(difference: Difference, hidden: Set[str]) -> Tried:
    probe, before, after = difference.probe, difference.before, difference.after
    private = probe.question.text in hidden and not probe.golden
    return Tried(
        question=words.PRIVATE_QUESTION if private else probe.question.text,
        before=_given(before),
        after=_given(after),
        band_before=before.band.value,
        band_after=after.band.value,
        better=difference.better,
        golden=probe.golden,
    )


def _given(verdict: Verdict) -> str:
    """What people see first: an entry by its id and question, a passage by its page; nothing in other bands."""
    if not verdict.hits or verdict.band not in (Band.ANSWER, Band.SUGGEST):
        return words.NOTHING_GIVEN
    hit = verdict.hits[0]
    return f"{hit.id}: {hit.title}" if hit.kind is HitKind.ENTRY else hit.name
