"""One request of a curator who has been let in, and what a page is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.responses import Response

FORM_LIMIT = 1_000_000
"""Bytes in a form. The longest entry that may be saved stays far below."""


@dataclass(frozen=True)
class Upload:
    """A file somebody chose."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Visit:
    """``person`` is a curator right now, ``key`` their session's; ``form_token`` goes into every form of the page."""

    person: str
    form_token: str
    key: str = field(repr=False)
    query: QueryParams = field(default_factory=QueryParams)
    form: FormData = field(default_factory=FormData)
    path: Mapping[str, Any] = field(default_factory=dict)

    def asked(self, name: str) -> str:
        """A value of the address; empty when it is not there."""
        return self.query.get(name, "").strip()

    def typed(self, name: str) -> str:
        """A field of the form as typed, without half characters; empty when it is not there."""
        value = self.form.get(name, "")
        return _whole(value) if isinstance(value, str) else ""

    def ticked(self, name: str) -> tuple[str, ...]:
        """All values of a field that may be there several times."""
        return tuple(_whole(value) for value in self.form.getlist(name) if isinstance(value, str))

    def upload(self, name: str) -> Upload | None:
        """A chosen file; None when none was chosen."""
        value = self.form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            return None
        return Upload(value.filename, value.file.read())


Handler = Callable[[Visit], Response]
"""What a page does with a visit; runs in a thread of its own."""


@dataclass(frozen=True)
class Page:
    """A path below the desk's, and what answers there. ``limit``: bytes a form may have."""

    path: str
    answer: Handler
    method: Literal["GET", "POST"] = "GET"
    limit: int = FORM_LIMIT


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
