"""A real cross-encoder, tiny and with random weights, through settings, doctor and answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import wiring
from bot.doctor import checks
from bot.settings import Settings
from knowledge.errors import ModelUnavailable
from knowledge.testing import HashingEncoder

pytestmark = pytest.mark.model

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "list", "utm", "webinar", "question", "answer", "two")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a cross-encoder of two layers that sentence-transformers can load."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    torch.manual_seed(7)
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertForSequenceClassification(BertConfig(vocab_size=len(WORDS), num_labels=1, **shape)).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def settings(folder: Path, model: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, reranker_model=str(model))  # type: ignore[call-arg]


def test_any_cross_encoder_scores_question_and_text(tiny: Path, tmp_path: Path) -> None:
    reranker = wiring.reranker(settings(tmp_path, tiny))
    assert reranker is not None
    texts = ["the webinar list", "answer in two days", "utm campaign"]
    scores = reranker.scores("question the list", texts)
    assert len(set(scores)) == 3
    assert reranker.scores("question the list", texts[::-1]) == pytest.approx(scores[::-1], abs=1e-5)


def test_doctor_tries_the_reranker(tiny: Path, tmp_path: Path) -> None:
    found = {check.name: check for check in checks(settings(tmp_path, tiny), HashingEncoder())}
    assert found["reranker"].ok
    assert found["glossary"].detail.endswith("terms as shipped")


def test_doctor_says_what_to_do_about_one_that_is_missing(tmp_path: Path) -> None:
    gone = settings(tmp_path, tmp_path / "nowhere")
    found = {check.name: check for check in checks(gone, HashingEncoder())}
    assert not found["reranker"].ok
    assert "RERANKER_MODEL" in found["reranker"].detail
    reranker = wiring.reranker(gone)
    assert reranker is not None
    for _ in range(2):  # the second time without another try
        with pytest.raises(ModelUnavailable):
            reranker.scores("question", ["a", "b"])


def test_without_a_name_there_is_no_reranker(tmp_path: Path) -> None:
    assert wiring.reranker(settings(tmp_path, "")) is None
    assert "reranker" not in {check.name for check in checks(settings(tmp_path, ""), HashingEncoder())}
