"""The glossary as a file: YAML with a list of terms, read with the line of everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from knowledge.errors import GlossaryInvalid, YamlBroken
from knowledge.faq_draft import ProblemList, did_you_mean
from knowledge.followed_file import FollowedFile, text_in
from knowledge.glossary import Glossary, Term, forms_of
from knowledge.yaml_text import YamlList, YamlMap, YamlNode, YamlText, parse_yaml

SHIPPED = Path(__file__).parent / "data" / "glossary.yaml"
"""Terms of marketing operations, used where a team names no file of its own."""

TOP_KEYS = ("version", "terms")
TERM_KEYS = ("term", "expansion", "aliases", "definition", "case")
CASES = {"": False, "any": False, "exact": True}


def read_glossary(path: Path) -> Glossary:
    """The glossary in a file. Raises GlossaryInvalid with every problem in it."""
    problems = ProblemList(str(path))
    text = text_in(path, "GLOSSARY_FILE", problems)
    terms = tuple(_terms(text, problems)) if text is not None else ()
    _check_forms(terms, problems)
    if problems.found:
        raise GlossaryInvalid(problems.in_order())
    return Glossary(tuple(term for term, _ in terms))


class GlossaryFile(FollowedFile[Glossary]):
    """A glossary that follows its file. A call raises GlossaryInvalid."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, read_glossary, Glossary())


def _terms(text: str, problems: ProblemList) -> Iterator[tuple[Term, int]]:
    try:
        root = parse_yaml(text)
    except YamlBroken as exc:
        problems.add(exc.line, exc.advice)
        return
    if not isinstance(root, YamlMap):
        problems.add(1, "there is no list of terms. Start the file with `version: 1` and `terms:`.")
        return
    listed = _fields(root, TOP_KEYS, "the file", problems).get("terms")
    if listed is None or isinstance(listed, YamlText):
        problems.add(root.line, "there is no list below `terms:`. Start each term with `- term:`, or write `[]`.")
        return
    for item in listed.items if isinstance(listed, YamlList) else (listed,):
        if isinstance(item, YamlMap):
            term = _term(item, problems)
            if term is not None:
                yield term, item.line
        else:
            problems.add(item.line, "this is no term. Write `- term: MQL` and `expansion: …` below it.")


def _term(node: YamlMap, problems: ProblemList) -> Term | None:
    fields = _fields(node, TERM_KEYS, "a term", problems)
    term = _value(fields.get("term"), "`term`", problems)
    label = f"`{term}`" if term else "a term"
    expansion = _value(fields.get("expansion"), f"`expansion` of {label}", problems)
    definition = _value(fields.get("definition"), f"`definition` of {label}", problems)
    case = _value(fields.get("case"), f"`case` of {label}", problems)
    aliases = tuple(_aliases(fields.get("aliases"), label, problems))
    if case not in CASES:
        problems.add(node.line, f"`case` of {label} is `{case}`. Write `exact`, or leave it out.")
    for name, value in (("term", term), ("expansion", expansion)):
        if not any(character.isascii() and character.isalnum() for character in value):
            problems.add(node.line, f"{label} has no `{name}:` with a letter or digit in it. Add it.")
            return None
    return Term(term, expansion, aliases, definition, CASES.get(case, False))


def _fields(node: YamlMap, known: tuple[str, ...], what: str, problems: ProblemList) -> dict[str, YamlNode]:
    found: dict[str, YamlNode] = {}
    for key, value in node.pairs:
        name = key.value if isinstance(key, YamlText) else ""
        if name not in known:
            problems.add(key.line, f"{what} has an unknown key `{name}`. {did_you_mean(name, known)}")
        elif name in found:
            problems.add(key.line, f"{what} has `{name}` twice. Remove one.")
        else:
            found[name] = value
    return found


def _value(node: YamlNode | None, what: str, problems: ProblemList) -> str:
    if node is None or isinstance(node, YamlText):
        return " ".join(node.value.split()) if node is not None else ""
    problems.add(node.line, f"{what} is not one text. Write it on one line, in quotes if it holds `: `.")
    return ""


def _aliases(node: YamlNode | None, label: str, problems: ProblemList) -> Iterator[str]:
    if node is None or node == YamlText("", node.line):
        return
    for item in node.items if isinstance(node, YamlList) else (node,):
        alias = _value(item, f"an alias of {label}", problems)
        if alias:
            yield alias
        else:
            problems.add(item.line, f"an alias of {label} is empty. Fill it in or remove it.")


def _check_forms(terms: tuple[tuple[Term, int], ...], problems: ProblemList) -> None:
    """Two terms that are said the same way could not be told apart."""
    taken: dict[str, tuple[Term, int]] = {}
    for term, line in terms:
        for form in forms_of(term):
            key = " ".join(form.casefold().replace("-", " ").split())
            other, at = taken.setdefault(key, (term, line))
            if other is not term:
                problems.add(line, f"`{form}` stands for `{other.term}` already (line {at}). Remove one of them.")
