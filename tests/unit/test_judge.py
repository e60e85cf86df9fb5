from __future__ import annotations

from dataclasses import replace

import pytest
from support_knowledge import ask

from knowledge.calibration import DEFAULT, Calibration, default_calibration
from knowledge.candidates import FEATURES, Candidate
from knowledge.domain import Band, Cause, HitKind
from knowledge.judge import Judge
from knowledge.signals import MARGIN_CAP, SIGNALS, signals


def candidate(strength: float, kind: HitKind = HitKind.ENTRY, target: int = 0) -> Candidate:
    return Candidate(target, kind, dict.fromkeys(FEATURES, strength), strength, strength, 0)


GOOD = (candidate(0.9), candidate(0.3, target=1))
CLOSE = (candidate(0.52), candidate(0.5, target=1))
WEAK = (candidate(0.35), candidate(0.34, target=1))
FAR = (candidate(0.1), candidate(0.1, target=1))


@pytest.mark.parametrize(
    ("ranked", "band", "cause"),
    [
        (GOOD, Band.ANSWER, Cause.GOOD_MATCH),
        (CLOSE, Band.SUGGEST, Cause.CLOSE_MATCHES),
        (WEAK, Band.ESCALATE, Cause.NO_MATCH),
        (FAR, Band.ESCALATE, Cause.OFF_TOPIC),
        ((), Band.ESCALATE, Cause.NO_MATCH),
    ],
)
def test_bands_follow_the_confidence(ranked: tuple[Candidate, ...], band: Band, cause: Cause) -> None:
    decision = Judge(DEFAULT).decide(ask("Where are my MQLs?"), ranked)
    assert (decision.band, decision.cause) == (band, cause)
    assert decision.reason.endswith(".")
    assert 0 <= decision.confidence <= 1


@pytest.mark.parametrize(
    ("strength", "coverage", "off_topic"), [(0.24, 0.61, True), (0.24, 0.70, False), (0.30, 0.61, False)]
)
def test_a_rare_word_somewhere_in_the_documents_does_not_make_a_far_question_ours(
    strength: float, coverage: float, off_topic: bool
) -> None:
    best = candidate(strength)
    ranked = (replace(best, features={**best.features, "coverage": coverage}), candidate(strength, target=1))
    decision = Judge(DEFAULT).decide(ask("What is the best pizza in Berlin?"), ranked)
    assert (decision.cause is Cause.OFF_TOPIC) == off_topic


def test_small_talk_to_the_desk_gets_no_answer_and_no_silence() -> None:
    decision = Judge(DEFAULT).decide(ask("thanks a lot!"), GOOD)
    assert (decision.band, decision.cause, decision.confidence) == (Band.ESCALATE, Cause.SMALL_TALK, 0.0)


@pytest.mark.parametrize(
    ("text", "ranked", "band"),
    [
        ("Where are my MQLs?", GOOD, Band.ANSWER),
        ("Where are my MQLs?", CLOSE, Band.SUGGEST),
        ("Where are my MQLs?", WEAK, Band.ESCALATE),
        ("Where are my MQLs?", FAR, Band.QUIET),
        ("The MQL dashboard is live.", GOOD, Band.QUIET),
        ("@jonas where are my MQLs?", GOOD, Band.QUIET),
        ("thanks!", GOOD, Band.QUIET),
    ],
)
def test_an_overheard_remark_is_the_desks_business_only_when_it_asks_for_something_the_team_knows_of(
    text: str, ranked: tuple[Candidate, ...], band: Band
) -> None:
    assert Judge(DEFAULT).decide(ask(text, addressed=False), ranked).band is band


def test_whoever_addressed_the_desk_is_never_met_with_silence() -> None:
    for text in ("The dashboard is live.", "@jonas can you help?", "lol", "", "👍"):
        for ranked in (GOOD, CLOSE, WEAK, FAR, ()):
            assert Judge(DEFAULT).decide(ask(text), ranked).band is not Band.QUIET


def test_each_kind_has_its_own_threshold() -> None:
    strict = replace(DEFAULT, entry=replace(DEFAULT.entry, answer=1.01))
    assert Judge(strict).decide(ask("Where are my MQLs?"), GOOD).band is Band.SUGGEST


def test_a_decision_tells_every_signal_it_rests_on() -> None:
    explanation = Judge(DEFAULT).decide(ask("Where are my MQLs?"), GOOD).explanation
    assert set(SIGNALS) <= explanation.keys()


def test_a_lone_candidate_leads_by_the_cap() -> None:
    assert signals(GOOD[:1])["margin"] == MARGIN_CAP


def test_a_calibration_survives_its_json() -> None:
    assert Calibration.from_json(DEFAULT.to_json()) == DEFAULT


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entry": {"model": 3}}', '{"entry": 1, "passage": 2}'])
def test_other_json_is_no_calibration(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Calibration.from_json(text)


def test_no_signal_speaks_against_a_hit() -> None:
    for kind in HitKind:
        assert all(weight >= 0 for weight in DEFAULT.of(kind).model.weights.values())


def test_a_report_of_trouble_goes_to_people_rather_than_to_three_choices() -> None:
    assert Judge(DEFAULT).decide(ask("landing page is down!!!"), CLOSE).band is Band.ESCALATE
    assert Judge(DEFAULT).decide(ask("landing page is down!!!"), GOOD).band is Band.ANSWER


def test_a_decision_tells_how_its_confidence_adds_up() -> None:
    explanation = Judge(DEFAULT).decide(ask("Where are my MQLs?"), GOOD).explanation
    assert explanation["confidence from"] == "10.50 x similarity + 2.00 x margin + (-5.00)"


def test_an_faq_of_titles_is_sure_of_what_is_like_a_title_and_of_nothing_else() -> None:
    """As in a public FAQ of titles (of entries that taught nothing), right hits stand at .50, wrong ones at .27."""
    decide = Judge(default_calibration(with_head=False)).decide
    right, wrong = ((candidate(found), candidate(0.25, target=1)) for found in (0.5, 0.27))
    assert decide(ask("Where are my MQLs?"), right).confidence > 0.8
    assert decide(ask("Where are my MQLs?"), wrong).confidence < 0.2
