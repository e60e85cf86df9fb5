"""Graphs run by ONNX Runtime on one thread: the one module of onnxruntime. Nothing heavy is imported before."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

_ERRORS_ONLY = 3

_SLOWER = ["SkipLayerNormFusion"]
"""Its fused operator takes longer than its parts: on one core 8 % of a question's time, 18 % of a batch's."""


def open_session(model: Path) -> Any:  # noqa: ANN401 - onnxruntime has no types
    """A session, whose ``run`` may be called from several threads. Raises whatever onnxruntime does.

    Measured: the memory arena, prepacking and memory patterns as they come are the fastest, and turning them off
    saves less than 10 of 165 MB.
    """
    _keep_quiet()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    return onnxruntime.InferenceSession(
        str(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
    )


def in_bytes(model: Path, target: Path, left_out: Collection[str]) -> None:
    """Write a model whose products with weights are of bytes, scaled per column and input, but for those left out.

    Only where a model is made: it needs the onnx package. Raises whatever onnxruntime does.
    """
    _keep_quiet()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # it advises on every product of two inputs
    try:
        quantize_dynamic(
            str(model),
            str(target),
            op_types_to_quantize=["MatMul"],
            nodes_to_exclude=list(left_out),
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.disable(logging.NOTSET)


def _keep_quiet() -> None:
    """Read at import; without it the wheel reports to its maker."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
