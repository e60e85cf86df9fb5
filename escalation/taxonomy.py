"""The team's rules for campaign links: which UTM parameters there are, and what each may hold; from a YAML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from escalation.domain import FieldType, Form, FormField, UtmPart
from escalation.errors import TaxonomyInvalid
from escalation.field_reader import FieldReader
from escalation.utm import PREFIX
from escalation.yaml_nodes import Node, YamlFile
from escalation.yaml_reader import YamlReader

_FILE_KEYS = frozenset({"version", "parameters"})


def load_taxonomy(path: Path) -> tuple[UtmPart, ...]:
    """The parameters of a taxonomy file, in its order, at least one. Raises TaxonomyInvalid naming every problem."""
    file = YamlFile(path)
    root = file.root()
    parts = _parameters(YamlReader(file), root) if root is not None else ()
    if file.problems:
        raise TaxonomyInvalid(file.problems)
    return parts


def taxonomy_of(forms: Sequence[Form]) -> tuple[UtmPart, ...]:
    """The rules that hold for any link of these forms: those of a plain link, else those of the first UTM field."""
    ruled = [field for form in forms for field in form.fields if field.parts]
    ruled.sort(key=lambda field: field.type is not FieldType.URL)
    return ruled[0].parts if ruled else ()


def with_taxonomy(forms: Sequence[Form], taxonomy: Sequence[UtmPart]) -> tuple[Form, ...]:
    """The forms with the taxonomy applied wherever a link is asked for.

    A UTM field that states rules of its own keeps them and gains the aliases; a tagged link in any other field is
    held to the taxonomy, save where something broken is reported: the wrong link may be what is broken.
    """
    return tuple(
        replace(form, fields=tuple(_field(form, field, taxonomy) for field in form.fields)) for form in forms
    )


def _field(form: Form, field: FormField, taxonomy: Sequence[UtmPart]) -> FormField:
    if field.type is not FieldType.UTM_SET and (field.type is not FieldType.URL or form.reports_breakage):
        return field
    if not field.parts:
        return replace(field, parts=tuple(taxonomy))
    aliases = {part.name: part.aliases for part in taxonomy}
    return replace(field, parts=tuple(replace(p, aliases=p.aliases or aliases.get(p.name, ())) for p in field.parts))


def _parameters(read: YamlReader, root: Node) -> tuple[UtmPart, ...]:
    top = read.known(root, "a taxonomy file", _FILE_KEYS)
    if "version" in top and read.file.text(top["version"], "version") != "1":
        read.file.problem(top["version"], "This version of the desk reads `version: 1` only.")
    if "parameters" not in top:
        read.file.problem(root, "There are no parameters here. Add `parameters:` with one line for each utm_…")
        return ()
    parts = FieldReader(read).parts(top["parameters"], "parameters")
    if not parts:
        read.file.problem(top["parameters"], "There are no parameters here. Add one line for each utm_…")
    for part in parts:
        if not part.name.startswith(PREFIX) or part.name != part.name.lower():
            read.file.problem(top["parameters"], f"{part.name} is no campaign parameter: those start with {PREFIX}")
    return parts
