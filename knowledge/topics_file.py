"""The file that says who may read which topic: ``topics:`` with an audience for each tag."""

from __future__ import annotations

from pathlib import Path

from knowledge.audience_text import AudienceUnclear, read_audience
from knowledge.domain import Audience
from knowledge.errors import TopicsInvalid, YamlBroken
from knowledge.faq_draft import ProblemList, did_you_mean
from knowledge.followed_file import FollowedFile, text_in
from knowledge.topics import NO_TOPICS, Topics
from knowledge.yaml_text import YamlMap, YamlNode, YamlText, parse_yaml

TOP_KEYS = ("version", "topics")


def read_topics(path: Path) -> Topics:
    """The topics in a file. Raises TopicsInvalid with every problem in it."""
    problems = ProblemList(str(path))
    text = text_in(path, "AUDIENCES_FILE", problems)
    found = _topics(text, problems) if text is not None else {}
    if problems.found:
        raise TopicsInvalid(problems.in_order())
    return Topics(found)


class TopicsFile(FollowedFile[Topics]):
    """Topics that follow their file. A call raises TopicsInvalid."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, read_topics, NO_TOPICS)


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
