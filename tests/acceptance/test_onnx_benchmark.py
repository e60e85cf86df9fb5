"""`mops-desk benchmark` from end to end on little; needs the real model."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_model import lend_models

from bot.benchmark import Workload, as_json, benchmark
from bot.settings import SAMPLES, Settings

pytestmark = [pytest.mark.slow, pytest.mark.model, pytest.mark.timeout(600)]


def test_everything_is_measured_and_the_users_own_desk_is_left_alone(tmp_path: Path) -> None:
    lend_models(tmp_path)
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    work = Workload(
        SAMPLES / "faq.yaml", SAMPLES / "documents", (("where are my MQLs?",),) * 2, texts=20, sizes=(500,)
    )
    said: list[str] = []
    results = benchmark(work, settings, said.append)
    assert results.serving.verdict.p50 < 5 * results.serving.bare.p50
    assert results.serving.rest.p50 < results.serving.verdict.p50
    assert len(results.fresh_seconds) == 2
    assert [found.count for found in results.growth] == [500]
    assert '"seed": "7"' in as_json(results)
    assert len(said) == 6
    assert [path.name for path in tmp_path.iterdir()] == ["models"]
