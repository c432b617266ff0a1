"""The one form in which every kind of file hands over its lines and tables."""

import enum
from dataclasses import dataclass


class Typed(enum.StrEnum):
    """The form of a value in a workbook: 3.10, as typed, may be stored as the number 3.1."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell at its place in the grid. `continues` marks one merged with the cell above it, whose
    text it then repeats; `label` is the number that Word shows and does not store."""

    column: int
    span: int
    text: str
    continues: bool = False
    label: str = ""
    typed: Typed = Typed.TEXT

    @property
    def end(self) -> int:
        return self.column + self.span


@dataclass(frozen=True, slots=True)
class GridRow:
    """`number` counts from 1, in a workbook as the sheet does; `cells` go from left to right, and a
    workbook's leave out the empty ones. A `hidden` row is named and not read, and so are the words
    of a row that are `struck` through or `veiled` by their font, which are in none of its cells.
    `remarks` are the comments on it, `footnotes` its notes below the page; `uncalculated` names the
    cells whose formula has no value. `by_cells`: no heading told its columns."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    struck: str = ""
    veiled: str = ""
    remarks: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    uncalculated: str = ""
    by_cells: bool = False

    @property
    def width(self) -> int:
        return max((cell.end for cell in self.cells), default=0)

    @property
    def is_struck(self) -> bool:
        """True if nothing but numbers is left of a row that is struck through."""
        left = (cell.text for cell in self.cells if not cell.continues)
        return bool(self.struck) and not any(one.isalpha() for text in left for one in text)


@dataclass(frozen=True, slots=True)
class GridTable:
    """`nested` tables also appear, flattened, in the text of the cell that holds them. A `hidden`
    sheet is named and not read: it holds drafts and lists of choices. `hidden_columns` are read,
    since what they say counts, and pointed out, as are changes that were `tracked`. Rows that such
    a change deleted are in `deleted` alone, each with the number of the row that follows it."""

    rows: tuple[GridRow, ...]
    nested: bool = False
    name: str = ""
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    tracked: bool = False
    deleted: tuple[GridRow, ...] = ()

    @property
    def width(self) -> int:
        return max((row.width for row in self.rows), default=0)


Block = str | GridTable
