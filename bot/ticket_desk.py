"""What comes in about tickets that exist, on its way to whoever handles it."""

from __future__ import annotations

from bot.asking import Work
from bot.following import Hints
from bot.incoming import ButtonPressed, HomeOpened, OpsSubmitted, TicketChanged
from bot.ops_desk import OpsDesk
from bot.slack import ids
from bot.solved import Solved

BUTTONS = frozenset({ids.SOLVED, ids.OPS_TAKE})
"""Buttons handled here; the others of a ticket's life open a form first."""


class TicketDesk:
    """The worker's one address for a ticket's life."""

    def __init__(self, hints: Hints, ops_desk: OpsDesk, solved: Solved) -> None:
        self._hints = hints
        self._ops_desk = ops_desk
        self._solved = solved

    def pressed(self, item: ButtonPressed) -> Work:
        """One of BUTTONS."""
        return self._solved.yes(item) if item.action_id == ids.SOLVED else self._ops_desk.take(item)

    def handle(self, item: OpsSubmitted | TicketChanged | HomeOpened) -> Work:
        """A form about a request that exists, the tracker's word that a ticket changed, or a look at one's own."""
        if isinstance(item, TicketChanged):
            return self._hints.changed(item)
        if isinstance(item, HomeOpened):
            return self._hints.looks(item)
        return self._solved.not_yet(item) if item.action == ids.NOT_SOLVED else self._ops_desk.decided(item)
