"""Choosing this desk's thresholds from labelled questions, and saying in words what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.evaluating import Content, LabelFiles, Watch, desk_with
from bot.settings import Settings
from knowledge.calibration import KindCalibration
from knowledge.domain import HitKind
from knowledge.evaluation.labelled_sets import LabelledSets
from knowledge.evaluation.measuring import measure
from knowledge.evaluation.threshold_choice import LEAST_SHOWN, Choice, Evidence, choose
from knowledge.protocols import Encoder
from knowledge.thresholds import NEVER, KindThresholds, Thresholds, chosen_thresholds, save_thresholds

_NAMES = {HitKind.ENTRY: "FAQ entries", HitKind.PASSAGE: "Documents"}


def calibrate(
    content: Content,
    files: LabelFiles,
    settings: Settings,
    encoder: Encoder,
    targets: tuple[float, float],
    watch: Watch,
) -> tuple[str, ...]:
    """Choose, save to DATA_DIR, and tell. ``targets`` are the precision of answers and the top-3 rate of offers.

    Raises DeskError, KnowledgeError.
    """
    sets = files.read()
    with desk_with(content, settings, encoder, watch("Preparing the desk")) as base:
        before = base.calibration()
        _, measured = measure(base, sets, watch("Asking"))
    choices = [choose(measured.outcomes, kind, *targets) for kind in HitKind]
    findings = [_Finding(one, before.of(one.kind), _has_gold(sets, one.kind), targets) for one in choices]
    told = [line for finding in findings for line in finding.told()]
    if not any(choice.has_evidence for choice in choices):
        return (*told, "Nothing was saved: the thresholds are what they were.")
    saved = _save(choices, settings, encoder)
    return (
        *told,
        f"Saved in {saved}. A running desk follows within seconds. The way back to the desk's own thresholds: "
        "delete that file.",
    )


def _save(choices: Sequence[Choice], settings: Settings, encoder: Encoder) -> Path:
    present = chosen_thresholds(settings.data_dir, encoder) or Thresholds(encoder.name)
    changed = {choice.kind: choice for choice in choices if choice.has_evidence}
    entry = _chosen(changed.get(HitKind.ENTRY), present.entry)
    passage = _chosen(changed.get(HitKind.PASSAGE), present.passage)
    return save_thresholds(settings.data_dir, Thresholds(encoder.name, entry, passage))


def _chosen(choice: Choice | None, present: KindThresholds | None) -> KindThresholds | None:
    """What is kept for a kind of hit; offers stay where nothing was found for them."""
    if choice is None:
        return present
    answer = choice.answer.threshold if choice.answer else NEVER
    suggest = choice.suggest.threshold if choice.suggest else present.suggest if present else None
    return KindThresholds(answer, None if suggest is None else min(suggest, answer))


def _has_gold(sets: LabelledSets, kind: HitKind) -> bool:
    """Whether any question's right answer is a hit of this kind."""
    golds = (gold for question in sets.questions for gold in question.gold)
    return any((gold.entry is not None) is (kind is HitKind.ENTRY) for gold in golds)


@dataclass(frozen=True)
class _Finding:
    """What was chosen for one kind of hit, beside what has counted so far. ``has_gold``: see there."""

    choice: Choice
    before: KindCalibration
    has_gold: bool
    targets: tuple[float, float]

    def told(self) -> Iterator[str]:
        """One line about answers, one about offers."""
        name, few = _NAMES[self.choice.kind], not self.choice.has_evidence
        yield f"{name}: {self._nothing_to_go_by() if few else self._answers()}"
        if not few:
            yield f"{name}: {self._suggestions()}"

    def _nothing_to_go_by(self) -> str:
        first = f"the first hit for {self.choice.first} of these questions"
        none = "" if self.has_gold else ", and the right answer to none: label some to set a threshold for them"
        return f"{first}{none}; it takes {LEAST_SHOWN} to tell. Nothing changes for them."

    def _answers(self) -> str:
        choice, began = self.choice, self.before.answer
        if choice.answer is None:
            none = "" if self.has_gold else ", whose right answer is never one of them"
            missed = (
                f"no threshold reaches {_percent(self.targets[0])} % right answers on these {choice.first} "
                f"questions{none}, so"
            )
            if began == NEVER:
                return f"{missed} answers stay off; the closest matches are offered instead."
            now = "they are off now: people get the closest matches to choose from."
            return f"answers began at {began:.2f}; {missed} {now}"
        at = choice.answer.threshold
        so_far = "were off" if began == NEVER else f"began at {began:.2f}"
        return f"{_cost(choice.answer, choice.asked)}. Answers {so_far} until now, and begin at {at:.2f} from now on."

    def _suggestions(self) -> str:
        found = self.choice.suggest
        if found:
            return f"{_offers(found)}. Until now offers began at {self.before.suggest:.2f}."
        return (
            f"below that, no threshold holds the right one among three {_percent(self.targets[1])} % of the time; "
            "offers stay as they were."
        )


def _cost(evidence: Evidence, asked: int) -> str:
    low, high = evidence.range
    return (
        f"at {evidence.threshold:.2f} we answer {_percent(evidence.shown / asked)} % of questions and "
        f"{_percent(1 - evidence.share)} % ({_percent(1 - high)}-{_percent(1 - low)}) are wrong"
    )


def _offers(evidence: Evidence) -> str:
    low, high = evidence.range
    return (
        f"from {evidence.threshold:.2f} we offer the closest three, and {_percent(evidence.share)} % "
        f"({_percent(low)}-{_percent(high)}) of these {evidence.shown} offers hold the right one"
    )


def _percent(share: float) -> str:
    return f"{share * 100:.0f}"
