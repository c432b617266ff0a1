"""Limits of the work that reading a file may cost, whatever the file claims about itself."""

from dataclasses import dataclass

from app.errors import FileTooLargeError, Text

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 5_000
# The cells of agencies, by the signs that part their names: each costs a search in the registry.
MAX_NAMES = 6_000
# By the same signs in all cells, counted as they are read: a file beyond it is refused early.
MAX_PARTS = 40_000
MAX_CELLS = 100_000
MAX_CHARACTERS = 5_000_000
MAX_COLUMNS = 100
# Under a second of parsing. A Word table of 500 rows, heavily formatted, has about 60,000.
MAX_ELEMENTS = 300_000


_LEAST_SECONDS, _MOST_SECONDS = 8, 20
_BYTES_A_SECOND = 100_000


def cpu_seconds(size: int) -> int:
    """The seconds of CPU time that a file of so many bytes may cost to read: twice and more of
    those for real files, so a small hostile file does not hold a reader for as long as a large real
    one."""
    return min(_MOST_SECONDS, _LEAST_SECONDS + size // _BYTES_A_SECOND)


def too_large() -> FileTooLargeError:
    """The error for the caller to raise: more bytes than any file may have."""
    megabytes = MAX_FILE_BYTES // (1024 * 1024)
    return FileTooLargeError(
        Text(
            f"Tệp lớn hơn {megabytes} MB, vượt quá giới hạn cho phép.",
            f"The file is larger than {megabytes} MB.",
        )
    )


def too_much_work() -> FileTooLargeError:
    """The error for the caller to raise: the file used up its time, its memory or its answer."""
    return FileTooLargeError(
        Text(
            "Đọc tệp này cần quá nhiều thời gian hoặc bộ nhớ; hãy tách thành nhiều tệp nhỏ hơn.",
            "This file takes too much time or memory to be read; split it into smaller ones.",
        )
    )


@dataclass(slots=True)
class FileAllowance:
    """The allowance of one file. Everything that copies or keeps something spends from it, so a
    small file that multiplies itself (merged or shared text) is stopped as a large one is."""

    elements: int = MAX_ELEMENTS
    rows: int = MAX_ROWS
    cells: int = MAX_CELLS
    characters: int = MAX_CHARACTERS
    parts: int = MAX_PARTS

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

    def column(self, column: int) -> None:
        """Nothing is spent: this only refuses a table that is too wide."""
        if column >= MAX_COLUMNS:
            raise FileTooLargeError(
                Text(
                    f"Bảng trong tệp có hơn {MAX_COLUMNS} cột, vượt quá giới hạn cho phép.",
                    f"A table of the file has more than {MAX_COLUMNS} columns.",
                )
            )

    def cell(self, text: str) -> None:
        self.cells -= 1
        if self.cells < 0:
            raise FileTooLargeError(
                Text(
                    f"Bảng trong tệp có hơn {MAX_CELLS} ô, vượt quá giới hạn cho phép.",
                    f"The tables of the file have more than {MAX_CELLS} cells.",
                )
            )
        self.text(len(text))
        self.listed(text)

    def listed(self, text: str) -> None:
        """Count the parts of a cell's text that its commas, semicolons and lines separate."""
        self.parts -= text.count(";") + text.count(",") + text.count("\n")
        if self.parts < 0:
            raise FileTooLargeError(
                Text(
                    f"Các ô trong bảng liệt kê hơn {MAX_PARTS} mục, vượt quá giới hạn cho phép.",
                    f"The cells of the tables list more than {MAX_PARTS} items.",
                )
            )

    def text(self, characters: int) -> None:
        self.characters -= characters
        if self.characters < 0:
            raise FileTooLargeError(
                Text(
                    f"Tệp chứa hơn {MAX_CHARACTERS} ký tự, vượt quá giới hạn cho phép.",
                    f"The file holds more than {MAX_CHARACTERS} characters.",
                )
            )
