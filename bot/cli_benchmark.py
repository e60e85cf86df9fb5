"""`mops-desk benchmark`: how fast this desk is on this machine, next to the bare model."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bot.cli_terminal import err, out, path

if TYPE_CHECKING:
    from bot.benchmark import Results, Serving
    from knowledge.benchmark import Growth


def benchmark(
    questions: Annotated[Path, typer.Option(parser=path, help="JSONL with a question (or thread) per line.")],
    faq: Annotated[Path | None, typer.Option(parser=path, help="An FAQ file for the measured desk.")] = None,
    docs: Annotated[
        Path | None, typer.Option(parser=path, help="A folder of documents for the measured desk.")
    ] = None,
    texts: Annotated[int, typer.Option(min=300, help="Passages to measure embedding with.")] = 2000,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Measure latency, memory, embedding and growth. Takes some minutes; your own desk is not touched."""
    from bot.benchmark import Workload
    from bot.benchmark import as_json as to_json
    from bot.benchmark import benchmark as measure
    from bot.questions_file import read_questions
    from bot.settings import load_settings

    asked = tuple(line.texts for line in read_questions(questions))
    results = measure(Workload(faq, docs, asked, texts), load_settings(), lambda doing: err.print(f"{doing} …"))
    if as_json:
        sys.stdout.write(to_json(results) + "\n")
        return
    _print(results)


def _print(results: Results) -> None:
    out.print(" · ".join(f"{name} {value}" for name, value in results.about.items()), markup=False, soft_wrap=True)
    table = Table("what", "measured", "aim", box=None)
    for row in _rows(results):
        table.add_row(*row)
    out.print(table)
    growing = Table("vectors", "search", "build", "p50", "p99", "recall@10", "memory", box=None)
    for found in results.growth:
        growing.add_row(*_growth_row(found))
    out.print(growing)


def _rows(results: Results) -> Iterator[tuple[str, str, str]]:
    for serving, by in ((results.serving, "by the clock"), (results.work, "by the processor")):
        yield from _serving_rows(serving, by)
    yield "memory of a desk that answers", f"{results.megabytes:.0f} MB", "400 MB"
    starts = sorted(results.fresh_seconds)
    yield "first answer of a fresh process", f"{starts[len(starts) // 2]:.2f} s (best {starts[0]:.2f})", "1.5 s"
    ingest = results.ingest
    made = f"{ingest.plain / ingest.ours:.2f}x ({ingest.texts} texts, {ingest.ours:.1f} s)"
    yield f"embedding, to SentenceTransformer.encode, {ingest.threads} threads", made, "2.5x with bf16"
    steady = ingest.plain / max(ingest.ours - ingest.starting, 1e-9)
    yield "the same without the process's start", f"{steady:.2f}x", ""
    rest = results.build_seconds - results.embedding_seconds
    share = rest / results.build_seconds
    yield "ingest: everything but embedding", f"{share:.0%} of {results.build_seconds:.1f} s", "15 %"
    if results.again_seconds:
        yield "the same folder again, unchanged", f"{results.again_seconds:.2f} s", "2 s"


def _serving_rows(serving: Serving, by: str) -> Iterator[tuple[str, str, str]]:
    bare, verdict, encoder, rest = serving.bare, serving.verdict, serving.encoder, serving.rest
    f = bare.p50
    yield f"F: bare torch fp32, one question, 1 thread, {by}", f"{f:.1f} ms (p99 {bare.p99:.1f})", ""
    yield f"an answer, p50, {by}", f"{verdict.p50 / f:.2f} F ({verdict.p50:.1f} ms)", "0.65 F"
    yield f"an answer, p99, {by}", f"{verdict.p99 / f:.2f} F ({verdict.p99:.1f} ms)", "1.3 F"
    yield f"an answer, each to its own bare forward, median, {by}", f"{serving.paired:.2f}", ""
    yield f"of it the encoder, p50, {by}", f"{encoder.p50 / f:.2f} F (p99 {encoder.p99 / f:.2f} F)", ""
    yield f"everything but the encoder, p50, {by}", f"{rest.p50:.2f} ms (p99 {rest.p99:.2f})", "2 ms"


def _growth_row(found: Growth) -> tuple[str, ...]:
    return (
        f"{found.count:,}",
        "exact" if found.is_exact else "coarse, then exact",
        f"{found.build_seconds:.1f} s",
        f"{found.search.p50:.2f} ms",
        f"{found.search.p99:.2f} ms",
        f"{found.recall:.4f}",
        f"{found.megabytes:.0f} MB",
    )
