"""A graph whose products can be taken in bytes without much loss: the columns that go into them are evened out.

A byte holds 256 steps between the smallest and the largest number of all that goes into a product, and in language
models a few columns are many times as large as the others. These are divided, and the weights they meet multiplied by
as much (SmoothQuant, Xiao et al., 2023): the function stays the same. Imported where a model is made only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from knowledge.model_files import ModelFiles
from knowledge.onnx_encoder import IDS, MASK
from knowledge.onnx_session import open_session
from knowledge.protocols import Matrix
from knowledge.tokenizing import Tokenizing, padded

CREST = 60.0
"""Products whose input's largest number is this many times its root mean square are left as they are."""

SHARE = 0.6
"""How much of the difference between columns the weights take over (SmoothQuant's alpha)."""


@dataclass(frozen=True)
class _Probe:
    """Texts to read with a model, and a file that may be written meanwhile."""

    files: ModelFiles
    texts: Sequence[str]
    scratch: Path


@dataclass(frozen=True)
class _Input:
    """What goes into a matrix product: the largest number of each column, and how far the largest stands out."""

    largest: Matrix
    crest: float


def smoothed(files: ModelFiles, model: Path, target: Path, texts: Sequence[str]) -> list[str]:
    """Write the same function with even columns, as the texts show them. Returns the products to be left alone."""
    graph = onnx.load(str(model))
    held = {tensor.name: tensor for tensor in graph.graph.initializer}
    products = [node for node in graph.graph.node if node.op_type == "MatMul" and node.input[1] in held]
    inputs = _inputs(_Probe(files, texts, target), graph, sorted({node.input[0] for node in products}))
    nodes = []
    scales: dict[str, Matrix] = {}
    for node in graph.graph.node:
        if any(node is product for product in products):
            source = node.input[0]
            if source not in scales:
                meeting = [held[other.input[1]] for other in products if other.input[0] == source]
                scales[source] = _scale(inputs[source], [onnx.numpy_helper.to_array(weights) for weights in meeting])
                nodes.append(_divided(graph, source, scales[source]))
            weights = onnx.numpy_helper.to_array(held[node.input[1]]) * scales[source][:, None]
            name = f"{node.name}_weights"
            graph.graph.initializer.append(onnx.numpy_helper.from_array(weights.astype(np.float32), name))
            node.input[0], node.input[1] = f"{source}_even", name
        nodes.append(node)
    _replace(graph, nodes)
    onnx.save(graph, str(target))
    return [node.name for node in products if inputs[node.input[0].removesuffix("_even")].crest >= CREST]


def _inputs(probe: _Probe, graph: Any, names: Sequence[str]) -> dict[str, _Input]:  # noqa: ANN401
    """What goes into the products while the texts are read."""
    watched = onnx.ModelProto()
    watched.CopyFrom(graph)
    watched.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    onnx.save(watched, str(probe.scratch))
    assert probe.files.folder is not None
    tokenizing = Tokenizing(probe.files.folder, probe.files.max_length)
    session = open_session(probe.scratch)
    largest: dict[str, Matrix] = {}
    crest = dict.fromkeys(names, 0.0)
    for pieces in tokenizing.pieces(probe.texts):
        ids, mask = padded([pieces])
        for name, found in zip(names, session.run(list(names), {IDS: ids, MASK: mask}), strict=True):
            sizes = np.abs(found).reshape(-1, found.shape[-1])
            largest[name] = np.maximum(largest.get(name, 0.0), sizes.max(axis=0))
            crest[name] = max(crest[name], float(sizes.max() / max(np.sqrt((sizes**2).mean()), 1e-9)))
    return {name: _Input(largest[name], crest[name]) for name in names}


def _scale(given: _Input, weights: Sequence[Matrix]) -> Matrix:
    """What each column is divided by, and the weights' row multiplied with; their geometric mean is 1."""
    rows = np.max([np.abs(some).max(axis=1) for some in weights], axis=0)
    logs = SHARE * np.log(np.maximum(given.largest, 1e-4)) - (1 - SHARE) * np.log(np.maximum(rows, 1e-4))
    scale: Matrix = np.clip(np.exp(logs - logs.mean()), 1e-2, 1e2).astype(np.float32)
    return scale


def _divided(graph: Any, source: str, scale: Matrix) -> Any:  # noqa: ANN401
    name = f"{source}_scale"
    graph.graph.initializer.append(onnx.numpy_helper.from_array((1.0 / scale).astype(np.float32), name))
    return onnx.helper.make_node("Mul", [source, name], [f"{source}_even"], name=f"{source}_evened")


def _replace(graph: Any, nodes: Sequence[Any]) -> None:  # noqa: ANN401
    """Other nodes, and only the tensors they use."""
    copies = [type(node).FromString(node.SerializeToString()) for node in nodes]
    del graph.graph.node[:]
    graph.graph.node.extend(copies)
    used = {name for node in copies for name in node.input}
    kept = [tensor for tensor in graph.graph.initializer if tensor.name in used]
    copied = [type(tensor).FromString(tensor.SerializeToString()) for tensor in kept]
    del graph.graph.initializer[:]
    graph.graph.initializer.extend(copied)
