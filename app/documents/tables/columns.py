"""The roles of a task table's columns: judged by their cells, with the headings to break ties.

"Tiến độ" is a deadline or a status, "Đơn vị" a lead or a unit of measure: only the cells show
which.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.documents.files.grids import GridRow
from app.documents.tables.cell_kinds import CellKind
from app.documents.tables.column_kinds import FITTING, MOST, KindsByColumn, columns_of
from app.documents.tables.replaced_columns import in_place
from app.documents.tables.shared_columns import columns_beside
from app.documents.tables.table_headings import (
    ASSIGNING,
    ColumnRole,
    TableHeading,
    is_combined,
    says_nothing_known,
)
from app.documents.vietnamese import fold
from app.documents.words import folded

_WEAKLY = 3
_OVER = re.compile(
    r"\b(?:nhom|linh vuc|muc tieu|tru cot|hop phan|nhiem vu|noi dung|giai phap|chuyen de|khoi)\b"
)
_YEAR = re.compile(r"(?<!den )(?<!den het )(?<!den cuoi )\bnam (\d{4})\b")


def settled(heading: TableHeading, rows: Sequence[GridRow]) -> TableHeading:
    """The heading with each role at the column whose cells bear it out."""
    columns = columns_of(rows)
    best: dict[ColumnRole, tuple[tuple[float, ...], int]] = {}
    for column, claims in enumerate(heading.claims):
        for claim in claims:
            value = columns.claim(column, claim.role, claim.rank)
            if value is None:
                continue
            if value < best.get(claim.role, ((9.0,), 0))[0]:
                best[claim.role] = (value, column)
            break  # its other words count only where its cells contradict the first
    column_of = {role: column for role, (_, column) in best.items()}
    if ColumnRole.TITLE not in column_of or _is_split(heading):
        column_of |= {
            role: at
            for role, at in heading.column_of.items()
            if role in (ColumnRole.TITLE, ColumnRole.ORDINAL)
        }
    above_titles = _finer_titles(heading, column_of, columns)
    if above_titles is None:
        above_titles = _merged_beside(heading, column_of, rows)
    _find_ordinals(column_of, columns)
    by_cells = _found_by_cells(heading, column_of, columns)
    column_of |= by_cells
    replacing = in_place(heading, column_of, columns)
    if ColumnRole.TITLE not in column_of or not ASSIGNING & column_of.keys():
        return heading
    heading = replace(heading, in_place=replacing)
    beside = columns_beside(heading, column_of, columns)
    return replace(
        heading,
        column_of=column_of,
        beside=beside,
        other_times=_other_times(heading, {*column_of.values(), *beside, *replacing}, columns),
        combined=is_combined(heading.texts, column_of),
        by_cells=frozenset(by_cells.values()),
        above_titles=above_titles,
    )


def _finer_titles(
    heading: TableHeading, column_of: dict[ColumnRole, int], columns: KindsByColumn
) -> int | None:
    """Take the titles from the one of "Nội dung" and "Nhiệm vụ cụ thể" whose column has more cells
    of its own. The other column, which is answered, has cells merged over several titles."""
    taken = column_of.get(ColumnRole.TITLE, -1)
    claiming = [
        at
        for at, claims in enumerate(heading.claims)
        if claims and claims[0].role is ColumnRole.TITLE and claims[0].rank < _WEAKLY
    ]
    finest = max(claiming, key=lambda at: (columns.filled(at), -at), default=taken)
    if taken < 0 or _is_split(heading) or columns.filled(finest) <= columns.filled(taken):
        return None
    column_of[ColumnRole.TITLE] = finest
    return taken


def _merged_beside(
    heading: TableHeading, column_of: Mapping[ColumnRole, int], rows: Sequence[GridRow]
) -> int | None:
    """ "Nhóm nhiệm vụ", "Lĩnh vực" left of the titles, whose cells are merged over several rows."""
    title = column_of.get(ColumnRole.TITLE, 0)
    merged = {cell.column for row in rows for cell in row.cells if cell.continues and cell.text}
    for at in range(title):
        is_over = _OVER.search(folded(heading.texts[at])) is not None
        if is_over and at in merged and at not in column_of.values() and title not in merged:
            return at
    return None


def _found_by_cells(
    heading: TableHeading, column_of: Mapping[ColumnRole, int], columns: KindsByColumn
) -> dict[ColumnRole, int]:
    """The only column of agencies, or of times, whose heading has no known words."""
    found = {}
    for role in (ColumnRole.LEAD, ColumnRole.TIME):
        fitting = [
            at
            for at, text in enumerate(heading.texts)
            if at not in column_of.values()
            and says_nothing_known(text)
            and columns.share(at, FITTING[role]) > MOST
        ]
        if role not in column_of and len(fitting) == 1:
            found[role] = fitting[0]
    return found


def _other_times(heading: TableHeading, taken: set[int], columns: KindsByColumn) -> frozenset[int]:
    """Columns of deadlines that are none of those taken: "Thời gian trình" beside another one."""
    return frozenset(
        at
        for at, claims in enumerate(heading.claims)
        if any(one.role is ColumnRole.TIME and one.rank < _WEAKLY for one in claims[:1])
        and at not in taken
        and columns.share(at, {CellKind.TIME}) >= MOST
    )


def _is_split(heading: TableHeading) -> bool:
    """One heading over the column of ordinals and that of titles, which claims neither apart."""
    at = heading.column_of.get(ColumnRole.ORDINAL)
    return at is not None and all(
        claim.role is not ColumnRole.ORDINAL for claim in heading.claims[at]
    )


def _find_ordinals(column_of: dict[ColumnRole, int], columns: KindsByColumn) -> None:
    """Ordinals may stand under no heading at all, or under one that is not known."""
    if ColumnRole.ORDINAL in column_of:
        return
    taken = set(column_of.values())
    for column in range(column_of.get(ColumnRole.TITLE, 0)):
        if column not in taken and columns.share(column, {CellKind.ORDINAL}) > MOST:
            column_of[ColumnRole.ORDINAL] = column
            return


def year_of(text: str) -> int | None:
    """The one year that a heading names ("Thời gian (Năm 2026)"); None if there are several. Of
    "đến năm 2030" nothing is in 2030."""
    years = {int(year) for year in _YEAR.findall(fold(text))}
    return years.pop() if len(years) == 1 else None
