"""`mops-desk ask`: one question, a file of them, or one after the other. Nothing is recorded."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli_terminal import busy, open_parts, out, path

if TYPE_CHECKING:
    from bot.domain import Escalation, Reply
    from bot.questions_file import BatchLine
    from knowledge.domain import Hit, Question, Verdict
    from knowledge.knowledge_base import KnowledgeBase

EARLIER = 5
"""How many questions back a follow-up may lean on when they are asked one after the other."""


def ask(
    ctx: typer.Context,
    question: Annotated[str | None, typer.Argument(help="Leave it out to ask one after the other.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    overheard: Annotated[bool, typer.Option(help="As a message in a channel that did not address the desk.")] = False,
    explain: Annotated[bool, typer.Option(help="Show every number behind the decision.")] = False,
    batch: Annotated[Path | None, typer.Option(parser=path, help="A JSONL file with one question per line.")] = None,
) -> None:
    """Ask a question. Nothing is recorded and no ticket is opened."""
    if question is not None and batch is not None:
        raise typer.BadParameter("Name a question or a --batch file, not both.")
    if question is not None and not question.strip() and not as_json:  # a script gets its verdict, whatever it asks
        raise typer.BadParameter("Type a question.")
    from bot.encoder_wiring import warm_up

    lines = _read(batch) if batch else ()
    with open_parts(ctx.obj, warm_up) as parts:
        asker = _Asker(parts.base, parts.settings.escalation, overheard)
        with busy("Loading what the desk knows"):
            asker.get_ready()
        if batch:
            _answer_batch(asker, lines)
        else:
            for texts in [(question,)] if question is not None else _one_after_the_other():
                _answer(asker, texts, as_json, explain)


@dataclass(frozen=True)
class _Asker:
    """Asks the knowledge base as a colleague, addressing the desk or overheard by it."""

    base: KnowledgeBase
    escalation: Escalation
    overheard: bool

    def get_ready(self) -> None:
        """Load index and model now: their time is nobody's answer time."""
        self.base.ensure_current()
        if not self.base.is_empty:
            self.ask(("warm up",))

    def ask(self, texts: tuple[str, ...]) -> tuple[Verdict, float]:
        """The verdict on the last text, and how long it took in milliseconds."""
        question = self._question(texts)
        started = time.perf_counter()
        verdict = self.base.verdict(question)
        return verdict, round((time.perf_counter() - started) * 1000, 3)

    def reply(self, texts: tuple[str, ...]) -> Reply:
        """What the desk would do about the last text."""
        from bot.help_desk import HelpDesk

        return HelpDesk(self.base, self.escalation).reply(self._question(texts))

    def _question(self, texts: tuple[str, ...]) -> Question:
        from knowledge.domain import Audience, Question

        *earlier, text = (_well_formed(text) for text in texts)
        return Question(text, tuple(earlier), addressed=not self.overheard, audience=Audience.internal())


def _read(path: Path) -> tuple[BatchLine, ...]:
    from bot.questions_file import read_questions

    return read_questions(path)


def _answer(asker: _Asker, texts: tuple[str, ...], as_json: bool, explain: bool) -> None:
    if as_json:
        _print_json(_as_json(*asker.ask(texts)))
        return
    from bot import answer_text

    for line in answer_text.lines(asker.reply(texts), texts[-1], explain):
        out.print(line, markup=False, soft_wrap=True)


def _answer_batch(asker: _Asker, lines: Iterable[BatchLine]) -> None:
    for line in lines:
        _print_json({"id": line.id, **_as_json(*asker.ask(line.texts))})


def _one_after_the_other() -> Iterator[tuple[str, ...]]:
    """Each question with the ones before it. On a terminal an empty line ends it; elsewhere the end of the input."""
    interactive = sys.stdin.isatty()
    if interactive:
        out.print("Ask away. An empty line ends it; a follow-up may lean on the question before.", markup=False)
    earlier: tuple[str, ...] = ()
    while True:
        try:
            text = (input("\n> ") if interactive else next(sys.stdin)).strip()
        except (EOFError, StopIteration, KeyboardInterrupt):
            return
        if text:
            earlier = (*earlier, text)[-EARLIER:]
            yield earlier
        elif interactive:
            return


def _print_json(value: dict[str, Any]) -> None:
    """One line of plain ASCII, so that no terminal or pipe can garble it; sent at once."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _as_json(verdict: Verdict, elapsed: float) -> dict[str, Any]:
    return {
        "band": verdict.band.value,
        "confidence": round(verdict.confidence, 6),
        "reason": verdict.reason,
        "hits": [_hit_json(hit) for hit in verdict.hits],
        "ms": elapsed,
    }


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind.value,
        "id": hit.id,
        "title": hit.title,
        "path": hit.path,
        "heading": hit.heading,
        "url": hit.url,
        "text": hit.text,
        "quote": hit.quote,
        "score": round(hit.score, 6),
    }


def _well_formed(text: str) -> str:
    """Without halves of characters (lone surrogates), which JSON and odd terminals can carry and no model reads."""
    return text.encode("utf-8", "replace").decode("utf-8")
