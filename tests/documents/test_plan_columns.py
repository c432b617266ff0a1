"""Columns are what their cells are, and a table whose cells say so is no plan."""

import pytest

from tests.documents.test_plan_kinds import IN_BOTH, Read, codes, in_word, lines
from tests.support.plan_files import below, docx, paragraph, refusal, row, span, table, top
from tests.support.plan_readings import reading_of

QUARTER = "quarter: 2026-01-01 – 2026-03-31"


@IN_BOTH
def test_cells_in_capitals_are_told_apart(read: Read) -> None:
    reading = read(
        [
            ("SỐ TT", "NỘI DUNG NHIỆM VỤ", "CƠ QUAN CHỦ TRÌ", "THỜI GIAN HOÀN THÀNH", "SẢN PHẨM"),
            ("1", "RÀ SOÁT", "SỞ NỘI VỤ", "QUÝ I/2026", "BÁO CÁO"),
        ]
    )

    assert lines(reading) == [f"task 1 RÀ SOÁT | {QUARTER} | = BÁO CÁO | lead: SNV “SỞ NỘI VỤ”"]


@IN_BOTH
@pytest.mark.parametrize(
    ("lead", "time"),
    [
        ("Đơn vị/cá nhân thực hiện", "Hạn xử lý"),
        ("Người, cơ quan thực hiện", "Đến ngày"),
        ("Giao cho", "Thời hạn"),
        ("Chủ trì", "Khi nào xong"),
    ],
)
def test_other_headings_over_bodies_and_times(read: Read, lead: str, time: str) -> None:
    reading = read(
        [
            ("STT", "Công việc", lead, "Ngày giao", time),
            ("1", "Một", "Sở Nội vụ", "05/01/2026", "Quý I/2026"),
            ("2", "Hai", "Sở Y tế", "06/01/2026", "Quý I/2026"),
        ]
    )

    assert lines(reading) == [
        f"task 1 Một | {QUARTER} | lead: SNV “Sở Nội vụ”",
        f"task 2 Hai | {QUARTER} | lead: SYT “Sở Y tế”",
    ]


def test_a_column_understood_by_its_cells_is_pointed_out() -> None:
    rows = [("STT", "Công việc", "Giao cho", "Hạn"), ("1", "Một", "Sở Nội vụ", "Quý I/2026")]

    assert codes(in_word(rows)) == ["column_by_content"]


def test_two_columns_of_bodies_without_a_known_heading_are_left_to_a_person() -> None:
    reading = in_word(
        [("STT", "Công việc", "Giao cho", "Cùng", "Hạn"), ("1", "A", "Sở Y tế", "Sở Y tế", "2026")]
    )

    unknown = ["column_unknown", "column_unknown"]
    assert codes(reading) == [*unknown, "several_lead_columns", "several_lead_columns"]
    assert [warning.code for warning in reading.rows[0].warnings] == ["lead_missing"]


@IN_BOTH
@pytest.mark.parametrize(
    "done", ["100%", "Sở đã tham mưu Tờ trình số 12", "Hiện nay đang lấy ý kiến"]
)
def test_what_was_done_in_other_words_is_expected_of_nobody(read: Read, done: str) -> None:
    reading = read(
        [
            ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Kết quả"),
            ("1", "Một", "Sở Nội vụ", "Quý I/2026", done),
        ]
    )

    assert reading.rows[0].row.expected_result is None


@IN_BOTH
@pytest.mark.parametrize(
    "column",
    [("Hoàn thành", "Chưa hoàn thành"), ("Tỷ lệ hoàn thành", "Ghi chú"), ("Quá hạn", "Ghi chú")],
)
def test_a_list_of_progress_is_pointed_out_by_its_headings(
    read: Read, column: tuple[str, str]
) -> None:
    reading = read(
        [
            ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", *column),
            ("1", "Một", "Sở Nội vụ", "Quý I/2026", "x", "x"),
        ]
    )

    assert "progress_list" in codes(reading)


@IN_BOTH
@pytest.mark.parametrize(
    "rows",
    [
        [
            ("Thời gian", "Nội dung", "Chủ trì", "Địa điểm", "Thành phần"),
            ("05/01/2026", "Họp giao ban", "Sở Nội vụ", "Phòng họp 1", "Các sở"),
        ],
        [("Ngày", "Nội dung", "Chủ trì"), ("Sáng thứ Hai 05/01", "Họp giao ban", "Sở Nội vụ")],
        [("STT", "Nội dung", "Thực hiện", "Thời lượng"), ("1", "Khai mạc", "Sở Nội vụ", "15 phút")],
    ],
)
def test_a_calendar_and_a_programme_are_pointed_out(
    read: Read, rows: list[tuple[str, ...]]
) -> None:
    assert "meeting_programme" in codes(read(rows))


@pytest.mark.parametrize(
    ("title", "warned"),
    [
        ("LỊCH CÔNG TÁC TUẦN", ["meeting_programme"]),
        ("BÁO CÁO KẾT QUẢ", ["progress_list"]),
        ("BIỂU THEO DÕI NHIỆM VỤ", ["progress_list"]),
        ("CHƯƠNG TRÌNH HÀNH ĐỘNG", []),
        ("KẾ HOẠCH", []),
    ],
)
def test_the_title_says_whether_it_is_a_plan(title: str, warned: list[str]) -> None:
    rows = [("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"), ("1", "Một", "Sở Nội vụ", "Quý I/2026")]
    body = paragraph(title) + table(*(row(*cells) for cells in rows))

    assert codes(reading_of(docx(body), "plan.docx")) == warned


@IN_BOTH
@pytest.mark.parametrize(
    ("cell", "told", "asked"),
    [
        ("Sở Nội vụ (CT), Sở Y tế (PH)", "SNV + SYT", False),
        ("CT: Sở Nội vụ; PH: Sở Y tế", "SNV + SYT", False),
        ("Sở Nội vụ; các đơn vị phối hợp: Sở Y tế", "SNV + SYT", False),
        ("Sở Nội vụ (chủ trì), Sở Y tế", "SNV + SYT", True),
        ("Sở Nội vụ chủ trì; Sở Y tế", "SNV + SYT", True),
        ("Sở Nội vụ, Sở Y tế cùng phối hợp", "SNV + SYT", True),
        ("Sở Nội vụ, Sở Y tế", "SNV SYT +", False),
        ("Sở Nội vụ, Sở Y tế đồng chủ trì", "SNV SYT +", False),
    ],
)
def test_who_is_not_called_a_lead_beside_one_who_is_does_not_lead(
    read: Read, cell: str, told: str, asked: bool
) -> None:
    [only] = read(
        [("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"), ("1", "Một", cell, "Quý I/2026")]
    ).rows

    parts = {"lead": "", "coordinating": ""}
    for one in only.assignees:
        parts[one.role] += f"{one.mention.code} "
    assert f"{parts['lead']}+ {parts['coordinating']}".strip() == told
    assert ("parts_uncertain" in [warning.code for warning in only.warnings]) == asked


def test_years_that_divide_a_heading_are_a_second_row_of_it() -> None:
    body = table(
        row(top("STT"), top("Nội dung"), top("Chủ trì"), span(2, "Lộ trình")),
        row(below(), below(), below(), "2026", "2027"),
        row("1", "Một", "Sở Nội vụ", "x", ""),
    )

    reading = reading_of(docx(body), "plan.docx")

    assert lines(reading) == ["task 1 Một | year: 2026-01-01 – 2026-12-31 | lead: SNV “Sở Nội vụ”"]


@IN_BOTH
def test_of_two_columns_of_times_the_other_one_is_pointed_out(read: Read) -> None:
    reading = read(
        [
            ("STT", "Văn bản", "Nội dung", "Chủ trì", "Thời gian trình", "Thời gian ban hành"),
            ("1", "Quyết định", "Quy định", "Sở Nội vụ", "Tháng 3/2026", "Tháng 5/2026"),
        ]
    )

    assert "several_time_columns" in codes(reading)


@IN_BOTH
@pytest.mark.parametrize(
    ("title", "time", "note"),
    [
        ("Việc", "Trước 15/12/2026", "Hằng năm"),
        ("Việc", "Quý I/2026", "Định kỳ hằng quý"),
        ("Hằng năm tổ chức hội nghị", "Trước 15/12/2026", ""),
        ("Báo cáo định kỳ 6 tháng, năm", "Năm 2026", ""),
    ],
)
def test_what_recurs_by_its_title_or_its_remarks_is_asked_about(
    read: Read, title: str, time: str, note: str
) -> None:
    heading = ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Ghi chú")

    [only] = read([heading, ("1", title, "Sở Nội vụ", time, note)]).rows

    assert [warning.code for warning in only.warnings] == ["recurrence_in_doubt"]


def test_a_lead_in_the_column_of_others_is_in_doubt() -> None:
    heading = ("STT", "Việc", "Chủ trì", "Phối hợp", "Thời hạn")

    [only] = in_word([heading, ("1", "Một", "Sở Nội vụ", "Sở Y tế chủ trì", "Quý I/2026")]).rows

    assert [warning.code for warning in only.warnings] == ["parts_uncertain"]


def test_cells_typed_without_marks_are_told_apart() -> None:
    heading = ("STT", "Nhiem vu", "Co quan chu tri", "Co quan phoi hop", "Thoi gian")

    reading = in_word([heading, ("1", "Ra soat", "So Noi vu", "So Y te", "Quy I/2026")])

    assert lines(reading) == [
        f"task 1 Ra soat | {QUARTER} | lead: SNV “So Noi vu” | coordinating: SYT “So Y te”"
    ]


def test_an_old_font_is_refused_by_its_name() -> None:
    heading = ("STT", "NhiÖm vô", "C¬ quan chñ tr×", "C¬ quan phèi hîp", "Thêi gian")
    body = table(row(*heading), row("1", "Rµ so¸t", "Së Néi vô", "C«ng an", "Quý I"))

    assert "TCVN3" in refusal(docx(body)).detail.vi
