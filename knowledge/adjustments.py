"""What a team changed about its desk's judgement: thresholds it chose, lessons its traffic taught, what fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.calibration import Calibration
from knowledge.failing import NONE_FAILING, Failing, saved_failing
from knowledge.lessons import Lessons, saved_lessons
from knowledge.protocols import Encoder
from knowledge.thresholds import Thresholds, chosen_thresholds


@dataclass(frozen=True)
class Adjustments:
    """Lessons and thresholds are None where there are none; ``failing`` is about single entries."""

    lessons: Lessons | None = None
    thresholds: Thresholds | None = None
    failing: Failing = NONE_FAILING

    def on(self, calibration: Calibration) -> Calibration:
        """The calibration as it judges in this desk."""
        if self.lessons is not None:
            calibration = self.lessons.on(calibration)
        return self.thresholds.on(calibration) if self.thresholds is not None else calibration


AS_FITTED = Adjustments()


def saved_adjustments(folder: Path, encoder: Encoder) -> Adjustments:
    """What is saved in a folder for this encoder. Cheap.

    Raises ModelUnavailable when something is saved but there is no model to compare it with.
    """
    return Adjustments(saved_lessons(folder, encoder), chosen_thresholds(folder, encoder), saved_failing(folder))
