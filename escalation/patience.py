"""How long the desk waits for details it asked for, as a forms file says in its defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from escalation.errors import FormsInvalid
from escalation.working_hours import WorkingHours
from escalation.yaml_nodes import YamlFile

_DAYS_BETWEEN = 2


@dataclass(frozen=True)
class Patience:
    """Reminders come ``days_between`` working days apart; then, ``closes_after`` working days after asking, it ends.

    ``closes_after`` 0: never.
    """

    max_reminders: int = 2
    closes_after: int = 10
    days_between: int = _DAYS_BETWEEN

    def reminds_on(self, last: date, hours: WorkingHours) -> date:
        """The day of the next reminder after ``last``, the day of asking or of the reminder before."""
        return hours.business_days_after(last, self.days_between)

    def closes_on(self, asked: date, last: date, hours: WorkingHours) -> date | None:
        """The day it is closed; never before the last reminder had its days. None: it stays open."""
        if self.closes_after == 0:
            return None
        return max(hours.business_days_after(asked, self.closes_after), self.reminds_on(last, hours))


def load_patience(path: Path) -> Patience:
    """The patience a forms file asks for. Raises FormsInvalid naming every problem."""
    file = YamlFile(path)
    root = file.root()
    top = file.mapping(root, "a forms file") if root is not None else {}
    found = file.mapping(top["defaults"], "defaults") if "defaults" in top else {}
    whole = {
        name: file.whole(found[name], name)
        for name in ("max_reminders", "close_when_silent_business_days")
        if name in found
    }
    if file.problems:
        raise FormsInvalid(file.problems)
    default = Patience()
    reminders = whole.get("max_reminders")
    closes = whole.get("close_when_silent_business_days")
    return Patience(
        default.max_reminders if reminders is None else reminders,
        default.closes_after if closes is None else closes,
    )
