"""The parts of a workbook: what its sheets hold, not how they look."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

Value = str | int | float | date | None


class Kind(enum.Enum):
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
    """A column: its head, its width in characters, what it holds, and if it is added up.

    Of a rate, *numerator* and *base* are the numbers of the columns that it divides the sums of.
    """

    head: str
    width: float
    kind: Kind = Kind.WORDS
    is_summed: bool = False
    numerator: Sequence[int] = ()
    base: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of a sheet: one bar a row of the first column *of*, stacked of these columns."""

    title: str
    of: int
    stacked: Sequence[tuple[int, str, bool]]
    """Columns, each with its colour as #RRGGBB, hatched or not, so that grey print tells them
    apart."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: a line that says what it is, the columns and rows; rates are left out of rows."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    chart: Bars | None = field(default=None)
