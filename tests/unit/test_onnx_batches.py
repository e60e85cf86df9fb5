from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.tokenizing import batches, padded


@given(st.lists(st.integers(1, 300)), st.integers(1, 2000))
def test_every_text_is_in_one_batch_and_none_is_over_the_budget(lengths: list[int], budget: int) -> None:
    planned = list(batches(lengths, budget))
    assert sorted(position for batch in planned for position in batch) == list(range(len(lengths)))
    for batch in planned:
        assert len(batch) == 1 or len(batch) * max(lengths[position] for position in batch) <= budget


def test_the_longest_come_first_so_that_two_threads_end_together() -> None:
    assert list(batches([3, 9, 1, 9], 18)) == [[1, 3], [0, 2]]


def test_padding_is_masked() -> None:
    ids, mask = padded([[7, 8, 9], [7]])
    assert np.array_equal(mask, [[1, 1, 1], [1, 0, 0]])
    assert ids.shape == mask.shape
    assert ids[1, 0] == 7
