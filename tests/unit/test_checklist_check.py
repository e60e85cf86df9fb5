"""What is wrong with a checklist is said with its line; what passes always ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.bodies import entry_body, entry_from
from knowledge.checklist_json import checklist_from_json, checklist_to_json
from knowledge.checklist_yaml import parse_checklist, print_checklist
from knowledge.checklists import Taken, Walk, mark_of
from knowledge.domain import Checklist, Choice, Entry, Outcome, SourceLink, Step
from knowledge.errors import Problem
from knowledge.faq_file import check_faq, problems_of, read_faq, write_faq
from knowledge.targets import from_record, targets_of, to_record

HEAD = "steps:\n"
END = "{label: No, outcome: Done.}"


def step(id_: str, *choices: str, ask: str = "Is it?") -> str:
    return f"  - id: {id_}\n    ask: {ask}\n    choices:\n" + "".join(f"      - {choice}\n" for choice in choices)


def to(wanted: str, label: str = "Yes") -> str:
    return f"{{label: {label}, next: {wanted}}}"


DEEP = HEAD + "".join(step(f"s{n}", to(f"s{n + 1}"), END) for n in range(8)) + step("s8", to("s8", "a"), END)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("just words", 1, "is a text. Put its questions below `steps:`"),
        ("steps: []", 1, "has no steps"),
        ("intro: x\nsteps:\n  - a\n", 3, "is a text, not a mapping"),
        ("stpes: []", 1, "Did you mean `steps`?"),
        (HEAD + "  - ask: Is it?\n    choices: []\n", 2, "step 1 of this entry has no id"),
        (HEAD + step("a b", END, "{label: x, outcome: y}"), 2, "other characters than letters"),
        (HEAD + "  - id: a\n    choices: []\n", 2, "step a of this entry asks nothing"),
        (HEAD + step("a", END), 2, "are 1; each question takes 2 to 4. Add one."),
        (HEAD + step("a", *(f"{{label: {n}, outcome: x}}" for n in range(5))), 2, "Ask it in two steps."),
        (HEAD + step("a", END, "{label: no, outcome: x}"), 6, 'has the choice "no" twice'),
        (HEAD + step("a", END, "{outcome: x}"), 6, "has no label"),
        (HEAD + step("a", END, "{label: Yes}"), 6, '"Yes" in step a of this entry leads nowhere'),
        (HEAD + step("a", END, "{label: Yes, next: a, outcome: x}"), 6, "leads to a step and to an outcome"),
        (HEAD + step("a", END, to("stauts")) + step("status", END, "{label: x, outcome: y}"), 6, "mean `status`?"),
        (HEAD + step("a", END, to("b")) + step("b", END, to("a")), 11, "go in a circle: a → b → a"),
        (HEAD + step("a", END, to("a")), 6, "go in a circle: a → a"),
        (
            HEAD + step("a", END, "{label: x, outcome: y}") + step("b", END, "{label: x, outcome: y}"),
            7,
            "no choice leads",
        ),
        (
            HEAD + step("a", END, to("a", "x")) + step("a", END, "{label: x, outcome: y}"),
            7,
            "taken by the step on line 2",
        ),
        (HEAD + step("a", END, "{label: Yes, outcome: {sources: []}}"), 6, "is empty. Add `text:`, or `ticket:`"),
        (HEAD + step("a", END, f"{{label: {'x' * 41}, outcome: y}}"), 6, "has 41 characters; 40 fit"),
        (HEAD + step("a", END, "{label: Yes, outcome: {text: x, sources: [nope]}}"), 6, "wrong url"),
        (HEAD + step("a", END, "{label: Yes, outcome: 'by {today+5x}'}"), 6, "Did you mean `{today+5bd}`?"),
        (
            DEEP.replace("next: s8, ", "").replace("{label: a, next: s8}", "{label: a, outcome: b}"),
            2,
            "up to 9 questions",
        ),
    ],
)
def test_each_mistake_is_named_with_its_line(text: str, line: int, words: str) -> None:
    _, found = parse_checklist(text)
    assert [problem.line for problem in found if words in problem.message] == [line], "\n".join(map(str, found))


def test_a_blank_text_is_no_checklist_and_broken_yaml_is_said_so() -> None:
    assert parse_checklist(" \n") == (None, ())
    nothing, (problem,) = parse_checklist("steps:\n\t- id: a")
    assert nothing is None
    assert problem.line == 2


def test_a_mistake_inside_a_file_has_the_line_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "faq.yaml"
    path.write_text(
        "entries:\n  - id: a\n    question: Why?\n    answer: |\n      One.\n      {today+x}\n    checklist:\n"
        "      steps:\n        - id: one\n          ask: Is it?\n          choices:\n"
        "            - {label: Yes, outcome: Fine.}\n            - {label: No, next: two}\n",
        encoding="utf-8",
    )
    assert [(p.line, "two" in p.message) for p in check_faq(path)] == [(6, False), (13, True)]


@st.composite
def trees(draw: st.DrawFn) -> Checklist:
    """Checklists that pass: steps lead only to later ones, and each is led to."""
    count = draw(st.integers(1, 6))
    ways: dict[int, set[int]] = {n: set() for n in range(count)}
    for wanted in range(1, count):
        ways[draw(st.sampled_from([n for n in range(wanted) if len(ways[n]) < 4]))].add(wanted)
    words = st.text("abc é'\"{:#", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
    steps = []
    for number, later in ways.items():
        choices = [Choice(f"to {to}", next=f"s{to}", note=draw(st.just("") | words)) for to in sorted(later)]
        while len(choices) < draw(st.integers(2, 4)):
            source = SourceLink("Page", "https://example.com/a")
            end = Outcome(draw(words), draw(st.sampled_from([(), (source,)])), draw(st.none() | st.just("any")))
            choices.append(Choice(f"end {len(choices)}", outcome=end))
        steps.append(Step(f"s{number}", draw(words), tuple(choices), draw(st.just("") | words)))
    return Checklist(tuple(steps), draw(st.just("") | words))


@settings(max_examples=60, deadline=None)
@given(tree=trees(), clicks=st.lists(st.integers(0, 5), max_size=40))
def test_any_sequence_of_clicks_ends_or_waits_for_one_more(tree: Checklist, clicks: list[int]) -> None:
    walk = Walk(tree)
    for click in clicks:
        before = walk
        walk = walk.choose(click)
        assert len(walk.made) <= len(tree.steps)
        assert (walk.step is None) == (walk.outcome is not None)
        assert Walk.along(tree, walk.trail) == walk
        assert walk == before or walk.back() == before
    while walk.step is not None:
        walk = walk.choose(len(walk.step.choices) - 1)
    assert walk.outcome is not None


@settings(max_examples=40, deadline=None)
@given(tree=trees())
def test_what_is_printed_stored_or_indexed_comes_back_the_same(tree: Checklist) -> None:
    assert parse_checklist(print_checklist(tree)) == (tree, ())
    assert checklist_from_json(checklist_to_json(tree)) == tree
    entry = Entry("a", "Why?", "Because.", checklist=tree)
    assert entry_from("a", entry_body(entry)) == entry
    (target,) = targets_of((entry,), ())
    assert from_record(to_record(target)) == target
    assert problems_of(entry) == ()


@pytest.mark.parametrize("suffix", [".yaml", ".csv"])
def test_files_keep_checklists_and_say_what_is_wrong_in_a_cell(tmp_path: Path, suffix: str) -> None:
    tree, _ = parse_checklist(HEAD + step("a", END, to("b")) + step("b", END, "{label: x, outcome: {ticket: any}}"))
    entries = (Entry("a", "Why?", "One.\n\nTwo.", checklist=tree), Entry("b", "How?", "So."))
    path = tmp_path / f"faq{suffix}"
    write_faq(path, entries)
    assert read_faq(path) == entries
    path.write_text(path.read_text(encoding="utf-8-sig").replace("next: b", "next: c"), encoding="utf-8")
    found = check_faq(path)
    at = next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "next: c" in line)
    assert Problem(str(path), at, found[0].message) in found
    assert "`c`, which is not there" in " ".join(map(str, found))


def test_the_mark_changes_with_the_content_alone() -> None:
    tree, _ = parse_checklist(HEAD + step("a", END, "{label: x, outcome: y}"))
    assert tree is not None
    assert mark_of(tree) == mark_of(parse_checklist(print_checklist(tree))[0] or tree)
    assert mark_of(tree) != mark_of(replace(tree, intro="Anything."))


def test_a_trail_that_no_longer_fits_is_no_walk() -> None:
    tree, _ = parse_checklist(HEAD + step("a", END, "{label: x, outcome: y}"))
    assert tree is not None
    assert Walk.along(tree, [Taken("a", "Perhaps")]) is None
    assert Walk.along(tree, [Taken("a", "x"), Taken("b", "x")]) is None


def test_the_example_in_the_docs_passes(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "CHECKLISTS.md").read_text(encoding="utf-8")
    path = tmp_path / "faq.yaml"
    path.write_text("entries:\n" + page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    (entry,) = read_faq(path)
    assert entry.checklist is not None
    assert len(entry.checklist.steps) == 2
