from __future__ import annotations

from pathlib import Path

from support_knowledge import ask, knowledge_base

from knowledge.calibration import Logistic, default_calibration
from knowledge.domain import Audience, Entry
from knowledge.fitting import Example, refitted
from knowledge.knowledge_base import KnowledgeBase

TOPICS = ("webinar", "newsletter", "list import", "badge scan", "landing page", "scoring", "routing", "attribution")
NOUNS = "apples bridges candles drums engines forests gardens harbours islands jackets kettles ladders"
WAYS = (
    "how does {} work",
    "{} is broken",
    "who owns {}",
    "help with {} please",
    "need {} set up",
    "what is the {} process",
    "{} deadline",
    "change my {}",
    "report on {}",
    "{} errors",
)


def faq(audience: Audience | None = None) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            topic,
            f"About {topic}",
            f"Read the page on {topic}.",
            tuple(way.format(topic) for way in WAYS),
            audience=audience or Audience.internal(),
        )
        for topic in TOPICS
    )


def entry_model(base: KnowledgeBase) -> Logistic:
    base.ensure_current()
    snapshot = base._snapshot
    assert snapshot is not None
    return snapshot.generation.calibration.entry.model


def test_an_faq_with_many_phrasings_calibrates_itself(tmp_path: Path) -> None:
    model = entry_model(knowledge_base(tmp_path, faq(), ()))
    shipped = default_calibration(with_head=True).entry.model
    assert model.weights.keys() == shipped.weights.keys()
    assert model != shipped


def test_entries_for_a_few_readers_are_learned_from_too(tmp_path: Path) -> None:
    secret = Audience.internal()
    assert entry_model(knowledge_base(tmp_path, faq(secret), ())) != default_calibration(with_head=True).entry.model


def test_a_small_faq_keeps_the_shipped_numbers(tmp_path: Path) -> None:
    assert entry_model(knowledge_base(tmp_path, faq()[:2], ())) in (
        default_calibration(with_head=True).entry.model,
        default_calibration(with_head=False).entry.model,
    )


def test_one_more_entry_without_phrasings_hardly_moves_the_calibration(tmp_path: Path) -> None:
    """Also where the phrasings that are left out for the fitting are just those that a head would take."""
    bare = [Entry(f"bare-{word}", f"About {word}", "Read.") for word in NOUNS.split()]
    models = []
    for count in (len(bare) - 1, len(bare)):
        folder = tmp_path / str(count)
        folder.mkdir()
        models.append(entry_model(knowledge_base(folder, (*faq(), *bare[:count]), ())))
    before, after = models
    moved = [abs(after.weights[name] - weight) for name, weight in before.weights.items()]
    assert max(*moved, abs(after.bias - before.bias)) < 0.3


def test_a_self_calibrated_faq_tells_its_own_questions_from_others(tmp_path: Path) -> None:
    base = knowledge_base(tmp_path, faq(), ())
    known = base.verdict(ask("who owns the webinar")).confidence
    unknown = base.verdict(ask("which coffee machine is best")).confidence
    assert known > 0.5 > unknown


def test_no_signal_ever_speaks_against_a_hit() -> None:
    examples = [
        Example({"similarity": value}, right, 1.0) for value, right in ((0.1, 1.0), (0.9, 0.0)) for _ in range(99)
    ]
    assert refitted(Logistic(0.0, {"similarity": 1.0}), examples).weights["similarity"] == 0.0
