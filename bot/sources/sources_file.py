"""SOURCES_FILE: where documents come from, as YAML; every problem with its line and what to do, or all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.errors import SourcesInvalid
from bot.sources.listed import ListedSource
from bot.sources.options import Options
from bot.sources.redacting import ALWAYS_PEOPLE, Redact
from knowledge.errors import YamlBroken
from knowledge.faq_draft import ProblemList, did_you_mean
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText, parse_yaml

KINDS = ("folder", "transcripts", "git", "confluence", "web", "jira")
MAX_BYTES = 500_000
_TOP_KEYS = ("version", "sources")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")


class SourcesFile:
    """One file while it is read. ``listed`` gives the sources; their builders may note problems, then ``check``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems = ProblemList(str(path))
        self._read: list[ListedSource] = []

    def listed(self) -> tuple[ListedSource, ...]:
        """Every source as far as it can be read; what is wrong is noted."""
        text = self._text()
        self._read = list(self._sources(text)) if text is not None else []
        self._refuse_repeated()
        return tuple(self._read)

    def check(self) -> None:
        """Raise SourcesInvalid with everything that is wrong, in file order."""
        problems = self._problems.in_order()
        if problems:
            count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
            raise SourcesInvalid("\n".join(str(problem) for problem in problems) + f"\nNothing was read ({count}).")

    def _text(self) -> str | None:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                self._problems.add(1, f"the file is larger than {MAX_BYTES // 1000} kB. Is it the right one?")
                return None
            return self._path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self._problems.add(1, "the file is not UTF-8 text. Save it as UTF-8.")
        except OSError as exc:
            self._problems.add(1, f"the file cannot be read ({exc.strerror}). Check SOURCES_FILE.")
        return None

    def _sources(self, text: str) -> Iterator[ListedSource]:
        try:
            root = parse_yaml(text)
        except YamlBroken as exc:
            self._problems.add(exc.line, exc.advice)
            return
        for item in self._items(root):
            if isinstance(item, YamlMap):
                yield self._source(item)
            else:
                self._problems.add(item.line, "this is no source. Write `- name: handbook` and `kind:` below it.")

    def _items(self, root: YamlNode | None) -> tuple[YamlNode, ...]:
        if not isinstance(root, YamlMap):
            self._problems.add(1, "there is no list of sources. Start the file with `version: 1` and `sources:`.")
            return ()
        found: dict[str, YamlNode] = {}
        for key, value in root.pairs:
            name = key.value if isinstance(key, YamlText) else ""
            if name not in _TOP_KEYS:
                self._problems.add(key.line, f"the file has an unknown key `{name}`. {did_you_mean(name, _TOP_KEYS)}")
            found.setdefault(name, value)
        version = found.get("version")
        if version is not None and version != YamlText("1", version.line):
            self._problems.add(version.line, "this version of the desk reads `version: 1` only.")
        listed = found.get("sources")
        if not isinstance(listed, YamlList) or not listed.items:
            self._problems.add(root.line, "there is no list below `sources:`. Start each source with `- name:`.")
            return ()
        return listed.items

    def _source(self, node: YamlMap) -> ListedSource:
        named = next((value for key, value in node.pairs if isinstance(key, YamlText) and key.value == "name"), None)
        label = f"source {named.value.strip()}" if isinstance(named, YamlText) and named.value.strip() else "a source"
        options = Options(node, label, self._path.parent, self._problems)
        name = options.needed("name", "Give it one: small letters, digits, - and _.")
        if name and not _NAME.fullmatch(name):
            options.problem("name", f"`{name}` is no name for a source: use small letters, digits, `.`, `-` and `_`.")
        kind = options.needed("kind", f"Write one of: {', '.join(KINDS)}.")
        if kind and kind not in KINDS:
            options.problem("kind", f"{label} is of an unknown kind `{kind}`. {did_you_mean(kind, KINDS)}")
        audience, every = options.audience("audience"), options.duration("every")
        limits, redact = options.limits("audiences"), _redact(options, kind, label)
        return ListedSource(name, kind, audience, every, options, node.line, limits, redact)

    def _refuse_repeated(self) -> None:
        taken: dict[str, int] = {}
        for source in self._read:
            line = taken.setdefault(source.name, source.line)
            if source.name and line != source.line:
                source.options.problem(
                    "name", f"`{source.name}` is the name of another source (line {line}). Rename one."
                )


def _redact(options: Options, kind: str, label: str) -> Redact:
    """Whether people's addresses and numbers are taken out; where people talk they always are."""
    said = options.text("redact", Redact.PEOPLE.value).lower()
    if said not in [rule.value for rule in Redact]:
        options.problem("redact", f"`redact` of {label} is `people` or `none`, not `{said}`.")
        return Redact.PEOPLE
    if kind in ALWAYS_PEOPLE and said == Redact.NONE.value:
        options.problem("redact", f"`redact: none` is not for {kind}: nobody wrote there for everybody. Remove it.")
    return Redact(said)
