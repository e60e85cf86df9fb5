"""Choosing this desk's thresholds from labelled questions, and saying in words what they cost."""

from __future__ import annotations

from collections.abc import Iterator

from bot.evaluating import Content, LabelFiles, Watch, desk_with
from bot.settings import Settings
from knowledge.domain import HitKind
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
        _, measured = measure(base, sets, watch("Asking"))
    choices = [choose(measured.outcomes, kind, *targets) for kind in HitKind]
    present = chosen_thresholds(settings.data_dir, encoder) or Thresholds(encoder.name)
    changed = {choice.kind: _chosen(choice) for choice in choices if choice.has_evidence}
    entry = changed.get(HitKind.ENTRY, present.entry)
    passage = changed.get(HitKind.PASSAGE, present.passage)
    saved = save_thresholds(settings.data_dir, Thresholds(encoder.name, entry, passage))
    told = [line for choice in choices for line in _told(choice, targets)]
    return (*told, f"Saved in {saved}. A running desk follows within seconds.")


def _chosen(choice: Choice) -> KindThresholds:
    answer = choice.answer.threshold if choice.answer else NEVER
    return KindThresholds(answer, choice.suggest.threshold if choice.suggest else None)


def _told(choice: Choice, targets: tuple[float, float]) -> Iterator[str]:
    name = _NAMES[choice.kind]
    if not choice.has_evidence:
        yield (
            f"{name}: the first hit for {choice.first} of these questions; it takes {LEAST_SHOWN} to tell. "
            "Nothing changes for them."
        )
        return
    if choice.answer:
        yield f"{name}: {_cost(choice.answer, choice.asked)}."
    else:
        yield (
            f"{name}: no threshold reaches {_percent(targets[0])} % right answers on these {choice.first} questions, "
            "so answers stay off; the closest matches are offered instead."
        )
    if choice.suggest:
        yield f"{name}: {_offers(choice.suggest)}."
    else:
        yield (
            f"{name}: below that, no threshold holds the right one among three {_percent(targets[1])} % of the time; "
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
