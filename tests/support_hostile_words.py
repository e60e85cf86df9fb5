"""Hostile words, and values of any type with such words in every place that holds text: made from the type hints."""

from __future__ import annotations

import inspect
import random
import re
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.demo.slack_limits import broadcasts
from bot.slack.message import Message
from knowledge.domain import Audience

PIECES = (
    *(
        "<!channel>",
        "<!here|here>",
        "<!everyone>",
        "<!subteam^S0EVIL>",
        "<@U0EVIL>",
        "<#C0EVIL|x>",
        "@here",
        "@channel",
    ),
    *(
        "<!date^1^{date}^https://evil.example|x>",
        "<https://evil.example|bank>",
        "&lt;!here&gt;",
        "&#60;!here&#62;",
        "&amp;",
    ),
    *(
        "[~evil]",
        "[~accountid:1234:evil]",
        "{html}",
        "{noformat}",
        "{ noformat}",
        "!evil.png!",
        "[x|https://evil.example]",
    ),
    *(
        "<",
        ">",
        "<!",
        "!>",
        "|",
        "&",
        "*",
        "_",
        "~",
        "`",
        "```",
        "\n",
        "\r\n",
        "> ",
        "- ",
        "# ",
        "[",
        "](",
        ")",
        "^",
        "\\",
    ),
    *(
        "here",
        "channel",
        "!",
        "@",
        " ",
        "  ",
        "\u200b",
        "\u202e",
        "\x00",
        "é",
        "🎉",
        "https://evil.example/",
        "{",
        "}",
        "{{x}}",
    ),
    *("{0}", "{asker}", "%s", "${x}", "where are my MQLs?", "a" * 80, "mailto:a@b.c", "javascript:x", "\u2028"),
)
LONG = 400
_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_DEEP = 6


class Hostile:
    """Makes values; the same seed makes the same ones. ``ours``: what is not made, by parameter or field."""

    def __init__(self, seed: int, ours: Mapping[str, Any] | None = None) -> None:
        self._rng = random.Random(seed)
        self._ours = ours or {}

    def words(self) -> str:
        """A few pieces in a row, sometimes many."""
        many = LONG if self._rng.random() < 0.02 else 12
        return "".join(self._rng.choice(PIECES) for _ in range(self._rng.randint(1, many)))

    def arguments(self, function: Callable[..., Any]) -> tuple[list[Any], dict[str, Any]]:
        """For every parameter of a function."""
        hints, positional, named = get_type_hints(function), [], {}
        for name, one in inspect.signature(function).parameters.items():
            if one.kind is inspect.Parameter.VAR_POSITIONAL:
                positional += [self.value(hints[name])]
            elif one.kind is inspect.Parameter.KEYWORD_ONLY:
                named[name] = self._ours.get(name, self.value(hints[name]))
            else:
                positional.append(self._ours.get(name, self.value(hints[name])))
        return positional, named

    def value(self, hint: Any, depth: int = 0) -> Any:
        """A value of this type."""
        simple = {str: self.words, int: lambda: self._rng.randint(0, 5), float: lambda: self._rng.uniform(0.1, 3)}
        simple |= {
            bool: lambda: self._rng.random() < 0.5,
            bytes: lambda: b"x",
            Path: lambda: Path("x"),
            Any: self.words,
        }
        simple |= {date: _NOON.date, datetime: lambda: _NOON, timedelta: lambda: timedelta(hours=2)}  # type: ignore[dict-item]
        simple |= {
            Audience: Audience,
            Message: lambda: Message("fine", ({"type": "divider"},)),
            type(None): lambda: None,
        }
        if hint in simple:
            return simple[hint]()
        if inspect.isclass(hint) and issubclass(hint, Enum):
            return self._rng.choice(list(hint))
        if is_dataclass(hint):
            return self._instance(hint, depth + 1)
        if isinstance(hint, TypeVar):
            return self.words()
        return self._generic(hint, depth)

    def _generic(self, hint: Any, depth: int) -> Any:
        origin, inside = get_origin(hint), get_args(hint)
        match origin:
            case types.UnionType:
                return self._one_of(inside, depth)
            case _ if origin is Union:
                return self._one_of(inside, depth)
            case _ if origin is Literal:
                return self._rng.choice(inside)
            case _ if origin is Annotated:
                return self.value(inside[0], depth)
            case _ if origin is tuple and inside[-1] is not Ellipsis:
                return tuple(self.value(one, depth) for one in inside)
            case _ if origin in (tuple, list, Sequence, Collection, Iterable, frozenset, set):
                made = [self.value(inside[0], depth) for _ in range(0 if depth > _DEEP else self._rng.randint(1, 2))]
                return made if origin is list else frozenset(made) if origin in (frozenset, set) else tuple(made)
            case _ if origin in (dict, Mapping):
                return {"type": "divider"} if inside[1] is Any else {self.words(): self.value(inside[1], depth)}
            case _ if origin is Callable:
                return lambda *_: self.words() if inside[1] is str else self.value(inside[1], depth)
        raise TypeError(f"no value for {hint}")

    def _one_of(self, hints: Sequence[Any], depth: int) -> Any:
        nothing = type(None) in hints and (depth > _DEEP or self._rng.random() < 0.25)
        return (
            None if nothing else self.value(self._rng.choice([one for one in hints if one is not type(None)]), depth)
        )

    def _instance(self, kind: Any, depth: int) -> Any:
        hints = get_type_hints(kind, include_extras=False)
        made = {}
        for one in fields(kind):
            optional = one.default is not MISSING or one.default_factory is not MISSING
            if one.init and not (optional and depth > _DEEP):
                made[one.name] = self._ours.get(one.name, self.value(hints[one.name], depth))
        return kind(**made)


_EVIL = re.compile(r"<!(?:channel|here|everyone|subteam\^S0EVIL)|<@U0EVIL|<#C0EVIL|<!date\^1\^")
_UNSEEN = frozenset(
    {"filetypes", "value", "initial_value", "url", "action_id", "block_id", "private_metadata", "callback_id"}
)


def alive(made: Any) -> list[str]:
    """Live mentions in a message, a view or blocks: none is ever made of words."""
    if isinstance(made, Message):
        return [*alive(made.text), *alive(list(made.blocks))]
    if isinstance(made, str):
        return _EVIL.findall(made)
    if isinstance(made, list | tuple):
        return [loud for one in made for loud in alive(one)]
    if isinstance(made, dict):
        unseen = made.get("type") == "plain_text"
        seen = () if unseen else [one for key, one in made.items() if key not in _UNSEEN]
        return [*broadcasts(made), *alive(list(seen))]
    return []
