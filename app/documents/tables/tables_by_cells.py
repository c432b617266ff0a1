"""Task tables none of whose headings is known: found by the kinds of their cells."""

from dataclasses import replace

from app.documents.files.grids import Block, GridTable
from app.documents.tables.columns_by_cells import heading_of
from app.documents.tables.left_out import NO_HEADING, left_out
from app.documents.tables.table_ends import is_frame
from app.documents.tables.task_tables import FoundTables, Section, keep_row


def sections_by_cells(blocks: list[Block]) -> FoundTables:
    """The tables that hold titles, bodies and times in columns of their own, and the rows of the
    others; a table inside a cell is none."""
    found = FoundTables()
    for at, block in enumerate(blocks):
        if isinstance(block, GridTable) and not block.nested and not block.hidden:
            _take(block, at, found)
    return found


def _take(table: GridTable, start: int, found: FoundTables) -> None:
    headed = heading_of(table)
    if headed is None:
        if not is_frame(table):
            found.left_out += left_out(table.rows, NO_HEADING)
        return
    heading, first = headed
    head = table.rows[first - heading.depth]
    section = Section(heading, start, head.number, (), table.name)
    ended = False
    for row in table.rows[first:]:
        ended = keep_row(replace(row, by_cells=True), section, ended=ended)
    found.sections.append(section)
