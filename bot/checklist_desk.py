"""Walking through an entry's checklist, click by click, in the message that shows its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from bot.answer_variables import AnswerVariables
from bot.asking import Work
from bot.checklist_runs import ChecklistRuns, Run, RunState
from bot.clock import Clock
from bot.conversations import AskedQuestion, Conversations
from bot.database import Database
from bot.domain import Asked, Kept
from bot.incoming import ButtonPressed
from bot.ops_people import OpsPeople
from bot.people import Directory
from bot.requests import Opening, RequestDesk
from bot.rereading import Rereading, Unreadable, pressed_at
from bot.slack import answers, checklists, ids, tickets
from bot.slack.checklists import Board, Press
from bot.slack.message import Message
from bot.speaking import Speaker
from knowledge.checklists import Walk, mark_of
from knowledge.domain import Band, Checklist, EntryStatus, Hit
from knowledge.entry_store import EntryStore
from knowledge.variables import Known

BUTTONS = (ids.CHECK, ids.CHECK_BACK, ids.CHECK_EXPLAINS, ids.CHECK_TICKET, ids.CHECK_AGAIN)


@dataclass(frozen=True)
class _Click:
    """A button with everything it stands for, looked up. ``opening`` is the request that it may open."""

    item: ButtonPressed
    press: Press
    question: AskedQuestion
    hit: Hit  # the answer that has the checklist, as it is now
    known: Known
    opening: Opening | None = None


class ChecklistDesk:
    """Handles the buttons of checklists. The asker drives, and the ops team may; the run's row decides what counts.

    A button works at its own turn only: pressed twice, or left over, it shows where things stand. ``files``: a ticket
    is opened at once (ESCALATION=auto).
    """

    def __init__(
        self,
        requests: RequestDesk,
        people: OpsPeople,
        rereading: Rereading,
        variables: AnswerVariables,
        directory: Directory,
        speaker: Speaker,
        database: Database,
        clock: Clock,
        *,
        files: bool,
    ) -> None:
        self._requests = requests
        self._people = people
        self._rereading = rereading
        self._variables = variables
        self._directory = directory
        self._speaker = speaker
        self._database = database
        self._clock = clock
        self._files = files

    def pressed(self, item: ButtonPressed) -> Work:
        """What a button does."""
        press = checklists.press_of(item.value)
        with self._database.read() as session:
            question = Conversations(session).question(press.question_id) if press else None
        if press is None or question is None or press.rank >= len(question.verdict.hits):
            return self._tell(item, answers.forgotten_question())
        if item.user != question.person and not self._people.includes(item.user):
            return self._tell(item, checklists.others(self._directory.person(question.person).name))
        hit = self._rereading.hit(question, press.rank, pressed_at(item), item.user)
        if isinstance(hit, Unreadable):
            return self._not_there(item, question, hit)
        known = self._variables.known(hit, question.place, question.person)
        click = _Click(item, press, question, hit, known)
        if item.action_id == ids.CHECK_TICKET:
            click = replace(click, opening=self._opening(question))
        return lambda session: self._show(session, click)

    def _not_there(self, item: ButtonPressed, question: AskedQuestion, why: Unreadable) -> Work:
        """Taken back meanwhile, or somebody reads along now who may not."""
        if why is Unreadable.NOT_HERE:
            return self._tell(item, answers.not_yours() if item.ephemeral else answers.not_for_channel())
        gone = checklists.gone(question.id)
        return lambda session: self._speaker.replace_pressed(session, item, gone)

    def _opening(self, question: AskedQuestion) -> Opening:
        with self._database.read() as session:
            checked = ChecklistRuns(session).checked(question.id)
        asked = Asked(question.text, question.person, question.place, addressed=True)
        return self._requests.prepare(asked, question.verdict, tickets.Because.CHECKED, checked)

    def _show(self, session: Session, click: _Click) -> None:
        message = replace(self._turn(session, click), kept=Kept.of(click.hit))
        self._speaker.replace_pressed(session, click.item, message)

    def _turn(self, session: Session, click: _Click) -> Message:
        """Make the click count, once, and show where things stand after it."""
        runs, press = ChecklistRuns(session), click.press
        checklist = _current(session, click.hit)
        if checklist is None:
            return checklists.gone(click.question.id)
        mark, run = mark_of(checklist), runs.of(click.question.id, click.hit.id)
        if press.mark == mark and (run is None or (run.mark != mark and click.item.action_id == ids.CHECK_AGAIN)):
            run = runs.begin(click.question.id, click.hit.id, mark, self._clock())
        walk = Walk.along(checklist, run.trail) if run and run.mark == mark == press.mark else None
        if run is None or walk is None:
            return checklists.changed(self._board(click, Walk(checklist), 0))
        if run.turn == press.turn and run.state is RunState.OPEN:
            run, walk = self._step(session, click, run, walk)
        return self._shown(click, run, walk)

    def _step(self, session: Session, click: _Click, run: Run, walk: Walk) -> tuple[Run, Walk]:
        runs, action, now = ChecklistRuns(session), click.item.action_id, self._clock()
        if action == ids.CHECK_BACK and walk.made:
            walk = walk.back()
            return runs.stand(run, walk, now), walk
        if action == ids.CHECK_EXPLAINS and walk.outcome:
            if click.item.user == click.question.person:
                Conversations(session).feedback(click.question.id, click.item.user, True, now)
            return runs.end(run, RunState.EXPLAINED, now), walk
        if action == ids.CHECK_TICKET and walk.outcome and click.opening:
            question = click.question
            self._requests.open_for_question(session, click.opening, question.id, question.conversation_id)
            return runs.end(run, RunState.TICKET, now), walk
        chosen = walk.choose(_place(action))
        return (run, walk) if chosen is walk else (runs.stand(run, chosen, now), chosen)

    def _shown(self, click: _Click, run: Run, walk: Walk) -> Message:
        board, end = self._board(click, walk, run.turn), walk.outcome
        if run.state is RunState.TICKET:
            return checklists.passed_on(board)
        if end is not None:
            return (
                checklists.explained(board, end)
                if run.state is RunState.EXPLAINED
                else checklists.outcome(board, end)
            )
        if not walk.made and click.item.action_id != ids.CHECK_AGAIN:
            return self._answer(click, walk.checklist)
        return checklists.question(board)

    def _answer(self, click: _Click, checklist: Checklist) -> Message:
        """Back at the beginning: the answer as it was, with the first question."""
        verdict, rank = click.question.verdict, click.press.rank
        return answers.answer(
            click.question.id,
            replace(click.hit, checklist=checklist),
            rank,
            len(verdict.hits) > 1,
            self._clock().date(),
            good=rank == 0 and verdict.band is Band.ANSWER,
            private=click.item.ephemeral,
            known=click.known,
        )

    def _board(self, click: _Click, walk: Walk, turn: int) -> Board:
        question = click.question
        return Board(question.id, click.press.rank, click.hit.title, walk, turn, self._files, click.known)

    def _tell(self, item: ButtonPressed, message: Message) -> Work:
        return lambda session: self._speaker.answer_press(session, item, message)


def _current(session: Session, hit: Hit) -> Checklist | None:
    """The checklist as it stands now; None when the entry is no longer published, or has none any more."""
    entry = EntryStore(session).get(hit.id)
    return entry.checklist if entry and entry.status is EntryStatus.PUBLISHED else None


def _place(action_id: str) -> int:
    """Which choice a button is; -1 for other buttons."""
    name, _, place = action_id.rpartition("_")
    return int(place) if name == ids.CHECK and place.isdigit() else -1
