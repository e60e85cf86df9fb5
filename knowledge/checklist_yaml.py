"""A checklist as a YAML text of its own, for editors and spreadsheet cells."""

from __future__ import annotations

from knowledge.checklist_check import checklist_of
from knowledge.checklist_nodes import draft_of, plain_of
from knowledge.domain import Checklist
from knowledge.errors import Problem, YamlBroken
from knowledge.faq_check import Checker
from knowledge.faq_draft import ProblemList
from knowledge.yaml_text import dump_yaml, parse_yaml

ITS_ENTRY = "this entry"


def parse_checklist(text: str, file: str = "checklist") -> tuple[Checklist | None, tuple[Problem, ...]]:
    """The checklist a text describes (None for a blank one), and everything wrong with it, by its own lines.

    It is good for use only when there are no problems.
    """
    problems = ProblemList(file)
    try:
        node = parse_yaml(text)
    except YamlBroken as exc:
        problems.add(exc.line, exc.advice)
        return None, problems.in_order()
    found = checklist_of(draft_of(node, ITS_ENTRY, problems), Checker(ITS_ENTRY, problems))
    return found, problems.in_order()


def print_checklist(checklist: Checklist) -> str:
    """The text of a checklist; parsing it gives the same one."""
    return dump_yaml(plain_of(checklist))
