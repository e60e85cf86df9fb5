"""A sentence-transformers model as an ONNX graph, made and checked in a process of its own: torch stays there."""

from __future__ import annotations

import logging
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.child_process import Child
from knowledge.exported_model import Export
from knowledge.model_files import ModelFiles
from knowledge.onnx_encoder import IDS, MASK, STATES, VECTORS, OnnxEncoder
from knowledge.sentence_encoder import SentenceEncoder, load_transformer

LEAST_COSINE = 0.9999
"""An export that differs more than this from sentence-transformers on any probe text does not serve."""

PROBES = (
    "",
    "?",
    "hi",
    "where are my MQLs?",
    "Which utm_medium do I use for paid social: `paid-social` or cpc?",
    "RE: FW: [URGENT] list import failed!!! error 0x80070057 - see https://example.com/a?b=c&d=e#f",
    "Könnt ihr bitte die Gästeliste für München prüfen? Merci, à bientôt.",
    "キャンペーンのUTMパラメータはどれですか",
    "🎉🎉 thanks team 🙏",
    "| Region | Owner |\n|---|---|\n| EMEA | Priya |\n| APAC | Jonas |",
    "a " * 40,
    "lead scoring and routing between marketing automation and the CRM; " * 12,
    "supercalifragilisticexpialidocious" * 30,
    "The event request form must be opened ten working days before the event. " * 60,
)
"""Short and long, past the model's length, other scripts, symbols: what an export could get wrong."""

MADE_WITH = ("torch", "transformers", "sentence-transformers", "onnx", "onnxscript", "onnxruntime")


def export_in_child(files: ModelFiles, target: Path) -> Export:
    """Export the model to ``target``: some twenty seconds of one core, 900 MB in the other process.

    A model that cannot be exported, or whose export differs, comes back as refused. Raises ChildStopped when the
    process was ended from outside or the file could not be written.
    """
    with Child(_prepare, files) as child:
        export: Export = child.ask(target)
    return export


def _prepare(files: ModelFiles) -> Any:  # noqa: ANN401 - a function of the target
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    return lambda target: _export(files, target)


def _export(files: ModelFiles, target: Path) -> Export:
    made_with = {name: version(name) for name in MADE_WITH}
    try:
        program = _program(files)
    except Exception as exc:  # noqa: BLE001 - whatever torch cannot translate: sentence-transformers serves
        return Export(0.0, f"torch.onnx could not export it ({type(exc).__name__})", made_with)
    program.save(str(target))
    cosine = agreement(files, target)
    refused = "" if cosine >= LEAST_COSINE else f"its vectors differ (cosine {cosine:.4f})"
    return Export(cosine, refused, made_with)


def _program(files: ModelFiles) -> Any:  # noqa: ANN401 - torch has no usable types here
    """The whole way from ids to unit vectors as one graph, for any number of texts of any length; the word pieces'

    last hidden states come out beside them.
    """
    import torch

    # Plain attention translates into fewer operators than the fused one: 0.47 instead of 0.50 of torch's time.
    model = load_transformer(files, attn_implementation="eager")

    class UnitVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            features = {IDS: input_ids, MASK: attention_mask}
            for module in self.inner:
                features = module(features)
            unit = torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)
            return unit, features["token_embeddings"]

    ids = torch.randint(5, 1000, (3, 17))
    mask = torch.ones_like(ids)
    mask[0, 9:] = 0
    any_size = torch.export.Dim.DYNAMIC
    with torch.inference_mode():
        return torch.onnx.export(
            UnitVectors().eval(),
            (ids, mask),
            dynamo=True,
            verbose=False,
            external_data=False,
            input_names=[IDS, MASK],
            output_names=[VECTORS, STATES],
            dynamic_shapes={name: {0: any_size, 1: any_size} for name in (IDS, MASK)},
        )


def agreement(files: ModelFiles, model: Path) -> float:
    """The lowest cosine between an exported model's vectors and sentence-transformers' on the probe texts."""
    expected = SentenceEncoder(files.model).encode(PROBES)
    found = OnnxEncoder(files, model).encode(PROBES)
    cosines = (expected * found).sum(axis=1)
    return float(np.nan_to_num(cosines, nan=-1.0).min())
