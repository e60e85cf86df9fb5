"""What can go wrong in knowledge. Every message says what happened and what to do next."""

from __future__ import annotations

from dataclasses import dataclass


class KnowledgeError(Exception):
    """Base of all errors of this package."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file a person wrote, with the line (1-based) where it stands."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.message}"


class FaqInvalid(KnowledgeError):
    """An FAQ file has problems; nothing was imported. ``problems`` is never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        super().__init__("\n".join(str(p) for p in problems) + f"\nNothing was imported ({count}).")


class GlossaryInvalid(KnowledgeError):
    """A glossary file has problems. ``problems`` is never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


class TopicsInvalid(KnowledgeError):
    """The file of topics has problems. ``problems`` is never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


class EntryChanged(KnowledgeError):
    """Somebody changed an entry since a change to it was begun. ``current`` is None when there is no such entry."""

    def __init__(self, entry_id: str, base: int | None, current: int | None) -> None:
        self.entry_id = entry_id
        self.base = base
        self.current = current
        super().__init__(f"{entry_id} was changed meanwhile. Look at it as it is now, then make your change again.")


class LabelsInvalid(KnowledgeError):
    """A file of labelled questions has problems. ``problems`` is never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


class SourceUnavailable(KnowledgeError):
    """A source as a whole cannot be read (folder missing, no permission)."""


class WebFailed(KnowledgeError):
    """A web page could not be fetched this time. The message continues a sentence that begins with its address."""


class WebRefused(WebFailed):
    """A web page is not asked for: its address, or where that leads, is none that may be asked."""


class WebLeftOut(KnowledgeError):
    """A web page is not for us (gone, closed, not to be indexed): nothing of it may be kept. The message says why,
    continuing a sentence that begins with its address.
    """


class DocumentUnreadable(KnowledgeError):
    """One document cannot be read; the others can. ``reason`` is one line for the summary table."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class DocumentWithheld(KnowledgeError):
    """One document exists and must not be shown: what was stored of it goes at once. ``reason`` is one line."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class SyncOvertaken(KnowledgeError):
    """Another process reads the same source now; this sync ends. What it stored stays."""


class ModelUnavailable(KnowledgeError):
    """The embedding model cannot be loaded."""


class ModelMismatch(ModelUnavailable):
    """The model's weights are not the ones we know: their hash differs."""


class GenerationDamaged(KnowledgeError):
    """A generation on disk is incomplete, altered, or was built by another model or for other content."""


class YamlBroken(KnowledgeError):
    """A text is not YAML, or more than we unfold. ``line`` is 1-based, ``advice`` says what to do."""

    def __init__(self, line: int, advice: str) -> None:
        self.line = line
        self.advice = advice
        super().__init__(f"line {line}: {advice}")


class FaqNotWritten(KnowledgeError):
    """An FAQ file could not be written; what stood there before still stands."""
