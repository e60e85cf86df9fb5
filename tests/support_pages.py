"""Real files of every kind, as people make them: a handbook, a playbook, a deck, a price list, a recorded talk."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import cache

import docx
import openpyxl
from pptx import Presentation
from pptx.slide import Slide
from pptx.util import Inches
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table

CHAPTERS = ("Consent", "Double opt-in", "Retention", "List imports", "Suppression", "Preference centre")
TOPICS = ("Who decides", "What is recorded", "How long it takes", "What goes wrong", "Whom to ask")


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    """What something writes into a file."""
    out = io.BytesIO()
    save(out)
    return out.getvalue()


class _Handbook(SimpleDocTemplate):
    """Puts headings into the outline as they are set."""

    def __init__(self, out: io.BytesIO, outline: bool) -> None:
        super().__init__(out, title="Consent handbook" if outline else None)
        self._outline = outline

    def afterFlowable(self, flowable: Flowable) -> None:
        style = getattr(getattr(flowable, "style", None), "name", "")
        if self._outline and style in ("Heading1", "Heading2"):
            text = flowable.getPlainText()
            self.canv.bookmarkPage(text)
            self.canv.addOutlineEntry(text, text, level=0 if style == "Heading1" else 1)


def _foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.drawString(72, 40, f"Marketing operations handbook - {document.page} of 30")


@cache
def handbook(outline: bool = True) -> bytes:
    """A PDF of 30 pages: 6 chapters of 5 sections, each on a page of its own; a foot on every page; one table."""
    out = io.BytesIO()
    styles = getSampleStyleSheet()
    story: list[Flowable] = []
    for number, chapter in enumerate(CHAPTERS, 1):
        story.append(Paragraph(f"{number} {chapter}", styles["Heading1"]))
        for topic in TOPICS:
            story.append(Paragraph(f"{chapter}: {topic.lower()}", styles["Heading2"]))
            for part in range(5):
                text = f"For {chapter.lower()}, {topic.lower()} depends on region {part + 1} and on the source. "
                story.append(Paragraph(text * 3, styles["BodyText"]))
            if (chapter, topic) == ("Retention", "How long it takes"):
                story.append(Paragraph("Webinar contacts are deleted after seventeen months.", styles["BodyText"]))
                story.append(Table([["Source", "Months"], ["Webinar", "17"], ["Trade fair", "24"]]))
            story.append(PageBreak())
    _Handbook(out, outline).build(story, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


@cache
def playbook() -> bytes:
    """A Word document with nested headings, lists, a table, a footnote-like remark and a quote."""
    document = docx.Document()
    document.add_heading("Event playbook", 0)
    document.add_paragraph("How we run events, from the first idea to the last thank-you.")
    for part in ("Before the event", "At the event", "After the event"):
        document.add_heading(part, 1)
        document.add_paragraph(f"{part}, the regional lead keeps the plan.")
        for step in ("Roles", "Checklist", "Money"):
            document.add_heading(f"{step} ({part.lower()})", 2)
            document.add_paragraph("Agree on these first:")
            for item in ("who talks to the venue", "who owns the list", "who signs invoices"):
                document.add_paragraph(item, style="List Bullet")
            document.add_paragraph("Write it down in the brief.", style="List Number")
    document.add_heading("Badge colours", 3)
    table = document.add_table(3, 3)
    for row, cells in enumerate(
        (("Role", "Colour", "Access"), ("Speaker", "purple", "all"), ("Guest", "grey", "hall"))
    ):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_paragraph("Badges are printed nine days ahead.", style="Quote")
    return saved(document.save)


@cache
def deck() -> bytes:
    """A presentation of 12 slides: titles, bullets, notes, a table, a group, a hidden and an untitled slide."""
    made = Presentation()
    for number in range(1, 11):
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = f"Launch step {number}"
        slide.placeholders[1].text = f"Step {number} has an owner\nIt has a date as well"
        slide.notes_slide.notes_text_frame.text = f"Remember to thank team {number}."
    _table(made.slides[6])
    group = made.slides[2].shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = "Embargo ends at noon"
    made.slides[4].element.set("show", "0")
    untitled = made.slides.add_slide(made.slide_layouts[6])
    untitled.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = "Thanks to everyone"
    return saved(made.save)


def _table(slide: Slide) -> None:
    table = slide.shapes.add_table(3, 2, 0, 0, Inches(4), Inches(2)).table
    for row, cells in enumerate((("Channel", "Lead time"), ("Paid social", "6 days"), ("Partner mail", "11 days"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text


@cache
def price_list() -> bytes:
    """A workbook of 5 sheets: two long tables with a title above, percentages, dates, a hidden and an empty one."""
    book = openpyxl.Workbook()
    for name, sheet in (("Sponsoring", book.active), ("Print", book.create_sheet())):
        sheet.title = name
        sheet.append([f"{name} prices 2027"])
        sheet.append([])
        sheet.append(["Item", "Price", "Discount", "Valid from"])
        for number in range(1, 61):
            sheet.append([f"{name} item {number}", number * 12.5, number / 200, date(2027, 1, 1 + number % 28)])
            sheet.cell(sheet.max_row, 3).number_format = "0.0%"
    notes = book.create_sheet("Notes")
    notes.append(["Prices are net."])
    notes.append(["Rush orders cost a third more."])
    hidden = book.create_sheet("Salaries")
    hidden.append(["Name", "Salary"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Empty")
    return saved(book.save)


TALK_PARTS = (
    ("utm", "Every tracking link carries a source, a medium and a campaign name in its parameters."),
    ("webinar", "The registration page of a webinar needs its room, its reminder mails and a speaker portrait."),
    ("budget", "Purchase orders for agencies go through finance before any invoice is paid."),
)


@cache
def talk() -> str:
    """A recorded talk as WebVTT: three topics of twenty cues each, with a pause of six seconds between them."""
    cues, at = [], 3
    for topic, sentence in TALK_PARTS:
        for number in range(20):
            cues.append(
                f"{_clock(at)} --> {_clock(at + 4)}\n<v Priya Nair>{sentence} That is {topic} point {number}."
            )
            at += 5
        at += 6
    return "WEBVTT - UTM and webinars\n\nNOTE made by hand\n\n" + "\n\n".join(cues) + "\n"


def _clock(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02}.000"
