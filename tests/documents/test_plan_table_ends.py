"""Rows below a table of tasks, in other tables and out of sight: read, or named with a reason."""

from collections.abc import Sequence

import openpyxl
import pytest

from tests.documents.test_plan_kinds import IN_BOTH, Read, codes, lines
from tests.support.plan_files import (
    HEADING,
    cell,
    docx,
    fill,
    paragraph,
    read_rows,
    row,
    saved,
    table,
)
from tests.support.plan_readings import reading_of
from tests.support.sample_facts import HOME_AFFAIRS

FIRST = ("1", "Một", "Sở Nội vụ", "", "Quý I/2026")
LAST = ("2", "Hai", "Sở Y tế", "", "Quý II/2026")


@IN_BOTH
@pytest.mark.parametrize(
    "below",
    [
        ("TL. CHỦ TỊCH", "", "", "", ""),
        ("TUQ. GIÁM ĐỐC", "", "", "TRƯỞNG PHÒNG", ""),
        ("", "NGƯỜI LẬP BIỂU", "", "THỦ TRƯỞNG ĐƠN VỊ", ""),
        ("", "(Ký, ghi rõ họ tên)", "", "", ""),
        ("", "", "", "Hà Tĩnh, ngày 05 tháng 01 năm 2026", ""),
        ("", "", "", "PHÓ CHỦ TỊCH", ""),
        ("- Như trên;", "", "KT. CHỦ TỊCH", "", ""),
    ],
)
def test_a_signature_in_other_words_is_named_and_joined_to_no_task(
    read: Read, below: Sequence[str]
) -> None:
    reading = read([HEADING, FIRST, below, LAST])

    assert [each.row.title for each in reading.rows] == ["Một", "Hai"]
    assert [one.reason.code for one in reading.document.left_out] == ["after_end"]
    assert not any(each.warnings for each in reading.rows)


@IN_BOTH
@pytest.mark.parametrize(
    "remark",
    [
        *("Ghi chú: các sở chủ động", "Tổng cộng: 2 nhiệm vụ", "Lưu ý: gửi báo cáo đúng hạn"),
        "(tiếp theo trang trước)",
    ],
)
def test_a_remark_with_an_asterisk_is_no_part_of_the_task_above(read: Read, remark: str) -> None:
    reading = read([HEADING, FIRST, ("*", remark, "", "", ""), LAST])

    assert [str(each.row.kind) for each in reading.rows] == ["task", "task"]
    assert [one.text for one in reading.document.left_out] == [f"* | {remark}"]
    assert [one.reason.code for one in reading.document.left_out] == ["sum_row"]


def test_titles_that_begin_like_a_post_are_tasks_where_they_assign() -> None:
    rows = [("1", "Chủ tịch UBND xã đối thoại", "UBND các xã, phường", "", "Quý I/2026")]
    body = table(*(row(*cells) for cells in (HEADING, *rows)))

    assert [each.row.title for each in reading_of(docx(body), "plan.docx").rows] == [rows[0][1]]


@pytest.mark.parametrize(
    ("second", "named"),
    [
        ([("Hai", "Sở Y tế", "Quý II"), ("Ba", "Sở Y tế", "Quý II")], 2),
        ([("Hai", "Sở Y tế")], 1),
        ([("Hai", "Sở Y tế", "", "", "", "Quý II")], 1),
        ([("TM. UBND TỈNH", "Nơi nhận:"), ("CHỦ TỊCH", "- Lưu: VT.")], 0),
        ([("Trên đây là Kế hoạch năm 2026.",)], 0),
    ],
)
def test_no_row_of_a_later_table_is_dropped_without_a_word(
    second: list[tuple[str, ...]], named: int
) -> None:
    first = table(row(*HEADING), row(*FIRST))
    other = table(*(row(*cells) for cells in second))

    document = reading_of(docx(first + paragraph("Phần sau") + other), "plan.docx").document

    assert [one.reason.code for one in document.left_out] == ["no_heading"] * named
    assert document.rows_seen == 1 + named


def test_columns_that_nobody_sees_are_read_and_pointed_out() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    fill(sheet, [HEADING, FIRST])
    sheet.column_dimensions["C"].hidden = True

    reading = reading_of(saved(workbook), "plan.xlsx")

    assert [one.mention.code for one in reading.rows[0].assignees] == [HOME_AFFAIRS]
    assert codes(reading) == ["column_hidden"]
    assert "Cơ quan chủ trì" in reading.warnings[0].detail.vi


def test_a_row_of_hidden_text_is_a_hidden_row() -> None:
    run = '<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r></w:p>'
    hidden = row(*(cell(inner=run.format(text)) for text in LAST))

    document = reading_of(docx(table(row(*HEADING), row(*FIRST), hidden)), "plan.docx").document

    assert [each.title for each in document.rows] == ["Một"]
    assert [one.reason.code for one in document.left_out] == ["row_hidden"]


@IN_BOTH
def test_numbered_rows_that_assign_nothing_head_the_rows_without_a_number(read: Read) -> None:
    reading = read(
        [
            HEADING,
            ("N1", "Thể chế", "", "", ""),
            ("", "Một", "Sở Nội vụ", "", "Quý I/2026"),
            ("", "Hai", "Sở Y tế", "", "Quý II/2026"),
            ("N2", "Nhân lực", "", "", ""),
            ("", "Ba", "Sở Y tế", "", "Quý II/2026"),
        ]
    )

    told = [(str(each.row.kind), each.row.title, each.row.parent) for each in reading.rows]
    assert told == [
        ("group", "Thể chế", None),
        ("task", "Một", 0),
        ("task", "Hai", 0),
        ("group", "Nhân lực", None),
        ("task", "Ba", 3),
    ]


@IN_BOTH
def test_blank_cells_below_a_part_stand_for_what_the_part_says(read: Read) -> None:
    reading = read(
        [
            HEADING,
            ("I", "Thể chế", "Sở Nội vụ", "", "Năm 2026"),
            ("1", "Một", "", "", ""),
            ("2", "Hai", "Sở Y tế", "", ""),
        ]
    )

    year = "year: 2026-01-01 – 2026-12-31"
    assert lines(reading) == [
        "group I Thể chế",
        f"task 1 Một < 0 | {year} | lead: SNV “Sở Nội vụ” | ! inherited_from_group",
        f"task 2 Hai < 0 | {year} | lead: SYT “Sở Y tế” | ! inherited_from_group",
    ]


@IN_BOTH
@pytest.mark.parametrize("sign", ["N/t", "như dòng trên", "Tương tự", "Tương tự như trên", "'' ''"])
def test_a_sign_below_a_heading_takes_the_task_above_it(read: Read, sign: str) -> None:
    reading = read([HEADING, FIRST, ("II", "Nhân lực", "", "", ""), ("2", "Hai", sign, "", sign)])

    assert lines(reading)[2] == (
        "task 2 Hai < 1 | quarter: 2026-01-01 – 2026-03-31 | lead: SNV “Sở Nội vụ”"
        " | ! repeated_from_above | ! repeated_from_above"
    )


@IN_BOTH
@pytest.mark.parametrize("mark", ["", "- "])
def test_rows_without_ordinals_below_a_heading_can_be_told_apart(read: Read, mark: str) -> None:
    """A plan is issued only if no two tasks of a group bear the same ordinal."""
    reading = read(
        [
            HEADING,
            ("1", "Chuyển đổi số", "", "", ""),
            ("", f"{mark}Xây dựng đề án", "Sở Nội vụ", "", "Quý I/2026"),
            ("", f"{mark}Tập huấn", "Sở Y tế", "", "Quý II/2026"),
        ]
    )

    assert [f"{each.row.ordinal} {each.row.title}" for each in reading.rows] == [
        "1 Chuyển đổi số",
        "1.1 Xây dựng đề án",
        "1.2 Tập huấn",
    ]
    assert {code.code for each in reading.rows[1:] for code in each.warnings} == {
        "ordinal_from_path"
    }


def test_numbers_of_columns_that_a_page_prints_again_are_no_task() -> None:
    index = ("(1)", "(2)", "(3)", "(4)", "(5)")

    plan = read_rows(
        HEADING,
        index,
        ("1", "Một", "Sở A", "", "2026"),
        index,
        ("2", "Hai", "Sở A", "", "2026"),
        HEADING,
        index,
        ("3", "Ba", "Sở A", "", "2026"),
    )

    assert [each.title for each in plan.rows] == ["Một", "Hai", "Ba"]
    assert (plan.rows_seen, plan.left_out) == (3, ())
