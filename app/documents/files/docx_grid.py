"""A Word table while it is being read: spans and merges as Word writes them, a row at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.documents.confined.limits import FileAllowance
from app.documents.files.grids import Cell, GridRow
from app.documents.files.remarks import shown_remark
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
    """A cell that is being read. `pieces` are of a paragraph whose break was deleted: the next one
    goes on with them. Text that a tracked change `removed` is no part of the cell's text."""

    span: int = 1
    merge: str = ""
    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    label: str = ""
    deleted: bool = False
    removed: list[str] = field(default_factory=list)

    def words(self) -> str:
        """The text that stands in it."""
        return verbatim("\n".join([*self.lines, "".join(self.pieces)]))


@dataclass(slots=True)
class OpenRow:
    """`before` counts the empty grid columns in front; `open` is true only inside a cell, since
    text elsewhere in the row belongs to none. What is `struck` through or `veiled` (hidden by its
    font) is kept apart from what stands; a row of nothing but veiled text is hidden too. `notes`
    are the keys of the comments and footnotes in it."""

    before: int = 0
    deleted: bool = False
    hidden: bool = False
    cells: list[OpenCell] = field(default_factory=list)
    open: bool = False
    shown: bool = False
    struck: list[str] = field(default_factory=list)
    veiled: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OpenTable:
    """`merged` holds, by column, the text that cells merged with the one above repeat. `tracked` if
    changes are in it that nobody has accepted or rejected yet; rows that such a change deleted
    are apart. `notes` are the texts of the file's comments and footnotes, by their keys."""

    notes: Mapping[str, str] = field(default_factory=dict)
    rows: list[GridRow] = field(default_factory=list)
    deleted: list[GridRow] = field(default_factory=list)
    row: OpenRow | None = None
    merged: dict[int, str] = field(default_factory=dict)
    tracked: bool = False

    def close_row(self, allowance: FileAllowance) -> None:
        row, self.row = self.row, None
        if row is None:
            return
        allowance.row()
        is_emptied = any(each.removed for each in row.cells) and not any(
            each.words() for each in row.cells
        )
        if row.deleted or is_emptied:
            self.deleted.append(self._deleted(row))
        if row.deleted:
            return
        cells, column = [], row.before
        for given in row.cells:
            if not given.deleted:
                allowance.column(column)
                cells.append(self._placed(given, column, allowance))
                column += given.span
        struck, veiled = (cleaned("".join(words)) for words in (row.struck, row.veiled))
        hidden = row.hidden or (bool(veiled) and not row.shown)
        read = GridRow(len(self.rows) + 1, tuple(cells), hidden, struck, veiled)
        self.rows.append(self._with_notes(read, row.notes))

    def _deleted(self, row: OpenRow) -> GridRow:
        """It keeps its words alone: nothing below is merged with its cells."""
        texts = [each.words() or verbatim("".join(each.removed)) for each in row.cells]
        cells = (Cell(at, 1, text, label=row.cells[at].label) for at, text in enumerate(texts))
        return GridRow(len(self.rows) + 1, tuple(cells))

    def _with_notes(self, row: GridRow, keys: Sequence[str]) -> GridRow:
        if not keys:
            return row
        said = {key: shown_remark(self.notes.get(key, "")) for key in keys}
        return replace(
            row,
            remarks=tuple(text for key, text in said.items() if key.startswith("comment")),
            footnotes=tuple(text for key, text in said.items() if not key.startswith("comment")),
        )

    def _placed(self, given: OpenCell, column: int, allowance: FileAllowance) -> Cell:
        text = given.words()
        continues = given.merge == "continue" and column in self.merged
        if continues:
            text = self.merged[column]
            allowance.text(len(text))
        elif given.merge:
            self.merged[column] = text
        else:
            self.merged.pop(column, None)
        return Cell(column, given.span, text, continues, given.label)
