"""The file that says who may read which topic: ``topics:`` with an audience for each tag."""

from __future__ import annotations

import threading
from pathlib import Path

from knowledge.audience_text import AudienceUnclear, read_audience
from knowledge.domain import Audience
from knowledge.errors import TopicsInvalid, YamlBroken
from knowledge.faq_draft import ProblemList, did_you_mean
from knowledge.topics import NO_TOPICS, Topics
from knowledge.yaml_text import YamlMap, YamlNode, YamlText, parse_yaml

MAX_BYTES = 1_000_000
TOP_KEYS = ("version", "topics")


def read_topics(path: Path) -> Topics:
    """The topics in a file. Raises TopicsInvalid with every problem in it."""
    problems = ProblemList(str(path))
    text = _text(path, problems)
    found = _topics(text, problems) if text is not None else {}
    if problems.found:
        raise TopicsInvalid(problems.in_order())
    return Topics(found)


class TopicsFile:
    """Topics that follow their file. Safe for several threads; a call costs one look at the file's date."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._topics = NO_TOPICS

    def __call__(self) -> Topics:
        """The topics as the file has them now; none without a file. Raises TopicsInvalid."""
        if self._path is None:
            return NO_TOPICS
        with self._lock:
            state = _state(self._path)
            if state is None or state != self._seen:
                self._topics, self._seen = read_topics(self._path), state
            return self._topics


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _text(path: Path, problems: ProblemList) -> str | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            problems.add(1, f"the file is larger than {MAX_BYTES // 1_000_000} MB. Is it the right one?")
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.add(1, "the file is not UTF-8 text. Save it as UTF-8.")
    except OSError as exc:
        problems.add(1, f"the file cannot be read ({exc.strerror}). Check AUDIENCES_FILE.")
    return None


def _topics(text: str, problems: ProblemList) -> dict[str, Audience]:
    try:
        root = parse_yaml(text)
    except YamlBroken as exc:
        problems.add(exc.line, exc.advice)
        return {}
    if not isinstance(root, YamlMap):
        problems.add(1, "there are no topics. Start the file with `version: 1` and `topics:`.")
        return {}
    found: dict[str, Audience] = {}
    for key, value in root.pairs:
        name = key.value if isinstance(key, YamlText) else ""
        if name not in TOP_KEYS:
            problems.add(key.line, f"the file has an unknown key `{name}`. {did_you_mean(name, TOP_KEYS)}")
        elif name == "topics":
            found |= _audiences(value, problems)
    return found


def _audiences(node: YamlNode, problems: ProblemList) -> dict[str, Audience]:
    if not isinstance(node, YamlMap):
        if node != YamlText("", node.line):
            problems.add(node.line, "`topics:` holds no tags. Write `pricing: internal` below it, one line per tag.")
        return {}
    found: dict[str, Audience] = {}
    for key, value in node.pairs:
        tag = key.value.strip().casefold() if isinstance(key, YamlText) else ""
        if not tag or tag in found:
            problems.add(key.line, f"the topic `{tag}` stands twice." if tag else "a topic has no name. Add it.")
            continue
        try:
            found[tag] = read_audience(value)
        except AudienceUnclear as exc:
            problems.add(exc.line, f"topic `{tag}`: {exc.advice}")
    return found
