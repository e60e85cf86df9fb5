"""`mops-desk adapt`: an embedding model of the team's own, made from its FAQ's phrasings, kept when it helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cli_terminal import err, open_parts, out, progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.adapting import Adaptation


def adapt() -> None:
    """Teach the embedding model how your team asks, from the FAQ's phrasings. Takes minutes of every core.

    It is kept when it finds more phrasings that were held back, and used once EMBEDDING_MODEL names it.
    """
    from bot.wiring import glossary
    from knowledge.adapting import adapt as teach
    from knowledge.corpus import load_corpus
    from knowledge.model_files import ModelFiles

    with open_parts(None) as parts:
        with parts.database.read() as session:
            corpus = load_corpus(session)
        settings = parts.settings
        files, abbreviations = ModelFiles.of(settings.embedding_model), glossary(settings)()
    with progress() as bar:
        outcome = teach(files, corpus, settings.models_dir, abbreviations, _watching(bar))
    for line in told(outcome):
        out.print(line, markup=False, soft_wrap=True)


def told(outcome: Adaptation) -> tuple[str, ...]:
    """What came of it, and what to do next."""
    gain = f"{_points(outcome.after - outcome.before)} points, 95 % {_points(outcome.low)} to {_points(outcome.high)}"
    found = (
        f"Of {outcome.asked} phrasings held back, {outcome.before:.1%} found their entry first before, "
        f"{outcome.after:.1%} after ({gain})."
    )
    if outcome.folder is None:
        return (
            found,
            "That may be chance, so nothing is kept and nothing has changed. "
            "More phrasings per entry help more: what people asked is in the curation desk.",
        )
    return (
        found,
        f"Texts that nothing was learned from moved by {outcome.moved:.4f}.",
        f"Kept in {outcome.folder}",
        f"To use it, set EMBEDDING_MODEL={outcome.folder} and restart the desk: it exports the model and embeds "
        "everything anew once. To go back, take the setting away.",
    )


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _watching(bar: Any) -> Callable[[str, int, int], None]:  # noqa: ANN401 - a rich Progress
    """One task on the bar for each thing that is done."""
    tasks: dict[str, Any] = {}

    def watch(doing: str, done: int, total: int) -> None:
        if doing not in tasks:
            tasks[doing] = bar.add_task(doing, total=total)
            if not err.is_terminal:
                err.print(f"{doing} …", markup=False)
        bar.update(tasks[doing], completed=done)

    return watch
