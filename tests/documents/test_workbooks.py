"""Workbooks: words are words whatever they look like, numbers numbers, days days."""

import re
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.excel.book import Column, Sheet, SheetColumnKind
from app.documents.excel.writer import write_workbook
from app.documents.word.texts import writable

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
COLUMNS = (
    Column("Lời", 20),
    Column("Số", 10, SheetColumnKind.NUMBER, is_summed=True),
    Column("Tổng", 10, SheetColumnKind.NUMBER, is_summed=True),
    Column("Ngày", 12, SheetColumnKind.DAY),
    Column("Tỷ lệ", 10, SheetColumnKind.RATE, numerator=(1,), base=(2,)),
)
ROWS = st.lists(
    st.tuples(
        st.one_of(TEXTS, st.sampled_from("=+-@\t").flatmap(lambda sign: TEXTS.map(sign.__add__))),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        DAYS,
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("character", ["a", "ệ", "😀", "=", "\U0001f468\u200d\U0001f469\u200d"])
def test_what_is_longer_than_a_cell_goes_on_below(character: str) -> None:
    text = character * (45_000 // len(character)) + "cuối"
    first = (7, text, 9, date(2025, 1, 2))
    second = (1, "ngắn", 2, date(2025, 1, 3))
    columns = (Column("TT", 5, SheetColumnKind.NUMBER), Column("Lời", 20), *COLUMNS[2:4])
    file = BytesIO(write_workbook([Sheet("Mẫu", "Mẫu", columns, [first, second])]))
    sheet = openpyxl.load_workbook(file)["Mẫu"]

    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    words = [str(row[1]) for row in rows]
    assert "".join(words) == f"{text}ngắn"
    assert all(len(one.encode("utf-16-le")) <= 2 * 32_767 for one in words)
    assert len(rows) > 2
    # The first column says of what it is; sums count it once.
    assert [row[0] for row in rows[:-1]] == [7] * (len(rows) - 1)
    assert [row[2] for row in rows] == [9, *[None] * (len(rows) - 2), 2]


@settings(deadline=None, max_examples=30)
@given(ROWS)
def test_every_cell_is_what_it_was(rows: list[tuple[str, int, int, date]]) -> None:
    quotients = [row[1] / row[2] if row[2] else None for row in rows]
    given_rows = [(*row, quotient) for row, quotient in zip(rows, quotients, strict=True)]
    file = BytesIO(write_workbook([Sheet("Mẫu", "=1+1", COLUMNS, given_rows)]))
    live, book = openpyxl.load_workbook(file)["Mẫu"], openpyxl.load_workbook(file, data_only=True)

    assert (live["A1"].value, live["A1"].data_type) == ("=1+1", "s")
    for number, (row, quotient) in enumerate(zip(rows, quotients, strict=True), 4):
        words, day = live.cell(number, 1), live.cell(number, 4).value
        assert words.data_type == "s" or (words.value is None and row[0] == "")
        assert (words.value or "") == re.sub("\r\n?", "\n", writable(row[0]))
        assert (live.cell(number, 2).value, live.cell(number, 3).value) == row[1:3]
        assert isinstance(day, datetime)
        assert day.date() == row[3]
        shown = book["Mẫu"].cell(number, 5).value
        assert (shown or 0) == (quotient or 0)
        assert live.cell(number, 5).data_type == "f"
    for column, counts in ((2, [row[1] for row in rows]), (3, [row[2] for row in rows])):
        assert book["Mẫu"].cell(2, column).value == sum(counts)


def test_rows_are_as_high_as_their_words() -> None:
    columns = (Column("Một tiêu đề rất dài", 10), Column("Số", 10, SheetColumnKind.NUMBER))
    texts = ("ngắn", "dài " * 20, "hai\ndòng", "dài " * 2_000, "")
    file = BytesIO(write_workbook([Sheet("Mẫu", "Mẫu", columns, [(one, 1) for one in texts])]))
    sheet = openpyxl.load_workbook(file)["Mẫu"]

    heights = [sheet.row_dimensions[number].height for number in range(3, 9)]
    assert heights[1] is None
    assert heights[5] is None
    assert heights[0] == 3 * 15.75
    assert heights[2] == 9 * 15.75
    assert heights[3] == 2 * 15.75
    # Excel has none that is higher.
    assert 408 < heights[4] <= 409
