"""The kinds of which `tests/plans` has one each, in other words, orders and formats."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.plans.readings import PlanReading
from tests.support.plan_files import (
    HEADING,
    below,
    docx,
    paragraph,
    row,
    table,
    top,
    workbook_of,
    xlsx,
)
from tests.support.plan_readings import reading_of, told_row
from tests.support.sample_facts import FINANCE, HEALTH, HOME_AFFAIRS

Rows = Sequence[Sequence[str]]
Read = Callable[[Rows], PlanReading]


def in_word(rows: Rows) -> PlanReading:
    return reading_of(docx(table(*(row(*cells) for cells in rows))), "plan.docx")


def in_excel(rows: Rows) -> PlanReading:
    return reading_of(xlsx(rows), "plan.xlsx")


IN_BOTH = pytest.mark.parametrize("read", [in_word, in_excel])


def lines(reading: PlanReading) -> list[str]:
    """Kind, ordinal, title, time and names of each row, and its warnings, in one line."""
    told = [[line.strip() for line in told_row(each)] for each in reading.rows]
    return [" | ".join([first.split(" ", 1)[1], *rest]) for first, *rest in told]


def codes(reading: PlanReading) -> list[str]:
    return [warning.code for warning in reading.warnings]


@IN_BOTH
@pytest.mark.parametrize("status", ["Tiến độ", "Tiến độ thực hiện", "Tình trạng"])
def test_a_status_is_no_deadline_on_whichever_side_it_stands(read: Read, status: str) -> None:
    deadline = ("Thời gian thực hiện", "Quý II/2026", "30/6/2026")
    state = (status, "Chưa triển khai", "Đang làm")
    for left, right in ((deadline, state), (state, deadline)):
        reading = read(
            [
                ("STT", "Công việc", left[0], "Đơn vị chủ trì", right[0]),
                ("1", "Việc một", left[1], "Sở Nội vụ", right[1]),
                ("2", "Việc hai", left[2], "Sở Y tế", right[2]),
            ]
        )

        assert lines(reading) == [
            "task 1 Việc một | quarter: 2026-04-01 – 2026-06-30 | lead: SNV “Sở Nội vụ”",
            "task 2 Việc hai | date: None – 2026-06-30 | lead: SYT “Sở Y tế”",
        ]
        assert codes(reading) == ["column_unknown", "progress_list"]


@IN_BOTH
@pytest.mark.parametrize("units", [("Hồ sơ", "Lớp"), ("%", "Người"), ("Xã", "xã")])
def test_a_unit_of_measure_leads_nothing(read: Read, units: tuple[str, str]) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Đơn vị", "Số lượng", "Tiến độ", "Cơ quan thực hiện"),
            ("1", "Việc một", units[0], "100", "Quý II/2026", "Sở Nội vụ"),
            ("2", "Việc hai", units[1], "3", "Tháng 8/2026", "Sở Y tế"),
        ]
    )

    assert lines(reading) == [
        "task 1 Việc một | quarter: 2026-04-01 – 2026-06-30 | lead: SNV “Sở Nội vụ”",
        "task 2 Việc hai | month: 2026-08-01 – 2026-08-31 | lead: SYT “Sở Y tế”",
    ]


@IN_BOTH
@pytest.mark.parametrize("lead", ["Cá nhân, đơn vị phụ trách", "Đơn vị/Cá nhân chủ trì"])
def test_a_heading_of_units_or_people_is_a_lead_where_units_stand_under_it(
    read: Read, lead: str
) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", lead, "Người/đơn vị phối hợp", "Thời hạn"),
            ("1", "Việc một", "Sở Nội vụ", "Sở Tài chính", "Năm 2026"),
            ("2", "Việc hai", "Nguyễn Văn An - 0912 345 678", "Sở Tài chính", "Năm 2026"),
        ]
    )

    year, others = "year: 2026-01-01 – 2026-12-31", "coordinating: STC “Sở Tài chính”"
    assert lines(reading) == [
        f"task 1 Việc một | {year} | lead: SNV “Sở Nội vụ” | {others}",
        f"task 2 Việc hai | {year} | {others} | ! lead_missing | ! people_left_out",
    ]
    kept = str([each.row.cells for each in reading.rows])
    assert "Nguyễn" not in kept
    assert "0912" not in kept
    assert "[họ tên]" in kept


@IN_BOTH
def test_what_was_done_is_not_what_is_expected(read: Read) -> None:
    reading = read(
        [
            ("TT", "Nội dung", "Kết quả thực hiện", "Chủ trì", "Thời hạn", "Sản phẩm"),
            ("1", "Việc một", "Đã ban hành", "Sở Nội vụ", "Năm 2026", "Báo cáo"),
            ("2", "Việc hai", "Chưa", "Sở Y tế", "Năm 2026", "Đề án"),
        ]
    )

    assert [each.row.expected_result for each in reading.rows] == ["Báo cáo", "Đề án"]


@IN_BOTH
def test_codes_give_the_groups_where_other_ordinals_are_fewer(read: Read) -> None:
    reading = read(
        [
            ("STT", "Mã", "Nhiệm vụ", "Cơ quan chủ trì", "Thời gian"),
            ("", "N17", "Chuyển đổi số", "", ""),
            ("1", "N17.1", "Việc một", "Sở Nội vụ", "Năm 2026"),
            ("2", "N17.2", "Việc hai", "Sở Y tế", "Năm 2026"),
            ("", "N18", "Nhân lực", "", ""),
            ("3", "N18.1", "Việc ba", "Sở Y tế", "Năm 2026"),
        ]
    )

    year = "year: 2026-01-01 – 2026-12-31"
    assert lines(reading) == [
        "group N17 Chuyển đổi số",
        f"task N17.1 Việc một < 0 | {year} | lead: SNV “Sở Nội vụ”",
        f"task N17.2 Việc hai < 0 | {year} | lead: SYT “Sở Y tế”",
        "group N18 Nhân lực",
        f"task N18.1 Việc ba < 3 | {year} | lead: SYT “Sở Y tế”",
    ]


@IN_BOTH
@pytest.mark.parametrize("sign", ["nt", "-nt-", "Như trên", "//", '"'])
def test_a_sign_for_the_row_above_takes_it_with_a_note(read: Read, sign: str) -> None:
    reading = read(
        [HEADING, ("1", "Một", "Sở Y tế", "", "Quý I/2026"), ("2", "Hai", sign, "", sign)]
    )

    assert lines(reading)[1] == (
        "task 2 Hai | quarter: 2026-01-01 – 2026-03-31 | lead: SYT “Sở Y tế”"
        " | ! repeated_from_above | ! repeated_from_above"
    )
    assert dict(reading.rows[1].row.cells)["Cơ quan chủ trì"] == sign


@IN_BOTH
def test_one_column_for_leads_and_others_takes_the_first_and_says_so(read: Read) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Cơ quan chủ trì, phối hợp", "Thời gian"),
            ("1", "Việc một", "Sở Nội vụ; Sở Y tế", "Năm 2026"),
            ("2", "Việc hai", "Sở Y tế phối hợp; Sở Nội vụ chủ trì", "Năm 2026"),
        ]
    )

    year, parts = "year: 2026-01-01 – 2026-12-31", "lead: SNV “Sở Nội vụ” | coordinating: SYT"
    assert lines(reading) == [
        f"task 1 Việc một | {year} | {parts} “Sở Y tế” | ! parts_uncertain",
        f"task 2 Việc hai | {year} | {parts} “Sở Y tế”",
    ]


@IN_BOTH
def test_a_year_in_a_groups_title_serves_the_days_below_it(read: Read) -> None:
    reading = read(
        [
            HEADING,
            ("I", "NHIỆM VỤ NĂM 2027", "", "", ""),
            ("1", "Việc một", "Sở Nội vụ", "", "Quý I"),
            ("II", "NHIỆM VỤ NĂM 2028", "", "", ""),
            ("1", "Việc hai", "Sở Nội vụ", "", "Trước ngày 15/6"),
        ]
    )

    assert [str(one.time_frame.ends_on) for one in reading.rows if one.time_frame] == [
        "2027-03-31",
        "2028-06-14",
    ]


@IN_BOTH
@pytest.mark.parametrize("times", [("8 giờ 00", "8h30 - 9h00"), ("07h45-8h00", "10:00")])
def test_a_meetings_programme_is_pointed_out(read: Read, times: tuple[str, str]) -> None:
    reading = read(
        [
            ("STT", "Nội dung", "Chủ trì", "Thời gian"),
            ("1", "Khai mạc", "Sở Nội vụ", times[0]),
            ("2", "Tham luận", "Sở Y tế", times[1]),
        ]
    )

    assert codes(reading) == ["meeting_programme"]


def test_pieces_of_work_under_one_merged_title_in_a_workbook() -> None:
    rows: list[list[object]] = [
        ["TT", "Nội dung", "Chủ trì", "Thời hạn", "Kết quả"],
        ["a)", "Xây dựng đề án", "Sở Nội vụ", "Quý I/2026", "Tờ trình"],
        [None, None, "Sở Y tế", "Quý II/2026", "Quyết định"],
        [None, None, "Sở Tài chính", "Quý III/2026", "Báo cáo"],
    ]

    reading = reading_of(xlsx(rows, merged=["A2:A4", "B2:B4"]), "plan.xlsx")

    told = [(r.row.ordinal, r.row.expected_result, r.row.parent) for r in reading.rows]
    assert told == [
        ("a)", None, None),
        ("a).1", "Tờ trình", 0),
        ("a).2", "Quyết định", 0),
        ("a).3", "Báo cáo", 0),
    ]
    leads = [one.mention.code for each in reading.rows for one in each.assignees]
    assert leads == [HOME_AFFAIRS, HEALTH, FINANCE]


def test_a_merged_title_whose_day_is_merged_too_stays_one_task() -> None:
    body = table(
        row(*HEADING),
        row(top("1"), top("Việc"), "Sở Nội vụ", "", top("Năm 2026")),
        row(below(), below(), "Sở Y tế", "", below()),
    )

    assert lines(reading_of(docx(body), "plan.docx")) == [
        "task 1 Việc | year: 2026-01-01 – 2026-12-31 | lead: SNV “Sở Nội vụ”"
        " | lead: SYT “Sở Y tế” | ! row_joined"
    ]


FIRST = table(row(*HEADING), row("1", "Việc một", "Sở Nội vụ", "", "Năm 2026"))


def test_rows_of_a_table_with_one_column_less_are_named_where_their_cells_tell_nothing() -> None:
    second = table(row("2", "Việc hai", "đội một", "sớm"))

    reading = reading_of(docx(FIRST + paragraph("Phần tiếp theo") + second), "plan.docx")

    [missed] = reading.document.left_out
    assert (missed.number, missed.text) == (1, "2 | Việc hai | đội một | sớm")
    assert missed.reason.code == "no_heading"
    assert reading.document.rows_seen == 2


def test_a_signature_is_named_and_tasks_below_it_are_read() -> None:
    reading = in_excel(
        [
            HEADING,
            ("1", "Việc một", "Sở Nội vụ", "", "Năm 2026"),
            ("TM. ỦY BAN NHÂN DÂN", "", "", "", ""),
            ("2", "Việc hai", "Sở Y tế", "", "Quý I/2026"),
            ("Nơi nhận:", "", "TM. UBND", "", ""),
            ("- Như trên;", "", "CHỦ TỊCH", "", ""),
        ]
    )

    assert [each.row.ordinal for each in reading.rows] == ["1", "2"]
    assert [one.number for one in reading.document.left_out] == [3, 5, 6]
    assert {one.reason.code for one in reading.document.left_out} == {"after_end"}


def test_a_hidden_row_in_word_is_named() -> None:
    hidden = row("2", "Bỏ", "Sở Y tế", "", "Năm 2026", properties="<w:hidden/>")
    body = table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", "Năm 2026"), hidden)

    reading = reading_of(docx(body), "plan.docx")

    assert [each.row.ordinal for each in reading.rows] == ["1"]
    assert [one.reason.code for one in reading.document.left_out] == ["row_hidden"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("I. CẤP TỈNH", "II. CẤP XÃ"),
        ("a) Cấp tỉnh", "b) Cấp xã"),
        ("Nhiệm vụ cấp tỉnh", "Nhiệm vụ cấp xã"),
    ],
)
def test_lines_over_sub_tables_are_groups_and_no_part_of_the_title(first: str, second: str) -> None:
    other = table(row(*HEADING), row("1", "Việc hai", "UBND các xã, phường", "", "Quý II"))
    head = paragraph("KẾ HOẠCH") + paragraph("Công tác năm 2026") + paragraph(first)

    reading = reading_of(docx(head + FIRST + paragraph(second) + other), "plan.docx")

    assert reading.document.title == "Công tác năm 2026"
    assert [str(each.row.kind) for each in reading.rows] == ["group", "task", "group", "task"]
    assert [each.row.parent for each in reading.rows] == [None, 0, None, 2]
    assert "ordinal_duplicate" not in str(reading.rows)


def test_sheets_that_somebody_named_are_groups() -> None:
    sheets = {
        "Cấp tỉnh": [HEADING, ("1", "Việc một", "Sở Nội vụ", "", "Năm 2026")],
        "Cấp xã": [HEADING, ("1", "Việc hai", "UBND các xã, phường", "", "Năm 2026")],
    }

    reading = reading_of(workbook_of(sheets), "plan.xlsx")

    assert [each.row.title for each in reading.rows] == [
        "Cấp tỉnh",
        "Việc một",
        "Cấp xã",
        "Việc hai",
    ]


def test_parts_of_several_tasks_bear_the_number_of_their_task() -> None:
    year = ("Sở Y tế", "", "Năm 2026")

    reading = in_word(
        [HEADING, ("1", "A", *year), ("a)", "B", *year), ("2", "C", *year), ("a)", "D", *year)]
    )

    assert [each.row.ordinal for each in reading.rows] == ["1", "1.a)", "2", "2.a)"]


@given(st.permutations(range(6)))
def test_the_order_of_columns_does_not_matter(order: list[int]) -> None:
    rows = [
        ("STT", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Tiến độ", "Tình trạng"),
        ("1", "Rà soát thủ tục", "Sở Nội vụ", "Sở Y tế", "Quý I/2026", "Đang làm"),
        ("2", "Tập huấn", "Sở Y tế", "Sở Tài chính", "30/6/2026", "Chưa làm"),
    ]

    reading = in_word([[cells[at] for at in order] for cells in rows])

    assert [(each.row.ordinal, each.row.title) for each in reading.rows] == [
        ("1", "Rà soát thủ tục"),
        ("2", "Tập huấn"),
    ]
    assert [one.mention.code for each in reading.rows for one in each.assignees] == [
        *(HOME_AFFAIRS, HEALTH),
        *(HEALTH, FINANCE),
    ]
    ends = [str(each.time_frame.ends_on) for each in reading.rows if each.time_frame]
    assert ends == ["2026-03-31", "2026-06-30"]
