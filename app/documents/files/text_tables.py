"""The text form of a document: a table dumped cell by cell.

Each cell begins with a TAB, further lines of the same cell do not, an empty cell is a lone TAB and
a blank line ends a row. Signatures look the same, so only a heading tells where a task table is and
how many cells its rows have. Lines that hold a whole row, cell TAB cell, are read as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.documents.confined.limits import MAX_CHARACTERS, FileAllowance
from app.documents.files.file_kinds import OpenedFile
from app.documents.files.grids import Block, Cell, GridRow, GridTable
from app.documents.tables.ordinals import looks_like_ordinal
from app.documents.tables.table_headings import TableHeading, find_heading, role_of
from app.documents.words import composed, verbatim
from app.errors import FileTooLargeError, Text, UnreadableFileError

_MAX_LINES = 200_000
_BINARY = re.compile("[\x00-\x08\x0e-\x1b\x7f\ufffe\uffff]")
_FEWEST_CELLS, _MOST_CELLS = 2, 20
# A paragraph this short between two rows belongs to the cell above it; a longer one is prose.
_LONGEST_INTERRUPTION = 3


@dataclass(slots=True)
class _Chunk:
    """Lines up to a blank one: first those of no cell of their own, then cells."""

    lines: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


def read_text(file: OpenedFile) -> list[Block]:
    """Raises `UnreadableFileError` unless it is text in UTF-8, or in UTF-16 with a BOM, and
    `FileTooLargeError` beyond 5 million characters, 200,000 lines or the file's allowance."""
    lines = _lines(_decoded(file.content))
    if (rows := _rows_in_lines(lines, file.allowance)) is not None:
        return rows
    return _Dump(list(_chunks(lines)), file.allowance).blocks()


def _decoded(content: bytes) -> str:
    too_long = FileTooLargeError(
        Text("Tệp văn bản quá dài, hệ thống không đọc.", "The text file is too long.")
    )
    if len(content) > 3 * MAX_CHARACTERS:
        raise too_long
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            Text(
                "Tệp văn bản không dùng bảng mã UTF-8 (hoặc UTF-16 có BOM), hãy lưu lại bằng "
                "UTF-8.",
                "The text is not in UTF-8 (or UTF-16 with a BOM); save it again as UTF-8.",
            )
        ) from error
    if _BINARY.search(text):
        raise UnreadableFileError(
            Text(
                "Tệp chứa dữ liệu nhị phân, không phải văn bản thuần túy.",
                "The file holds binary data; it is not plain text.",
            )
        )
    if len(text) > MAX_CHARACTERS or text.count("\n") + text.count("\r") > _MAX_LINES:
        raise too_long
    return composed(text)


def _lines(text: str) -> list[str]:
    return re.sub("\r\n?|\f|\v", "\n", text).split("\n")


def _chunks(lines: list[str]) -> Iterator[_Chunk]:
    chunk, cells = _Chunk(), list[list[str]]()
    for line in [*lines, ""]:
        if line.startswith("\t"):
            cells.append([line[1:]])
        elif line.strip():
            (cells[-1] if cells else chunk.lines).append(line)
        else:
            chunk.cells = ["\n".join(cell) for cell in cells]
            yield chunk
            chunk, cells = _Chunk(), []


class _Dump:
    def __init__(self, chunks: list[_Chunk], allowance: FileAllowance) -> None:
        self._chunks = chunks
        self._allowance = allowance
        self._blocks: list[Block] = []
        self._rows: list[list[str]] = []
        self._upper: tuple[Cell, ...] = ()
        self._width = 0

    def blocks(self) -> list[Block]:
        at = 0
        while at < len(self._chunks):
            at += self._take(at)
        self._end_table()
        return self._blocks

    def _take(self, at: int) -> int:
        """Read one chunk (or the two of a double heading) and say how many were read."""
        chunk = self._chunks[at]
        self._take_lines(at)
        if not chunk.cells:
            return 1
        self._allowance.row()
        for cell in chunk.cells:
            self._allowance.cell(cell)
        if width := self._heading_width(chunk.cells):
            self._end_table()
            return self._begin_table(at, width)
        if self._width and self._completes(at):
            self._rows[-1].extend(chunk.cells)
        elif self._width and self._completes_with_lost_tabs(at):
            missing = self._width - len(self._rows[-1]) - len(chunk.cells)
            self._rows[-1].extend([""] * missing + chunk.cells)
        elif self._width:
            self._add(chunk.cells)
        else:
            self._blocks.append(GridTable((_row(1, chunk.cells, 0),)))
        return 1

    def _take_lines(self, at: int) -> None:
        chunk = self._chunks[at]
        if self._width and chunk.lines and self._interrupts(at):
            self._rows[-1][-1] += "\n\n" + "\n".join(chunk.lines)
        elif chunk.lines:
            self._end_table()
            self._blocks.extend(chunk.lines)
        elif not chunk.cells:
            self._blocks.append("")

    def _interrupts(self, at: int) -> bool:
        """True if lines without a TAB go on with the cell before the blank line."""
        chunk = self._chunks[at]
        following = chunk.cells or next(
            (each.cells for each in self._chunks[at + 1 : at + 3] if each.cells or each.lines), []
        )
        short = len(chunk.lines) <= _LONGEST_INTERRUPTION
        return short and bool(following) and not self._heading_width(following)

    def _heading_width(self, cells: list[str]) -> int:
        """The number of cells that are a heading; rows without blank lines between them follow
        their heading in the same chunk, the first of them with an ordinal."""
        if find_heading([_row(1, cells[:_MOST_CELLS], 0)], 0) is None:
            return 0
        for width in range(_FEWEST_CELLS + 1, min(len(cells), _MOST_CELLS)):
            if looks_like_ordinal(cells[width]) and role_of(cells[width - 1]) is not None:
                return width
        return len(cells) if len(cells) <= _MOST_CELLS else 0

    def _begin_table(self, at: int, width: int) -> int:
        cells = self._chunks[at].cells
        self._width, self._upper = width, _row(1, cells[:width], 0).cells
        self._rows.append(cells[:width])
        below = self._chunks[at + 1].cells if at + 1 < len(self._chunks) else []
        if spread := _spread_over(self._upper, below):
            self._width, self._upper = len(below), spread
            self._rows.append(below)
            return 2
        if len(cells) > width:
            self._add(cells[width:])
        return 1

    def _completes(self, at: int) -> bool:
        """True if the row above lacks just these cells: then the blank line stood inside a cell."""
        missing = self._width - len(self._rows[-1])
        for cells in (chunk.cells for chunk in self._chunks[at : at + self._width] if chunk.cells):
            missing -= len(cells)
            if looks_like_ordinal(cells[0]) or missing <= 0:
                return missing == 0 and not looks_like_ordinal(cells[0])
        return False

    def _completes_with_lost_tabs(self, at: int) -> bool:
        """Editors strip the lone TAB of an empty cell; the blank lines then count such cells."""
        cells, lost = self._chunks[at].cells, 1
        while at > lost and not self._chunks[at - lost].cells and not self._chunks[at - lost].lines:
            lost += 1
        missing = self._width - len(self._rows[-1])
        return missing == lost + len(cells) and not looks_like_ordinal(cells[0])

    def _add(self, cells: list[str]) -> None:
        for start in range(0, len(cells), self._width):
            self._allowance.row()
            self._rows.append(cells[start : start + self._width])

    def _end_table(self) -> None:
        if not self._width:
            return
        rows = [GridRow(1, self._upper)]
        for number, cells in enumerate(self._rows[1:], 2):
            rows.append(_row(number, cells, self._width))
        self._blocks.append(GridTable(tuple(rows)))
        self._rows, self._width = [], 0


def _row(number: int, texts: list[str], width: int) -> GridRow:
    """A dump does not say what was merged; one cell alone, or an ordinal and a title, can only
    have filled the row."""
    cells = [Cell(at, 1, verbatim(text)) for at, text in enumerate(texts)]
    if len(cells) == 1 or (len(cells) == 2 and looks_like_ordinal(cells[0].text)):
        last = cells[-1]
        cells[-1] = Cell(last.column, max(1, width - last.column), last.text)
    return GridRow(number, tuple(cells))


def _spread_over(upper: tuple[Cell, ...], below: list[str]) -> tuple[Cell, ...] | None:
    """The upper heading with the one cell widened that stands over several of the lower one."""
    named = [at for at, text in enumerate(below) if text.strip()]
    extra = len(below) - len(upper)
    if extra <= 0 or len(named) != extra + 1 or named[-1] - named[0] != extra:
        return None
    if not all(role_of(below[at]) for at in named) or named[0] >= len(upper):
        return None
    wide = []
    for cell in upper:
        shift = extra if cell.column > named[0] else 0
        span = extra + 1 if cell.column == named[0] else 1
        wide.append(Cell(cell.column + shift, span, cell.text))
    return tuple(wide)


def _rows_in_lines(lines: list[str], allowance: FileAllowance) -> list[Block] | None:
    """Tables pasted from a spreadsheet: a row a line. None when no heading is written so."""
    blocks: list[Block] = []
    rows: list[GridRow] = []
    found: TableHeading | None = None
    for line in lines:
        texts = line.strip("\r").split("\t")
        if len(texts) <= _FEWEST_CELLS or len(texts) > _MOST_CELLS:
            blocks.extend([GridTable(tuple(rows)), line] if rows else [line])
            rows = []
            continue
        row = _row(len(rows) + 1, texts, len(texts))
        found = found or find_heading([row], 0)
        allowance.row()
        for cell in row.cells:
            allowance.cell(cell.text)
        rows.append(row)
    blocks.extend([GridTable(tuple(rows))] if rows else [])
    return blocks if found is not None else None
