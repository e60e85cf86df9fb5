"""Files that mean harm or are broken: a folder of them, each with what the summary has to say about it.

A reason of "" means that the file is harmless once it is read as text: it must not fail.
"""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import docx
import openpyxl
from pptx import Presentation
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 10))
    + "]><lolz>&lol9;</lolz>"
).encode()
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)
WORD = "word/document.xml"


@dataclass(frozen=True)
class Hostile:
    """One file of the corpus; ``reason`` is a regular expression."""

    name: str
    make: Callable[[], bytes]
    reason: str


@cache
def small_pdf(pages: int = 3, text: str = "Consent lasts two years.") -> bytes:
    """A sound PDF."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in range(pages):
        canvas.drawString(72, 700, f"{text} Page {page}." if text else "")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def small_docx() -> bytes:
    """A sound Word document."""
    document = docx.Document()
    document.add_heading("Badges", 1)
    document.add_paragraph("Print them in black.")
    return _saved(document.save)


@cache
def small_xlsx() -> bytes:
    """A sound workbook."""
    book = openpyxl.Workbook()
    book.active.append(["Item", "Price"])
    book.active.append(["Booth", 20])
    return _saved(book.save)


@cache
def small_pptx() -> bytes:
    """A sound presentation of one slide with a title."""
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = "Launch plan"
    deck.slides[0].placeholders[1].text = "Mail goes out on Tuesday."
    return _saved(deck.save)


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def repacked(archive: bytes, changes: dict[str, bytes], drop: Iterable[str] = ()) -> bytes:
    """An archive with some parts exchanged, added or left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name not in changes and name not in drop:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return out.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first its catalogue, with a correct table of them."""
    out = bytearray(b"%PDF-1.7\n")
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table)
    return bytes(out)


def stream(content: bytes, facts: bytes = b"", packed: bool = False) -> bytes:
    """A PDF stream object."""
    body = zlib.compress(content, 1) if packed else content
    kind = b"/Filter /FlateDecode " if packed else b""
    return b"<< %s%s/Length %d >>\nstream\n%s\nendstream" % (kind, facts, len(body), body)


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"/Font << /H << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> "
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def _page(resources: bytes = b"") -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << %s%s >> >>" % (
        FONT,
        resources,
    )


def encrypted_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(small_pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    return _saved(writer.write)


def pdf_bomb() -> bytes:
    zeros = b" " * 90_000_000
    return raw_pdf(CATALOGUE, PAGES, _page(), stream(zeros, packed=True))


def pdf_laughs() -> bytes:
    """Six pages of forms that draw the next one ten times, nine deep: a thousand million words each."""
    kind = b"/Type /XObject /Subtype /Form /Resources << %s/XObject << /F %d 0 R >> >> "
    forms = [stream(b"/F Do " * 10, kind % (FONT, 6 + n)) for n in range(9)]
    last = stream(b"BT /H 12 Tf (ha) Tj ET", kind % (FONT, 4))
    first = _page(b"/XObject << /F 5 0 R >>")
    pages = b"<< /Type /Pages /Kids [3 0 R 15 0 R 16 0 R 17 0 R 18 0 R 19 0 R] /Count 6 >>"
    return raw_pdf(CATALOGUE, pages, first, stream(b"/F Do " * 50), *forms, last, *[first] * 5)


def pdf_in_a_circle() -> bytes:
    kind = b"/Type /XObject /Subtype /Form /Resources << %s/XObject << /F 5 0 R >> >> " % FONT
    form = stream(b"BT /H 12 Tf (ha) Tj ET /F Do /F Do", kind)
    return raw_pdf(CATALOGUE, PAGES, _page(b"/XObject << /F 5 0 R >>"), stream(b"/F Do"), form)


def pdf_pages_in_a_circle() -> bytes:
    return raw_pdf(CATALOGUE, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>")


def pdf_nested_arrays() -> bytes:
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 50_000 + b"]" * 50_000 + b" >>", PAGES, _page())


def pdf_outline_in_a_circle() -> bytes:
    catalogue = b"<< /Type /Catalog /Pages 2 0 R /Outlines 5 0 R >>"
    outline = b"<< /Type /Outlines /First 6 0 R /Last 6 0 R >>"
    item = b"<< /Title (Round and round) /Parent 5 0 R /Next 6 0 R /First 6 0 R /Dest [3 0 R /Fit] >>"
    return raw_pdf(catalogue, PAGES, _page(), stream(b""), outline, item)


def scanned_pdf() -> bytes:
    return small_pdf(1_000, "")


def zip_bomb(sound: bytes, part: str) -> bytes:
    return repacked(sound, {part: b"<a>" + b"0" * 130_000_000 + b"</a>"})


def many_parts() -> bytes:
    return repacked(small_docx(), {f"word/media/{number}.xml": b"" for number in range(10_100)})


def locked_zip() -> bytes:
    """Every local and central header says "encrypted"."""
    data = bytearray(small_docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def deep_docx() -> bytes:
    head = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    deep = b"<w:tbl><w:tr><w:tc>" * 20_000 + b"</w:tc></w:tr></w:tbl>" * 20_000
    return repacked(small_docx(), {WORD: head + deep + b"</w:body></w:document>"})


def linked_image_docx() -> bytes:
    """A picture that is a file of the machine that reads it."""
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId9" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
        b'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    body = (
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        b'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        b'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        b'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
        b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body><w:p><w:r>'
        b"<w:t>Words beside a picture</w:t><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill>"
        b'<a:blip r:link="rId9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>'
        b"</w:r></w:p></w:body></w:document>"
    )
    return repacked(small_docx(), {WORD: body, "word/_rels/document.xml.rels": relations})


def sheet(rows: bytes, dimension: bytes = b"A1:B2") -> bytes:
    """A workbook whose one sheet has these rows in XML."""
    xml = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="%s"/>'
        b"<sheetData>%s</sheetData></worksheet>" % (dimension, rows)
    )
    return repacked(small_xlsx(), {"xl/worksheets/sheet1.xml": xml})


def _cell(place: str, text: str) -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def far_cell() -> bytes:
    first = b'<row r="1">' + _cell("A1", "Near") + b"</row>"
    return sheet(first + b'<row r="1048576">' + _cell("XFD1048576", "Far") + b"</row>")


def lying_sheet() -> bytes:
    return sheet(b'<row r="1">' + _cell("A1", "Only this") + b"</row>", b"A1:XFD1048576")


def large_sheet() -> bytes:
    rows = b"".join(
        b'<row r="%d">%s%s</row>' % (n, _cell(f"A{n}", f"Contact {n}"), _cell(f"B{n}", "x" * 100))
        for n in range(1, 11_000)
    )
    return sheet(rows)


def hidden_sheet() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Empty")
    return _saved(book.save)


def picture_slides() -> bytes:
    deck = Presentation()
    for _ in range(5):
        deck.slides.add_slide(deck.slide_layouts[6])
    return _saved(deck.save)


def noise(start: bytes, size: int = 50_000) -> bytes:
    return start + random.Random(6).randbytes(size)


def large_csv() -> bytes:
    return b"name;mail\n" + b"A person;person@example.com and a remark of some length\n" * 350_000


def endless_talk() -> bytes:
    cue = "{0:02}:{1:02}:{2:02}.000 --> {0:02}:{1:02}:{2:02}.900\nAnd so on.\n\n"
    cues = (cue.format(n // 3600, n // 60 % 60, n % 60) for n in range(20_010))
    return ("WEBVTT\n\n" + "".join(cues)).encode()


HOSTILE = (
    Hostile("zero.pdf", lambda: b"", "is empty"),
    Hostile("page.pdf", lambda: b"<!doctype html><p>Sign in to download</p>", "is no PDF .*web page"),
    Hostile("archive.pdf", small_docx, "is no PDF .*ZIP"),
    Hostile("header.pdf", lambda: b"%PDF-1.7\n", "damaged PDF"),
    Hostile("noise.pdf", lambda: noise(b"%PDF-1.4\n"), "damaged PDF"),
    Hostile("half.pdf", lambda: small_pdf(40)[:3_000], "damaged PDF"),
    Hostile("locked.pdf", encrypted_pdf, "password"),
    Hostile("bomb.pdf", pdf_bomb, "unpacks into far more"),
    Hostile("laughs.pdf", pdf_laughs, "seconds of work|damaged or far too large"),
    Hostile("circle.pdf", pdf_in_a_circle, ""),
    Hostile("tree.pdf", pdf_pages_in_a_circle, "damaged PDF"),
    Hostile("arrays.pdf", pdf_nested_arrays, "damaged PDF|too deeply"),
    Hostile("outline.pdf", pdf_outline_in_a_circle, "pictures of pages"),
    Hostile("scan.pdf", scanned_pdf, r"scan.*OCR"),
    Hostile("million.pdf", lambda: small_pdf().replace(b"/Count 3", b"/Count 999999999"), ""),
    Hostile("zero.docx", lambda: b"", "is empty"),
    Hostile("page.docx", lambda: b"<html><body>Word saved me</body></html>", "no readable Word document.*web page"),
    Hostile("locked.docx", lambda: OLE, "password or in an old format"),
    Hostile("flagged.docx", locked_zip, "password"),
    Hostile("bomb.docx", lambda: zip_bomb(small_docx(), WORD), "ZIP bomb"),
    Hostile("parts.docx", many_parts, "ZIP bomb"),
    Hostile("laughs.docx", lambda: repacked(small_docx(), {WORD: LAUGHS}), "XML entities"),
    Hostile("external.docx", lambda: repacked(small_docx(), {WORD: EXTERNAL}), "XML entities"),
    Hostile("wide.docx", lambda: repacked(small_docx(), {WORD: LAUGHS.decode().encode("utf-16")}), "XML entities"),
    Hostile("deep.docx", deep_docx, "too deeply"),
    Hostile("half.docx", lambda: small_docx()[:9_000], "no readable Word document"),
    Hostile("empty.docx", lambda: repacked(small_docx(), {}, drop=[WORD]), "no readable Word document"),
    Hostile("up.docx", lambda: repacked(small_docx(), {"../../../../tmp/mops-desk-was-here.xml": b"<a/>"}), ""),
    Hostile("linked.docx", linked_image_docx, ""),
    Hostile("zero.xlsx", lambda: b"", "is empty"),
    Hostile("bomb.xlsx", lambda: zip_bomb(small_xlsx(), "xl/worksheets/sheet1.xml"), "ZIP bomb"),
    Hostile("laughs.xlsx", lambda: repacked(small_xlsx(), {"xl/sharedStrings.xml": LAUGHS}), "XML entities"),
    Hostile("far.xlsx", far_cell, "empty rows"),
    Hostile("lying.xlsx", lying_sheet, ""),
    Hostile("large.xlsx", large_sheet, "more than 10,000 rows"),
    Hostile("hidden.xlsx", hidden_sheet, "no values"),
    Hostile("torn.xlsx", lambda: sheet(b"<row r='1'><c r='A1'>"), "no readable Excel workbook"),
    Hostile("word.xlsx", small_docx, "no readable Excel workbook"),
    Hostile("word.pptx", small_docx, "no readable PowerPoint"),
    Hostile("half.pptx", lambda: small_pptx()[:20_000], "no readable PowerPoint"),
    Hostile("laughs.pptx", lambda: repacked(small_pptx(), {"ppt/slides/slide1.xml": LAUGHS}), "XML entities"),
    Hostile("pictures.pptx", picture_slides, "only pictures"),
    Hostile("locked.pptx", lambda: OLE, "password or in an old format"),
    Hostile("zeros.md", lambda: b"# Title\n\x00\x00text\n", "zero bytes"),
    Hostile("noise.md", lambda: noise(b"", 5_000), "zero bytes|not readable text"),
    Hostile("wide.md", lambda: "# Title\n".encode("utf-16-le"), "zero bytes"),
    Hostile("old.md", lambda: "# Caf\xe9\n\nCr\xe8me.\n".encode("cp1252"), ""),
    Hostile("quotes.md", lambda: b">" * 300_000 + b"deep\n", ""),
    Hostile("deep.html", lambda: b"<div>" * 41_000 + b"deep", "too deeply"),
    Hostile("zeros.html", lambda: b"<p>\x00</p>", "zero bytes"),
    Hostile("huge.txt", lambda: b"All work and no play.\n\n" * 250_000, "more than 4,000,000 characters"),
    Hostile("large.csv", large_csv, "more than 10,000 rows"),
    Hostile("open.csv", lambda: b'a,b\n"never closed, ' + b"x" * 300_000, "near line 2"),
    Hostile("zeros.csv", lambda: b"a,b\n\x00,1\n", "zero bytes"),
    Hostile("silent.vtt", lambda: b"WEBVTT\n\nNOTE nobody spoke\n", "holds no cues"),
    Hostile("endless.vtt", endless_talk, "more than 20,000 cues"),
    Hostile("noise.srt", lambda: noise(b"", 4_000), "zero bytes|not readable text"),
    Hostile("deep.transcript.json", lambda: b"[" * 100_000, "no valid JSON"),
    Hostile("other.transcript.json", lambda: b'{"name": "package", "version": "1.0"}', "is no transcript"),
    Hostile("half.transcript.json", lambda: b'{"phrases": [{"ts": 1, "va', "no valid JSON"),
)

SIDECARS = {
    "silent-sidecar.vtt.yaml": b"url: [unclosed",
    "tagged.vtt.yaml": b"title: !!python/object/apply:os.system ['touch /tmp/mops-desk-was-here']\n",
    "aliases.vtt.yaml": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(9)),
}
TALK = b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nName the campaign first.\n"
WITH_SIDECARS = (
    Hostile("silent-sidecar.vtt", lambda: TALK, "sidecar that is not valid YAML"),
    Hostile("tagged.vtt", lambda: TALK, ""),
    Hostile("aliases.vtt", lambda: TALK, "sidecar.*unfold"),
)
