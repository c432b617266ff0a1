"""Shapes of tables beside those of `test_plan_kinds`: what heads them, what ends them."""

from collections.abc import Sequence

import pytest

from app.domain.plans.readings import PlanReading
from tests.documents.test_plan_kinds import IN_BOTH, Read, codes, in_excel, lines
from tests.support.plan_files import (
    HEADING,
    below,
    cell,
    docx,
    paragraph,
    row,
    table,
    top,
    xlsx,
)
from tests.support.plan_readings import reading_of
from tests.support.sample_facts import HOME_AFFAIRS

FIRST = ("1", "Việc một", "Sở Nội vụ", "", "6/2026")
SECOND = ("2", "Việc hai", "Sở Y tế", "", "7/2026")


def told(reading: PlanReading) -> list[tuple[str, str, str]]:
    return [(str(each.row.kind), each.row.ordinal, each.row.title) for each in reading.rows]


def numbers_left_out(reading: PlanReading) -> list[int]:
    return [one.number for one in reading.document.left_out]


@pytest.mark.parametrize(
    "signed",
    [
        ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
        ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"),
        ("PHÊ DUYỆT", "GIÁM ĐỐC"),
    ],
)
@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_signature_below_a_sheet_is_no_agency_in_whatever_column(
    signed: Sequence[str], column: int
) -> None:
    under = [tuple(text if at == column else "" for at in range(5)) for text in signed]

    reading = in_excel([HEADING, FIRST, SECOND, *under])

    assert told(reading) == [("task", "1", "Việc một"), ("task", "2", "Việc hai")]
    assert [len(each.assignees) for each in reading.rows] == [1, 1]
    assert numbers_left_out(reading) == [4, 5]


@IN_BOTH
@pytest.mark.parametrize("words", [("Tổng", "2"), ("Tổng: 2", ""), ("", "Tổng số"), ("Cộng", "2")])
def test_a_sum_is_no_task_and_heads_none(read: Read, words: tuple[str, str]) -> None:
    reading = read([HEADING, FIRST, (*words, "", "", ""), ("2", "Tổng hợp", *SECOND[2:])])

    assert told(reading) == [("task", "1", "Việc một"), ("task", "2", "Tổng hợp")]
    assert numbers_left_out(reading) == [3]


@pytest.mark.parametrize("times", [("QI", "QII"), ("1", "2", "3"), ("I", "II")])
def test_columns_of_times_below_one_heading_are_no_task(times: Sequence[str]) -> None:
    blank = [""] * (len(times) - 1)
    heading = [
        ["TT", "Nội dung", "Chủ trì", "Thời gian", *blank],
        ["", "", "", *times],
        ["1", "Mở lớp", "Sở Y tế", "x", *blank],
    ]
    last = "ABCDEFGHI"[2 + len(times)]

    reading = reading_of(xlsx(heading, merged=[f"D1:{last}1"]), "plan.xlsx")

    assert told(reading) == [("task", "1", "Mở lớp")]
    assert "time_frame_needs_person" in str(reading.rows[0].warnings)


@IN_BOTH
@pytest.mark.parametrize("part", ["Mục tiêu {}", "NHÓM {}", "Phần {}", "Lĩnh vực {}"])
def test_words_that_count_the_parts_of_a_table_head_groups(read: Read, part: str) -> None:
    heads = [(part.format(number), f"Phần {number}", "", "", "") for number in (1, 2)]
    reading = read([HEADING, heads[0], ("NV1", *FIRST[1:]), heads[1], ("NV2", *SECOND[1:])])

    assert [(str(each.row.kind), each.row.parent) for each in reading.rows] == [
        ("group", None),
        ("task", 0),
        ("group", None),
        ("task", 2),
    ]


@IN_BOTH
@pytest.mark.parametrize("report", ["Thời hạn báo cáo", "Hạn báo cáo", "Ngày báo cáo"])
def test_the_day_of_a_report_is_no_deadline_beside_that_of_the_work(
    read: Read, report: str
) -> None:
    reading = read(
        [
            ("TT", "Công việc", "Bộ phận thực hiện", report, "Thời hạn hoàn thành"),
            ("1", "Việc một", "Sở Nội vụ", "15/6/2026", "30/6/2026"),
            ("2", "Việc hai", "Sở Y tế", "15/7/2026", "31/7/2026"),
        ]
    )

    assert lines(reading) == [
        "task 1 Việc một | date: None – 2026-06-30 | lead: SNV “Sở Nội vụ”",
        "task 2 Việc hai | date: None – 2026-07-31 | lead: SYT “Sở Y tế”",
    ]
    assert codes(reading) == ["column_unknown"]


def test_a_title_above_the_first_of_two_tables_stays_the_plans_title() -> None:
    head = paragraph("KẾ HOẠCH") + paragraph("Cải cách hành chính năm 2026")
    tables = [table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", "Quý I")) for _ in range(2)]

    reading = reading_of(docx(head + tables[0] + paragraph("Phụ lục II") + tables[1]), "plan.docx")

    assert reading.document.title == "Cải cách hành chính năm 2026"
    assert str(reading.ends_on) == "2026-12-31"


OVER = ("TT", "Nội dung", "Nhiệm vụ cụ thể", "Chủ trì", "Thời gian")


def in_merged_cells(*rows: str) -> PlanReading:
    return reading_of(docx(table(row(*OVER), *rows)), "plan.docx")


@pytest.mark.parametrize("merged", [True, False])
def test_of_two_columns_of_titles_the_finer_one_holds_the_work(merged: bool) -> None:
    first, blank = (top, below()) if merged else (cell, cell(""))
    reading = in_merged_cells(
        row(first("1"), first("Thể chế"), "Rà soát", "Sở Tư pháp", "3/2026"),
        row(blank, blank, "Kiểm tra", "Sở Nội vụ", "6/2026"),
        row("2", "Bộ máy", "Sắp xếp", "Sở Nội vụ", "7/2026"),
    )

    assert lines(reading) == [
        "group 1 Thể chế",
        "task 1.1 Rà soát < 0 | month: 2026-03-01 – 2026-03-31 | lead: STP “Sở Tư pháp”",
        "task 1.2 Kiểm tra < 0 | month: 2026-06-01 – 2026-06-30 | lead: SNV “Sở Nội vụ”",
        "task 2 Sắp xếp | month: 2026-07-01 – 2026-07-31 | lead: SNV “Sở Nội vụ”",
    ]


def test_lines_of_the_finer_column_that_assign_nothing_are_of_the_work_above() -> None:
    reading = in_merged_cells(
        row("1", "Thể chế", "- Rà soát", "Sở Tư pháp", "3/2026"),
        row("", "", "- Kiểm tra", "", ""),
        row("2", "Bộ máy", "- Sắp xếp", "Sở Nội vụ", "7/2026"),
    )

    assert told(reading) == [("task", "1", "- Rà soát - Kiểm tra"), ("task", "2", "- Sắp xếp")]
    assert "row_joined" in [one.code for one in reading.rows[0].warnings]


def test_a_part_is_named_in_the_first_of_two_columns_of_titles() -> None:
    reading = in_merged_cells(
        row("I", "CẢI CÁCH THỂ CHẾ", "", "", ""),
        row("1", "", "Rà soát", "Sở Tư pháp", "3/2026"),
        row("2", "", "Kiểm tra", "Sở Nội vụ", "6/2026"),
    )

    assert told(reading) == [
        ("group", "I", "CẢI CÁCH THỂ CHẾ"),
        ("task", "1", "Rà soát"),
        ("task", "2", "Kiểm tra"),
    ]


@IN_BOTH
@pytest.mark.parametrize("other", ["Đơn vị thực hiện", "Cơ quan thực hiện", "Cơ quan tham mưu"])
def test_whoever_is_said_to_lead_leads_beside_those_who_carry_out(read: Read, other: str) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", other, "Đơn vị chủ trì", "Thời gian"),
            ("1", "Việc một", "UBND các xã, phường", "Sở Tư pháp", "3/2026"),
            ("2", "Việc hai", "Các sở, ngành", "Sở Nội vụ", "6/2026"),
        ]
    )

    leads = [one.mention.code for each in reading.rows for one in each.assignees]
    assert leads == ["STP", HOME_AFFAIRS]
    assert codes(reading) == ["column_unknown", "several_lead_columns"]


@IN_BOTH
@pytest.mark.parametrize(
    ("title", "lead", "time"),
    [
        ("Tên văn bản", "Cơ quan soạn thảo", "Thời gian trình"),
        ("Tên lớp", "Đơn vị tổ chức", "Thời gian mở lớp"),
        ("Tên đề án", "Đơn vị soạn thảo", "Thời hạn"),
    ],
)
def test_lists_of_papers_and_of_courses_are_plans_too(
    read: Read, title: str, lead: str, time: str
) -> None:
    reading = read(
        [
            ("TT", title, "Thời gian học", lead, time),
            ("1", "Việc một", "05 ngày", "Sở Nội vụ", "7/2026"),
            ("2", "Đất đai", "03 ngày", "Sở Y tế", "9/2026"),
        ]
    )

    assert lines(reading) == [
        "task 1 Việc một | month: 2026-07-01 – 2026-07-31 | lead: SNV “Sở Nội vụ”",
        "task 2 Đất đai | month: 2026-09-01 – 2026-09-30 | lead: SYT “Sở Y tế”",
    ]
    assert codes(reading) == ["column_unknown"]


@pytest.mark.parametrize("gap", [0, 1, 2])
def test_tables_side_by_side_on_a_sheet_are_both_read(gap: int) -> None:
    blank = ("",) * gap
    reading = in_excel(
        [
            ("NHIỆM VỤ NĂM 2026",),
            (*HEADING, *blank, *HEADING),
            ("1", "Việc một", "Sở Nội vụ", "", "6/2026", *blank, *SECOND),
            ("3", "Việc ba", "Sở Y tế", "", "8/2026"),
        ]
    )

    assert told(reading) == [
        ("task", "1", "Việc một"),
        ("task", "3", "Việc ba"),
        ("task", "2", "Việc hai"),
    ]
    assert [len(each.assignees) for each in reading.rows] == [1, 1, 1]


def test_two_columns_of_one_name_are_one_table() -> None:
    heading = ("TT", "Nhiệm vụ", "Chủ trì", "Ghi chú", "Ghi chú")

    reading = in_excel([heading, ("1", "Việc một", "Sở Nội vụ", "a", "b")])

    assert told(reading) == [("task", "1", "Việc một")]


@IN_BOTH
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Đảng ủy UBND tỉnh", "Văn phòng Tỉnh ủy"),
        ("Đảng bộ Sở Y tế", "Đảng ủy các xã"),
        ("Dang uy xa", "Van phong Tinh uy"),
    ],
)
def test_names_that_begin_like_words_of_progress_are_no_status(
    read: Read, first: str, second: str
) -> None:
    reading = read([HEADING, (*FIRST[:3], first, "3/2026"), (*SECOND[:3], second, "Tháng 6/2026")])

    assert [each.row.coordinating for each in reading.rows] == [first, second]
    assert codes(reading) == []
