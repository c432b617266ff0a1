"""The kinds of the cells of each column, by which a column may have a role or not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.documents.files.grids import GridRow
from app.documents.tables.cell_kinds import CellKind, is_mark_in_column, kind_of
from app.documents.tables.table_headings import ColumnRole

_ROWS_LOOKED_AT = 200
_LONGEST = 500  # characters of a cell whose words are counted
MOST = 0.5
FITTING = {
    ColumnRole.ORDINAL: {CellKind.ORDINAL},
    ColumnRole.LEAD: {CellKind.AGENCY},
    ColumnRole.COORDINATING: {CellKind.AGENCY},
    ColumnRole.TIME: {CellKind.TIME, CellKind.CLOCK},
}
_CONTRARY = {
    ColumnRole.LEAD: {
        CellKind.UNIT,
        CellKind.ORDINAL,
        CellKind.NUMBER,
        CellKind.STATUS,
        CellKind.TIME,
    },
    ColumnRole.COORDINATING: {CellKind.UNIT, CellKind.ORDINAL, CellKind.NUMBER, CellKind.STATUS},
    ColumnRole.TIME: {CellKind.STATUS, CellKind.UNIT, CellKind.AGENCY},
    ColumnRole.RESULT: {CellKind.STATUS, CellKind.NUMBER},
    ColumnRole.TITLE: {CellKind.NUMBER},
}


@dataclass(frozen=True, slots=True)
class KindsByColumn:
    """The kinds of the cells of each column, by the rows of one table."""

    kinds: Mapping[int, Counter[CellKind]]
    lengths: Mapping[int, int]

    def share(self, column: int, kinds: set[CellKind]) -> float:
        """The part of a column's filled cells that are of these kinds; 0.0 if none is filled."""
        counted = self.kinds.get(column, Counter())
        return sum(counted[kind] for kind in kinds) / max(1, counted.total())

    def filled(self, column: int) -> int:
        return self.kinds.get(column, Counter[CellKind]()).total()

    def words(self, column: int) -> float:
        """The mean number of words of a column's filled cells."""
        return self.lengths.get(column, 0) / max(1, self.filled(column))

    def count(self, column: int, kind: CellKind) -> int:
        return self.kinds.get(column, Counter())[kind]

    def claim(self, column: int, role: ColumnRole, rank: int) -> tuple[float, ...] | None:
        """The rank of a column's claim to a role, the least best; None if its cells contradict the
        role."""
        contrary = self.share(column, _CONTRARY.get(role, set()))
        if contrary > MOST or (role is ColumnRole.RESULT and self.count(column, CellKind.STATUS)):
            return None
        fits = self.share(column, FITTING.get(role, set())) >= MOST
        if rank > 3 and not fits:
            return None
        if role is ColumnRole.ORDINAL:
            return (-self.count(column, CellKind.ORDINAL), rank, column)
        return (not fits, column not in self.kinds, rank, column)


def columns_of(rows: Sequence[GridRow]) -> KindsByColumn:
    """A cell over several columns counts for the first of them, a merged one only once."""
    kinds: dict[int, Counter[CellKind]] = {}
    marks, lengths = Counter[int](), Counter[int]()
    for row in rows[:_ROWS_LOOKED_AT]:
        for cell in row.cells:
            if cell.text.strip() and not cell.continues:
                kinds.setdefault(cell.column, Counter())[kind_of(cell.text)] += 1
                marks[cell.column] += is_mark_in_column(cell.text)
                lengths[cell.column] += len(cell.text[:_LONGEST].split())
    for column, counted in kinds.items():
        if column and marks[column] == counted.total():  # the first column is of ordinals
            kinds[column] = Counter({CellKind.MARK: counted.total()})
    return KindsByColumn(kinds, lengths)
