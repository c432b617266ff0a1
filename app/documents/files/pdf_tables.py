"""Lines and tables of a PDF with text in it: tables that go on over pages are stitched together.

A PDF knows lines and letters alone, so cells are what ruled lines enclose, and a line break inside
of a cell is a real one only where the next word would have had room.
"""

import io
import operator
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pdfplumber
from pdfplumber.utils.exceptions import PdfminerException
from pdfplumber.utils.text import chars_to_textmap

from app.documents.confined.limits import FileAllowance, too_much_work
from app.documents.files.archives import broken
from app.documents.files.file_kinds import OpenedFile
from app.documents.files.grids import Block, Cell, GridRow, GridTable
from app.documents.words import verbatim
from app.errors import FileTooLargeError, Text, UnreadableFileError

_MOST_PAGES = 100
_MOST_HEADING_ROWS = 4
_NEAR = 3.0  # points: what is nearer belongs to one line
_PAGE_NUMBER = re.compile(r"\W*(?:trang )?\d{1,4}(?:\s*/\s*\d{1,4})?\W*", re.IGNORECASE)
_HYPHENATED = re.compile(r"\S-$")  # "NĐ-⏎CP", but not "Lao động -⏎Thương binh"
_DAY = re.compile(r"(?:\d{1,2}/){1,2}(?:19|20)\d\d\W?")
_BEGINS = re.compile(r"[-–+•*]|\d{1,2}[.)]|[a-zđ]\)|[IVX]{1,4}\.")
_LISTED = re.compile(r"(?:\d{1,2}[.)]|[a-zđ]\)|[-–+•*])\s")
_Box = tuple[float, float, float, float]  # left, top, right, bottom


def read_pdf(file: OpenedFile) -> list[Block]:
    """Raises `UnreadableFileError` for a damaged or protected file and for pictures of pages."""
    try:
        with pdfplumber.open(io.BytesIO(file.content)) as pdf:
            return _blocks(pdf.pages, file.allowance)
    except (UnreadableFileError, FileTooLargeError, MemoryError):
        raise
    except PdfminerException as error:
        raise _protected() if "PDFPasswordIncorrect" in repr(error.args) else broken() from error
    except Exception as error:  # whatever a malformed file makes of a library that trusts it
        raise broken() from error


def _blocks(pages: Sequence[Any], allowance: FileAllowance) -> list[Block]:
    if len(pages) > _MOST_PAGES:
        raise too_much_work()
    blocks: list[Block] = []
    edges: tuple[float, ...] = ()
    letters = 0
    for page in pages:
        letters += len(page.chars)
        is_first = True
        for element, found in _elements(page):
            if isinstance(element, str):
                _add_line(blocks, element, is_first=is_first)
                is_first = False
                continue
            is_first = False
            rows = [_row(cells, found, allowance) for cells in element]
            last = blocks[-1] if blocks else None
            if isinstance(last, GridTable) and _same(edges, found):
                blocks[-1] = GridTable(tuple(_stitched(last.rows, rows)))
            else:
                blocks.append(GridTable(tuple(_numbered(rows))))
            edges = found
        page.close()
    if not letters:
        raise _scanned()
    return blocks


def _add_line(blocks: list[Block], text: str, *, is_first: bool) -> None:
    """The first line of a page may go on with the last one of the page before."""
    last = blocks[-1] if blocks else None
    if is_first and isinstance(last, str) and _goes_on(last, text):
        blocks[-1] = f"{last} {text}"
    else:
        blocks.append(text)


def _elements(page: Any) -> Iterator[tuple[Any, tuple[float, ...]]]:
    """The lines and the tables of a page from its top down; page numbers are left out."""
    tables = [table for table in page.find_tables() if len(table.rows) > 0]
    places = [(table.bbox[1], table) for table in tables]
    inside = [table.bbox for table in tables]
    lines = page.filter(lambda one: not any(_within(one, box) for box in inside))
    margin = max((box[2] for box in inside), default=0.0)
    places += _paragraphs(lines.extract_text_lines(return_chars=True), margin)
    for _, element in sorted(places, key=lambda place: place[0]):
        if not isinstance(element, str):
            yield _grid(page, element), _edges(element.cells)
        else:
            yield verbatim(element), ()


def _within(one: dict[str, Any], box: _Box) -> bool:
    across, down = (one["x0"] + one["x1"]) / 2, (one["top"] + one["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _edges(cells: Sequence[_Box]) -> tuple[float, ...]:
    """The left edges of the columns and the right edge of the last."""
    edges: list[float] = []
    for edge in sorted({at for cell in cells for at in (cell[0], cell[2])}):
        if not edges or edge - edges[-1] > _NEAR:
            edges.append(edge)
    return tuple(edges)


def _paragraphs(lines: Sequence[dict[str, Any]], margin: float) -> list[tuple[float, str]]:
    """The lines outside of tables with their places from the top; lines that only wrapped, because
    the next word had no room, are one. A new paragraph is indented or begins a list, or only one
    of the two is in capitals. `margin` is where the page's tables end on the right."""
    joined: list[tuple[float, str]] = []
    shown = [line for line in lines if not _PAGE_NUMBER.fullmatch(line["text"])]
    left = min((line["x0"] for line in shown), default=0.0)
    right = max((line["x1"] for line in shown), default=0.0)
    right = max(right, margin)
    before: dict[str, Any] | None = None
    for line in shown:
        goes_on = (
            before is not None
            and line["x0"] - left < _NEAR
            and (
                right - before["x1"] < _first_word(line) + _NEAR
                or _goes_on(before["text"], line["text"])
            )
            and line["top"] - before["bottom"] < before["bottom"] - before["top"]
            and not _BEGINS.match(line["text"])
            and before["text"].isupper() == line["text"].isupper()
        )
        if goes_on:
            top, text = joined[-1]
            joint = "" if _HYPHENATED.search(text) else " "
            joined[-1] = (top, f"{text}{joint}{line['text']}")
        else:
            joined.append((line["top"], line["text"]))
        before = line
    return joined


def _goes_on(before: str, text: str) -> bool:
    """A sentence that has not ended goes on with a small letter."""
    return text[:1].islower() and not before.endswith((".", ";", ":")) and not _BEGINS.match(text)


def _first_word(line: dict[str, Any]) -> float:
    """The width of a line's first word and the space after it."""
    letters = len(line["text"].split(" ", 1)[0]) + 1
    return float(sum(char["width"] for char in line["chars"][:letters]))


def _same(left: Sequence[float], right: Sequence[float]) -> bool:
    return len(left) == len(right) and all(
        abs(one - other) <= 2 * _NEAR for one, other in zip(left, right, strict=True)
    )


_Placed = tuple[_Box, str, bool]  # a cell, its text, and whether it goes on from the row above


def _grid(page: Any, table: Any) -> list[list[_Placed]]:
    """Each row's cells from left to right; one that is merged downwards is in all of its rows."""
    chars = _by_cell(page.chars, list(dict.fromkeys(table.cells)))
    texts = {cell: _text(held, cell) for cell, held in chars.items()}
    grid = []
    for row in table.rows:
        top, bottom = row.bbox[1], row.bbox[3]
        middle = (top + min(bottom, *(cell[3] for cell in row.cells if cell))) / 2
        grid.append(
            [
                (cell, text, cell[1] < top - _NEAR)
                for cell, text in sorted(texts.items(), key=lambda item: item[0][0])
                if cell[1] <= middle <= cell[3]
            ]
        )
    return grid


def _by_cell(chars: Sequence[dict[str, Any]], cells: Sequence[_Box]) -> dict[_Box, list[Any]]:
    """Each letter belongs to the cell that its middle is in: those of two rows may overlap."""
    held: dict[_Box, list[Any]] = {cell: [] for cell in cells}
    for char in chars:
        cell = next((cell for cell in cells if _within(char, cell)), None)
        if cell is not None:
            held[cell].append(char)
    return held


def _text(chars: list[Any], cell: _Box) -> str:
    """The words of a cell; lines that only wrapped are joined."""
    if not chars:
        return ""
    text, room = "", 0.0
    for line in chars_to_textmap(chars).extract_text_lines(return_chars=True):
        is_new = _first_word(line) < room or _LISTED.match(line["text"])
        is_cut = _HYPHENATED.search(text) or _is_cut_day(text, line["text"])
        joint = "" if is_cut else "\n" if is_new else " "
        text += (joint if text else "") + line["text"]
        room = cell[2] - _NEAR - line["x1"]
    return verbatim(text)


def _is_cut_day(before: str, line: str) -> bool:
    """ "30/6/⏎2026" and "01/20⏎26" in a narrow column are one day and one month."""
    last, first = before.split()[-1:], line.split()[:1]
    return bool(last and first and _DAY.fullmatch(last[0] + first[0]))


def _row(cells: Sequence[_Placed], edges: Sequence[float], allowance: FileAllowance) -> GridRow:
    allowance.row()
    placed = []
    for (left, _, right, _), text, continues in cells:
        column, end = _column(left, edges), _column(right, edges)
        allowance.column(column)
        allowance.cell(text)
        placed.append(Cell(column, max(1, end - column), text, continues))
    return GridRow(0, tuple(placed))


def _column(at: float, edges: Sequence[float]) -> int:
    return min(range(len(edges)), key=lambda place: abs(edges[place] - at))


def _numbered(rows: Sequence[GridRow]) -> list[GridRow]:
    return [GridRow(number, row.cells) for number, row in enumerate(rows, start=1)]


def _stitched(before: Sequence[GridRow], rows: list[GridRow]) -> list[GridRow]:
    """The rows of both pages; one that the page cut in two is put together again, though the
    heading is printed once more between its halves."""
    at = _printed_again(before, rows)
    if before and at < len(rows) and _is_rest(rows[at]):
        cut, rest = before[-1], {cell.column: cell.text for cell in rows[at].cells}
        cells = tuple(
            Cell(
                c.column, c.span, " ".join(filter(None, (c.text, rest.get(c.column)))), c.continues
            )
            for c in cut.cells
        )
        before, rows = [*before[:-1], GridRow(cut.number, cells)], [*rows[:at], *rows[at + 1 :]]
    return _numbered([*before, *rows])


def _printed_again(before: Sequence[GridRow], rows: Sequence[GridRow]) -> int:
    """The number of rows with which a page begins as the table did; a cell may be cut off."""
    at = 0
    while at < min(len(before) - 1, len(rows), _MOST_HEADING_ROWS) and _alike(rows[at], before[at]):
        at += 1
    return at


def _alike(row: GridRow, first: GridRow) -> bool:
    texts, others = ([cell.text for cell in one.cells] for one in (row, first))
    equal = sum(map(operator.eq, texts, others))
    same_start = bool(texts and texts[0]) and texts[:1] == others[:1]
    return same_start and len(texts) == len(others) and equal > len(texts) / 2


def _is_rest(row: GridRow) -> bool:
    """A row without an ordinal that begins a page goes on with the last row of the page before,
    unless it is an item of a list with an agency or a time of its own."""
    first, *others = row.cells
    filled = [cell.text for cell in others if cell.text]
    is_item = len(filled) > 1 and bool(_BEGINS.match(filled[0]))
    return not first.text and bool(filled) and not is_item


def _scanned() -> UnreadableFileError:
    return UnreadableFileError(
        Text(
            "Tệp PDF là bản quét (ảnh chụp trang giấy), không có chữ để đọc; hãy lấy tệp Word gốc, "
            "hoặc nhận dạng chữ (OCR), lưu thành .docx, soát lại rồi gửi.",
            "The PDF is a scan (pictures of pages) without text; take the Word file it came from, "
            "or recognise its text (OCR), save it as .docx, check it and send that.",
        )
    )


def _protected() -> UnreadableFileError:
    return UnreadableFileError(
        Text(
            "Tệp PDF được bảo vệ bằng mật khẩu, hãy bỏ mật khẩu rồi gửi lại.",
            "The PDF is protected by a password; remove it and send the file again.",
        )
    )
