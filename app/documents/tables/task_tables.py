"""Finding the task tables among a file's tables, and reading each row of them once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.documents.files.grids import Block, GridRow, GridTable
from app.documents.tables.cell_kinds import CellKind, kind_of
from app.documents.tables.columns import settled, year_of
from app.documents.tables.columns_by_cells import fitted
from app.documents.tables.left_out import (
    AFTER_END,
    DELETED,
    FORMULAS,
    HIDDEN,
    NO_HEADING,
    STRUCK,
    SUM,
    holds_anything,
    left_out,
)
from app.documents.tables.ordinals import SECTION, looks_like_ordinal, split_leading
from app.documents.tables.plan_rows import LeftOut
from app.documents.tables.side_tables import side_by_side
from app.documents.tables.table_ends import (
    begins_signature,
    ends_table,
    first_text,
    is_frame,
    is_sum,
    may_hold_tasks,
)
from app.documents.tables.table_headings import ASSIGNING, ColumnRole, TableHeading, find_heading
from app.documents.tables.task_rows import (
    Draft,
    add_part,
    head_of_parts,
    is_part,
    join,
    joins_previous,
    read_row,
)
from app.documents.words import cleaned, folded

_INDEX = re.compile(r"[0-9]{1,2}(?:=.+)?")
_FEWEST_INDEXED = 3
_PLAIN_SHEET = re.compile(r"(?:sheet|trang tinh|trang|bang|phu luc|tiep(?: theo)?) ?[\divx]*")
_MOST_BETWEEN = 3  # lines between the two pieces of one table, as "(tiếp theo Phụ lục)"
# Lists of documents, of people and of costs name bodies and days as well.
_OTHER_LIST = re.compile(
    r"^(?:(?:phu luc|bieu|bang|[ivx\d]+)(?: [\divx]+)? )?(?:danh sach|danh muc (?:cac )?van ban"
    r"|du toan|kinh phi|tong hop|ket qua)\b|\bda (?:ban hanh|trien khai|thuc hien|hoan thanh)\b"
)
_LONGEST_TITLE = 150  # characters of a paragraph that heads a table


@dataclass(slots=True)
class Section:
    """The rows under one heading, which is row `number` of the file's block `start`.

    `between` are the lines in front of a further piece of the table. `title` is what heads it, a
    numbered paragraph or the name of its sheet; `above` any short line that stands above it.
    `index` are the words of "(1) (2) (3)" under the heading, which pages print again.
    """

    heading: TableHeading
    start: int
    number: int
    first: tuple[str, ...]
    sheet: str
    title: str = ""
    above: str = ""
    rows: list[GridRow] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    between: list[str] = field(default_factory=list)
    continued: bool = False
    index: tuple[str, ...] = ()

    @property
    def sparse(self) -> bool:
        return bool(self.sheet)


@dataclass(slots=True)
class FoundTables:
    """The task tables of a file, and the rows of other tables that may hold tasks as well."""

    sections: list[Section] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def find_sections(blocks: list[Block]) -> FoundTables:
    """The task tables in the file's order. A table inside a cell counts only if no other does:
    then the outer one is a frame."""
    found = _sections(blocks, nested=False)
    inner = found if found.sections else _sections(blocks, nested=True)
    return inner if inner.sections else found


def _sections(blocks: list[Block], *, nested: bool) -> FoundTables:
    found, lines = FoundTables(), list[str]()
    for at, block in enumerate(blocks):
        if isinstance(block, str):
            lines += [cleaned(block)] if block.strip() else []
        elif block.nested is nested and not block.hidden:
            _take(block, at, found, lines)
            lines = []
    for section in found.sections:
        section.heading = settled(section.heading, section.rows)
    return found


def _take(table: GridTable, start: int, found: FoundTables, lines: Sequence[str]) -> None:
    """Put the rows of a table among those found; `lines` stand between it and the one before."""
    sections = [one for part in side_by_side(table) for one in _in_table(part, start)]
    if sections:
        sections[0].above = _line_above(lines)
        numbered = sections[0].above if _numbered(sections[0].above)[0] else ""
        sections[0].title = numbered or _given_name(sections[0].sheet)
        found.sections.extend(sections)
    elif found.sections and (rows := _further_rows(table, found.sections[-1], lines)):
        between = lines if table.name == found.sections[-1].sheet else [table.name]
        _go_on(found.sections[-1], rows, between)
    elif may_hold_tasks(table) or (found.sections and not is_frame(table)):
        found.left_out.extend(left_out(table.rows, NO_HEADING))
    if found.sections or may_hold_tasks(GridTable(table.deleted)):
        found.left_out.extend(left_out(table.deleted, DELETED))


def _line_above(lines: Sequence[str]) -> str:
    """The line right above a table, remarks aside, if it is short enough to be its heading."""
    last = next((line for line in reversed(lines[-3:]) if not line.startswith("(")), "")
    return last if len(last) <= _LONGEST_TITLE and not last.endswith((".", ";")) else ""


def _given_name(sheet: str) -> str:
    """The name of a sheet, if somebody gave it one that is more than the word for a sheet."""
    return "" if _PLAIN_SHEET.fullmatch(folded(sheet)) else sheet


def _numbered(title: str) -> tuple[str, str]:
    lettered = re.match(r"([a-zđ]\))\s*(?=\S)", title)
    return (lettered[1], title[lettered.end() :]) if lettered else split_leading(title)


def _in_table(table: GridTable, start: int) -> list[Section]:
    sections: list[Section] = []
    at, ended = 0, False
    while at < len(table.rows):
        heading = _new_heading(table.rows, at, sections)
        if heading is not None:
            row = table.rows[at]
            sections.append(Section(heading, start, row.number, _words(row), table.name))
            at, ended = at + heading.depth, False
            if at < len(table.rows) and _is_index(table.rows[at]):
                sections[-1].index = _words(table.rows[at])
                at += 1
            continue
        repeated = _repeats(table.rows, at, sections)
        if sections and not repeated:
            ended = keep_row(table.rows[at], sections[-1], ended=ended)
        at += max(1, repeated)
    return sections


def keep_row(row: GridRow, section: Section, *, ended: bool) -> bool:
    """Put a row among those that are read, or name it; True if the table has ended by here."""
    ended = (ended or ends_table(row)) and not _assigns(row, section.heading)
    if row.hidden:
        section.left_out += left_out([row], HIDDEN)
    elif row.is_struck:
        section.left_out += left_out([row], STRUCK)
    elif row.uncalculated and not any(cell.text for cell in row.cells if not cell.continues):
        section.left_out += left_out([row], FORMULAS)
    elif ended:
        section.left_out += left_out([row], AFTER_END)
    elif is_sum(row) and not _assigns(row, section.heading):
        section.left_out += left_out([row], SUM)
    else:
        section.rows.append(row)
    return ended


def _assigns(row: GridRow, heading: TableHeading) -> bool:
    """True if the row names an agency that leads, or a time, where its heading wants one."""
    kinds = {heading.role_in(cell): kind_of(cell.text) for cell in row.cells if cell.text.strip()}
    has_lead = kinds.get(ColumnRole.LEAD) is CellKind.AGENCY
    has_time = kinds.get(ColumnRole.TIME) is CellKind.TIME
    if has_lead and has_time and looks_like_ordinal(first_text(row)):
        return True  # whatever its title begins with: "Nơi nhận hồ sơ", "KT - XH"
    is_signature = any(
        begins_signature(cell.text)
        for at, cell in enumerate(row.cells)
        if at or heading.role_in(cell) in ASSIGNING  # a sheet's rows leave out their empty cells
    )
    return not is_signature and (has_lead or has_time)


def _new_heading(
    rows: tuple[GridRow, ...], at: int, sections: list[Section]
) -> TableHeading | None:
    if sections and (_repeats(rows, at, sections) or looks_like_ordinal(first_text(rows[at]))):
        return None
    return find_heading(rows, at)


def _repeats(rows: tuple[GridRow, ...], at: int, sections: list[Section]) -> int:
    """The number of rows here that print the heading again, as after a page break."""
    if sections and sections[-1].index and _words(rows[at]) == sections[-1].index:
        return 1
    if not sections or folded(first_text(rows[at])) != sections[-1].first[0]:
        return 0
    if _words(rows[at]) != sections[-1].first:
        return 0
    depth = sections[-1].heading.depth
    index = at + depth < len(rows) and _is_index(rows[at + depth])
    return depth + int(index)


def _words(row: GridRow) -> tuple[str, ...]:
    return tuple(folded(cell.text) for cell in row.cells if cell.text)


def _is_index(row: GridRow) -> bool:
    """ "(1) (2) (3)", "A B 1 2" or "1 2 3=1+2" under a heading."""
    words = [cleaned(cell.text[:20]).strip("()[]") for cell in row.cells if cell.text]
    numbers = [int(word.partition("=")[0]) for word in words if _INDEX.fullmatch(word)]
    letters = [word for word in words if len(word) == 1 and word.isupper()]
    counted = numbers == list(range(1, len(numbers) + 1)) and letters == sorted(set(letters))
    return counted and len(numbers) + len(letters) == len(words) >= _FEWEST_INDEXED


def _further_rows(table: GridTable, section: Section, lines: Sequence[str]) -> tuple[GridRow, ...]:
    """The rows of a table that goes on with the one before it, none if it does not. Word splits a
    table in two where somebody pressed Enter between its rows, or wrote a line there. Behind words,
    on another sheet and where a column is missing, only rows that assign as those above do go on
    with it; on another sheet a person looks at each."""
    rows, lacking = table.rows, section.heading.width - table.width
    is_elsewhere = table.name != section.sheet
    if not rows or lacking not in {0, 1} or any(_OTHER_LIST.search(folded(one)) for one in lines):
        return ()
    if not (lines or lacking or is_elsewhere):
        first = first_text(rows[0])
        goes_on = looks_like_ordinal(first) or not (rows[0].cells and rows[0].cells[0].text)
        return rows if goes_on else ()
    if lacking:
        rows = fitted(rows, section.heading) or ()
    elif is_elsewhere:
        rows = tuple(replace(row, by_cells=True) for row in rows)
    short = len(lines) <= _MOST_BETWEEN and all(len(line) <= _LONGEST_TITLE for line in lines)
    filled = [row for row in rows if holds_anything(row)]
    assigning = sum(_assigns(row, section.heading) for row in filled)
    return rows if short and 2 * assigning >= len(filled) > 0 else ()


def _go_on(section: Section, rows: Sequence[GridRow], lines: Sequence[str]) -> None:
    section.continued = True
    section.between += lines
    ended = False
    for row in rows:
        if not section.index or _words(row) != section.index:
            ended = keep_row(row, section, ended=ended)


def head_restarted(kept: list[Section]) -> bool:
    """True if several tables are headed each. Where their numbering begins anew, a short line above
    each heads it, though it has no number itself."""
    if len({section.title for section in kept}) > 1:
        return True
    firsts = [first_text(row) for section in kept for row in section.rows[:1]]
    lines = {section.above for section in kept}
    if len(set(firsts)) < len(firsts) and len(lines) == len(kept) > 1 and all(lines):
        for section in kept:
            section.title = section.above
        return True
    return False


def drafts_of(section: Section, *, headed: bool) -> Iterable[Draft]:
    """In the order of rows: empty ones are left out, and one that only goes on with the row above
    is joined to that row's draft. `headed`: what heads the table is a group over its rows."""
    if headed and section.title:
        ordinal, title = _numbered(section.title)
        yield Draft(section.number, ordinal, title, fills_row=True, level=SECTION)
    previous: Draft | None = None
    head: Draft | None = None
    for row in filter(holds_anything, section.rows):
        draft = _draft_of(row, section)
        if previous is not None and is_part(row, section.heading):
            if head is None:
                head = head_of_parts(previous)
                yield head
            add_part(head, previous, draft)
        elif previous is not None and joins_previous(row, draft, section.heading):
            join(previous, row, section.heading)
            continue
        else:
            head = None
        if previous is not None:
            yield previous
        previous = draft
    if previous is not None:
        yield previous


def _draft_of(row: GridRow, section: Section) -> Draft:
    draft = read_row(row, section.heading, sparse=section.sparse)
    draft.is_combined = section.heading.combined
    at = section.heading.column_of.get(ColumnRole.TIME)
    draft.year = year_of(section.heading.texts[at]) if at is not None else None
    return draft
