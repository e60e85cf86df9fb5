"""Word files as pages, by way of HTML. The one module of mammoth."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

import mammoth

from knowledge.anchors import Anchors
from knowledge.errors import DocumentUnreadable
from knowledge.html_pages import parse_html
from knowledge.office_archive import open_archive
from knowledge.page import Page, readable_name

STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Code'] => pre:separator('\\n')
p[style-name='Quote'] => blockquote:fresh
p[style-name='Intense Quote'] => blockquote:fresh
"""
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STYLE_PART = "word/styles.xml"
UNREAD = (
    "word/theme/",
    "word/stylesWithEffects",
    "word/settings",
    "word/fontTable",
    "word/webSettings",
    "customXml/",
)
NO_WORD_FILE = "is no readable Word document: open it and save it anew"


def parse_word(data: bytes, path: str) -> Page:
    """A .docx with its headings, lists, tables and footnotes; comments and pictures are left out.

    Raises DocumentUnreadable.
    """
    try:
        with open_archive(data, path, "Word document", ".docx") as archive:
            texts = _texts_only(archive)
        html = mammoth.convert_to_html(
            texts, style_map=STYLES, convert_image=_no_image, external_file_access=False
        ).value
    except (KeyError, ValueError, OSError, AttributeError, ExpatError, ParseError, BadZipFile) as exc:
        raise DocumentUnreadable(path, NO_WORD_FILE) from exc
    page = parse_html(f"<html><body>{html}</body></html>".encode(), path)
    if not page.sections:
        raise DocumentUnreadable(path, "holds no text: if it is made of pictures, run text recognition on it")
    anchors = Anchors()
    sections = tuple(replace(section, anchor=anchors.take(section.heading)) for section in page.sections)
    return replace(page, title=page.title or readable_name(path), sections=sections)


def _texts_only(archive: ZipFile) -> io.BytesIO:
    """The archive without pictures and with the styles' names only: mammoth reads no more of them, and builds a DOM
    of every part, which took nine tenths of the time for a page of text.
    """
    out = io.BytesIO()
    with ZipFile(out, "w") as slim:
        for part in archive.infolist():
            if part.filename == STYLE_PART:
                slim.writestr(part.filename, _names_of_styles(archive.read(part)))
            elif part.filename.endswith((".xml", ".rels")) and not part.filename.startswith(UNREAD):
                slim.writestr(part.filename, archive.read(part))
    out.seek(0)
    return out


def _names_of_styles(xml: bytes) -> bytes:
    styles = ElementTree.fromstring(xml)  # noqa: S314 - without a DOCTYPE, which open_archive refuses, nothing expands
    for style in list(styles):
        if style.tag != f"{WORD}style" or style.get(f"{WORD}type") == "table":
            styles.remove(style)
            continue
        for part in list(style):
            if part.tag not in (f"{WORD}name", f"{WORD}pPr"):
                style.remove(part)
            elif part.tag == f"{WORD}pPr":
                part[:] = part.findall(f"{WORD}numPr")
    return ElementTree.tostring(styles)


def _no_image(_image: object) -> list[Any]:
    """Pictures hold nothing to search; as they come they would be written into the text."""
    return []
