"""A model of the team's own is kept when phrasings it never saw find their entry more often, and only then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from bot.cli_adapt import told
from knowledge.adapting import Adaptation, adapt, parent_of
from knowledge.adapting_torch import BATCH, Message, Phrasings, Save, Train, Vectors, drawn
from knowledge.child_process import ChildStopped
from knowledge.corpus import Corpus
from knowledge.domain import Entry
from knowledge.errors import NotAdapted
from knowledge.model_files import ModelFiles
from knowledge.protocols import Matrix
from knowledge.token_codes import PROJECTION, projection_for

ENTRIES = tuple(
    Entry(f"faq-{place}", f"About matter {place}", "Read.", tuple(f"words {place * 10 + n}" for n in range(9)))
    for place in range(12)
)
CORPUS = Corpus("db", 1, ENTRIES, ())
DIMENSION = 32


class Double:
    """Learns each entry's direction, or nothing; says what it was asked to learn from."""

    def __init__(self, plan: Phrasings, *, learns: bool, stops: bool = False) -> None:
        self.plan, self._learns, self._stops = plan, learns, stops
        self.trained: list[set[str]] = []
        random = np.random.default_rng(1)
        self._texts = _unit(random.standard_normal((len(plan.texts), DIMENSION)))
        self._others = _unit(random.standard_normal((len(plan.others), DIMENSION)))

    def ask(self, message: Message) -> tuple[Matrix, Matrix] | None:
        match message:
            case Train(rows, first):
                if self._stops:
                    raise ChildStopped("the process ended")
                if first == 0:
                    self.trained.append({self.plan.texts[row] for row in rows})
            case Vectors():
                pull = 3.0 * np.eye(DIMENSION)[list(self.plan.entries)] if self.trained and self._learns else 0.0
                return _unit(self._texts + pull), self._others
            case Save(folder):
                folder.mkdir()
                (folder / "model.safetensors").write_bytes(b"learned")
        return None


def _unit(rows: Matrix) -> Matrix:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def parent(tmp_path: Path) -> ModelFiles:
    folder = tmp_path / "parent"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    np.save(folder / PROJECTION, np.eye(4, dtype=np.float32))
    return ModelFiles.of(str(folder))


def beginning(made: list[Double], **how: bool) -> Callable[[Phrasings], object]:
    @contextmanager
    def begin(plan: Phrasings) -> Iterator[Double]:
        made.append(Double(plan, **how))
        yield made[-1]

    return begin


def taught(parent: ModelFiles, models: Path, corpus: Corpus = CORPUS, **how: bool) -> tuple[Adaptation, Double]:
    made: list[Double] = []
    return adapt(parent, corpus, models, begin=beginning(made, **how)), made[0]  # type: ignore[arg-type]


def test_what_helps_is_kept_under_its_own_name_and_knows_its_parent(parent: ModelFiles, tmp_path: Path) -> None:
    outcome, _ = taught(parent, tmp_path / "models", learns=True)
    assert outcome.helps
    assert outcome.folder is not None
    made = ModelFiles.of(str(outcome.folder))
    assert outcome.folder.name == f"adapted-{made.weights_hash[:12]}"
    assert parent_of(made) == parent
    assert np.array_equal(projection_for(made), np.eye(4))  # type: ignore[arg-type]
    record = json.loads((outcome.folder / "adaptation.json").read_text())
    assert record["parent_weights"] == parent.weights_hash
    assert [path.name for path in (tmp_path / "models").iterdir()] == [outcome.folder.name]


def test_what_does_not_help_leaves_nothing_behind(parent: ModelFiles, tmp_path: Path) -> None:
    outcome, _ = taught(parent, tmp_path / "models", learns=False)
    assert outcome.before == outcome.after
    assert outcome.folder is None
    assert not list((tmp_path / "models").iterdir())
    assert "nothing is kept" in " ".join(told(outcome))


def test_no_phrasing_is_asked_that_was_learned_from(parent: ModelFiles, tmp_path: Path) -> None:
    outcome, learner = taught(parent, tmp_path / "models", learns=True)
    *by_turns, everything = learner.trained
    assert everything == set(learner.plan.texts)
    left_out = [everything - learned for learned in by_turns]
    assert sum(map(len, left_out)) == outcome.asked == len(set.union(*left_out))
    assert not set.union(*left_out) & {entry.question for entry in ENTRIES}  # a title is never left out


def test_an_adapted_model_is_not_taught_again_but_its_parent(parent: ModelFiles, tmp_path: Path) -> None:
    outcome, _ = taught(parent, tmp_path / "models", learns=True)
    again, learner = taught(ModelFiles.of(str(outcome.folder)), tmp_path / "models", learns=True)
    assert learner.plan.files == parent
    assert again.folder == outcome.folder


def test_with_too_few_phrasings_it_says_how_many_are_missing(parent: ModelFiles, tmp_path: Path) -> None:
    with pytest.raises(NotAdapted, match="Only 14 phrasings .* 60 are needed"):
        taught(parent, tmp_path / "models", Corpus("db", 1, ENTRIES[:2], ()), learns=True)


def test_a_model_known_by_name_only_is_not_taught(tmp_path: Path) -> None:
    with pytest.raises(NotAdapted, match="Set it to a folder"):
        adapt(ModelFiles.of("somebody/model"), CORPUS, tmp_path)


def test_a_learner_that_stops_changes_nothing(parent: ModelFiles, tmp_path: Path) -> None:
    with pytest.raises(NotAdapted, match="Nothing has changed"):
        taught(parent, tmp_path / "models", learns=True, stops=True)
    assert not list((tmp_path / "models").iterdir())


@pytest.mark.parametrize("sizes", [(2, 2), (2,) * 80, (40, 2, 9), (300,)])
def test_a_step_has_two_phrasings_of_an_entry_or_more(sizes: Sequence[int]) -> None:
    starts = np.cumsum([0, *sizes[:-1]])
    several = [np.arange(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    rows = drawn(several, np.random.default_rng(3))
    assert len(set(rows.tolist())) == len(rows) <= BATCH
    drawn_of = [len(set(rows.tolist()) & set(phrasings.tolist())) for phrasings in several]
    assert all(count != 1 for count in drawn_of)
