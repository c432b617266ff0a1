"""Writing tables as WordprocessingML (ISO/IEC 29500): cell by cell through python-docx, a thousand
rows would take a minute."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from app.documents.word.letter import Table
from app.documents.word.texts import writable

TWIPS_A_CM = 1440 / 2.54
SIZE = 24
"""Half points: 12."""
SHORT = 600
"""A row of fewer characters is not divided between two pages."""


def table_element(table: Table) -> Any:
    """The table, whose head is repeated on every page."""
    widths = [round(width * TWIPS_A_CM) for width in table.widths]
    rows = [_row(table.head, widths, range(len(widths)), is_head=True)]
    rows += [_row(row, widths, table.centred, is_head=False) for row in table.rows]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _row(texts: Sequence[str], widths: Sequence[int], centred: Any, *, is_head: bool) -> str:
    whole = sum(map(len, texts)) < SHORT
    properties = f"<w:trPr>{'<w:cantSplit/>' * whole}{'<w:tblHeader/>' * is_head}</w:trPr>"
    if len(texts) == 1 < len(widths):
        cell = _cell(texts[0], sum(widths), f'<w:gridSpan w:val="{len(widths)}"/>', "", bold=True)
        return f"<w:tr>{properties}{cell}</w:tr>"
    cells = (
        _cell(text, width, "", "center" if number in centred else "", bold=is_head)
        for number, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def _cell(text: str, width: int, span: str, align: str, *, bold: bool) -> str:
    # A heading of rows stays with the first of them.
    stays = "<w:keepNext/>" if span else ""
    aligned = f'<w:jc w:val="{align}"/>' if align else ""
    place = f"<w:pPr>{stays}{aligned}</w:pPr>"
    look = f'<w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{SIZE}"/></w:rPr>'
    lines = "".join(
        f'<w:p>{place}<w:r>{look}<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in writable(text).splitlines() or [""]
    )
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}</w:tcPr>{lines}</w:tc>'
