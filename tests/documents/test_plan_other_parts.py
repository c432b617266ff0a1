"""Cells that say something else than their column seems to say, and rows that are no work any more:
nothing of that is read without a word."""

import pytest

from tests.documents.test_plan_kinds import IN_BOTH, Read, codes, lines
from tests.support.plan_files import below, docx, row, span, table, top
from tests.support.plan_readings import reading_of
from tests.support.sample_facts import HEALTH, HOME_AFFAIRS

LEAD = "lead: SNV “Sở Nội vụ”"


@IN_BOTH
@pytest.mark.parametrize("name", ["Hoàn thành trước ngày", "Thời hạn (trước ngày)", "Xong trước"])
def test_the_day_under_a_heading_that_says_before_is_too_late(read: Read, name: str) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Chủ trì", name),
            ("1", "Một", "Sở Nội vụ", "30/6/2026"),
            ("2", "Hai", "Sở Nội vụ", "Quý II/2026"),
            ("3", "Ba", "Sở Nội vụ", "Trước 30/6/2026"),
        ]
    )

    day = f"date: None – 2026-06-29 | {LEAD}"
    assert lines(reading) == [
        f"task 1 Một | {day}",
        f"task 2 Hai | quarter: 2026-04-01 – 2026-06-30 | {LEAD}",
        f"task 3 Ba | {day}",
    ]


@IN_BOTH
def test_a_row_with_two_deadlines_says_so(read: Read) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Chủ trì", "Thời gian trình", "Thời gian hoàn thành"),
            ("1", "Một", "Sở Nội vụ", "Tháng 6/2026", "Tháng 7/2026"),
            ("2", "Hai", "Sở Nội vụ", "Tháng 6/2026", "Tháng 6/2026"),
            ("3", "Ba", "Sở Nội vụ", "Tháng 6/2026", ""),
        ]
    )

    assert [[one.code for one in each.warnings] for each in reading.rows] == [
        ["time_in_other_column"],
        [],
        [],
    ]
    assert "“Tháng 7/2026”" in reading.rows[0].warnings[0].detail.vi
    assert "several_time_columns" in codes(reading)


@pytest.mark.parametrize("part", ["Thẩm định", "Giám sát", "Phê duyệt"])
def test_another_part_beside_the_leads_leads_nothing(part: str) -> None:
    body = table(
        row(top("TT"), top("Nội dung"), span(3, "Cơ quan"), top("Thời gian")),
        row(below(), below(), "Chủ trì", "Phối hợp", part, below()),
        row("1", "Một", "Sở Nội vụ", "Sở Y tế", "Sở Tư pháp", "2026"),
    )

    named = [one.mention.code for one in reading_of(docx(body), "plan.docx").rows[0].assignees]

    assert named == [HOME_AFFAIRS, HEALTH]


@IN_BOTH
@pytest.mark.parametrize(
    "name",
    [
        *("Tên đề án, dự án", "Tên lớp bồi dưỡng", "Đề án, văn bản", "Danh mục văn bản"),
        *("Tên chương trình, kế hoạch", "Dự án, công trình"),
    ],
)
def test_what_a_programme_of_work_lists_is_its_titles(read: Read, name: str) -> None:
    reading = read(
        [("STT", name, "Cơ quan chủ trì", "Thời hạn"), ("1", "Một", "Sở Nội vụ", "2026")]
    )

    assert [each.row.title for each in reading.rows] == ["Một"]


def test_a_longer_table_of_amounts_is_not_the_plan() -> None:
    plan = table(row("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"), row("1", "Một", "Sở Nội vụ", "2026"))
    costs = table(
        row("TT", "Nội dung", "Kinh phí", "Đơn vị thực hiện"),
        *(row(str(at), "In tài liệu", "100", "Sở Nội vụ") for at in (1, 2)),
    )

    reading = reading_of(docx(plan + costs), "plan.docx")

    assert [each.row.title for each in reading.rows] == ["Một"]
    assert [one.reason.code for one in reading.document.left_out] == ["other_form"] * 2


@IN_BOTH
@pytest.mark.parametrize(
    ("note", "doubted"),
    [
        ("Bãi bỏ", True),
        ("Đã dừng thực hiện", True),
        ("Không thực hiện theo QĐ 12", True),
        ("Tạm dừng", True),
        ("Sử dụng kinh phí sự nghiệp", False),
        ("Chuyển tiếp từ năm 2025", False),
        ("Xây dựng mới", False),
    ],
)
def test_work_that_the_remarks_give_up_is_pointed_out(
    read: Read, note: str, *, doubted: bool
) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Ghi chú"),
            ("1", "Một", "Sở Nội vụ", "30/6/2026", note),
        ]
    )

    said = [one.code for one in reading.rows[0].warnings]
    assert ("called_off_in_note" in said) is doubted


@IN_BOTH
def test_a_spreadsheets_day_as_a_text_is_that_day(read: Read) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"),
            ("1", "Một", "Sở Nội vụ", "30/06/2026 00:00:00"),
        ]
    )

    assert lines(reading) == [f"task 1 Một | date: None – 2026-06-30 | {LEAD}"]


@IN_BOTH
@pytest.mark.parametrize(
    ("title", "doubted"),
    [
        ("Tuyên truyền:\n- Trên báo;\n- Trên loa", True),
        ("Tập huấn\na) Cấp tỉnh\nb) Cấp xã", True),
        ("Tập huấn\ncấp tỉnh, cấp xã", False),
        ("Tuyên truyền:\n- Trên báo", False),
    ],
)
def test_several_pieces_of_work_in_one_cell_are_pointed_out(
    read: Read, title: str, *, doubted: bool
) -> None:
    reading = read(
        [("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"), ("1", title, "Sở Nội vụ", "30/6/2026")]
    )

    said = [one.code for one in reading.rows[0].warnings]
    assert said == (["several_in_title"] if doubted else [])
