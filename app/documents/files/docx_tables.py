"""Lines and tables of a .docx as a reader of the final text sees them.

Own walk, because python-docx loses what officials' files are full of: tracked insertions, text
and cells inside content controls, automatic numbers.
"""

from collections.abc import Callable, Mapping
from functools import partial

from app.documents.confined.limits import MAX_COLUMNS, FileAllowance
from app.documents.files.archives import broken
from app.documents.files.docx_grid import OpenCell, OpenParagraph, OpenRow, OpenTable
from app.documents.files.docx_numbering import Numbering
from app.documents.files.file_kinds import OfficeFile
from app.documents.files.grids import Block, GridTable
from app.documents.files.packages import relations_of
from app.documents.files.remarks import Remarks
from app.documents.files.xml_parts import PartReader, attribute, read_part, whole_number
from app.documents.words import composed

# Deleted or moved away, how things were before a tracked change, and the second copy of a drawing.
_DELETED = frozenset({"del", "moveFrom"})
_BEFORE = frozenset(
    f"{changed}Change"
    for changed in ("pPr", "rPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr", "sectPr")
)
_TRACKED = _DELETED | {"ins", "moveTo", "cellIns", "cellDel"}
_NOT_SHOWN = _DELETED | _BEFORE | {"Fallback", "numberingChange"}
_NOTES = frozenset({"comments", "footnotes", "endnotes"})
_DEEPEST = 20  # tables in cells of tables
_IN_RUN = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}


def read_docx(file: OfficeFile) -> list[Block]:
    """In the order in which they end, so a table inside a cell comes before the one that holds it.

    Raises `UnreadableFileError` for a damaged file and `FileTooLargeError` beyond its allowance.
    """
    numbering, notes = Numbering(file.allowance), dict[str, str]()
    for relation in relations_of(file.archive, file.main_part, file.allowance):
        if relation.part not in file.archive:
            continue
        if relation.kind == "numbering":
            read_part(file.archive, relation.part, numbering)
        elif relation.kind in _NOTES:
            remarks = Remarks(file.allowance)
            read_part(file.archive, relation.part, remarks)
            notes |= {f"{relation.kind}{key}": text for key, text in remarks.texts.items()}
    body = _Body(file.allowance, numbering, notes)
    read_part(file.archive, file.main_part, body)
    return body.blocks


class _Body(PartReader):
    def __init__(
        self, allowance: FileAllowance, numbering: Numbering, notes: Mapping[str, str]
    ) -> None:
        super().__init__(allowance)
        self._notes = notes
        self.blocks: list[Block] = []
        self._numbering = numbering
        self._path: list[str] = []
        self._tables: list[OpenTable] = []
        self._paragraphs: list[OpenParagraph] = []
        self._pieces: list[str] = []
        self._not_shown = self._removing = 0
        self._reading = False
        self._veiled = self._struck = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if self._not_shown:
            self._not_shown += 1
            return
        if name in _TRACKED and self._tables:
            self._tables[-1].tracked = True
        if name in _DELETED and self._cell() is not None and self._path[-1:] != ["rPr"]:
            self._removing += 1
        elif name in _NOT_SHOWN:
            self._mark_deleted(name)
            self._not_shown = 1
            return
        if handle := _OPENED.get(name):
            handle(self, attributes)
        elif name in _IN_RUN and self._path[-1:] == ["r"]:
            self._write(_IN_RUN[name])
        self._path.append(name)

    def closed(self, name: str) -> None:
        if self._not_shown:
            self._not_shown -= 1
            return
        self._path.pop()
        if handle := _CLOSED.get(name):
            handle(self)

    def data(self, data: str) -> None:
        if self._reading and not self._not_shown:
            self._write(data)

    def _write(self, text: str) -> None:
        self.allowance.text(len(text))
        row, cell = self._row(), self._cell()
        if self._removing and cell is not None:
            cell.removed.append(text)
            return
        if row is not None and row.open:
            if self._struck or self._veiled:
                (row.struck if self._struck else row.veiled).append(text)
                return
            row.shown = row.shown or not text.isspace()
        if self._paragraphs:
            self._paragraphs[-1].text.append(text)

    def _mark_deleted(self, name: str) -> None:
        """An empty mark in the properties of a row or a paragraph deletes that row, or the break
        after that paragraph; anywhere else the element holds what was deleted."""
        if name not in _DELETED:
            return
        row = self._row()
        if self._path[-1:] == ["trPr"] and row is not None:
            row.deleted = True
        if self._path[-2:] == ["pPr", "rPr"] and self._paragraphs:
            self._paragraphs[-1].break_deleted = True

    def _row(self) -> OpenRow | None:
        return self._tables[-1].row if self._tables else None

    def _cell(self) -> OpenCell | None:
        row = self._row()
        return row.cells[-1] if row is not None and row.open and row.cells else None

    def open_reading(self, _: dict[str, str]) -> None:
        self._reading = True

    def open_deleted_text(self, _: dict[str, str]) -> None:
        self._reading = bool(self._removing)

    def close_reading(self) -> None:
        self._reading = False

    def close_removed(self) -> None:
        self._removing = max(0, self._removing - 1)

    def open_run(self, _: dict[str, str]) -> None:
        self._veiled = self._struck = False

    def open_vanish(self, attributes: dict[str, str]) -> None:
        self._veiled = self._veiled or self._is_on(attributes)

    def open_strike(self, attributes: dict[str, str]) -> None:
        self._struck = self._struck or self._is_on(attributes)

    def _is_on(self, attributes: dict[str, str]) -> bool:
        """True in the properties of a run, unless they say that it is off."""
        of_run = self._path[-2:] == ["r", "rPr"]
        return of_run and attribute(attributes, "val") not in {"0", "false", "off"}

    def open_table(self, _: dict[str, str]) -> None:
        if len(self._tables) >= _DEEPEST:
            raise broken()
        self._tables.append(OpenTable(self._notes))

    def open_row(self, _: dict[str, str]) -> None:
        if self._tables:
            self._tables[-1].row = OpenRow()

    def open_cell(self, _: dict[str, str]) -> None:
        if (row := self._row()) is not None:
            self.allowance.cell("")
            row.cells.append(OpenCell())
            row.open = True
            row.struck.append(" ")
            row.veiled.append(" ")

    def close_cell(self) -> None:
        if (row := self._row()) is not None:
            row.open = False

    def open_grid_before(self, attributes: dict[str, str]) -> None:
        if (row := self._row()) is not None:
            row.before = whole_number(attribute(attributes, "val"), 0, limit=MAX_COLUMNS)

    def open_hidden(self, _: dict[str, str]) -> None:
        row = self._row()
        if self._path[-1:] == ["trPr"] and row is not None:
            row.hidden = True

    def open_grid_span(self, attributes: dict[str, str]) -> None:
        if (cell := self._cell()) is not None:
            span = whole_number(attribute(attributes, "val"), 1)
            cell.span = span if 1 <= span < MAX_COLUMNS else 1

    def open_merge(self, attributes: dict[str, str]) -> None:
        if (cell := self._cell()) is not None:
            cell.merge = attribute(attributes, "val") or "continue"

    def open_note(self, attributes: dict[str, str], kind: str) -> None:
        row = self._row()
        if row is not None and row.open:
            row.notes.append(f"{kind}{attribute(attributes, 'id') or ''}")

    def open_cell_deleted(self, _: dict[str, str]) -> None:
        if (cell := self._cell()) is not None:
            cell.deleted = True

    def open_paragraph(self, _: dict[str, str]) -> None:
        self._paragraphs.append(OpenParagraph())

    def open_list_number(self, attributes: dict[str, str]) -> None:
        if self._paragraphs:
            self._paragraphs[-1].list_number = attribute(attributes, "val") or ""

    def open_list_level(self, attributes: dict[str, str]) -> None:
        if self._paragraphs:
            level = whole_number(attribute(attributes, "val"), 0)
            self._paragraphs[-1].list_level = level

    def close_paragraph(self) -> None:
        if not self._paragraphs:
            return
        paragraph, cell = self._paragraphs.pop(), self._cell()
        label = self._numbering.next_label(paragraph.list_number, paragraph.list_level)
        pieces = self._pieces if cell is None else cell.pieces
        pieces.extend(paragraph.text)
        if cell is not None:
            cell.label = cell.label or label
        if paragraph.break_deleted:
            return  # the next paragraph goes on with this one
        text = "".join(pieces)
        pieces.clear()
        if cell is None:
            self.blocks.extend(composed(text).split("\n"))
        else:
            self.allowance.listed(text)
            cell.lines.append(text)

    def close_row(self) -> None:
        if self._tables:
            self._tables[-1].close_row(self.allowance)

    def close_table(self) -> None:
        if not self._tables:
            return
        table = self._tables.pop()
        rows, outer = tuple(table.rows), self._cell()
        self.blocks.append(
            GridTable(
                rows,
                nested=outer is not None,
                tracked=table.tracked,
                deleted=tuple(table.deleted),
            )
        )
        if outer is not None:
            lines = ["\t".join(cell.text for cell in row.cells) for row in rows]
            self.allowance.text(sum(map(len, lines)))
            outer.lines.extend(lines)


_OPENED: dict[str, Callable[[_Body, dict[str, str]], None]] = {
    "t": _Body.open_reading,
    "delText": _Body.open_deleted_text,
    "commentReference": partial(_Body.open_note, kind="comments"),
    "footnoteReference": partial(_Body.open_note, kind="footnotes"),
    "endnoteReference": partial(_Body.open_note, kind="endnotes"),
    "r": _Body.open_run,
    "vanish": _Body.open_vanish,
    "strike": _Body.open_strike,
    "dstrike": _Body.open_strike,
    "tbl": _Body.open_table,
    "tr": _Body.open_row,
    "tc": _Body.open_cell,
    "p": _Body.open_paragraph,
    "gridBefore": _Body.open_grid_before,
    "hidden": _Body.open_hidden,
    "gridSpan": _Body.open_grid_span,
    "vMerge": _Body.open_merge,
    "cellDel": _Body.open_cell_deleted,
    "numId": _Body.open_list_number,
    "ilvl": _Body.open_list_level,
}
_CLOSED = {
    "del": _Body.close_removed,
    "moveFrom": _Body.close_removed,
    "t": _Body.close_reading,
    "delText": _Body.close_reading,
    "tbl": _Body.close_table,
    "tr": _Body.close_row,
    "tc": _Body.close_cell,
    "p": _Body.close_paragraph,
}
