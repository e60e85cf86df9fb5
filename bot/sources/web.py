"""`kind: web`: pages of open web sites, named one by one or listed in sitemaps."""

from __future__ import annotations

import hashlib
import re

from bot.sources.listed import ListedSource, Outside
from knowledge.protocols import Source
from knowledge.web.settings import WebSettings
from knowledge.web.source import WebSource

FOLDER = "web"
"""Below DATA_DIR: what was fetched, a folder for each source."""


def build(listed: ListedSource, outside: Outside) -> Source:
    """``pages`` and ``sitemaps``, of whose hosts (and ``hosts``) pages are read, with ``delay`` seconds between two.

    See WebSettings for ``below`` and ``limit``.
    """
    options = listed.options
    settings = WebSettings(
        listed.name,
        pages=options.texts("pages"),
        sitemaps=options.texts("sitemaps"),
        hosts=options.texts("hosts"),
        below=options.texts("below"),
        audience=listed.audience,
        delay=float(options.whole("delay", default=1, least=1, most=60)),
        limit=options.whole("limit", default=2_000, least=1, most=20_000),
    )
    if not settings.pages and not settings.sitemaps:
        options.problem("pages", f"{listed.name} has no `pages:` and no `sitemaps:`. List the addresses of some.")
    for name, trouble in settings.problems():
        options.problem(name, f"{listed.name}: {trouble}")
    return WebSource(settings, outside.settings.data_dir / FOLDER / _folder(listed.name))


def _folder(name: str) -> str:
    """A name for files, another for each source."""
    mark = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', name)[:40]}-{mark}"
