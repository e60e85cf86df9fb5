"""PDF files: headings, pages and what is left out."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas
from support_pages import CHAPTERS, TOPICS, handbook

from knowledge.domain import Section
from knowledge.errors import DocumentUnreadable
from knowledge.page import Page
from knowledge.pdf_pages import parse_pdf
from knowledge.places import place


@pytest.fixture(scope="module", params=[True, False], ids=["outline", "letter sizes"])
def read(request: pytest.FixtureRequest) -> Page:
    return parse_pdf(handbook(request.param), "docs/consent-handbook.pdf")


def written(*pages: tuple[tuple[str, int], ...], **facts: str) -> bytes:
    """A PDF of pages with (text, size) lines."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setTitle(facts.get("title", ""))
    for lines in pages:
        y = 780
        for text, size in lines:
            canvas.setFont("Helvetica", size)
            canvas.drawString(72, y, text)
            y -= 14
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def texts(page: Page) -> list[Section]:
    return [section for section in page.sections if section.text]


def test_thirty_pages_have_thirty_sections_under_their_chapters(read: Page) -> None:
    headings = [(section.parents, section.heading) for section in texts(read)]
    wanted = [
        ((f"{number} {chapter}",), f"{chapter}: {topic.lower()}")
        for number, chapter in enumerate(CHAPTERS, 1)
        for topic in TOPICS
    ]
    assert headings == wanted


def test_every_section_knows_its_page(read: Page) -> None:
    assert [place(section.anchor) for section in texts(read)] == [f"p. {number}" for number in range(1, 31)]
    assert len({section.anchor for section in texts(read)}) == 30


def test_the_running_foot_is_not_part_of_the_text(read: Page) -> None:
    assert not [section for section in read.sections if "handbook -" in section.text]


def test_tables_and_sentences_are_there(read: Page) -> None:
    (found,) = (section for section in read.sections if "seventeen months" in section.text)
    assert found.heading == "Retention: how long it takes"
    assert "Trade fair" in found.text
    assert place(found.anchor) == "p. 13"


def test_the_title_is_the_files_own_else_the_largest_line_else_its_name() -> None:
    line = ("A line of text.", 11)
    assert parse_pdf(written((line,), title="Brand guide"), "a.pdf").title == "Brand guide"
    assert parse_pdf(written((("Guide to brands", 20), line, line)), "a.pdf").title == "Guide to brands"
    assert parse_pdf(written((line,), title="Microsoft Word - x.docx"), "brand-guide.pdf").title == "Brand guide"


def test_without_headings_each_page_is_a_section_under_the_title() -> None:
    page = parse_pdf(written((("One thing.", 11),), (("Another thing.", 11),)), "notes.pdf")
    assert [(s.heading, s.level, s.anchor) for s in page.sections] == [
        ("Notes", 0, "page=1"),
        ("Notes", 0, "page=2"),
    ]


def test_a_sentence_cut_by_the_page_break_stays_whole() -> None:
    first = (("Leads are", 11), ("kept for two", 11))
    second = (("years. Then they go.", 11),)
    page = parse_pdf(written(first, second), "a.pdf")
    assert [s.text for s in page.sections] == ["Leads are\nkept for two\nyears.", "Then they go."]


def test_a_word_broken_at_the_line_end_is_mended_and_bullets_are_a_list() -> None:
    page = parse_pdf(
        written((("The cam-", 11), ("paign starts:", 11), ("- on time", 11), ("- in budget", 11))), "a.pdf"
    )
    assert page.sections[0].text == "The campaign starts:\n- on time\n- in budget"


def test_a_file_that_opens_for_everybody_is_read_though_it_is_encrypted() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(written((("Open to all.", 11),)))))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert parse_pdf(out.getvalue(), "a.pdf").sections[0].text == "Open to all."


def test_a_file_encrypted_with_aes_says_what_to_do() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(written((("Open to all.", 11),)))))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    aes = b"/V 4 /CF << /StdCF << /CFM /AESV2 /Length 16 >> >> /StmF /StdCF /StrF /StdCF"
    with pytest.raises(DocumentUnreadable, match=r"encrypted \(AES\).*print it to a new PDF"):
        parse_pdf(out.getvalue().replace(b"/V 2", aes).replace(b"/R 3", b"/R 4"), "a.pdf")


def test_a_scan_says_what_to_do() -> None:
    with pytest.raises(DocumentUnreadable, match="OCR"):
        parse_pdf(written(()), "scan.pdf")
