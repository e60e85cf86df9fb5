"""Whoever makes an effect of a message passes on what in it not everyone may read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).parents[2] / "bot"
EFFECTS = {"Post", "Update", "Respond"}
BUT = {"delivery.py:_instead_of"}
"""A form that was closed meanwhile, shown again to the one person who had it open."""


def _made_of_messages(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that take ``something.blocks``."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in EFFECTS:
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            if any(isinstance(value, ast.Attribute) and value.attr == "blocks" for value in given):
                yield call


def _passes_on(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(isinstance(value, ast.Attribute) and value.attr == "kept" for value in given)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_no_effect_forgets_what_its_message_keeps() -> None:
    texts = [(file.name, file.read_text(encoding="utf-8")) for file in BOT.rglob("*.py")]
    makers = [
        (f"{name}:{function.name}", call)
        for name, text in texts
        if ".blocks" in text  # parsing all of them takes two seconds
        for function in _functions(ast.parse(text))
        for call in _made_of_messages(function)
    ]
    forgetful = {maker for maker, call in makers if not _passes_on(call)}
    assert len(makers) > 10
    assert forgetful == BUT
