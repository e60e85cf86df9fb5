"""A quicker twin of an exported model, for questions: its matrix products are of bytes. Made in another process."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.child_process import Child
from knowledge.exported_model import Export
from knowledge.model_files import ModelFiles
from knowledge.onnx_encoder import OnnxEncoder
from knowledge.onnx_session import in_bytes

QUICK = "quick1"
"""The twin's variant (see ExportedModel); another number when it is made in another way."""

LEAST_COSINE = 0.997
"""A twin that differs more than this from its model on any of QUESTIONS does not serve."""

MOST_TIME = 0.8
"""Nor does one that takes more than this part of its model's time: some processors multiply bytes slowly."""

ROUNDS = 3
"""How often each question is timed."""

MADE_WITH = ("onnx", "onnxruntime")

QUESTIONS = (
    "hi",
    "utm_medium",
    "where are my MQLs?",
    "how do i reset my password",
    "what is the deadline for the newsletter",
    "Which utm_medium do I use for paid social: `paid-social` or cpc?",
    "can someone tell me who owns the webinar program, and how long it takes to get it set up?",
    "RE: FW: [URGENT] list import failed!!! error 0x80070057 - see https://example.com/a?b=c&d=e#f",
    "The event request form must be opened ten working days before the event. Does that count for webinars too?",
    "lead scoring and routing between marketing automation and the CRM; " * 3,
    "Könnt ihr bitte die Gästeliste für München prüfen? Merci, à bientôt.",
)
"""What desks are asked: the twin is made by these and compared on these."""


def quicken_in_child(files: ModelFiles, model: Path, target: Path) -> Export:
    """Make the twin of an exported model; one that differs or is not quicker comes back as refused.

    Raises ChildStopped when the process was ended from outside or the file could not be written.
    """
    with Child(_prepare, (files, model)) as child:
        made: Export = child.ask(target)
    return made


def _prepare(plan: tuple[ModelFiles, Path]) -> Any:  # noqa: ANN401 - a function of the target
    files, model = plan
    return lambda target: quicken(files, model, target)


def quicken(files: ModelFiles, model: Path, target: Path) -> Export:
    """Here and now: some seconds."""
    from knowledge.onnx_smoothing import smoothed

    made_with = {name: version(name) for name in MADE_WITH}
    smooth = target.with_suffix(".smooth")
    try:
        left_out = smoothed(files, model, smooth, QUESTIONS)
        in_bytes(smooth, target, left_out)
    finally:
        smooth.unlink(missing_ok=True)
    full, quick = OnnxEncoder(files, model), OnnxEncoder(files, target)
    cosines = [float((full.encode([text]) * quick.encode([text])).sum()) for text in QUESTIONS]
    cosine = float(np.nan_to_num(cosines, nan=-1.0).min())
    if cosine < LEAST_COSINE:
        return Export(cosine, f"its vectors differ (cosine {cosine:.4f})", made_with)
    part = _time_of(quick, full)
    return Export(cosine, f"it takes {part:.2f} of the time" if part > MOST_TIME else "", made_with)


def _time_of(quick: OnnxEncoder, full: OnnxEncoder) -> float:
    """The median part of the full model's time, by the processor: other programs do not count."""
    parts = []
    for text in QUESTIONS * ROUNDS:
        spent = []
        for encoder in (full, quick):
            started = time.thread_time()
            encoder.encode_tokens([text])
            spent.append(time.thread_time() - started)
        parts.append(spent[1] / max(spent[0], 1e-9))
    return float(np.median(parts))
