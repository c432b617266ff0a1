"""The cells of a row of a file, each read as the kind that it should be; all faults are noted."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.documents.files.csv_files import CsvRow
from app.errors import Fault, Text

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MAX_LENGTH = 500
MAX_LIST = 20_000


@dataclass(frozen=True, slots=True)
class CsvPlace:
    """A row of a file."""

    file: str
    line: int

    def fault(self, code: str, text: Text, *, column: str | None = None) -> Fault:
        """The fault at this row, or in one of its cells."""
        pointer = f"{self.file}:{self.line}"
        return Fault(f"{pointer}:{column}" if column else pointer, code, text)


class BadRowError(Exception):
    """A row that means nothing, since cells of it were refused."""


class CsvCells:
    """One row; a refused cell gives something empty, so that the cells after it are read too."""

    def __init__(self, row: CsvRow) -> None:
        self.place = CsvPlace(row.file, row.line)
        self.faults: list[Fault] = []
        self._cells = row.cells

    def text(self, column: str, *, limit: int = MAX_LENGTH) -> str | None:
        """One line of text, or None for an empty cell."""
        text = unicodedata.normalize("NFC", self._cells.get(column, ""))
        if len(text) > limit:
            self.refuse(column, f"Dài quá {limit} ký tự.", f"Beyond {limit} characters.")
            return None
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
            self.refuse(column, "Có ký tự điều khiển.", "There are control characters in it.")
            return None
        return text or None

    def required(self, column: str) -> str:
        """One line of text."""
        before = len(self.faults)
        text = self.text(column)
        if text is None and len(self.faults) == before:
            self.refuse(column, "Không được để trống.", "Must not be empty.")
        return text or ""

    def day(self, column: str) -> date | None:
        """A calendar day, or None for an empty cell."""
        if not self._cells.get(column):
            return None
        day = self.required_day(column)
        return None if day == date.min else day

    def required_day(self, column: str) -> date:
        """A calendar day."""
        text = self.required(column)
        try:
            return date.fromisoformat(text if DAY.fullmatch(text) else "")
        except ValueError:
            if text:
                # 03/04/2025 is one day in Việt Nam and another one elsewhere: not guessed.
                self.refuse(
                    column,
                    f"“{text}” không phải ngày dạng NĂM-THÁNG-NGÀY, như 2025-03-01.",
                    f"“{text}” is no day as YYYY-MM-DD, such as 2025-03-01.",
                )
            return date.min

    def one_of(self, column: str, values: Iterable[str]) -> str:
        """One of some words, in small or capital letters."""
        text, known = self.required(column).lower(), list(values)
        if text and text not in known:
            self.refuse(
                column,
                f"“{text}” không thuộc: {', '.join(known)}.",
                f"“{text}” is none of: {', '.join(known)}.",
            )
        return text

    def spellings(self, column: str) -> tuple[str, ...]:
        """Names, with semicolons between them."""
        parts = (part.strip() for part in (self.text(column, limit=MAX_LIST) or "").split(";"))
        names = tuple(dict.fromkeys(part for part in parts if part))
        if any(len(name) > MAX_LENGTH for name in names):
            self.refuse(
                column,
                f"Có tên dài quá {MAX_LENGTH} ký tự.",
                f"A name in it is beyond {MAX_LENGTH} characters.",
            )
        return names

    def refuse(self, column: str, vi: str, en: str) -> None:
        """Note a fault of a cell."""
        self.faults.append(self.place.fault("bad_cell", Text(vi, en), column=column))

    def done(self) -> None:
        """Give the row up if any of its cells was refused."""
        if self.faults:
            raise BadRowError
