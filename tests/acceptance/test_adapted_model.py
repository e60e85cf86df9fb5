"""The real model is taught in its child, and what is saved is what was measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bot.demo
from knowledge.adapting_torch import Phrasings, Pupil, Save, Train, Vectors
from knowledge.bulk_encoding import cores
from knowledge.child_process import Child
from knowledge.faq_file import read_faq
from knowledge.model_files import ModelFiles
from knowledge.onnx_export import LEAST_COSINE
from knowledge.protocols import Matrix
from knowledge.sentence_encoder import SentenceEncoder
from knowledge.targets import targets_of
from knowledge.token_codes import projection_for

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(900)]


def closeness(vectors: Matrix, entries: np.ndarray) -> float:
    """Mean cosine of two phrasings of one entry, less that of any two."""
    products = vectors @ vectors.T
    return float(products[entries[:, None] == entries].mean() - products.mean())


def test_phrasings_of_an_entry_come_closer_and_other_texts_stay(tmp_path: Path) -> None:
    entries = read_faq(Path(bot.demo.__file__).parent / "data" / "faq.yaml")
    targets = targets_of(entries, ())
    asked = [(text, place) for place, target in enumerate(targets) for text in target.phrasings]
    texts, labels = tuple(text for text, _ in asked), tuple(place for _, place in asked)
    plan = Phrasings(ModelFiles.of(), texts, labels, tuple(target.text for target in targets), cores())
    with Child(Pupil, plan) as learner:
        old, old_others = learner.ask(Vectors())
        learner.ask(Train(np.arange(len(texts)), 0, 40))
        new, new_others = learner.ask(Vectors())
        learner.ask(Save(tmp_path / "model"))
    before, after = (closeness(vectors, np.array(labels)) for vectors in (old, new))
    assert after > before + 0.01
    assert float((old_others * new_others).sum(axis=1).mean()) > 0.98

    saved = ModelFiles.of(str(tmp_path / "model"))
    assert projection_for(saved) is None  # that is for whoever keeps it
    served = SentenceEncoder(str(tmp_path / "model")).encode(texts[:40])
    assert float((served * new[:40]).sum(axis=1).min()) > LEAST_COSINE
