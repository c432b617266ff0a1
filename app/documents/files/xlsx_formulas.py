"""Formulas whose value a workbook lacks, because the program that wrote it calculates nothing.

What plainly is a text, a number, a day or another cell is said; every other one is named, so that
nobody takes its cell for an empty one. A spreadsheet calculates, this does not.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from app.documents.files.grids import Cell, Typed
from app.documents.files.xlsx_merges import position

_MOST_PASSES = 4  # over formulas that refer to one another
_LONGEST_CELL = 1_000  # characters that formulas put together: no cell of a plan is longer
_LONGEST_SHOWN = 60  # characters of a formula
_JOINT = re.compile(r" ?& ?")
_TERM = re.compile(r'"(?P<text>(?:[^"]|"")*)"|(?P<cell>\$?[A-Z]{1,3}\$?\d{1,7})|(?P<number>\d+)')
_COUNTED = re.compile(
    r"(?:(?P<cell>\$?[A-Z]{1,3}\$?\d{1,7})|ROW\((?P<row>(?:\$?[A-Z]{1,3}\$?\d{1,7})?)\))"
    r"(?: ?(?P<sign>[+-]) ?(?P<number>\d{1,6}))?"
)
_DAY = re.compile(r"DATE\( ?(\d{4}) ?, ?(\d{1,2}) ?, ?(\d{1,2}) ?\)")

SheetCells = dict[int, dict[int, Cell]]


class Formulas:
    """The formulas without a value of one sheet, by row and column counted from 0."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, int], str] = {}
        self._wrong: dict[int, list[str]] = {}

    def add(self, row: int, column: int, formula: str) -> None:
        self._waiting[row, column] = formula.strip()

    def add_error(self, row: int, column: int, value: str) -> None:
        """A cell whose formula came to "#REF!" or the like."""
        self._wrong.setdefault(row, []).append(f"{_name(row, column)} ({value})")

    def settle(self, cells: SheetCells) -> Iterable[Cell]:
        """Put the values that can be found into *cells*, each of which is answered."""
        for _ in range(_MOST_PASSES):
            waiting = sorted(self._waiting.items())
            for (row, column), formula in waiting:
                said = _value(formula, row, cells)
                if said is not None:
                    cell = Cell(column, 1, said[0], typed=said[1])
                    cells.setdefault(row, {})[column] = cell
                    del self._waiting[row, column]
                    yield cell
            if len(self._waiting) == len(waiting):
                return

    def unsettled(self) -> Mapping[int, list[str]]:
        """The cells that nobody has calculated, by row: "D5 (=VLOOKUP(…))"."""
        named = {row: list(said) for row, said in self._wrong.items()}
        for (row, column), formula in sorted(self._waiting.items()):
            shown = f"={formula[:_LONGEST_SHOWN]}" if formula else "công thức"
            named.setdefault(row, []).append(f"{_name(row, column)} ({shown})")
        return named


def _name(row: int, column: int) -> str:
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _value(formula: str, row: int, cells: SheetCells) -> tuple[str, Typed] | None:
    if day := _DAY.fullmatch(formula):
        return _day(*map(int, day.groups()))
    if counted := _COUNTED.fullmatch(formula):
        return _counted(counted, row, cells)
    return _text(formula, cells)


def _day(year: int, month: int, day: int) -> tuple[str, Typed] | None:
    try:
        return date(year, month, day).strftime("%d/%m/%Y"), Typed.DATE
    except ValueError:
        return None


def _counted(found: re.Match[str], row: int, cells: SheetCells) -> tuple[str, Typed] | None:
    """The value of a formula that only counts: "C4" is the value of that cell, "A4+1" and "ROW()-4"
    are numbers."""
    at = position(found["row"])[0] if found["row"] else row
    base = _cell(found["cell"], cells) if found["cell"] else Cell(0, 1, str(at + 1))
    if base is None:
        return None
    if found["number"] is None and found["cell"]:
        return base.text, base.typed
    if not re.fullmatch(r"-?\d{1,9}", base.text):
        return None
    added = int(found["number"] or 0)
    return str(int(base.text) + (-added if found["sign"] == "-" else added)), Typed.NUMBER


def _text(formula: str, cells: SheetCells) -> tuple[str, Typed] | None:
    """Texts, numbers and cells that "&" joins."""
    said, at = list[str](), 0
    length = 0
    while term := _TERM.match(formula, at):
        text = _said(term, cells)
        length += len(text or "")
        if text is None or length > _LONGEST_CELL:
            return None
        said.append(text)
        at = term.end()
        joint = _JOINT.match(formula, at)
        if joint is None:
            break
        at = joint.end()
    if not said or at != len(formula):
        return None
    return "".join(said), Typed.TEXT if '"' in formula or "&" in formula else Typed.NUMBER


def _said(term: re.Match[str], cells: SheetCells) -> str | None:
    if term["text"] is not None:
        return term["text"].replace('""', '"')
    if term["number"]:
        return term["number"]
    cell = _cell(term["cell"], cells)
    return cell.text if cell else None


def _cell(reference: str, cells: SheetCells) -> Cell | None:
    row, column = position(reference)
    return cells.get(row, {}).get(column)
