"""Fields of a YAML mapping as typed texts; what has the wrong shape is reported with its line."""

from __future__ import annotations

from knowledge.faq_draft import DraftSource, ProblemList, Text, did_you_mean
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText

KIND = {YamlText: "a text", YamlList: "a list", YamlMap: "a mapping"}


def keys_of(node: YamlMap, known: tuple[str, ...], label: str, problems: ProblemList) -> dict[str, YamlNode]:
    """The values by key; unknown and repeated keys are reported."""
    found: dict[str, YamlNode] = {}
    lines: dict[str, int] = {}
    for key, value in node.pairs:
        name = key.value if isinstance(key, YamlText) else "…"
        if name not in known:
            problems.add(key.line, f"{label} has an unknown key `{name}`. {did_you_mean(name, known)}")
        elif name in found:
            problems.add(key.line, f"{label} has `{name}:` twice (first on line {lines[name]}). Keep one of them.")
        else:
            found[name], lines[name] = value, key.line
    return found


def text_of(node: YamlNode | None, what: str, problems: ProblemList) -> Text | None:
    """A single text; None when it is absent or blank."""
    if node is None or isinstance(node, YamlText):
        return Text(node.value, node.line, node.below) if node is not None and node.value.strip() else None
    problems.add(node.line, f"{what} is {KIND[type(node)]}, not a text. {_quotes_hint(node)}")
    return Text("", node.line)


def _quotes_hint(node: YamlNode) -> str:
    if isinstance(node, YamlMap):
        return "A text with `: ` in it needs quotes around it."
    return "Write one text; quote it if it starts with a bracket."


def texts_of(node: YamlNode | None, what: str, problems: ProblemList) -> tuple[Text, ...]:
    """The texts of a list."""
    if node is None or node == YamlText("", node.line):
        return ()
    if not isinstance(node, YamlList):
        problems.add(node.line, f"{what} is {KIND[type(node)]}, not a list. Put each on its own line after `- `.")
        return ()
    found = [text_of(item, f"an item in {what}", problems) for item in node.items]
    for item, text in zip(node.items, found, strict=True):
        if text is None:
            problems.add(item.line, f"an item in {what} is empty. Fill it in or remove it.")
    return tuple(text for text in found if text is not None)


def sources_of(node: YamlNode | None, label: str, problems: ProblemList) -> tuple[DraftSource, ...]:
    """The links below `sources`; a bare address is its own title."""
    if node is None or node == YamlText("", node.line):
        return ()
    if not isinstance(node, YamlList):
        problems.add(node.line, f"`sources` of {label} is {KIND[type(node)]}, not a list of title and url.")
        return ()
    return tuple(_source(item, label, problems) for item in node.items)


def _source(node: YamlNode, label: str, problems: ProblemList) -> DraftSource:
    if not isinstance(node, YamlMap):  # a bare address is its own title
        return DraftSource(node.line, None, text_of(node, f"a source of {label}", problems))
    fields = keys_of(node, ("title", "url"), f"a source of {label}", problems)
    title = text_of(fields.get("title"), f"a source's title of {label}", problems)
    return DraftSource(node.line, title, text_of(fields.get("url"), f"a source's url of {label}", problems))
