"""Merged ranges of a sheet: one value, shown over several cells."""

import re
from bisect import bisect_right
from dataclasses import replace

from app.documents.confined.limits import MAX_COLUMNS, FileAllowance
from app.documents.files.grids import Cell

_POSITION = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_COLUMNS = 16_384  # of a sheet
_MAX_RANGES = 20_000


def position(reference: str) -> tuple[int, int]:
    """ "C5" as (row 4, column 2), counted from 0; (-1, -1) when it is none."""
    match = _POSITION.fullmatch(reference)
    if match is None:
        return -1, -1
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, min(column, _COLUMNS) - 1


class Merges:
    """Malformed ranges and those after the first 20,000 are ignored: their cells stand alone."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int, int, int]] = []

    def add(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = position(first), position(last)
        in_order = 0 <= top <= bottom and 0 <= left <= right
        # Beyond that number it is no plan; the cells then simply stand alone.
        if in_order and len(self._ranges) < _MAX_RANGES:
            self._ranges.append((top, left, bottom, right))

    def spread(
        self, cells: dict[int, dict[int, Cell]], allowance: FileAllowance
    ) -> dict[int, dict[int, Cell]]:
        """Give each anchor its span and repeat it in the rows below that hold anything else."""
        spread = {row: dict(columns) for row, columns in cells.items()}
        rows = sorted(cells)
        for top, left, bottom, right in self._ranges:
            anchor = cells.get(top, {}).get(left)
            if anchor is None:
                continue
            wide = replace(anchor, span=min(right + 1, MAX_COLUMNS) - left)
            spread[top][left] = wide
            for row in rows[bisect_right(rows, top) : bisect_right(rows, bottom)]:
                allowance.element()
                if left not in spread[row]:
                    allowance.cell(wide.text)
                    spread[row][left] = replace(wide, continues=True)
        return spread
