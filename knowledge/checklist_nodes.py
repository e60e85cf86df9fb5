"""The YAML form of a checklist, inside an entry or on its own: nodes in, plain values out."""

from __future__ import annotations

from typing import Any

from knowledge.domain import Checklist, Choice, Outcome, Step
from knowledge.faq_draft import DraftChecklist, DraftChoice, DraftOutcome, DraftStep, ProblemList, Text
from knowledge.yaml_fields import KIND, keys_of, sources_of, text_of
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText

CHECKLIST_KEYS = ("intro", "steps")
STEP_KEYS = ("id", "ask", "help", "choices")
CHOICE_KEYS = ("label", "note", "next", "outcome")
OUTCOME_KEYS = ("text", "sources", "ticket")


def draft_of(node: YamlNode | None, label: str, problems: ProblemList) -> DraftChecklist | None:
    """The checklist as typed; None where there is none. What is wrong with its shape goes into ``problems``."""
    if node is None or node == YamlText("", node.line):
        return None
    if not isinstance(node, YamlMap):
        problems.add(node.line, f"the checklist of {label} is {KIND[type(node)]}. Put its questions below `steps:`.")
        return None
    fields = keys_of(node, CHECKLIST_KEYS, f"the checklist of {label}", problems)
    intro = text_of(fields.get("intro"), f"the checklist's intro of {label}", problems)
    steps = _items(fields.get("steps"), f"`steps` of {label}", problems)
    return DraftChecklist(node.line, intro, tuple(_step(step, n, label, problems) for n, step in enumerate(steps, 1)))


def _items(node: YamlNode | None, what: str, problems: ProblemList) -> list[YamlMap]:
    """The mappings of a list; anything else is reported."""
    if node is None or node == YamlText("", node.line):
        return []
    if not isinstance(node, YamlList):
        problems.add(node.line, f"{what} is {KIND[type(node)]}, not a list. Start each with `- `.")
        return []
    for item in node.items:
        if not isinstance(item, YamlMap):
            problems.add(item.line, f"an item in {what} is {KIND[type(item)]}, not a mapping of its fields.")
    return [item for item in node.items if isinstance(item, YamlMap)]


def _step(node: YamlMap, number: int, label: str, problems: ProblemList) -> DraftStep:
    what = f"step {number} of {label}"
    fields = keys_of(node, STEP_KEYS, what, problems)

    def text(key: str) -> Text | None:
        return text_of(fields.get(key), f"`{key}` of {what}", problems)

    choices = _items(fields.get("choices"), f"`choices` of {what}", problems)
    made = tuple(_choice(choice, what, problems) for choice in choices)
    return DraftStep(node.line, text("id"), text("ask"), text("help"), made)


def _choice(node: YamlMap, step: str, problems: ProblemList) -> DraftChoice:
    what = f"a choice in {step}"
    fields = keys_of(node, CHOICE_KEYS, what, problems)

    def text(key: str) -> Text | None:
        return text_of(fields.get(key), f"`{key}` of {what}", problems)

    return DraftChoice(
        node.line, text("label"), text("note"), text("next"), _outcome(fields.get("outcome"), what, problems)
    )


def _outcome(node: YamlNode | None, choice: str, problems: ProblemList) -> DraftOutcome | None:
    """A bare text is an outcome that says just this."""
    if node is None or node == YamlText("", node.line):
        return None
    what = f"the outcome of {choice}"
    if not isinstance(node, YamlMap):
        return DraftOutcome(node.line, text_of(node, what, problems), (), None)
    fields = keys_of(node, OUTCOME_KEYS, what, problems)
    return DraftOutcome(
        node.line,
        text_of(fields.get("text"), f"`text` of {what}", problems),
        sources_of(fields.get("sources"), what, problems),
        text_of(fields.get("ticket"), f"`ticket` of {what}", problems),
    )


def plain_of(checklist: Checklist) -> dict[str, Any]:
    """The checklist as plain mappings, lists and texts; absent fields left out."""
    return _without_gaps({"intro": _block(checklist.intro), "steps": [_plain_step(step) for step in checklist.steps]})


def _plain_step(step: Step) -> dict[str, Any]:
    choices = [_plain_choice(choice) for choice in step.choices]
    return _without_gaps({"id": step.id, "ask": step.ask, "help": _block(step.help), "choices": choices})


def _plain_choice(choice: Choice) -> dict[str, Any]:
    outcome = _plain_outcome(choice.outcome) if choice.outcome else None
    return _without_gaps({"label": choice.label, "note": choice.note, "next": choice.next, "outcome": outcome})


def _plain_outcome(outcome: Outcome) -> dict[str, Any]:
    sources = [{"title": source.title, "url": source.url} for source in outcome.sources]
    return _without_gaps({"text": _block(outcome.text), "sources": sources, "ticket": outcome.ticket})


def _block(text: str) -> str:
    return text + "\n" if "\n" in text else text


def _without_gaps(plain: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in plain.items() if value not in (None, "", [])}
