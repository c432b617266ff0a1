"""Finding the task tables among a file's tables, and reading each row of them once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.documents.grids import Block, Row, Table
from app.documents.ordinals import looks_like_ordinal
from app.documents.plan_rows import RowWarning
from app.documents.table_headings import Heading, find_heading
from app.documents.task_rows import Draft, join, joins_previous, read_row
from app.documents.words import cleaned, folded
from app.errors import Text

_AFTER_TABLE = ("noi nhan", "tm ", "kt ", "nguoi lap", "nguoi tong hop")
_INDEX = re.compile(r"[0-9]{1,2}(?:=.+)?")
_FEWEST_INDEXED = 3


@dataclass(slots=True)
class Section:
    """The rows under one heading, which is row `number` of the file's block `start`."""

    heading: Heading
    start: int
    number: int
    first: tuple[str, ...]
    sparse: bool
    rows: list[Row] = field(default_factory=list)
    continued: bool = False


def find_sections(blocks: list[Block]) -> list[Section]:
    """The task tables in the file's order. A table inside a cell counts only if no other does:
    then the outer one is a frame."""
    return _sections(blocks, nested=False) or _sections(blocks, nested=True)


def _sections(blocks: list[Block], *, nested: bool) -> list[Section]:
    sections: list[Section] = []
    adjacent = False
    for at, block in enumerate(blocks):
        if isinstance(block, str):
            adjacent = adjacent and not block.strip()
        elif block.nested is nested and not block.hidden:
            found = _in_table(block, at)
            if found:
                sections.extend(found)
            elif adjacent and _continues(block, sections[-1]):
                sections[-1].rows.extend(block.rows)
                sections[-1].continued = True
            adjacent = bool(found) or (adjacent and sections[-1].continued)
    return sections


def _in_table(table: Table, start: int) -> list[Section]:
    sections: list[Section] = []
    at, ended = 0, False
    while at < len(table.rows):
        heading = _new_heading(table.rows, at, sections)
        if heading is not None:
            row = table.rows[at]
            sections.append(
                Section(heading, start, row.number, _words(row), sparse=bool(table.name))
            )
            at, ended = at + heading.depth, False
            at += int(at < len(table.rows) and _is_index(table.rows[at]))
            continue
        repeated = _repeats(table.rows, at, sections)
        ended = ended or _ends_table(table.rows[at])
        if sections and not ended and not repeated:
            sections[-1].rows.append(table.rows[at])
        at += max(1, repeated)
    return sections


def _new_heading(rows: tuple[Row, ...], at: int, sections: list[Section]) -> Heading | None:
    if sections and (_repeats(rows, at, sections) or looks_like_ordinal(_first_text(rows[at]))):
        return None
    return find_heading(rows, at)


def _repeats(rows: tuple[Row, ...], at: int, sections: list[Section]) -> int:
    """The number of rows here that print the heading again, as after a page break."""
    if not sections or folded(_first_text(rows[at])) != sections[-1].first[0]:
        return 0
    if _words(rows[at]) != sections[-1].first:
        return 0
    depth = sections[-1].heading.depth
    index = at + depth < len(rows) and _is_index(rows[at + depth])
    return depth + int(index)


def _words(row: Row) -> tuple[str, ...]:
    return tuple(folded(cell.text) for cell in row.cells if cell.text)


def _first_text(row: Row) -> str:
    return next((cell.text for cell in row.cells if cell.text), "")


def _is_index(row: Row) -> bool:
    """ "(1) (2) (3)", "A B 1 2" or "1 2 3=1+2" under a heading."""
    words = [cleaned(cell.text[:20]).strip("()[]") for cell in row.cells if cell.text]
    numbers = [int(word.partition("=")[0]) for word in words if _INDEX.fullmatch(word)]
    letters = [word for word in words if len(word) == 1 and word.isupper()]
    counted = numbers == list(range(1, len(numbers) + 1)) and letters == sorted(set(letters))
    return counted and len(numbers) + len(letters) == len(words) >= _FEWEST_INDEXED


def _ends_table(row: Row) -> bool:
    """A signature below the rows of a sheet or of a dump, which have no end of their own."""
    first = _first_text(row)
    return f"{folded(first)} ".startswith(_AFTER_TABLE) and not looks_like_ordinal(first)


def _continues(table: Table, section: Section) -> bool:
    """Word splits a table in two where somebody pressed Enter between its rows."""
    if not table.rows or table.width != section.heading.width:
        return False
    first = _first_text(table.rows[0])
    return looks_like_ordinal(first) or not (table.rows[0].cells and table.rows[0].cells[0].text)


def chosen(sections: list[Section]) -> tuple[list[Section], list[RowWarning]]:
    """The tables that are read as one, with what a person should know about the choice."""
    longest = max(sections, key=lambda section: len(section.rows))
    kept = [each for each in sections if each.heading.agrees_with(longest.heading)]
    warnings = [_left_out(each) for each in sections if each not in kept]
    if len(kept) > 1 or any(each.continued for each in kept):
        warnings.insert(0, _joined())
    return kept, warnings


def drafts_of(section: Section) -> Iterable[Draft]:
    """In the order of rows: empty ones are left out, and one that only goes on with the row above
    is joined to that row's draft."""
    previous: Draft | None = None
    for row in section.rows:
        if not any(cell.text or cell.label for cell in row.cells if not cell.continues):
            continue
        draft = read_row(row, section.heading, sparse=section.sparse)
        if previous is not None and joins_previous(row, draft, section.heading):
            join(previous, row, section.heading)
            continue
        if previous is not None:
            yield previous
        previous = draft
    if previous is not None:
        yield previous


def _joined() -> RowWarning:
    return RowWarning(
        "several_task_tables",
        Text(
            "Tệp có nhiều bảng nhiệm vụ cùng mẫu, các bảng được đọc nối tiếp nhau.",
            "The file has several task tables of one form; they were read one after another.",
        ),
    )


def _left_out(section: Section) -> RowWarning:
    names = "; ".join(text for text in section.heading.texts if text)[:200]
    return RowWarning(
        "task_table_left_out",
        Text(
            f"Một bảng khác mẫu ({len(section.rows)} dòng, các cột: {names}) không được đọc.",
            f"A table of another form ({len(section.rows)} rows, columns: {names}) was not read.",
        ),
    )
