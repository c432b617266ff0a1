"""Writing an official letter as a Word file, by the layout of NĐ 30/2020/NĐ-CP, Phụ lục I.

A4 with margins of 20, 20, 30 and 15 mm, Times New Roman 14; the number of the page stands in the
middle of the top margin from the second page on.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.text.paragraph import Paragraph

from app.documents.word.letter import Appendix, Heading, Letter, Letterhead, Part, Prose
from app.documents.word.tables import table_element
from app.documents.word.texts import writable
from app.official_words import ROMAN, day_words

FONT = "Times New Roman"
BODY, SMALL, TINY = Pt(14), Pt(13), Pt(11)
MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
# The same letter is the same bytes, whenever it is written.
PACKED_AT = (1980, 1, 1, 0, 0, 0)


def write_letter(letter: Letter) -> bytes:
    """The letter as a .docx; what XML can't hold is replaced by U+FFFD. The same letter is always
    the same bytes."""
    document = Document()
    _lay_out(document)
    _write_letterhead(document, letter.letterhead)
    _line(document, letter.type_name.upper(), bold=True, align=ALIGN.CENTER, before=Pt(12))
    _line(document, letter.subject, bold=True, align=ALIGN.CENTER)
    _line(document, "_" * 12, align=ALIGN.CENTER)
    _line(document, f"Kính gửi: {letter.addressee}", align=ALIGN.CENTER, before=Pt(6))
    for number, part in enumerate(letter.body):
        _write_part(document, part, is_last=number == len(letter.body) - 1)
    _write_end(document, letter)
    for number, appendix in enumerate(letter.appendices):
        name = f"Phụ lục {ROMAN[number]}" if len(letter.appendices) > 1 else "Phụ lục"
        _write_appendix(document, appendix, name)
    buffer = io.BytesIO()
    document.save(buffer)
    return _repacked(buffer.getvalue())


def _day_line(day: date | None) -> str:
    """A day as letterheads write it: days under 10 and the months 1 and 2 with a zero; dots where
    it is open."""
    if day is None:
        return "ngày … tháng … năm …"
    number, month, year = day_words(day).split("/")
    return f"ngày {number} tháng {month} năm {year}"


def _lay_out(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, BODY
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)
    top = section.header.paragraphs[0]
    top.alignment = ALIGN.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    top._p.append(field)


def _write_letterhead(document: Any, head: Letterhead) -> None:
    left, right = _columns(document.add_table(rows=1, cols=2), (6.0, 10.5))
    if head.superior:
        _line(left, head.superior.upper(), size=SMALL, align=ALIGN.CENTER)
    for name in head.agency:
        _line(left, name.upper(), size=SMALL, bold=True, align=ALIGN.CENTER)
    _line(left, "_" * 8, size=SMALL, align=ALIGN.CENTER)
    _line(left, f"Số: {head.number}", size=SMALL, align=ALIGN.CENTER)
    state, motto = MOTTO
    _line(right, state, size=SMALL, bold=True, align=ALIGN.CENTER)
    _line(right, motto, bold=True, align=ALIGN.CENTER)
    _line(right, "_" * 22, align=ALIGN.CENTER)
    written = ", ".join(part for part in (head.place, _day_line(head.day)) if part)
    _line(right, written, italic=True, align=ALIGN.CENTER)
    for cell in (left, right):
        # A cell begins with an empty paragraph.
        cell._tc.remove(cell.paragraphs[0]._p)


def _write_part(document: Any, part: Part, *, is_last: bool) -> None:
    if isinstance(part, Heading):
        heading = _line(document, part.text, bold=True, before=Pt(6), indent=True)
        heading.paragraph_format.keep_with_next = True
    elif isinstance(part, Prose):
        lines = [line for line in part.text.splitlines() if line.strip()]
        for number, line in enumerate(lines):
            ends = is_last and number == len(lines) - 1
            text = f"{line.rstrip().rstrip('.')}./." if ends else line
            _line(document, text, align=ALIGN.JUSTIFY, before=Pt(6), indent=True)
    else:
        document.element.body.sectPr.addprevious(table_element(part))
        # Whatever follows a table stands off from it.
        _line(document, "", size=TINY)


def _columns(table: Any, widths: Sequence[float]) -> Any:
    """Give the columns their widths in centimetres; answers the cells of the first row."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    cells = table.rows[0].cells
    for cell, width in zip(cells, widths, strict=True):
        cell.width = Cm(width)
    return cells


def _write_appendix(document: Any, appendix: Appendix, name: str) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    numbering = OxmlElement("w:pgNumType")
    numbering.set(qn("w:start"), "1")
    section._sectPr.find(qn("w:pgMar")).addnext(numbering)
    _line(document, name, bold=True, align=ALIGN.CENTER)
    _line(document, appendix.title.upper(), bold=True, align=ALIGN.CENTER)
    _line(document, f"({appendix.goes_with})", italic=True, align=ALIGN.CENTER, after=Pt(6))
    for part in appendix.body:
        _write_part(document, part, is_last=False)


def _write_end(document: Any, letter: Letter) -> None:
    left, right = _columns(document.add_table(rows=1, cols=2), (7.5, 9))
    _line(left, "Nơi nhận:", size=Pt(12), bold=True, italic=True, before=Pt(12))
    for name in letter.recipients:
        _line(left, f"- {name}", size=TINY)
    for number, line in enumerate(letter.signature.lines):
        before = Pt(12) if number == 0 else None
        _line(right, line.upper(), bold=True, align=ALIGN.CENTER, before=before)
    # Room for the signature and the seal.
    _line(right, letter.signature.name or "", bold=True, align=ALIGN.CENTER, before=Pt(70))
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)


def _line(
    place: Any,
    text: str,
    *,
    size: Any = BODY,
    bold: bool = False,
    italic: bool = False,
    align: Any = None,
    before: Any = None,
    after: Any = None,
    indent: bool = False,
) -> Paragraph:
    """Add a paragraph to the document or to a cell."""
    paragraph: Paragraph = place.add_paragraph()
    run = paragraph.add_run(writable(text))
    run.bold, run.italic, run.font.size = bold, italic, size
    paragraph.alignment = align
    if before is not None:
        paragraph.paragraph_format.space_before = before
    if after is not None:
        paragraph.paragraph_format.space_after = after
    if indent:
        paragraph.paragraph_format.first_line_indent = Cm(1.27)
    return paragraph


def _repacked(content: bytes) -> bytes:
    """The same archive with the same moment on all of its files."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            member = zipfile.ZipInfo(name, PACKED_AT)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, source.read(name))
    return buffer.getvalue()
