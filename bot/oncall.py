"""`/mops oncall`: who is on triage, and the changes the ops team makes to it. Answered on the spot."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot import triage_texts
from bot.clock import Clock
from bot.commands import DutyOff, DutySwap
from bot.database import Database
from bot.duties import Duties
from bot.on_duty import OnDuty
from bot.ops_people import OpsPeople
from bot.people import Directory
from bot.slack import mrkdwn, replies
from bot.slack.message import Message, clip, say
from bot.slack.ops import OpsChannel
from escalation.rotation import ChangeKind, DutyChange, on_duty_on, rest_of_turn

_NAME_LIMIT = 60


class Oncall:
    """Shows and changes who is on duty. Everybody may look; changes are the ops team's, who all hear of them."""

    def __init__(
        self,
        on_duty: OnDuty,
        directory: Directory,
        people: OpsPeople,
        ops: OpsChannel,
        database: Database,
        clock: Clock,
    ) -> None:
        self._on_duty = on_duty
        self._directory = directory
        self._people = people
        self._ops = ops
        self._database = database
        self._clock = clock

    def shown(self) -> Message:
        """Who is on duty, until when, and who then."""
        shift = self._on_duty.shift()
        return replies.oncall(shift.person, shift.until, shift.next_person)

    def swap(self, by: str, swap: DutySwap) -> Message:
        """Somebody takes over: the days named, or the rest of the turn."""
        if refusal := self._refusal(by):
            return refusal
        person = self._member(swap.who)
        if person is None:
            return self._who_is(swap.who)
        moment, rotation = self._clock(), self._on_duty.rotation
        changes = self._on_duty.changes(moment)
        first, last = swap.days or rest_of_turn(rotation, changes, moment)
        if last < rotation.duty_day(moment):
            return say(triage_texts.OVER)
        before = on_duty_on(rotation, changes, first)
        days = triage_texts.days(first, last)
        self._keep(
            DutyChange(person, ChangeKind.ON, first, last), by, triage_texts.said_takes(self._name(person), days)
        )
        back = f"@{self._first_name(before or person)} {first}..{last}"
        return say(triage_texts.takes(mrkdwn.person(person), days, mrkdwn.escape(back)))

    def off(self, by: str, off: DutyOff) -> Message:
        """Somebody is away: whoever says it, or the person named."""
        if refusal := self._refusal(by):
            return refusal
        person = self._member(off.who) if off.who else by
        if person is None or not self._on_duty.is_member(person):
            return self._who_is(off.who or self._name(by))
        first, last = off.days
        moment, rotation = self._clock(), self._on_duty.rotation
        if last < rotation.duty_day(moment):
            return say(triage_texts.OVER)
        change = DutyChange(person, ChangeKind.OFF, first, last)
        changes = self._on_duty.changes(moment)
        days = triage_texts.days(first, last)
        before, after = (on_duty_on(rotation, known, first) for known in (changes, (*changes, change)))
        self._keep(change, by, triage_texts.said_away(self._name(person), days))
        if after is None:
            return say(triage_texts.nobody_left(mrkdwn.person(person), days))
        instead = mrkdwn.person(after) if after != before else ""
        return say(triage_texts.is_away(mrkdwn.person(person), days, instead))

    def _refusal(self, by: str) -> Message | None:
        if not self._people.includes(by):
            return say(triage_texts.NOT_YOURS)
        return say(triage_texts.ALONE) if len(self._on_duty.rotation.members) < 2 else None  # noqa: PLR2004 - a swap

    def _keep(self, change: DutyChange, by: str, said: str) -> None:
        announced = triage_texts.changed_by(mrkdwn.escape(said), mrkdwn.escape(self._name(by)))
        now = self._clock()

        def write(session: Session) -> None:
            Duties(session).add(change, by, now)
            if self._ops.is_there:
                self._ops.tell(session, f"duty:{by}:{now.isoformat()}", say(announced))

        with self._database.write() as session:
            write(session)

    def _member(self, typed: str) -> str | None:
        """Whom of the rotation somebody means: a mention, an id, or a name or first name that only one has."""
        words = " ".join(typed.strip("<@>").partition("|")[0].casefold().split())
        members = [member.id for member in self._on_duty.rotation.members]
        exact = [member for member in members if words in (member.casefold(), self._name(member).casefold())]
        found = exact or [member for member in members if words in self._name(member).casefold().split()]
        return found[0] if len(found) == 1 else None

    def _who_is(self, typed: str) -> Message:
        names = ", ".join(self._name(member.id) for member in self._on_duty.rotation.members)
        return say(triage_texts.who_is(mrkdwn.escape(clip(typed, _NAME_LIMIT)), mrkdwn.escape(names)))

    def _name(self, person: str) -> str:
        """As the rotation file has it; Slack is asked for the others."""
        named = next((m.name for m in self._on_duty.rotation.members if m.id == person), "")
        return named or self._directory.person(person).name

    def _first_name(self, person: str) -> str:
        return self._name(person).split()[0]
