"""Files that go with a request, as they stand in its answers until they are on the ticket. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from escalation.domain import Answer, FieldType, Form, FormField

MAX_FILES = 10
"""Files of one field; what Slack's input takes."""

MAX_SIZE_MB = 10.0
"""Largest file where a form names no smaller limit; Slack's input takes no more."""

_TWINS = {"jpg": "jpeg", "jpeg": "jpg", "tif": "tiff", "tiff": "tif", "htm": "html", "html": "htm"}
_MEGABYTE = 1_000_000
_WRITTEN = re.compile(r"(\S+) (\d{1,15}) (.+)", re.DOTALL)


@dataclass(frozen=True)
class FileRef:
    """One file: ``id`` is opaque here, ``size`` in bytes (0 when unknown)."""

    id: str
    name: str
    size: int = 0

    def __str__(self) -> str:
        return f"{self.id} {self.size} {self.name}"

    @classmethod
    def read(cls, text: str) -> FileRef:
        """The file behind a text of an answer; a bare id is a file without a name."""
        found = _WRITTEN.fullmatch(text.strip())
        return cls(found[1], found[3], int(found[2])) if found else cls(text.strip(), text.strip())


def file_refs(answer: Answer | None) -> tuple[FileRef, ...]:
    """The files of an answer, in order."""
    given = (answer,) if isinstance(answer, str) else answer or ()
    return tuple(FileRef.read(text) for text in given if text.strip())


def file_names(answer: Answer | None) -> str:
    """The files of an answer by name, for people."""
    return ", ".join(ref.name for ref in file_refs(answer))


def files_of(form: Form | None, answers: Mapping[str, Answer]) -> Iterator[FileRef]:
    """Every file of a request, in the form's order, each once."""
    seen: set[str] = set()
    for field in form.fields if form else ():
        for ref in file_refs(answers.get(field.key)) if field.type is FieldType.FILE else ():
            if ref.id not in seen:
                seen.add(ref.id)
                yield ref


def largest(field: FormField) -> float:
    """The most megabytes a file of this field may have."""
    return min(field.rules.max_size_mb or MAX_SIZE_MB, MAX_SIZE_MB)


def accepted(field: FormField) -> tuple[str, ...]:
    """The endings a field takes, twins such as jpg and jpeg included; empty when it takes any."""
    return tuple(dict.fromkeys(e for ending in field.rules.extensions for e in (ending, _TWINS.get(ending, ending))))


def file_problem(field: FormField, answer: Answer) -> str | None:
    """What is wrong with the files of an answer; the sender's own client checks nothing of this for certain."""
    refs = file_refs(answer)
    if len(refs) > MAX_FILES:
        return f"{MAX_FILES} files are the most."
    for ref in refs:
        ending = ref.name.rpartition(".")[2].lower() if "." in ref.name else ""
        if field.rules.extensions and ref.name != ref.id and ending not in accepted(field):
            return f"{ref.name} can't be taken here. Use: {', '.join(field.rules.extensions)}."
        if ref.size > largest(field) * _MEGABYTE:
            megabytes = max(ref.size / _MEGABYTE, largest(field) + 0.1)
            return f"{ref.name} has {megabytes:.1f} MB; {largest(field):g} MB is the most."
    return None
