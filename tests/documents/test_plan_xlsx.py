"""Excel's ways of writing a table."""

from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from app.documents.tables.plan_table import read_plan_document
from tests.support.plan_files import (
    HEADING,
    codes,
    fill,
    outline,
    package,
    read_xlsx,
    relations,
    saved,
    xlsx,
)

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_titles_above_the_table_are_no_rows_and_numbers_are_the_sheets() -> None:
    plan = read_xlsx(
        [
            ["ỦY BAN NHÂN DÂN TỈNH HÀ TĨNH"],
            ["KẾ HOẠCH"],
            ["Chuyển đổi số năm 2026"],
            ["(Kèm theo Kế hoạch số 12/KH-UBND ngày 05/01/2026 của UBND tỉnh)"],
            [],
            HEADING,
            [1, "Việc một", "Sở A", "Sở B", 2026],
        ]
    )

    assert (plan.title, plan.number) == ("Chuyển đổi số năm 2026", "12/KH-UBND")
    assert plan.issued_on == date(2026, 1, 5)
    assert outline(plan) == [("task", "1", "Việc một")]
    assert (plan.rows[0].number, plan.rows[0].time_frame) == (7, "2026")


def test_the_zero_that_a_number_loses_is_found_again_by_the_order_of_rows() -> None:
    numbers = [3, *(float(f"3.{n}") for n in range(1, 10)), 3.1, 3.11, 4, 4.1]
    plan = read_xlsx([HEADING, *([n, f"Việc {n}", "Sở A", "", "2024"] for n in numbers)])

    assert [each.ordinal for each in plan.rows][9:] == ["3.9", "3.10", "3.11", "4", "4.1"]
    inferred = [each.ordinal for each in plan.rows if "ordinal_inferred" in codes(each)]
    assert inferred == ["3.10"]


def test_an_ordinal_kept_as_text_is_believed() -> None:
    numbers = [3.8, 3.9, "3.1", 13.0, "3.10"]
    plan = read_xlsx([HEADING, *([n, "Việc", "Sở A", "", "2024"] for n in numbers)])

    assert [each.ordinal for each in plan.rows] == ["3.8", "3.9", "3.1", "13", "3.10"]


def test_an_ordinal_that_became_a_day_is_read_where_the_row_before_says_how() -> None:
    days = [3.9, date(2026, 10, 3), 3.11]
    plan = read_xlsx([HEADING, *([n, "Việc", "Sở A", "", "2024"] for n in days)])

    assert [each.ordinal for each in plan.rows] == ["3.9", "3.10", "3.11"]


@pytest.mark.parametrize(
    ("value", "shape", "shown"),
    [
        (date(2026, 3, 31), "dd/mm/yyyy", "31/03/2026"),
        (datetime.combine(date(2026, 3, 31), time(17, 30)), "yyyy-mm-dd hh:mm", "31/03/2026"),
        (date(2026, 6, 1), "mm/yyyy", "06/2026"),
        (date(2026, 6, 1), '"Tháng "m/yyyy', "06/2026"),
        (date(2026, 6, 1), "mm-dd-yy", "01/06/2026"),
        (45, "0.00", "45"),
        (45, '0" ngày (days)"', "45"),
        (2026, "General", "2026"),
        (0.5, '0%" đạt"', "0.5"),
        ("Quý I/2026", "General", "Quý I/2026"),
    ],
)
def test_a_day_is_given_as_it_is_shown(value: object, shape: str, shown: str) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    fill(sheet, [HEADING, [1, "Việc", "Sở A", "", value]])
    sheet["E2"].number_format = shape

    plan = read_plan_document(saved(workbook), file_name="plan.xlsx")

    assert plan.rows[0].time_frame == shown


def test_days_counted_from_1904() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    fill(workbook.worksheets[0], [HEADING, [1, "Việc", "Sở A", "", date(2026, 3, 31)]])

    plan = read_plan_document(saved(workbook), file_name="plan.xlsx")

    assert plan.rows[0].time_frame == "31/03/2026"


def test_merged_ranges_speak_for_each_of_their_rows() -> None:
    plan = read_xlsx(
        [
            HEADING,
            ["I. Nhóm một", None, None, None, None],
            [1, "Việc một", "Sở A", None, "2024"],
            [2, "Việc hai", None, "Sở B", None],
        ],
        merged=["A2:E2", "C3:C4", "E3:E4"],
    )

    assert [each.kind.value for each in plan.rows] == ["group", "task", "task"]
    assert [each.lead for each in plan.rows] == ["", "Sở A", "Sở A"]
    assert plan.rows[2].time_frame == "2024"


def test_a_heading_of_two_rows_is_read_through_its_merges() -> None:
    plan = read_xlsx(
        [
            ["TT", "Nhiệm vụ", "Cơ quan thực hiện", None, "Thời hạn"],
            [None, None, "Chủ trì", "Phối hợp", None],
            [1, "Việc", "Sở A", "Sở B", "2024"],
        ],
        merged=["A1:A2", "B1:B2", "C1:D1", "E1:E2"],
    )

    (only,) = plan.rows
    assert (only.lead, only.coordinating, only.time_frame) == ("Sở A", "Sở B", "2024")
    assert only.cells[2] == ("Cơ quan thực hiện / Chủ trì", "Sở A")


def test_sheets_of_one_form_are_joined_and_a_hidden_one_is_named() -> None:
    workbook = openpyxl.Workbook()
    fill(workbook.worksheets[0], [HEADING, [1, "Việc một", "Sở A", "", "2024"]])
    fill(workbook.create_sheet("Tiếp"), [HEADING, [2, "Việc hai", "Sở B", "", "2024"]])
    hidden = workbook.create_sheet("Nháp")
    fill(hidden, [HEADING, [3, "Việc bỏ", "Sở C", "", "2024"]])
    hidden.sheet_state = "hidden"

    plan = read_plan_document(saved(workbook), file_name="plan.xlsx")

    assert [each.title for each in plan.rows] == ["Việc một", "Việc hai"]
    assert codes(plan) == ["several_task_tables", "sheet_hidden"]
    assert "Nháp" in plan.warnings[1].detail.vi


def test_signatures_below_the_rows_are_no_tasks() -> None:
    plan = read_xlsx(
        [
            HEADING,
            [1, "Việc", "Sở A", "", "2024"],
            [],
            ["Nơi nhận:", None, None, "TM. ỦY BAN NHÂN DÂN"],
            ["- Lưu: VT", None, None, "CHỦ TỊCH"],
        ]
    )

    assert outline(plan) == [("task", "1", "Việc")]


def test_empty_cells_are_kept_as_empty_under_their_headings() -> None:
    plan = read_xlsx([[*HEADING, "Kinh phí"], [1, "Việc", "Sở A"]])

    assert plan.rows[0].cells[3:] == (
        ("Cơ quan phối hợp", ""),
        ("Thời gian thực hiện", ""),
        ("Kinh phí", ""),
    )
    assert plan.rows[0].warnings == ()


def test_rich_shared_and_inline_texts_formulas_and_truths() -> None:
    def shown(kind: str, inner: str) -> str:
        return f'<c t="{kind}">{inner}</c>'

    heading = "".join(shown("inlineStr", f"<is><t>{text}</t></is>") for text in HEADING)
    values = (
        "<c><v>1</v></c>",
        shown("s", "<v>0</v>"),
        shown("str", "<f>A1</f><v>Sở A_x000D_\nSở B</v>"),
        shown("b", "<v>1</v>"),
        shown("s", "<v>99</v>"),
    )
    rich = "<si><r><t>Việc </t></r><r><t>một</t></r><rPh><t>bỏ</t></rPh></si>"
    sheet = f"<sheetData><row>{heading}</row><row>{''.join(values)}</row></sheetData>"
    shared = relations("sharedStrings", "sharedStrings.xml").replace(
        "</Relationships>",
        '<Relationship Id="rId2" Type="x/worksheet" Target="/xl/worksheets/a.xml"/>'
        "</Relationships>",
    )
    listing = (
        f'<workbook xmlns="{SHEET}" xmlns:r="urn:r"><sheets><sheet name="A" r:id="rId2"/>'
        "</sheets></workbook>"
    )
    content = package(
        {
            "xl/workbook.xml": listing,
            "xl/_rels/workbook.xml.rels": shared,
            "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{rich}</sst>',
            "xl/worksheets/a.xml": f'<worksheet xmlns="{SHEET}">{sheet}</worksheet>',
        },
        main="xl/workbook.xml",
    )

    (only,) = read_plan_document(content, file_name="plan.xlsx").rows

    assert (only.title, only.lead) == ("Việc một", "Sở A\nSở B")
    assert (only.coordinating, only.time_frame) == ("TRUE", "")


def test_the_media_type_is_that_of_a_workbook() -> None:
    content = xlsx([HEADING, [1, "Việc", "Sở A", "", "2024"]])

    plan = read_plan_document(content, file_name="KẾ HOẠCH.XLSX")

    assert plan.media_type.endswith("spreadsheetml.sheet")
