"""Where a folder's pages stand on the web, when the folder is published as a site."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

CLEAN_SUFFIXES = (".md", ".markdown")  # sites serve these pages without their suffix
INDEX_NAMES = ("index", "_index")


def published_url(base_url: str | None, path: str) -> str | None:
    """The address of the page at ``path`` below ``base_url``; None when nothing is published."""
    if base_url is None:
        return None
    pure = PurePosixPath(path)
    if pure.stem.casefold() in INDEX_NAMES:
        page = "" if pure.parent == PurePosixPath() else f"{pure.parent}/"
    else:
        page = str(pure.with_suffix("")) if pure.suffix.casefold() in CLEAN_SUFFIXES else path
    return f"{base_url.rstrip('/')}/{quote(page)}"
