"""What the commands share: the terminal, and opening what the desk knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from bot.wiring import KnowledgeParts
    from knowledge.model_encoder import ModelEncoder
    from knowledge.protocols import Encoder

out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)


@contextmanager
def open_parts(
    encoder: Encoder | None, begin: Callable[[ModelEncoder], object] | None = None
) -> Iterator[KnowledgeParts]:
    """Settings, database and knowledge for one command. Logs go to stderr, and only if something is wrong.

    ``begin`` is done to the model meanwhile.
    """
    from bot.encoder_wiring import meanwhile, text_encoder
    from bot.settings import load_settings

    settings = load_settings()
    with ExitStack() as stack:
        if encoder is None:
            encoder = model = text_encoder(settings)
            if begin:
                stack.enter_context(meanwhile(model, begin))
        from bot.logs import configure  # these take half a second
        from bot.wiring import open_knowledge

        configure("debug" if settings.log_level == "debug" else "warning", "text", settings.secrets)
        yield stack.enter_context(open_knowledge(settings, encoder))


def typed(text: str) -> str:
    """What was typed for a name or path. An empty one (a variable that is not set) must not mean the folder here."""
    if not text.strip():
        raise typer.BadParameter("It is empty: is a variable not set? Name a file or folder.")
    return text


def path(text: str) -> Path:
    """The same as a path. Every path of every command is read by it."""
    return Path(typed(text))


class RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """``12/s``; nothing before there is a pace."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed and speed >= 1 else "")


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on a terminal; nothing in a log file."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
        yield bar


@contextmanager
def busy(doing: str) -> Iterator[None]:
    """A spinner on a terminal; nothing in a log file."""
    if not err.is_terminal:
        yield
        return
    with err.status(doing):
        yield
