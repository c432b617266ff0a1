"""Paragraphs and tables as WordprocessingML (ISO/IEC 29500), written as text piece by piece: a
tree of a letter with thousands of rows would take a gigabyte."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from app.documents.word.letter import LetterTable
from app.documents.word.texts import writable

BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
"""The borders of tables: a thin line around every cell."""
TWIPS_A_CM = 1440 / 2.54
BODY, SMALL, NOTE, TINY, LINE = 28, 26, 24, 22, 4
"""Sizes in half points: 14, 13, 12, 11, and that of a paragraph which is a line alone."""
TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
"""Word shows no tab that stands in a text as it is."""
SHORT = 600
"""A row of fewer characters is not divided between two pages."""


def twips(centimetres: float) -> int:
    """A length in twentieths of a point."""
    return round(centimetres * TWIPS_A_CM)


@dataclass(frozen=True, slots=True)
class ParagraphLook:
    """The look of a paragraph: sizes and spaces are in points, *first_line* and *within* in
    centimetres.

    *within* are the ends that a line below the paragraph leaves free, None for no line. *level* is
    that of a heading, from 0.
    """

    size: int = BODY
    bold: bool = False
    italic: bool = False
    align: str = ""
    before: float = 0
    after: float = 0
    first_line: float = 0
    within: float | None = None
    stays: bool = False
    level: int | None = None


CENTRED = ParagraphLook(align="center")
PROSE = ParagraphLook(align="both", before=6, first_line=1.27)
HEADING = ParagraphLook(bold=True, before=6, first_line=1.27, stays=True, level=0)


def paragraph(text: str, look: ParagraphLook = CENTRED) -> str:
    """A paragraph of one look; the elements of its properties stand in the order of the schema."""
    line = look.within is not None
    inside = "".join(
        (
            "<w:keepNext/>" if look.stays else "",
            '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
            if line
            else "",
            _spacing(look),
            _indent(look),
            f'<w:jc w:val="{look.align}"/>' if look.align else "",
            "" if look.level is None else f'<w:outlineLvl w:val="{look.level}"/>',
        )
    )
    return f"<w:p><w:pPr>{inside}</w:pPr>{run(text, look)}</w:p>"


def line(within: float) -> str:
    """A line across, which leaves so many centimetres free at both ends."""
    return paragraph("", ParagraphLook(size=LINE, within=within))


def _spacing(look: ParagraphLook) -> str:
    if not (look.before or look.after):
        return ""
    return f'<w:spacing w:before="{round(look.before * 20)}" w:after="{round(look.after * 20)}"/>'


def _indent(look: ParagraphLook) -> str:
    if look.within is not None:
        return f'<w:ind w:left="{twips(look.within)}" w:right="{twips(look.within)}"/>'
    return f'<w:ind w:firstLine="{twips(look.first_line)}"/>' if look.first_line else ""


def run(text: str, look: ParagraphLook) -> str:
    """A text of one look; characters that XML can't hold are replaced."""
    marks = f"{'<w:b/>' * look.bold}{'<w:i/>' * look.italic}"
    looks = f'<w:rPr>{marks}<w:sz w:val="{look.size}"/><w:szCs w:val="{look.size}"/></w:rPr>'
    if not text:
        return ""
    words = escape(writable(text)).replace("\t", TAB)
    return f'<w:r>{looks}<w:t xml:space="preserve">{words}</w:t></w:r>'


def columns(widths: Sequence[float], cells: Iterable[Iterable[str]]) -> str:
    """Columns without borders, of these widths in centimetres, each of its paragraphs."""
    of = [twips(width) for width in widths]
    row = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{"".join(cell)}</w:tc>'
        for width, cell in zip(of, cells, strict=True)
    )
    return f"{_table_head(of, 'TableNormal')}<w:tr>{row}</w:tr></w:tbl>"


def table(given: LetterTable) -> Iterator[str]:
    """The table row by row; its head is repeated on every page."""
    of = [twips(width) for width in given.widths]
    yield _table_head(of, "TableGrid")
    look = ParagraphLook(size=NOTE, stays=given.is_whole)
    yield _row(given.head, of, range(len(of)), replace(look, bold=True), is_head=True)
    for row in given.rows:
        yield _row(row, of, given.centred, look)
    yield "</w:tbl>"


def _table_head(widths: Sequence[int], style: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    # A template of somebody else's may lack the style: its borders stand here too.
    borders = f"<w:tblBorders>{BORDERS}</w:tblBorders>" if style == "TableGrid" else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'{borders}<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )


def _row(
    texts: Sequence[str],
    widths: Sequence[int],
    centred: Iterable[int],
    look: ParagraphLook,
    *,
    is_head: bool = False,
) -> str:
    whole = sum(map(len, texts)) < SHORT
    properties = f"<w:trPr>{'<w:cantSplit/>' * whole}{'<w:tblHeader/>' * is_head}</w:trPr>"
    if len(texts) == 1 < len(widths):
        # A heading of rows stays with the first of them.
        heading = replace(look, bold=True, stays=True)
        cell = _cell(texts[0], sum(widths), f'<w:gridSpan w:val="{len(widths)}"/>', heading)
        return f"<w:tr>{properties}{cell}</w:tr>"
    cells = (
        _cell(text, width, "", replace(look, align="center" * (at in centred)))
        for at, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def _cell(text: str, width: int, span: str, look: ParagraphLook) -> str:
    lines = "".join(paragraph(one, look) for one in writable(text).splitlines() or [""])
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}</w:tcPr>{lines}</w:tc>'
