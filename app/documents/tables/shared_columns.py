"""Roles that several columns share: a deadline in parts, leads by level under one heading."""

import re
from collections.abc import Mapping, Sequence

from app.documents.files.grids import Cell, GridRow
from app.documents.tables.cell_kinds import CellKind, is_mark_in_column, kind_of
from app.documents.tables.column_kinds import MOST, KindsByColumn
from app.documents.tables.table_headings import ColumnRole, TableHeading, role_of
from app.documents.tables.time_parts import (
    ColumnUnit,
    TimePart,
    belong_together,
    is_part_alone,
    one_time,
    time_part,
)
from app.documents.words import cleaned, folded

# "Cơ quan chủ trì (mới)" stands in the place of another one and not beside it.
_INSTEAD = re.compile(
    r"\b(?:cu|(?<!nong thon )(?<!do thi )moi|truoc|ban dau|dieu chinh|thay the|hien nay)\b"
)
_PARTS = {"chủ trì": ("ct", "chu tri", "chinh"), "phối hợp": ("ph", "phoi hop")}
_BEFORE = re.compile(r"\btruoc(?: ngay)?$")  # the day under "Hoàn thành trước ngày" is too late
_DAY = re.compile(r"(?:ngày )?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?")
_IN_A_YEAR = {"quý": 4, "tháng": 12}
_BODIES = frozenset({ColumnRole.LEAD, ColumnRole.COORDINATING})


def columns_beside(
    heading: TableHeading, column_of: Mapping[ColumnRole, int], columns: KindsByColumn
) -> dict[int, ColumnRole]:
    """The further columns of a role that has one already, and which role it is."""
    taken = {*column_of.values(), *heading.in_place}
    beside: dict[int, ColumnRole] = {}
    for at, claims in enumerate(heading.claims):
        role = claims[0].role if claims and at not in taken else None
        if role is None or columns.claim(at, role, claims[0].rank) is None:
            continue
        main = column_of.get(role)
        if main is None:
            continue
        others = [main, *(one for one, said in beside.items() if said is role)]
        is_part = role is ColumnRole.TIME and _is_part(heading, at, others)
        if is_part or (role in _BODIES and _is_level(heading, main, at, columns)):
            beside[at] = role
    return beside


def _is_part(heading: TableHeading, at: int, others: list[int]) -> bool:
    """True if a column has a part of the deadline that no other of them has."""
    if heading.texts[at] == heading.texts[others[0]]:
        return True  # one merged heading that does not tell its columns apart
    part = time_part(heading.layers[at])
    alone = all(len(heading.layers[one]) == 1 for one in (others[0], at))
    together = alone or _under_one_heading(heading, others[0], at)
    said = [time_part(heading.layers[other]) for other in others]
    return part is not None and all(
        one is not None and belong_together(part, one, under_one_heading=together) for one in said
    )


def _is_level(heading: TableHeading, main: int, at: int, columns: KindsByColumn) -> bool:
    """True if a column is of more bodies in the same part: under one merged heading, or where the
    heading itself says the part as plainly as the other one."""
    if columns.share(at, {CellKind.PERSON}) > MOST:
        return False
    if heading.texts[at] == heading.texts[main]:
        return True
    if _under_one_heading(heading, main, at):
        # Beside "Chủ trì" itself, "Thẩm định" is another part and no level.
        said, other = (role_of(heading.layers[one][-1]) for one in (main, at))
        return said is None or said is other
    if any(_INSTEAD.search(folded(heading.texts[one])) for one in (main, at)):
        return False
    bodies = columns.share(at, {CellKind.AGENCY}) >= MOST
    return bodies and heading.claims[at][0].rank <= heading.claims[main][0].rank == 0


def _under_one_heading(heading: TableHeading, main: int, at: int) -> bool:
    one, other = heading.layers[main], heading.layers[at]
    return len(one) > 1 and len(other) > 1 and one[0] == other[0]


def joined_values(row: GridRow, heading: TableHeading) -> dict[ColumnRole, str]:
    """The text of a row's columns that share a role, by role, as the text of one cell."""
    values: dict[ColumnRole, str] = {}
    at = heading.column_of.get(ColumnRole.TIME)
    counted = {ColumnRole.TIME} if at is not None and _completes(heading, at) else set()
    for role in {*heading.beside.values(), *heading.in_place.values(), *counted}:
        own = (cell for cell in row.cells if cell.column not in heading.in_place)
        cells = [cell for cell in own if cell.text.strip() and heading.role_in(cell) is role]
        if role is ColumnRole.TIME:
            values[role] = _run_of_marks(cells, heading) or one_time(
                [_timed(cell, heading) for cell in cells]
            )
        else:
            values[role] = ";\n".join(dict.fromkeys(_said(cell, heading) for cell in cells))
    return values


def _completes(heading: TableHeading, at: int) -> bool:
    """True if a heading alone has the part that its cells leave out: a unit, a beginning, "trước
    ngày"."""
    return is_part_alone(heading.layers[at]) or bool(_BEFORE.search(folded(heading.texts[at])))


def _run_of_marks(cells: Sequence[Cell], heading: TableHeading) -> str:
    """Marks in a row of neighbours among quarters, months or years are the span of one piece of
    work; "" for any other. Marks apart are several milestones, and those of a whole year or of all
    columns are either that or work without end: a person says which."""
    moments = _moments(heading)
    marked = [cell.column for cell in cells if is_mark_in_column(cell.text) and cell.span == 1]
    places = [at for at, column in enumerate(moments) if column in marked]
    if len(places) != len(cells) or len(places) < 2:
        return ""
    first, last = (moments[column] for column in (marked[0], marked[-1]))
    whole = min(len(moments), _IN_A_YEAR.get(first.split()[0].casefold(), len(moments)))
    is_run = places[-1] - places[0] + 1 == len(places) < whole
    return f"{first} - {last}" if is_run else ""


def is_run_of_marks(row: GridRow, heading: TableHeading) -> bool:
    """True if the time of a row was understood from marks beside one another."""
    moments = _moments(heading)
    cells = [cell for cell in row.cells if cell.text.strip() and cell.column in moments]
    return bool(_run_of_marks(cells, heading))


def _moments(heading: TableHeading) -> dict[int, str]:
    """The columns of quarters, months or years, from the left, each with the moment that a mark
    stands for."""
    found = {}
    for at, role in sorted(heading.roles().items()):
        part = time_part(heading.layers[at]) if role is ColumnRole.TIME else None
        if part is not None and part.moment:
            found[at] = part.moment
    return found


def _said(cell: Cell, heading: TableHeading) -> str:
    """A mark in a column that is headed with a body stands for that body, "CT" and "PH" for its
    part too."""
    text, body = cell.text.strip(), cleaned(heading.layers[cell.column][-1])
    if is_mark_in_column(text):
        return body
    part = next((part for part, signs in _PARTS.items() if folded(text) in signs), "")
    return f"{body} {part}" if part else text


def _timed(cell: Cell, heading: TableHeading) -> tuple[TimePart, str]:
    """The part of the time in a cell, and its text; a cell over several columns is the whole."""
    roles = heading.roles()
    over = [at for at in range(cell.column, cell.end) if roles.get(at) is ColumnRole.TIME]
    part = time_part(heading.layers[over[0]]) if len(over) == 1 else None
    if _BEFORE.search(folded(heading.texts[cell.column])) and _DAY.fullmatch(cleaned(cell.text)):
        return TimePart(ColumnUnit.WHOLE), f"Trước {cleaned(cell.text)}"
    if part is not None and part.moment:
        return part, _at_moment(part.moment, cell.text)
    return part or TimePart(ColumnUnit.WHOLE), cleaned(cell.text)


def _at_moment(moment: str, text: str) -> str:
    """The time of a cell under a moment: a mark means this moment; a target ("80 %") is to be
    reached then."""
    if is_mark_in_column(text):
        return moment
    return cleaned(text) if kind_of(text) is CellKind.TIME else f"{moment}: {cleaned(text)}"
