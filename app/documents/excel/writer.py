"""Writing a workbook by XlsxWriter: filters, heads that stay, sums that follow the filter.

Words are always written as words: what somebody typed becomes neither a formula nor a link. What
is longer than a cell goes on in the row below.
"""

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from app.documents.excel.book import Column, Sheet, SheetColumnKind, Value
from app.documents.excel.long_texts import continued
from app.documents.word.texts import writable

FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
TITLE_AT, SUMS_AT, HEAD_AT = 0, 1, 2
LINE_BREAK = re.compile("\r\n?")
LINE, TALLEST = 15.75, 409.0
"""The height of a line in points, and the most that a row may have."""
LETTERS = 0.9
"""So many letters stand in a unit of a column's width, as words are broken."""
STAYING = 2
"""So many columns stay in sight, and identify a row."""
FIRST = 3
"""The rows of a sheet, from 0: its title, the sums, the heads, and the first row of data."""
MANY_ROWS = 5_000
"""More rows are laid on the disk one by one: what is held of them would take hundreds of MB."""
# The same workbook is the same bytes, whenever it is written.
MADE_AT = datetime(1980, 1, 1, tzinfo=UTC)
ONLY_FILTERED = 109
"""The function of SUBTOTAL that adds up the rows that a filter shows."""


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The workbook as a .xlsx; characters that XML can't hold are replaced by U+FFFD. The same
    sheets are always the same bytes."""
    buffer = io.BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "constant_memory": sum(len(sheet.rows) for sheet in sheets) > MANY_ROWS,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": MADE_AT.replace(tzinfo=None)})
        formats = _formats(book)
        for sheet in sheets:
            _write_sheet(book, sheet, formats)
    return buffer.getvalue()


def _formats(book: Any) -> dict[Any, Any]:
    looks: dict[Any, dict[str, Any]] = {
        SheetColumnKind.WORDS: {"text_wrap": True, "border": 1},
        SheetColumnKind.NUMBER: {"num_format": "#,##0", "border": 1},
        SheetColumnKind.EXACT: {"border": 1},
        SheetColumnKind.DAY: {"num_format": "dd/mm/yyyy", "border": 1, "align": "center"},
        SheetColumnKind.RATE: {"num_format": "0.00%", "border": 1},
        "title": {"bold": True, "font_size": 14},
        "head": {"bold": True, "border": 1, "text_wrap": True, "align": "center"},
        "sum": {"bold": True, "num_format": "#,##0", "border": 1},
        "sum rate": {"bold": True, "num_format": "0.00%", "border": 1},
    }
    return {name: book.add_format(FONT | look) for name, look in looks.items()}


def _write_sheet(book: Any, sheet: Sheet, formats: dict[Any, Any]) -> None:
    page = book.add_worksheet(sheet.name)
    # From the top: rows may be on the disk as soon as the next one is begun.
    page.write_string(TITLE_AT, 0, writable(sheet.title), formats["title"])
    naming = [n for n, column in enumerate(sheet.columns[:STAYING]) if not column.is_summed]
    rows = [part for row in sheet.rows for part in continued(row, naming)]
    last = FIRST + max(len(rows), 1) - 1
    _write_sums(page, sheet, last, formats)
    page.set_row(HEAD_AT, _height([one.head for one in sheet.columns], sheet.columns))
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(HEAD_AT, number, column.head, formats["head"])
    for at, row in enumerate(rows, FIRST):
        page.set_row(at, _height(row, sheet.columns))
        for number, value in enumerate(row):
            _write_cell(page, (at, number), value, sheet.columns[number], formats)
    page.freeze_panes(FIRST, STAYING)
    page.autofilter(HEAD_AT, 0, last, len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEAD_AT)
    if sheet.chart and sheet.rows:
        _draw(book, page, sheet, last)


def _height(row: Sequence[Value], columns: Sequence[Column]) -> float | None:
    """The height in which all words of a row can be read; None for one line. Not every program
    works it out by itself."""
    lines = max(
        (_lines(one, column.width) for one, column in zip(row, columns, strict=True)), default=1
    )
    return None if lines == 1 else min(lines * LINE, TALLEST)


def _lines(value: Value, width: float) -> int:
    if not isinstance(value, str) or (len(value) <= width * LETTERS and "\n" not in value):
        return 1
    return sum(1 + len(line) // int(width * LETTERS) for line in value.splitlines())


def _write_cell(
    page: Any, at: tuple[int, int], value: Value, column: Column, formats: dict[Any, Any]
) -> None:
    look = formats[column.kind]
    if column.kind is SheetColumnKind.RATE:
        page.write_formula(*at, _quotient(at[0], column), look, "" if value is None else value)
    elif value is None:
        page.write_blank(*at, None, look)
    elif isinstance(value, date):
        page.write_datetime(*at, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001 - a day has no zone
    elif isinstance(value, str):
        # Some readers show the carriage return of a Windows line break as it is escaped.
        page.write_string(*at, LINE_BREAK.sub("\n", writable(value)), look)
    else:
        page.write_number(*at, value, look)


def _quotient(row: int, column: Column) -> str:
    """The formula of a rate in a row; empty over nothing."""
    numerator, base = (
        "+".join(xl_rowcol_to_cell(row, number) for number in numbers)
        for numbers in (column.numerator, column.base)
    )
    return f'=IF(({base})=0,"",({numerator})/({base}))'


def _write_sums(page: Any, sheet: Sheet, last: int, formats: dict[Any, Any]) -> None:
    """Above the heads, so that filtering leaves them: of the rows that are shown."""
    sums = {
        number: sum(int(str(row[number] or 0)) for row in sheet.rows)
        for number, column in enumerate(sheet.columns)
        if column.is_summed
    }
    for number, total in sums.items():
        name = xl_col_to_name(number)
        formula = f"=SUBTOTAL({ONLY_FILTERED},{name}{FIRST + 1}:{name}{last + 1})"
        page.write_formula(SUMS_AT, number, formula, formats["sum"], total)
    for number, column in enumerate(sheet.columns):
        if column.kind is SheetColumnKind.RATE and {*column.numerator, *column.base} <= sums.keys():
            base = sum(sums[one] for one in column.base)
            found = sum(sums[one] for one in column.numerator) / base if base else ""
            formula = _quotient(SUMS_AT, column)
            page.write_formula(SUMS_AT, number, formula, formats["sum rate"], found)
    if sums:
        page.write_string(SUMS_AT, 0, "Tổng", formats["sum"])


def _draw(book: Any, page: Any, sheet: Sheet, last: int) -> None:
    """Below the rows: bars whose parts are named in the legend, with the numbers in them."""
    bars = sheet.chart
    if bars is None:
        return
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for number, colour, is_hatched in bars.stacked:
        look: dict[str, Any] = {"fill": {"color": colour}}
        if is_hatched:
            hatch = {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": "#FFFFFF"}
            look = {"pattern": hatch}
        chart.add_series(
            {
                "name": [sheet.name, HEAD_AT, number],
                "categories": [sheet.name, FIRST, bars.of, last, bars.of],
                "values": [sheet.name, FIRST, number, last, number],
                **look,
                "border": {"color": "#404040"},
                "data_labels": {"value": True, "num_format": "#,##0;;"},
            }
        )
    chart.set_title({"name": bars.title})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"})
    rows = last - FIRST + 1
    chart.set_size({"width": 900, "height": min(240 + 36 * rows, 1600)})
    page.insert_chart(last + 2, 1, chart)
