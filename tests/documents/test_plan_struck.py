"""Words that somebody struck through: they count for nothing, and are named."""

from collections.abc import Callable, Sequence

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from app.documents.tables.plan_table import PlanDocument, read_plan_document
from tests.support.plan_files import HEADING, cell, codes, docx, row, saved, table

Parts = Sequence[tuple[str, bool]]
"""The pieces of a cell's text, each with whether it is struck through."""
Write = Callable[[Sequence[Sequence[Parts]]], PlanDocument]
STRIKE = "<w:strike/>"


def stands(*texts: str) -> list[Parts]:
    return [[(text, False)] for text in texts]


def struck(*texts: str) -> list[Parts]:
    return [[(text, True)] for text in texts]


def in_word(rows: Sequence[Sequence[Parts]], strike: str = STRIKE) -> PlanDocument:
    def written(parts: Parts) -> str:
        runs = (
            f"<w:r><w:rPr>{strike if is_struck else ''}</w:rPr>"
            f'<w:t xml:space="preserve">{text}</w:t></w:r>'
            for text, is_struck in parts
        )
        return cell(inner=f"<w:p>{''.join(runs)}</w:p>")

    body = table(row(*HEADING), *(row(*map(written, cells)) for cells in rows))
    return read_plan_document(docx(body), file_name="plan.docx")


def in_runs(rows: Sequence[Sequence[Parts]]) -> PlanDocument:
    """A workbook whose cells hold runs with fonts of their own."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(list(HEADING))
    for cells in rows:
        sheet.append([])
        at = sheet.max_row + 1
        for column, parts in enumerate(cells, 1):
            blocks = [
                TextBlock(InlineFont(strike=True), text) if is_struck else text
                for text, is_struck in parts
                if text
            ]
            sheet.cell(at, column).value = CellRichText(*blocks) if blocks else None
    return read_plan_document(saved(workbook), file_name="plan.xlsx")


def in_fonts(rows: Sequence[Sequence[Parts]]) -> PlanDocument:
    """A workbook whose cells are struck through as a whole."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(list(HEADING))
    for at, cells in enumerate(rows, 2):
        for column, [(text, is_struck)] in enumerate(cells, 1):
            one = sheet.cell(at, column, text)
            one.font = Font(strike=is_struck)
    return read_plan_document(saved(workbook), file_name="plan.xlsx")


EVERYWHERE = pytest.mark.parametrize("write", [in_word, in_runs, in_fonts])
FIRST = stands("1", "Việc một", "Sở Nội vụ", "", "Quý I/2026")
LAST = stands("3", "Việc ba", "Sở Y tế", "", "Quý II/2026")


@EVERYWHERE
@pytest.mark.parametrize("ordinal", [stands("2"), struck("2"), stands("")])
def test_a_row_that_is_struck_through_is_named_and_no_task(
    write: Write, ordinal: list[Parts]
) -> None:
    second = [*ordinal, *struck("Việc hai", "Sở Công Thương", "", "Quý I/2026")]

    document = write([FIRST, second, LAST])

    assert [one.title for one in document.rows] == ["Việc một", "Việc ba"]
    [left] = document.left_out
    assert left.reason.code == "row_struck"
    assert "Việc hai" in left.text
    assert "Sở Công Thương" in left.text
    assert document.rows_seen == 3


@EVERYWHERE
def test_a_cell_that_is_struck_through_assigns_nothing(write: Write) -> None:
    second = [*stands("2", "Việc hai"), *struck("Sở Công Thương"), *stands("", "Quý I/2026")]

    document = write([FIRST, second])

    assert [one.lead for one in document.rows] == ["Sở Nội vụ", ""]
    assert codes(document.rows[0]) == []
    assert "words_struck" in codes(document.rows[1])
    [warning] = [one for one in document.rows[1].warnings if one.code == "words_struck"]
    assert "Sở Công Thương" in warning.detail.vi


@pytest.mark.parametrize("write", [in_word, in_runs])
def test_words_that_are_struck_out_of_a_cell_leave_the_others(write: Write) -> None:
    lead = [("Sở Công Thương", True), ("Sở Y tế", False)]
    second = [*stands("2", "Việc hai"), lead, *stands("", "Quý I/2026")]

    document = write([FIRST, second])

    assert [one.lead for one in document.rows] == ["Sở Nội vụ", "Sở Y tế"]
    assert codes(document.rows[1]) == ["words_struck"]


@pytest.mark.parametrize("strike", ['<w:strike w:val="0"/>', '<w:dstrike w:val="false"/>'])
def test_a_property_that_is_off_strikes_nothing_through(strike: str) -> None:
    second = struck("2", "Việc hai", "Sở Công Thương", "", "Quý I/2026")

    document = in_word([FIRST, second], strike)

    assert [one.title for one in document.rows] == ["Việc một", "Việc hai"]
    assert not document.left_out


def test_a_double_line_strikes_through_as_well() -> None:
    document = in_word([FIRST, struck("2", "Việc hai", "", "", "")], "<w:dstrike/>")

    assert [one.reason.code for one in document.left_out] == ["row_struck"]
