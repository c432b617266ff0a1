"""Tables that stand side by side on one sheet, each with the same heading."""

from dataclasses import replace

from app.documents.files.grids import GridRow, GridTable
from app.documents.tables.table_headings import ColumnRole, role_of
from app.documents.words import folded

_ROWS_LOOKED_AT = 60
_MOST_BESIDE = 4


def side_by_side(table: GridTable) -> list[GridTable]:
    """The tables from left to right; the table itself where its heading does not begin again."""
    parts: list[GridTable] = []
    rest = table
    while len(parts) < _MOST_BESIDE - 1:
        begins = (_begins_again(row) for row in rest.rows[:_ROWS_LOOKED_AT])
        at = next(filter(None, begins), 0)
        if not at:
            break
        parts.append(_columns(rest, 0, at))
        rest = _columns(rest, at, rest.width)
    return [*parts, rest]


def _begins_again(row: GridRow) -> int:
    """The column where a heading row repeats all of its columns; 0 if there is none."""
    filled = [cell for cell in row.cells if cell.text.strip()]
    said = [folded(cell.text) for cell in filled]
    for place in range(1, len(said) // 2 + 1):
        if said[place : 2 * place] == said[:place] and len(said) % place == 0:
            is_heading = any(role_of(cell.text) is ColumnRole.TITLE for cell in filled[:place])
            return filled[place].column if is_heading else 0
    return 0


def _columns(table: GridTable, first: int, end: int) -> GridTable:
    """The cells that begin in some columns, counted from the first of these."""
    rows = (
        replace(
            row,
            cells=tuple(
                replace(cell, column=cell.column - first, span=min(cell.end, end) - cell.column)
                for cell in row.cells
                if first <= cell.column < end
            ),
        )
        for row in table.rows
    )
    hidden = frozenset(at - first for at in table.hidden_columns if first <= at < end)
    return replace(table, rows=tuple(rows), hidden_columns=hidden)
