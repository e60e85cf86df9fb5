"""Serving without torch, as a person meets it; needs the real model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from support_cli import spawn
from support_model import exported_encoder, least_cosine, models_folder

from bot.settings import SAMPLES
from knowledge.errors import ModelUnavailable
from knowledge.exported_model import MODEL, Export, ExportedModel
from knowledge.model_encoder import ModelEncoder
from knowledge.model_files import DEFAULT_MODEL, ModelFiles
from knowledge.onnx_export import LEAST_COSINE, PROBES
from knowledge.onnx_quick import LEAST_COSINE as LEAST_QUICK_COSINE
from knowledge.onnx_quick import QUESTIONS, QUICK

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]

HEAVY = "torch", "transformers", "sentence_transformers", "scipy", "bs4", "alembic", "jira"
ASKING = (
    "import sys, atexit\n"
    f"atexit.register(lambda: sys.stderr.write('loaded: ' + ' '.join(m for m in {HEAVY} if m in sys.modules)))\n"
    "from bot.cli import main; main(sys.argv[1:])"
)


def test_asking_imports_neither_torch_nor_transformers_once_exported(tmp_path: Path) -> None:
    (tmp_path / "models").symlink_to(models_folder())
    environment = {"DATA_DIR": str(tmp_path)}
    run = [sys.executable, "-c", ASKING]
    assert spawn(*run, "faq", "import", str(SAMPLES / "faq.yaml"), cwd=tmp_path, env=environment).code == 0
    asked = spawn(*run, "ask", "where are my MQLs?", "--json", cwd=tmp_path, env=environment)
    assert json.loads(asked.out)["hits"]
    assert asked.err == "loaded: "


def test_questions_are_read_by_a_quicker_twin_and_kept_texts_by_the_model_itself() -> None:
    encoder = exported_encoder()
    made = next(models_folder().glob(f"*-{QUICK}")) / "manifest.json"
    refused = json.loads(made.read_text())["refused"]
    for question in QUESTIONS:
        (quick,), (kept,) = encoder.encode_tokens([question])[0], encoder.encode([question])
        assert LEAST_QUICK_COSINE <= float(quick @ kept) <= 1.0001
        assert np.array_equal(quick, kept) == bool(refused)  # where bytes are slow or lossy, there is no twin


def test_a_twin_that_may_not_serve_leaves_questions_to_the_model(tmp_path: Path) -> None:
    exported = next(folder for folder in models_folder().glob("*-*") if not folder.name.endswith(QUICK))
    (tmp_path / exported.name).symlink_to(exported)
    ExportedModel(tmp_path, ModelFiles.of(), QUICK).make(lambda _: Export(0.9, "its vectors differ", {}))
    encoder = ModelEncoder(DEFAULT_MODEL, tmp_path)
    assert not encoder.can_prepare  # not tried again with every import
    assert np.array_equal(encoder.encode_tokens(["where are my MQLs?"])[0], encoder.encode(["where are my MQLs?"]))


@pytest.mark.slow
def test_many_texts_in_another_process_get_the_vectors_they_would_get_here() -> None:
    encoder = exported_encoder()
    texts = [f"{probe} {number}" for number in range(40) for probe in PROBES[2:8]] * 2
    many = [piece for piece in encoder.encode_all(texts)]
    assert sorted(position for positions, _ in many for position in positions) == list(range(len(texts)))
    found = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    for positions, vectors in many:
        found[positions] = vectors
    assert least_cosine(found, encoder.encode(texts)) >= LEAST_COSINE


def test_a_damaged_export_is_not_served_and_the_next_import_mends_it(tmp_path: Path) -> None:
    exported = next(folder for folder in models_folder().glob("*-*") if not folder.name.endswith(QUICK))
    copy = tmp_path / exported.name
    copy.mkdir()
    for file in exported.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    damaged = bytearray((copy / MODEL).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (copy / MODEL).write_bytes(damaged)
    encoder = ModelEncoder(DEFAULT_MODEL, tmp_path)
    assert not encoder.is_exported
    assert encoder.can_prepare


@pytest.mark.slow
def test_a_model_that_cannot_be_exported_leaves_sentence_transformers_in_charge(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / "odd" / name).write_bytes(b"{}")
    encoder = ModelEncoder(str(tmp_path / "odd"), tmp_path / "models")
    encoder.prepare()
    assert not encoder.is_exported
    assert not encoder.can_prepare  # not tried again with every import
    with pytest.raises(ModelUnavailable):
        encoder.encode(["hello"])
