"""The parts of a workbook: the contents of its sheets, not their look."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

Value = str | int | float | date | None


class SheetColumnKind(enum.Enum):
    """The kind of value in the cells of a column."""

    WORDS = enum.auto()
    NUMBER = enum.auto()
    DAY = enum.auto()
    EXACT = enum.auto()
    """Numbers with as many decimals as they have."""
    RATE = enum.auto()
    """A quotient that is a formula: of the row's other columns, so that it follows them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in characters, the kind of its values, and whether they are
    added up. In a rate, *numerator* and *base* are the numbers of the columns whose sums it
    divides."""

    head: str
    width: float
    kind: SheetColumnKind = SheetColumnKind.WORDS
    is_summed: bool = False
    numerator: Sequence[int] = ()
    base: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of a sheet: one bar a row of the first column *of*, stacked of these columns."""

    title: str
    of: int
    stacked: Sequence[tuple[int, str, bool]]
    """Columns, each with its colour as #RRGGBB, hatched or not, so that they differ in grey
    print."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title line, its columns and its rows; rates are left out of rows."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    chart: Bars | None = field(default=None)
