"""A Word table while it is being read: spans and merges as Word writes them, a row at a time."""

from dataclasses import dataclass, field

from app.documents.grids import Cell, Row
from app.documents.limits import Allowance
from app.documents.words import cleaned, verbatim


@dataclass(slots=True)
class OpenParagraph:
    """`list_number` is Word's numId, "" outside of a list; `list_level` counts from 0."""

    text: list[str] = field(default_factory=list)
    list_number: str = ""
    list_level: int = 0
    break_deleted: bool = False


@dataclass(slots=True)
class OpenCell:
    """`pieces` are of a paragraph whose break was deleted: the next one goes on with them."""

    span: int = 1
    merge: str = ""
    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    label: str = ""
    deleted: bool = False


@dataclass(slots=True)
class OpenRow:
    """`before` counts the empty grid columns in front; `open` is true only inside a cell, since
    text elsewhere in the row belongs to none. What is `struck` through or `veiled` (hidden by its
    font) is kept apart from what stands; a row of nothing but veiled text is hidden too."""

    before: int = 0
    deleted: bool = False
    hidden: bool = False
    cells: list[OpenCell] = field(default_factory=list)
    open: bool = False
    shown: bool = False
    struck: list[str] = field(default_factory=list)
    veiled: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OpenTable:
    """`merged` holds, by column, the text that cells merged with the one above repeat. `tracked` if
    changes are in it that nobody has accepted or rejected yet."""

    rows: list[Row] = field(default_factory=list)
    row: OpenRow | None = None
    merged: dict[int, str] = field(default_factory=dict)
    tracked: bool = False

    def close_row(self, allowance: Allowance) -> None:
        row, self.row = self.row, None
        if row is None or row.deleted:
            return
        allowance.row()
        cells, column = [], row.before
        for given in row.cells:
            if not given.deleted:
                allowance.column(column)
                cells.append(self._placed(given, column, allowance))
                column += given.span
        struck, veiled = (cleaned("".join(words)) for words in (row.struck, row.veiled))
        hidden = row.hidden or (bool(veiled) and not row.shown)
        self.rows.append(Row(len(self.rows) + 1, tuple(cells), hidden, struck, veiled))

    def _placed(self, given: OpenCell, column: int, allowance: Allowance) -> Cell:
        text = verbatim("\n".join([*given.lines, "".join(given.pieces)]))
        continues = given.merge == "continue" and column in self.merged
        if continues:
            text = self.merged[column]
            allowance.text(len(text))
        elif given.merge:
            self.merged[column] = text
        else:
            self.merged.pop(column, None)
        return Cell(column, given.span, text, continues, given.label)
