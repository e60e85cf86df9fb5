"""Which files are read, and which of them are safe to read in this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from knowledge.errors import DocumentUnreadable
from knowledge.markdown_pages import parse_markdown
from knowledge.page import WEB_PAGE, WIKI_PAGE, Page, Parser
from knowledge.plain_pages import parse_text
from knowledge.sidecar import Sidecar, read_sidecar
from knowledge.table_pages import parse_csv
from knowledge.transcript_pages import TRANSCRIPTS, parse_transcript
from knowledge.unseen import cleaned


def _html(data: bytes, path: str) -> Page:
    from knowledge.html_pages import parse_html

    return parse_html(data, path)


def _web_page(data: bytes, path: str) -> Page:
    from knowledge.html_main import parse_web_page

    return parse_web_page(data, path)


def _wiki_page(data: bytes, path: str) -> Page:
    from knowledge.confluence_pages import parse_confluence

    return parse_confluence(data, path)


PAGES: Mapping[str, Parser] = MappingProxyType(
    {".md": parse_markdown, ".markdown": parse_markdown, ".html": _html, ".htm": _html}
)
"""Pages in their own right: they say of themselves what others need a sidecar for, and are kept as they stand."""

SITES: Mapping[str, Parser] = MappingProxyType({WEB_PAGE: _web_page, WIKI_PAGE: _wiki_page})
"""Pages of web sites and wikis, as their sources name them; no file of a folder is called so."""

HTML = (".html", ".htm", WEB_PAGE)
"""What is written in HTML."""

TEXTS: Mapping[str, Parser] = MappingProxyType(
    {".txt": parse_text, ".text": parse_text, ".csv": parse_csv, ".tsv": parse_csv}
)
GUARDED = (".pdf", ".docx", ".pptx", ".xlsx")
"""Files of programs: only ever opened in a process of their own (see parsing_child)."""

READABLE = (*PAGES, *TEXTS, *TRANSCRIPTS, *GUARDED)
"""Every suffix that is read. Of `.json` files only transcripts, see ``is_readable``."""

MAX_TEXT = 4_000_000
"""Characters of one document: a book of 1,500 pages."""


def suffix_of(path: str) -> str:
    """What decides how a file is read."""
    return PurePosixPath(path).suffix.casefold()


def is_readable(path: str, has_sidecar: bool = False) -> bool:
    """Whether a file is taken in. A `.json` is a transcript when it says so in its name or has a sidecar."""
    suffix = suffix_of(path)
    if suffix == ".json":
        return has_sidecar or path.casefold().endswith((".transcript.json", ".loom.json"))
    return suffix in READABLE


def is_transcript(path: str, has_sidecar: bool = False) -> bool:
    """Whether a file is taken in as what was said in a recording."""
    return is_readable(path, has_sidecar) and (suffix_of(path) in TRANSCRIPTS or suffix_of(path) == ".json")


def takes_sidecar(path: str) -> bool:
    """Whether a YAML file of the same name speaks for this one."""
    return suffix_of(path) not in PAGES


def parse(data: bytes, path: str, sidecar: bytes, guarded: Mapping[str, Parser] = MappingProxyType({})) -> Page:
    """The page a file holds; ``guarded`` are the parsers this process may use besides. Raises DocumentUnreadable."""
    suffix = suffix_of(path)
    if as_page := PAGES.get(suffix) or SITES.get(suffix):
        return _bounded(as_page(data, path), path)
    facts = read_sidecar(sidecar, path) if sidecar else Sidecar()
    if not data:
        raise DocumentUnreadable(path, "is empty: save it again or leave it out")
    if suffix in TRANSCRIPTS:
        page = parse_transcript(data, path, facts)
    else:
        page = (TEXTS.get(suffix) or guarded[suffix])(data, path)
    return _bounded(cleaned(facts.onto(page)), path)


def _bounded(page: Page, path: str) -> Page:
    if sum(len(section.text) for section in page.sections) > MAX_TEXT:
        raise DocumentUnreadable(path, f"holds more than {MAX_TEXT:,} characters: split it or leave it out")
    return page
