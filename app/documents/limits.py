"""How much a file may ask of us, whatever it claims about itself."""

from dataclasses import dataclass

from app.errors import FileTooLargeError, Text

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 5_000
MAX_CELLS = 100_000
MAX_CHARACTERS = 5_000_000
# About a second of parsing; the longest plans seen in a real office stay under a fifth of it.
MAX_ELEMENTS = 600_000


@dataclass(slots=True)
class Allowance:
    """What is left for one file. Everything that copies or keeps something spends from it, so a
    small file that multiplies itself (merged or shared text) is stopped as a large one is."""

    elements: int = MAX_ELEMENTS
    rows: int = MAX_ROWS
    cells: int = MAX_CELLS
    characters: int = MAX_CHARACTERS

    def element(self) -> None:
        self.elements -= 1
        if self.elements < 0:
            raise FileTooLargeError(
                Text(
                    f"Tệp có quá nhiều thành phần (hơn {MAX_ELEMENTS} phần tử XML), "
                    "hệ thống không đọc.",
                    f"The file has too many parts (more than {MAX_ELEMENTS} XML elements).",
                )
            )

    def row(self) -> None:
        self.rows -= 1
        if self.rows < 0:
            raise FileTooLargeError(
                Text(
                    f"Bảng trong tệp có hơn {MAX_ROWS} dòng, vượt quá giới hạn cho phép.",
                    f"The tables of the file have more than {MAX_ROWS} rows.",
                )
            )

    def cell(self, characters: int) -> None:
        self.cells -= 1
        if self.cells < 0:
            raise FileTooLargeError(
                Text(
                    f"Bảng trong tệp có hơn {MAX_CELLS} ô, vượt quá giới hạn cho phép.",
                    f"The tables of the file have more than {MAX_CELLS} cells.",
                )
            )
        self.text(characters)

    def text(self, characters: int) -> None:
        self.characters -= characters
        if self.characters < 0:
            raise FileTooLargeError(
                Text(
                    f"Tệp chứa hơn {MAX_CHARACTERS} ký tự, vượt quá giới hạn cho phép.",
                    f"The file holds more than {MAX_CHARACTERS} characters.",
                )
            )
