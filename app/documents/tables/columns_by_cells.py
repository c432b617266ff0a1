"""Columns that no heading names, found by their cells: ordinals, bodies, times, and words between.

A person has to look at each row that is read so, since two columns of bodies look alike.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.documents.files.grids import Cell, GridRow, GridTable
from app.documents.tables.cell_kinds import CellKind, kind_of
from app.documents.tables.column_kinds import FITTING, MOST, KindsByColumn, columns_of
from app.documents.tables.ordinals import looks_like_ordinal
from app.documents.tables.table_ends import first_text
from app.documents.tables.table_headings import (
    ASSIGNING,
    ColumnRole,
    TableHeading,
    means_other,
    role_of,
)

_FEWEST_ROWS = 2
_FEWEST_CELLS = 3
_FEWEST_WORDS = 3  # of a title, in the mean
_LONGEST_HEADING = 150
_DOCUMENT = re.compile(r"\s*(?:số )?\d{1,5} ?/(?:\d{4}/)?[A-ZĐ]", re.IGNORECASE)
_BODIES = (ColumnRole.LEAD, ColumnRole.COORDINATING)
# The columns that a piece of a table may lack, the likeliest first. A task has a title and mostly a
# lead.
_LACKED = (
    ColumnRole.NOTE,
    None,
    ColumnRole.RESULT,
    ColumnRole.COORDINATING,
    ColumnRole.ORDINAL,
    ColumnRole.TIME,
    ColumnRole.LEAD,
)


def fitted(rows: Sequence[GridRow], heading: TableHeading) -> tuple[GridRow, ...] | None:
    """The rows of a table that has one column less than *heading*, each cell under the heading that
    its column is of by its cells; None where they do not tell."""
    columns, roles = columns_of(rows), heading.roles()
    for lacked in _LACKED:
        for at in range(heading.width):
            if roles.get(at) is not lacked:
                continue
            here = {column: roles.get(column + (column >= at)) for column in columns.kinds}
            if _all_fit(columns, here):
                return tuple(_without_column(row, at) for row in rows)
    return None


def _all_fit(columns: KindsByColumn, roles: dict[int, ColumnRole | None]) -> bool:
    """True if the cells of each column fit its role, and some role is certain by them."""
    assigning = {role for role in roles.values() if role in ASSIGNING}
    return bool(assigning) and all(_fits(columns, at, role) for at, role in roles.items())


def _fits(columns: KindsByColumn, at: int, role: ColumnRole | None) -> bool:
    if role in FITTING:
        return columns.share(at, FITTING[role]) > MOST
    if role is ColumnRole.TITLE:
        others = {kind for kinds in FITTING.values() for kind in kinds}
        return columns.share(at, others | {CellKind.NUMBER}) <= MOST
    return columns.share(at, {CellKind.ORDINAL, CellKind.AGENCY}) <= MOST


def _without_column(row: GridRow, at: int) -> GridRow:
    """The row as if the heading's column *at* had been left blank in it."""
    cells = (
        replace(cell, column=cell.column + (cell.column >= at), span=cell.span + _covers(cell, at))
        for cell in row.cells
    )
    return replace(row, cells=tuple(cells), by_cells=True)


def _covers(cell: Cell, at: int) -> bool:
    return cell.column < at < cell.end


def heading_of(table: GridTable) -> tuple[TableHeading, int] | None:
    """A heading for a table of tasks that has none that is known, and the place of its first row;
    None unless it has titles, bodies and one column of times."""
    first = next((at for at, row in enumerate(table.rows) if _has_task(row)), None)
    if first is None:
        return None
    while first and _may_head(table.rows[first - 1], is_sheet=bool(table.name)):
        first -= 1
    texts, columns = _texts(table, first), columns_of(table.rows[first:])
    other = {at for at, text in enumerate(texts) if means_other(text)}
    column_of = _roles(columns, texts, other)
    below = [row for row in table.rows[first:] if _filled(row) >= _FEWEST_CELLS]
    full = sum(_says(row, column_of) for row in below)
    of_documents = sum(any(_DOCUMENT.match(cell.text) for cell in row.cells) for row in below)
    if full < _FEWEST_ROWS or 2 * full < len(below) or 2 * of_documents > len(below):
        return None  # a list of documents names bodies and days too
    heading = TableHeading(
        texts,
        column_of,
        depth=int(any(texts)),
        combined=False,
        by_cells=frozenset(column_of.values()),
        layers=tuple((text,) if text else () for text in texts),
    )
    return heading, first


def _has_task(row: GridRow) -> bool:
    kinds = {kind_of(cell.text) for cell in row.cells if cell.text.strip()}
    return {CellKind.AGENCY, CellKind.TIME} <= kinds


def _may_head(row: GridRow, *, is_sheet: bool) -> bool:
    """True of a group above the first task; a line above the table of a sheet is the table's
    title."""
    is_short = 0 < _filled(row) < _FEWEST_CELLS
    return looks_like_ordinal(first_text(row)) or (is_short and not is_sheet)


def _filled(row: GridRow) -> int:
    return sum(bool(cell.text.strip()) for cell in row.cells)


def _texts(table: GridTable, first: int) -> tuple[str, ...]:
    """The words of the row above the first task, if they may be a heading."""
    texts = [""] * table.width
    cells = [cell for cell in table.rows[first - 1].cells if cell.text.strip()] if first else []
    if len(cells) >= _FEWEST_CELLS and all(len(cell.text) <= _LONGEST_HEADING for cell in cells):
        for cell in cells:
            texts[cell.column : cell.end] = [" ".join(cell.text.split())] * cell.span
    return tuple(texts[: table.width])


def _roles(
    columns: KindsByColumn, texts: Sequence[str], other: Iterable[int]
) -> dict[ColumnRole, int]:
    """Each role that the cells show: of two columns of bodies the left one leads, and of several
    columns of times none is taken."""
    free = [at for at in range(len(texts)) if at not in set(other)]
    found: dict[ColumnRole, int] = {}
    bodies = [at for at in free if columns.share(at, FITTING[ColumnRole.LEAD]) > MOST]
    found |= dict(zip(_BODIES, bodies, strict=False))
    times = [at for at in free if columns.share(at, {CellKind.TIME}) > MOST]
    if len(times) == 1:
        found[ColumnRole.TIME] = times[0]
    ordinals = [at for at in free if columns.share(at, {CellKind.ORDINAL}) > MOST]
    if ordinals:
        found[ColumnRole.ORDINAL] = ordinals[0]
    titles = [at for at in free if at not in {*bodies, *times, *ordinals}]
    named = [at for at in titles if role_of(texts[at]) is ColumnRole.TITLE]
    wordy = [at for at in titles if columns.words(at) >= _FEWEST_WORDS]
    wordy = [at for at in wordy if columns.share(at, {CellKind.PERSON}) <= MOST]
    if titles := named or wordy:
        found[ColumnRole.TITLE] = max(titles, key=lambda at: (columns.words(at), -at))
    return found


def _says(row: GridRow, column_of: dict[ColumnRole, int]) -> bool:
    """True if a row has a title, a lead and a time."""
    filled = {cell.column: kind_of(cell.text) for cell in row.cells if cell.text.strip()}
    wanted = (ColumnRole.TITLE, ColumnRole.LEAD, ColumnRole.TIME)
    if any(column_of.get(role) not in filled for role in wanted):
        return False
    return all(filled[column_of[role]] in FITTING[role] for role in wanted[1:])
