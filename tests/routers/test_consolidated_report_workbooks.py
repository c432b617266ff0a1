"""The workbook of a consolidated report: numbers are numbers, days are days, and only our own
formulas are formulas."""

from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
from openpyxl.utils import get_column_letter

from app.domain.consolidated_reports.alike import FRAME
from app.domain.consolidated_reports.book import COUNTS
from tests.routers.test_consolidated_report_files import (
    HOSTILE,
    assignments,
    at_path,
    read_file,
)
from tests.support.assignments import at
from tests.support.consolidated import content, filed_by, frozen, told
from tests.support.reports import decide
from tests.support.sample import Sample
from tests.support.sample_facts import FINANCE, TEACH_THE_RESOLUTION

HEADS, FIRST = 3, 4
"""The rows of the heads and of the first data, from 1."""
LATE = {"late_reason": "http://example.vn"}
SHEETS = [
    "Tổng hợp",
    "Tỷ lệ",
    "Nhóm nhiệm vụ",
    "Cơ quan",
    "Cơ quan phối hợp",
    "Kỳ",
    "Báo cáo",
    "Nhiệm vụ",
    "Lời báo cáo",
    "Chỉ tiêu",
    "Thay đổi",
    "Yêu cầu, nhận xét",
]


async def books(issued: Sample, report: dict[str, Any]) -> tuple[Any, Any]:
    """The workbook with its formulas, and with what they come to."""
    file = await read_file(issued, report, "xlsx")
    return (
        openpyxl.load_workbook(BytesIO(file)),
        openpyxl.load_workbook(BytesIO(file), data_only=True),
    )


def values(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in sheet.iter_rows(min_row=FIRST, values_only=True)]


def formulas(book: Any) -> dict[str, set[str]]:
    """The cells of each sheet that are formulas."""
    return {
        sheet.title: {
            cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
        }
        for sheet in book
    }


async def test_every_number_of_the_workbook_is_that_of_the_freeze(issued: Sample) -> None:
    await told(issued)
    report = await frozen(issued)
    found, (_, book) = await content(issued, report), await books(issued, report)

    assert book.sheetnames == SHEETS
    frame = values(book["Tổng hợp"])
    for row, (words, where, path) in zip(frame, FRAME, strict=True):
        trees = [
            found[role]["flows"]
            if where == "flows"
            else found[role]["statistics"]["by_current_deadline"]
            for role in ("lead", "coordinating")
        ]
        assert row == (words, *(at_path(tree, path) for tree in trees))
    for name, groups in (
        ("Nhóm nhiệm vụ", found["lead"]["by_group"]),
        ("Cơ quan", found["lead"]["by_agency"]),
        ("Cơ quan phối hợp", found["coordinating"]["by_agency"]),
        ("Kỳ", found["lead"]["by_occurrence"]),
    ):
        shown = [one for one in groups if one["statistics"]["by_current_deadline"]["total"]]
        for row, group in zip(values(book[name]), shown, strict=True):
            now = group["statistics"]["by_current_deadline"]
            counts = [at_path(now, path) for _, path in COUNTS]
            assert row[:2] == (group["code"], group["label"])
            assert list(row[2:-2]) == counts
            assert sum(counts[1:]) == counts[0]
            rates = [now["rates"][one] for one in ("completed_of_due", "on_time_of_completed")]
            assert [percent(cell) for cell in row[-2:]] == [one["percent"] for one in rates]
    for row in values(book["Tỷ lệ"]):
        assert percent(row[5]) == (round(100 * row[3] / row[4], 2) if row[4] else None)


def percent(cell: Any) -> float | None:
    return None if cell in (None, "") else round(100 * cell, 2)


async def test_sums_follow_what_is_shown(issued: Sample) -> None:
    await told(issued)
    live, book = await books(issued, await frozen(issued))

    for name in ("Nhóm nhiệm vụ", "Cơ quan", "Báo cáo"):
        sheet = live[name]
        rows = values(book[name])
        last = FIRST + len(rows) - 1
        for column in range(3, 11):
            letter = get_column_letter(column)
            assert sheet.cell(2, column).value == f"=SUBTOTAL(109,{letter}{FIRST}:{letter}{last})"
            assert book[name].cell(2, column).value == sum(row[column - 1] for row in rows)
    total = live["Cơ quan"]["P2"].value
    assert total == '=IF((D2+E2+F2+K2+H2)=0,"",(D2+E2+F2)/(D2+E2+F2+K2+H2))'


async def test_its_heads_stay_and_its_rows_can_be_filtered(issued: Sample) -> None:
    await told(issued)
    report = await frozen(issued)
    live, _ = await books(issued, report)

    for sheet in live:
        assert sheet.freeze_panes == f"C{FIRST}"
        assert sheet.auto_filter.ref.startswith(f"A{HEADS}:")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == f"${HEADS}:${HEADS}"
    file = ZipFile(BytesIO(await read_file(issued, report, "xlsx")))
    charts = [name for name in file.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 2
    assert all(b"pattFill" in file.read(name) for name in charts)


async def test_every_assignment_is_a_row_with_its_days(issued: Sample) -> None:
    await told(issued)
    report = await frozen(issued)
    found, (_, book) = await content(issued, report), await books(issued, report)

    rows = values(book["Nhiệm vụ"])
    for row, one in zip(rows, assignments(found), strict=True):
        days = ("deadline_on", "original_deadline_on", "reported_on", "completed_on")
        shown = [row[8], row[9], row[12], row[13]]
        assert [day and day.date() for day in shown] == [
            one[name] and date.fromisoformat(one[name]) for name in days
        ]
        assert all(isinstance(day, datetime) for day in shown if day)
        assert (row[3], row[14], row[15]) == (one["agency"]["code"], one["percent"], one["text"])
    assert [row[:3] for row in values(book["Lời báo cáo"])] == [(1, "Sở Ngoại vụ", "năm 2024")]


async def test_what_somebody_typed_is_no_formula(issued: Sample) -> None:
    typed = {
        "results": "=1+1",
        "difficulties": "@SUM(A1)",
        "proposals": "+cmd|' /C calc'!A0",
        **LATE,
    }
    with at("2024-12-27"):
        for ordinal, words in ((TEACH_THE_RESOLUTION, typed), ("3.7", LATE | {"results": HOSTILE})):
            filed = await filed_by(issued, FINANCE, ordinal, "once", **words)
            await decide(issued, filed["id"], "accept")
    live, _ = await books(issued, await frozen(issued, day="2024-12-30"))

    first, second = values(live["Lời báo cáo"])
    assert first[5:] == tuple(typed.values())
    assert second[5] == HOSTILE.replace("\x01", "\ufffd")
    assert not any(cell.hyperlink for row in live["Lời báo cáo"].iter_rows() for cell in row)
    of = formulas(live)
    assert of["Lời báo cáo"] == of["Nhiệm vụ"] == of["Thay đổi"] == of["Tổng hợp"] == set()
    assert {one[0] for one in of["Tỷ lệ"]} == {"F"}
