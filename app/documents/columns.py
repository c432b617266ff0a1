"""What the columns of a task table hold: judged by their cells, with the headings to break ties.

"Tiến độ" is a deadline or a status, "Đơn vị" a lead or a unit of measure: only the cells tell.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.documents.cell_kinds import CellKind, kind_of
from app.documents.grids import Row
from app.documents.table_headings import (
    ASSIGNING,
    Heading,
    Role,
    is_combined,
    says_nothing_known,
)
from app.documents.vietnamese import fold

_ROWS_LOOKED_AT = 200
_MOST = 0.5
_WEAKLY = 3
_FITTING = {
    Role.ORDINAL: {CellKind.ORDINAL},
    Role.LEAD: {CellKind.AGENCY},
    Role.COORDINATING: {CellKind.AGENCY},
    Role.TIME: {CellKind.TIME, CellKind.CLOCK},
}
_CONTRARY = {
    Role.LEAD: {CellKind.UNIT, CellKind.ORDINAL, CellKind.NUMBER, CellKind.STATUS, CellKind.TIME},
    Role.COORDINATING: {CellKind.UNIT, CellKind.ORDINAL, CellKind.NUMBER, CellKind.STATUS},
    Role.TIME: {CellKind.STATUS, CellKind.UNIT, CellKind.AGENCY},
    Role.RESULT: {CellKind.STATUS, CellKind.NUMBER},
    Role.TITLE: {CellKind.NUMBER},
}
_YEAR = re.compile(r"(?<!den )(?<!den het )(?<!den cuoi )\bnam (\d{4})\b")


@dataclass(frozen=True, slots=True)
class Columns:
    """The kinds of the cells of each column, by the rows of one table."""

    kinds: Mapping[int, Counter[CellKind]]

    def share(self, column: int, kinds: set[CellKind]) -> float:
        """The part of a column's filled cells that are of these kinds; 0.0 if none is filled."""
        counted = self.kinds.get(column, Counter())
        return sum(counted[kind] for kind in kinds) / max(1, counted.total())

    def filled(self, column: int) -> int:
        return self.kinds.get(column, Counter[CellKind]()).total()

    def count(self, column: int, kind: CellKind) -> int:
        return self.kinds.get(column, Counter())[kind]

    def claim(self, column: int, role: Role, rank: int) -> tuple[float, ...] | None:
        """How well a column may have a role, the least best; None if its cells contradict it."""
        contrary = self.share(column, _CONTRARY.get(role, set()))
        if contrary > _MOST or (role is Role.RESULT and self.count(column, CellKind.STATUS)):
            return None
        fits = self.share(column, _FITTING.get(role, set())) >= _MOST
        if rank > 3 and not fits:
            return None
        if role is Role.ORDINAL:
            return (-self.count(column, CellKind.ORDINAL), rank, column)
        return (not fits, column not in self.kinds, rank, column)


def columns_of(rows: Sequence[Row]) -> Columns:
    """A cell over several columns counts for the first of them, a merged one only once."""
    kinds: dict[int, Counter[CellKind]] = {}
    for row in rows[:_ROWS_LOOKED_AT]:
        for cell in row.cells:
            if cell.text.strip() and not cell.continues:
                kinds.setdefault(cell.column, Counter())[kind_of(cell.text)] += 1
    return Columns(kinds)


def settled(heading: Heading, rows: Sequence[Row]) -> Heading:
    """The heading with each role at the column whose cells bear it out."""
    columns = columns_of(rows)
    best: dict[Role, tuple[tuple[float, ...], int]] = {}
    for column, claims in enumerate(heading.claims):
        for claim in claims:
            value = columns.claim(column, claim.role, claim.rank)
            if value is None:
                continue
            if value < best.get(claim.role, ((9.0,), 0))[0]:
                best[claim.role] = (value, column)
            break  # its other words count only where its cells contradict the first
    column_of = {role: column for role, (_, column) in best.items()}
    if Role.TITLE not in column_of or _is_split(heading):
        column_of |= {
            role: at for role, at in heading.column_of.items() if role in (Role.TITLE, Role.ORDINAL)
        }
    above_titles = _finer_titles(heading, column_of, columns)
    _find_ordinals(column_of, columns)
    by_cells = _found_by_cells(heading, column_of, columns)
    column_of |= by_cells
    if Role.TITLE not in column_of or not ASSIGNING & column_of.keys():
        return heading
    combined = is_combined(heading.texts, column_of)
    return replace(
        heading,
        column_of=column_of,
        combined=combined,
        by_cells=frozenset(by_cells.values()),
        above_titles=above_titles,
    )


def _finer_titles(heading: Heading, column_of: dict[Role, int], columns: Columns) -> int | None:
    """Of "Nội dung" and "Nhiệm vụ cụ thể" the titles are in the column with more cells of its own:
    the other one, which is answered, is merged over several of them."""
    taken = column_of.get(Role.TITLE, -1)
    claiming = [
        at
        for at, claims in enumerate(heading.claims)
        if claims and claims[0].role is Role.TITLE and claims[0].rank < _WEAKLY
    ]
    finest = max(claiming, key=lambda at: (columns.filled(at), -at), default=taken)
    if taken < 0 or _is_split(heading) or columns.filled(finest) <= columns.filled(taken):
        return None
    column_of[Role.TITLE] = finest
    return taken


def _found_by_cells(
    heading: Heading, column_of: Mapping[Role, int], columns: Columns
) -> dict[Role, int]:
    """The only column of agencies, or of times, whose heading says nothing that is known."""
    found = {}
    for role in (Role.LEAD, Role.TIME):
        fitting = [
            at
            for at, text in enumerate(heading.texts)
            if at not in column_of.values()
            and says_nothing_known(text)
            and columns.share(at, _FITTING[role]) > _MOST
        ]
        if role not in column_of and len(fitting) == 1:
            found[role] = fitting[0]
    return found


def _is_split(heading: Heading) -> bool:
    """One heading over the column of ordinals and that of titles, which claims neither apart."""
    at = heading.column_of.get(Role.ORDINAL)
    return at is not None and all(claim.role is not Role.ORDINAL for claim in heading.claims[at])


def _find_ordinals(column_of: dict[Role, int], columns: Columns) -> None:
    """Ordinals may stand under no heading at all, or under one that is not known."""
    if Role.ORDINAL in column_of:
        return
    taken = set(column_of.values())
    for column in range(column_of.get(Role.TITLE, 0)):
        if column not in taken and columns.share(column, {CellKind.ORDINAL}) > _MOST:
            column_of[Role.ORDINAL] = column
            return


def year_of(text: str) -> int | None:
    """The one year that a heading names ("Thời gian (Năm 2026)"); None if there are several. Of
    "đến năm 2030" nothing is in 2030."""
    years = {int(year) for year in _YEAR.findall(fold(text))}
    return years.pop() if len(years) == 1 else None
