"""Sheets of a workbook as tables.

Own reading of the parts and no native library: a sheet may claim a cell in the last row and column,
or one shared text a million times, and a reader that trusts it takes the whole process with it.
"""

from app.documents.confined.limits import MAX_COLUMNS, FileAllowance
from app.documents.files.file_kinds import OfficeFile
from app.documents.files.grids import Block, Cell, GridRow, GridTable, Typed
from app.documents.files.packages import relations_of
from app.documents.files.remarks import Remarks, shown_remark
from app.documents.files.xlsx_formulas import Formulas
from app.documents.files.xlsx_merges import Merges, position
from app.documents.files.xlsx_parts import (
    Said,
    SheetListing,
    Workbook,
    XlsxTexts,
    plain,
    shared_parts,
)
from app.documents.files.xlsx_styles import date_of, shown_date
from app.documents.files.xml_parts import attribute, read_part, whole_number
from app.documents.words import cleaned

_LONGEST_NAMED = 300  # characters of the formulas of a row


def read_xlsx(file: OfficeFile) -> list[Block]:
    """A table a sheet, in the workbook's order; a hidden sheet gives its name and no rows.

    Raises `UnreadableFileError` for a damaged file and `FileTooLargeError` beyond its allowance.
    """
    listing = SheetListing(file.allowance)
    read_part(file.archive, file.main_part, listing)
    relations = relations_of(file.archive, file.main_part, file.allowance)
    workbook = shared_parts(file, relations, listing)
    parts = {relation.id: relation.part for relation in relations if relation.kind == "worksheet"}
    blocks: list[Block] = []
    for name, relation_id, hidden in listing.sheets:
        part = parts.get(relation_id, "")
        if hidden:
            blocks.append(GridTable((), name=name, hidden=True))
        elif part in file.archive:
            sheet = _Sheet(file.allowance, workbook)
            read_part(file.archive, part, sheet)
            sheet.remarks = _remarks(file, part)
            unseen = frozenset(sheet.hidden_columns)
            blocks.append(GridTable(sheet.rows(), name=name, hidden_columns=unseen))
    return blocks


def _remarks(file: OfficeFile, part: str) -> dict[int, list[str]]:
    """The notes on the cells of a sheet, by their row counted from 0."""
    notes = Remarks(file.allowance)
    for relation in relations_of(file.archive, part, file.allowance):
        if relation.kind == "comments" and relation.part in file.archive:
            read_part(file.archive, relation.part, notes)
    remarks: dict[int, list[str]] = {}
    for reference, text in notes.texts.items():
        remarks.setdefault(position(reference)[0], []).append(text)
    return remarks


class _Sheet(XlsxTexts):
    def __init__(self, allowance: FileAllowance, workbook: Workbook) -> None:
        super().__init__(allowance)
        self._workbook = workbook
        self._cells: dict[int, dict[int, Cell]] = {}
        self._merges = Merges()
        self._hidden: set[int] = set()
        self._begun: set[int] = set()
        self._struck_through: dict[int, list[str]] = {}
        self.hidden_columns: set[int] = set()
        self._row = self._column = -1
        self._type, self._style = "", 0
        self._formula: list[str] | None = None
        self._in_formula = False
        self._formulas = Formulas()
        self.remarks: dict[int, list[str]] = {}

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        super().opened(name, attributes)
        if name == "row":
            self._row = whole_number(attribute(attributes, "r"), self._row + 2) - 1
            if _is_hidden(attributes, "ht"):
                self._hidden.add(self._row)
            self._column = -1
        elif name == "col" and _is_hidden(attributes, "width"):
            first = whole_number(attribute(attributes, "min"), 1)
            last = min(whole_number(attribute(attributes, "max"), first), first + MAX_COLUMNS)
            self.hidden_columns.update(range(first - 1, last))
        elif name == "c":
            _, column = position(attribute(attributes, "r") or "")
            self._column = self._column + 1 if column < 0 else column
            self._type = attribute(attributes, "t") or "n"
            self._style = whole_number(attribute(attributes, "s"), 0)
            self._formula = None
            self.taken()
        elif name == "f":
            self._formula, self._in_formula = [], True
        elif name == "mergeCell":
            self._merges.add(attribute(attributes, "ref") or "")

    def data(self, data: str) -> None:
        super().data(data)
        if self._in_formula and self._formula is not None:
            self.allowance.text(len(data))
            self._formula.append(data)

    def closed(self, name: str) -> None:
        super().closed(name)
        self._in_formula = False
        if name != "c":
            return
        said = self.taken()
        if self._formula is not None and self._is_uncalculated(said.text):
            self._wait("".join(self._formula))
            return
        (text, struck), typed = self._value(said)
        if self._type == "e" and text:
            self._formulas.add_error(self._row, self._column, text)
        styles = self._workbook.styles
        if styles is not None and styles.is_struck(self._style):
            text, struck = "", text or struck
        if text or struck:
            self._begin_row()
        if struck:
            self._struck_through.setdefault(self._row, []).append(struck)
        if not text:
            return
        self.allowance.column(self._column)
        self.allowance.cell(text)
        cell = Cell(self._column, 1, text, typed=typed)
        self._cells.setdefault(self._row, {})[self._column] = cell

    def _is_uncalculated(self, value: str) -> bool:
        """True of a formula without a value, or with the nought that a library puts in its place;
        one that came to an empty text has a type."""
        nought = {"", "0"} if self._workbook.calculates else {""}
        return self._type == "n" and value.strip() in nought

    def _wait(self, formula: str) -> None:
        self._begin_row()
        self.allowance.column(self._column)
        self.allowance.cell("")
        self._formulas.add(self._row, self._column, formula)

    def _begin_row(self) -> None:
        """A row counts once, whatever the first thing in it is."""
        if self._row not in self._begun:
            self._begun.add(self._row)
            self.allowance.row()

    def _value(self, said: Said) -> tuple[Said, Typed]:
        raw = said.text
        if self._type == "s":
            at = whole_number(raw.strip(), -1)
            texts = self._workbook.texts
            return (texts[at] if 0 <= at < len(texts) else Said("")), Typed.TEXT
        if self._type == "n":
            text, typed = self._number(raw)
            return Said(text), typed
        if self._type == "b":
            return Said("TRUE" if raw.strip() == "1" else "FALSE"), Typed.TEXT
        return Said(*map(plain, said)), Typed.TEXT

    def _number(self, raw: str) -> tuple[str, Typed]:
        try:
            number = float(raw)
        except ValueError:
            return plain(raw), Typed.TEXT
        styles = self._workbook.styles
        shape = styles.date_shape(self._style) if styles is not None else ""
        day = date_of(number, from_1904=self._workbook.from_1904) if shape else None
        if day is not None:
            return shown_date(day, shape), Typed.DATE
        return f"{number:.15g}", Typed.NUMBER

    def rows(self) -> tuple[GridRow, ...]:
        """The rows that hold anything, under the numbers a person sees beside them."""
        for settled in self._formulas.settle(self._cells):
            self.allowance.text(len(settled.text))
        cells = self._merges.spread(self._cells, self.allowance)
        formulas = self._formulas.unsettled()
        return tuple(
            GridRow(
                number + 1,
                tuple(cell for _, cell in sorted(cells.get(number, {}).items())),
                hidden=number in self._hidden,
                struck=cleaned(" ".join(self._struck_through.get(number, ()))),
                remarks=tuple(map(shown_remark, self.remarks.get(number, ()))),
                uncalculated="; ".join(formulas.get(number, ()))[:_LONGEST_NAMED],
            )
            for number in sorted(cells.keys() | self._struck_through.keys() | formulas.keys())
        )


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Hidden as such, or drawn together until nothing of it is seen."""
    hidden = attribute(attributes, "hidden") in {"1", "true"}
    return hidden or attribute(attributes, size) in {"0", "0.0"}
