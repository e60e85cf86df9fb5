"""Where somebody stands in a checklist → messages. One message, changed in place at every click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot import checklist_texts, texts
from bot.slack import ids, mrkdwn
from bot.slack.markdown import parse, to_plain
from bot.slack.message import (
    CONTEXT_LIMIT,
    TEXT_LIMIT,
    Block,
    Message,
    actions,
    button,
    clip,
    context,
    one_line,
    row_id,
    say,
    section,
)
from bot.slack.mrkdwn import Line
from knowledge.checklists import Walk, known, mark_of
from knowledge.domain import Outcome, SourceLink, Step
from knowledge.variables import Known, filled, nothing_known

_FACT_LIMIT = 170
_TITLE_LIMIT = 120
_PARTS = 4  # of a button's value
_ROWS = ("actions", "context_actions")


@dataclass(frozen=True)
class Press:
    """What a checklist's button says: whose answer it stands under, and at which turn of which checklist."""

    question_id: int
    rank: int
    turn: int
    mark: str


@dataclass(frozen=True)
class Board:
    """Where somebody stands. ``files``: a ticket can be opened at once, otherwise the form is opened first."""

    question_id: int
    rank: int
    title: str
    walk: Walk
    turn: int = 0
    files: bool = True
    known: Known = nothing_known

    @property
    def value(self) -> str:
        """What its buttons say."""
        return f"{self.question_id}:{self.rank}:{self.turn}:{mark_of(self.walk.checklist)}"

    def filled(self, text: str) -> tuple[Line, ...]:
        """One of the checklist's texts as its reader sees it."""
        return parse(filled(text, self.known))


def press_of(value: str) -> Press | None:
    """What a button said; None for a value that is not ours."""
    parts = value.split(":")
    if len(parts) != _PARTS:
        return None
    question, rank, turn = (row_id(part) for part in parts[:3])
    return Press(question, rank, turn, parts[3]) if min(question, rank, turn) >= 0 else None


def open_question(board: Board) -> Message:
    """The question that is open, with its choices: what an answer ends with, and every further step."""
    step = board.walk.step
    if step is None:
        return Message("", ())
    asked = tuple(
        replace(line, spans=tuple(replace(s, bold=True) for s in line.spans)) for line in board.filled(step.ask)
    )
    lines = (*asked, *board.filled(step.help))
    blocks = (*(section(text) for text in mrkdwn.chunks(lines)), actions(*_choices(board, step)))
    return Message(mrkdwn.escape(mrkdwn.plain(lines)), blocks)


def with_question(message: Message, board: Board) -> Message:
    """An answer with its checklist's first question, above what can be said about the answer."""
    asked = open_question(board)
    at = next((n for n, block in enumerate(message.blocks) if block["type"] in _ROWS), len(message.blocks))
    lead = "" if board.walk.checklist.intro else checklist_texts.STARTS
    blocks = (*message.blocks[:at], *([context(lead)] if lead else []), *asked.blocks, *message.blocks[at:])
    said = f"\n{lead} {asked.text}"
    return replace(message, text=clip(message.text, TEXT_LIMIT - len(said)) + said, blocks=blocks)


def question(board: Board) -> Message:
    """On the way: what is known, and the next question."""
    asked = open_question(board)
    below = actions(_back(board), _ask_ops(board))
    return _message(board, asked.text, (*asked.blocks, below))


def outcome(board: Board, end: Outcome) -> Message:
    """At the end: what explains it, or that people take over."""
    people = end.ticket is not None
    lines = board.filled(end.text or (checklist_texts.TICKET_LEADS if people else ""))
    row = [] if people else [button(checklist_texts.EXPLAINS, ids.CHECK_EXPLAINS, board.value, primary=True)]
    hand_over = _open_ticket(board, primary=people) if board.files else _ask_ops(board, primary=people)
    blocks = (*_explanation(lines, end.sources), actions(*row, hand_over, _back(board)))
    return _message(board, mrkdwn.escape(mrkdwn.plain(lines)), blocks)


def explained(board: Board, end: Outcome) -> Message:
    """After "That explains it": the explanation stays."""
    lines = board.filled(end.text)
    blocks = (*_explanation(lines, end.sources), context(checklist_texts.EXPLAINED), actions(_ask_ops(board)))
    spoken = f"{mrkdwn.escape(mrkdwn.plain(lines))}\n{checklist_texts.EXPLAINED}"
    return _message(board, spoken, blocks)


def passed_on(board: Board) -> Message:
    """After the ticket was opened, whose card says the rest."""
    return _message(board, checklist_texts.PASSED_ON, (section(checklist_texts.PASSED_ON),))


def changed(board: Board) -> Message:
    """The checklist is another one by now; ``board`` stands at the beginning of that one."""
    again = button(checklist_texts.START_AGAIN, ids.CHECK_AGAIN, board.value, primary=True)
    return say(checklist_texts.CHANGED, actions(again, _ask_ops(board)))


def gone(question_id: int) -> Message:
    """There is no such checklist any more."""
    return say(checklist_texts.GONE, actions(button(texts.ASK_OPS, ids.ASK_OPS, str(question_id), primary=True)))


def others(asker: str) -> Message:
    """To somebody who is neither the asker nor of the ops team; ``asker`` is a name."""
    return say(lambda m: checklist_texts.others(m.words(asker)))


def _message(board: Board, spoken: str, blocks: Sequence[Block]) -> Message:
    """Title and trail above, and all of it once more as plain text."""
    title = mrkdwn.escape(checklist_texts.title(clip(one_line(board.title), _TITLE_LIMIT)))
    facts = _facts(board)
    trail = (context(clip("\n".join(facts), CONTEXT_LIMIT)),) if facts else ()
    text = clip("\n".join([title, *facts, spoken]), TEXT_LIMIT)
    return Message(text, (context(title), *trail, *blocks))


def _facts(board: Board) -> list[str]:
    said = (to_plain(filled(known(step, choice), board.known)) for step, choice in board.walk.made)
    facts = [mrkdwn.escape(clip(one_line(fact), _FACT_LIMIT)) for fact in said]
    end = board.walk.outcome
    explained = facts[-1:] if end is not None and end.ticket is None else []
    ruled_out = facts[: len(facts) - len(explained)]
    return [*map(checklist_texts.passed, ruled_out), *map(checklist_texts.found, explained)]


def _explanation(lines: Sequence[Line], sources: Sequence[SourceLink]) -> tuple[Block, ...]:
    links = [mrkdwn.link(clip(one_line(source.title or source.url), _FACT_LIMIT), source.url) for source in sources]
    links[:1] = [f"📄 {first}" for first in links[:1]]
    return (*(section(text) for text in mrkdwn.chunks(lines)), *([context(*links)] if links else []))


def _choices(board: Board, step: Step) -> list[Block]:
    return [button(choice.label, f"{ids.CHECK}_{place}", board.value) for place, choice in enumerate(step.choices)]


def _back(board: Board) -> Block:
    return button(checklist_texts.BACK, ids.CHECK_BACK, board.value)


def _ask_ops(board: Board, *, primary: bool = False) -> Block:
    return button(texts.ASK_OPS, ids.ASK_OPS, str(board.question_id), primary=primary)


def _open_ticket(board: Board, *, primary: bool = False) -> Block:
    return button(texts.OPEN_TICKET, ids.CHECK_TICKET, board.value, primary=primary)
