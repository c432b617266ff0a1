"""CSV as people save it: with or without a BOM, by comma, semicolon or tab, LF or CRLF."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.errors import Fault, Text

DELIMITERS = ",;\t"
MAX_BYTES = 10 * 1024 * 1024

WORKBOOK = Text(
    "Đây là tệp Excel; hãy lưu lại dạng “CSV UTF-8”.",
    "This is an Excel workbook; save it as “CSV UTF-8”.",
)
NOT_UTF8 = Text(
    "Tệp không phải UTF-8; trong Excel hãy lưu dạng “CSV UTF-8”.",
    "The file is not UTF-8; in Excel save it as “CSV UTF-8”.",
)
TOO_LARGE = Text("Tệp lớn hơn 10 MB.", "The file is larger than 10 MB.")
EMPTY = Text("Tệp trống, thiếu dòng tiêu đề.", "The file is empty: the heading line is missing.")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file by its name, under which its faults are reported."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CsvColumns:
    """The columns of a kind of file: those it must have and those it may."""

    required: Sequence[str]
    optional: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of one row by column, each on one line; `line` is where the row begins."""

    file: str
    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class CsvTable:
    """The rows of a file that could be read, and the faults of those that could not."""

    rows: list[CsvRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_csv(file: SourceFile, columns: CsvColumns) -> CsvTable:
    """The rows of a file; its faults are reported row by row, all of them at once."""
    table = CsvTable()
    try:
        text = _decoded(file.content)
        start, delimiter = _layout(text, columns)
        records = _records(text, delimiter, start)
        _, heading = next(records, (0, []))
        if not heading:
            raise _UnreadableError(1, EMPTY)
        names = _heading(heading, columns)
        for line, cells in records:
            _add(table, CsvRow(file.name, line, {}), names, cells)
    except _UnreadableError as error:
        table.faults.append(Fault(f"{file.name}:{error.line}", "unreadable_file", error.text))
    return table


class _UnreadableError(Exception):
    def __init__(self, line: int, text: Text) -> None:
        super().__init__(text.en)
        self.line = line
        self.text = text


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _UnreadableError(1, TOO_LARGE)
    if content.startswith(b"PK\x03\x04"):
        raise _UnreadableError(1, WORKBOOK)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(line, NOT_UTF8) from None
    if "\0" in text:
        raise _UnreadableError(1, NOT_UTF8)
    return text


def _layout(text: str, columns: CsvColumns) -> tuple[int, str]:
    """The line of the heading, and the character that separates cells; Excel may begin with
    "sep=;"."""
    first, _, _ = text.partition("\n")
    said = first.strip().lower()
    if said in ("sep=,", "sep=;", "sep="):
        return 1, said[4:] or "\t"
    known = {*columns.required, *columns.optional}

    def recognised(delimiter: str) -> int:
        return len(known & {_name(cell) for cell in first.replace('"', "").split(delimiter)})

    return 0, max(DELIMITERS, key=recognised)


def _records(text: str, delimiter: str, start: int) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, and the line on which it begins."""
    lines = io.StringIO(text, newline="")
    for _ in range(start):
        next(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = start + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = start + reader.line_num + 1
    except csv.Error:
        raise _UnreadableError(
            line,
            Text(
                "Từ dòng này không đọc được: dấu ngoặc kép không khớp hoặc ô quá dài.",
                "Can't be read from this line on: unbalanced quotes, or a cell that is too long.",
            ),
        ) from None


def _heading(cells: list[str], columns: CsvColumns) -> list[str]:
    names = [_name(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    known = [*columns.required, *columns.optional]
    missing = [name for name in columns.required if name not in names]
    strange = [name or "(trống)" for name in names if name not in known]
    twice = sorted({name for name in names if names.count(name) > 1})
    vi, en = [], []
    if missing:
        vi.append(f"thiếu cột {', '.join(missing)}")
        en.append(f"missing: {', '.join(missing)}")
    if strange:
        vi.append(f"cột lạ {', '.join(strange)}")
        en.append(f"unknown: {', '.join(strange)}")
    if twice:
        vi.append(f"cột lặp lại {', '.join(twice)}")
        en.append(f"repeated: {', '.join(twice)}")
    if vi:
        raise _UnreadableError(
            1,
            Text(
                f"Tiêu đề chưa đúng: {'; '.join(vi)}. Các cột được dùng: {', '.join(known)}.",
                f"The columns are not right: {'; '.join(en)}. Known are: {', '.join(known)}.",
            ),
        )
    return names


def _add(table: CsvTable, row: CsvRow, names: list[str], cells: list[str]) -> None:
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(names):
        text = Text(
            f"Dòng có {len(cells)} ô mà tiêu đề có {len(names)} cột.",
            f"The row has {len(cells)} cells, the heading {len(names)} columns.",
        )
        table.faults.append(Fault(f"{row.file}:{row.line}", "wrong_number_of_cells", text))
        return
    row.cells.update(zip(names, (" ".join(cell.split()) for cell in cells), strict=True))
    table.rows.append(row)


def _name(cell: str) -> str:
    return cell.strip().lower()
