"""What a curation form is about: ids only, in the view's private_metadata. Checked again wherever it is used."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter


@dataclass(frozen=True)
class About:
    """``base``: the version an editor was opened on."""

    proposal: int | None = None
    entry: str | None = None
    base: int | None = None
    question: int | None = None
    request: int | None = None


_ADAPTER: TypeAdapter[About] = TypeAdapter(About)


def about_text(about: About) -> str:
    """As private_metadata."""
    return _ADAPTER.dump_json(about, exclude_none=True).decode()


def about_from(text: str) -> About:
    """What a view is about. Raises ValueError for anything that is not ours."""
    return _ADAPTER.validate_json(text)
