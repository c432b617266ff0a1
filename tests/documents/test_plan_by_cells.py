"""Tables without a heading that is known, and pieces of tables that lack a column: their cells
tell the columns, or nothing is read of them; every row that is read so is for a person to see."""

from collections.abc import Sequence

import pytest

from tests.documents.test_plan_kinds import IN_BOTH, Read, codes, lines
from tests.support.plan_files import (
    HEADING,
    docx,
    paragraph,
    refusal,
    row,
    table,
    workbook_of,
    xlsx,
)
from tests.support.plan_readings import reading_of

FIRST = ("1", "Một", "Sở Nội vụ", "", "Quý I/2026")
JUNE = "quarter: 2026-04-01 – 2026-06-30"
DOUBT = "! row_by_content"
WIDE = ("STT", "Nhiệm vụ", "Chủ trì", "Thời gian", "Sản phẩm", "Ghi chú")
WIDE_FIRST = ("1", "Một", "Sở Nội vụ", "Quý I/2026", "Báo cáo", "")


def continued(
    further: Sequence[Sequence[str]],
    *,
    rows: Sequence[Sequence[str]] = (HEADING, FIRST),
    between: str = "",
) -> list[str]:
    """The rows of a table that follows upon another one, or the reason why they are not read."""
    body = table(*(row(*cells) for cells in rows))
    body += paragraph(between) + table(*(row(*cells) for cells in further))
    reading = reading_of(docx(body), "plan.docx")
    missed = [f"{one.text} ({one.reason.code})" for one in reading.document.left_out]
    return lines(reading)[1:] + missed


@pytest.mark.parametrize("between", ["", "II. Nhóm hai"])
@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            ("2", "Hai việc", "Sở Y tế", "Quý II/2026"),
            f"task 2 Hai việc | {JUNE} | lead: SYT “Sở Y tế” | {DOUBT}",
        ),
        (
            ("Hai việc", "Sở Y tế", "Sở Tài chính", "Quý II/2026"),
            f"task · Hai việc | {JUNE} | lead: SYT “Sở Y tế” | coordinating: STC “Sở Tài chính” | "
            f"{DOUBT} | ! ordinal_missing",
        ),
        (
            ("2", "Hai việc", "Sở Y tế", "Sở Tài chính"),
            "task 2 Hai việc | unknown: None – None | lead: SYT “Sở Y tế” | "
            f"coordinating: STC “Sở Tài chính” | {DOUBT} | ! time_frame_needs_person",
        ),
    ],
)
def test_a_piece_that_lacks_a_column_is_read_by_its_cells(
    cells: tuple[str, ...], said: str, between: str
) -> None:
    assert continued([cells], between=between) == [said]


def test_a_further_sheet_without_a_heading_goes_on_where_its_rows_assign() -> None:
    sheets = {
        "Sheet1": [HEADING, FIRST],
        "Sheet2": [("2", "Hai việc", "Sở Y tế", "", "Quý II/2026")],
        "Sheet3": [("3", "Ba việc", "đội một", "", "sớm")],
    }

    reading = reading_of(workbook_of(sheets), "plan.xlsx")

    assert lines(reading)[1:] == [f"task 2 Hai việc | {JUNE} | lead: SYT “Sở Y tế” | {DOUBT}"]
    assert codes(reading) == ["several_task_tables", "table_continued"]
    assert [one.text for one in reading.document.left_out] == ["3 | Ba việc | đội một | sớm"]


def test_a_missing_column_of_words_is_the_last_one() -> None:
    further = [("2", "Hai việc", "Sở Y tế", "Quý II/2026", "Kế hoạch")]

    assert continued(further, rows=(WIDE, WIDE_FIRST)) == [
        f"task 2 Hai việc | {JUNE} | = Kế hoạch | lead: SYT “Sở Y tế” | {DOUBT}"
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ("2", "Hai việc", "abc", "def"),
        ("Quý II/2026", "Sở Y tế", "Hai việc", "2"),
        ("Quý II/2026", "Sở Y tế"),
    ],
)
def test_a_piece_whose_cells_tell_nothing_is_named(cells: tuple[str, ...]) -> None:
    assert continued([cells]) == [f"{' | '.join(cells)} (no_heading)"]


@pytest.mark.parametrize(
    "title",
    [
        *("DANH MỤC VĂN BẢN ĐÃ BAN HÀNH", "Phụ lục 2. DANH SÁCH ĐẦU MỐI", "III. Kết quả năm 2025"),
        *("Các nhiệm vụ đã hoàn thành", "Biểu 02: Dự toán kinh phí"),
    ],
)
def test_another_list_behind_its_title_is_no_piece_of_the_plan(title: str) -> None:
    cells = ("2", "Kế hoạch chuyển đổi số", "Sở Y tế", "", "15/01/2025")

    assert continued([cells], between=title) == [
        "2 | Kế hoạch chuyển đổi số | Sở Y tế | 15/01/2025 (no_heading)"
    ]


def test_a_piece_without_a_column_far_below_is_named() -> None:
    cells = ("2", "Hai việc", "Sở Y tế", "Quý II/2026")

    assert continued([cells], between="Một câu dài. " * 20) == [f"{' | '.join(cells)} (no_heading)"]


TASKS = (
    ("1", "Rà soát thủ tục hành chính", "Sở Nội vụ", "Quý II/2026"),
    ("2", "Tập huấn cán bộ cấp xã", "Sở Y tế", "Quý II/2026"),
)
READ = [
    f"task 1 Rà soát thủ tục hành chính | {JUNE} | lead: SNV “Sở Nội vụ” | {DOUBT}",
    f"task 2 Tập huấn cán bộ cấp xã | {JUNE} | lead: SYT “Sở Y tế” | {DOUBT}",
]


@IN_BOTH
@pytest.mark.parametrize(
    "heading",
    [
        [],
        [("TT", "Việc cần làm", "Ai làm", "Khi nào xong")],
        [("", "Nội dung công việc", "Đầu mối giúp việc là ai", "Xong")],
    ],
)
def test_cells_tell_columns_that_no_heading_tells(
    read: Read, heading: list[tuple[str, ...]]
) -> None:
    reading = read([*heading, *TASKS])

    told = lines(reading)
    assert [one.replace(f" | {DOUBT}", "") for one in told] == [
        one.replace(f" | {DOUBT}", "") for one in READ
    ]
    if not heading or heading[0][1] == "Việc cần làm":
        assert told == READ
        assert "heading_unknown" in codes(reading)
    assert reading.document.rows_seen == 2


@IN_BOTH
@pytest.mark.parametrize("heading", [[], [("TT", "Việc cần làm", "Ai làm", "Khi nào xong")]])
def test_a_group_above_the_first_task_is_read_too(
    read: Read, heading: list[tuple[str, ...]]
) -> None:
    groups = [("I", "Thể chế", "", ""), ("II", "Bộ máy", "", ""), ("III", "Nhân lực", "", "")]
    asked = ("3", "Sắp xếp tổ chức bộ máy", "Sở Nội vụ", "Theo hướng dẫn của Trung ương")

    reading = read([*heading, groups[0], *TASKS, groups[1], asked, groups[2]])

    assert lines(reading)[0] == f"group I Thể chế | {DOUBT}"
    assert reading.document.rows_seen == 6


def test_a_row_alone_above_the_first_task_of_a_table_in_word_heads_it() -> None:
    body = table(row("", "Thể chế", "", ""), *(row(*cells) for cells in TASKS))

    assert lines(reading_of(docx(body), "plan.docx"))[0].startswith("group · Thể chế | ")


@IN_BOTH
def test_of_two_columns_of_bodies_the_left_one_leads(read: Read) -> None:
    reading = read([(*cells[:3], "Sở Tài chính", cells[3]) for cells in TASKS])

    others = "coordinating: STC “Sở Tài chính”"
    assert lines(reading) == [one.replace(f" | {DOUBT}", f" | {others} | {DOUBT}") for one in READ]


@IN_BOTH
def test_a_list_of_progress_without_a_heading_is_pointed_out(read: Read) -> None:
    reading = read([(*cells, "Đã hoàn thành") for cells in TASKS])

    assert codes(reading) == ["column_unknown", "heading_unknown", "progress_list"]


def test_what_stands_above_a_table_of_a_sheet_is_its_title() -> None:
    title = ("KẾ HOẠCH cải cách hành chính năm 2026",)
    reading = reading_of(xlsx([title, (), *TASKS]), "plan.xlsx")

    assert reading.document.title == "cải cách hành chính năm 2026"
    assert lines(reading) == READ


@pytest.mark.parametrize(
    "rows",
    [
        [
            ("7h30 - 8h00", "Đón tiếp đại biểu và phát tài liệu", "Văn phòng UBND tỉnh"),
            ("8h00 - 8h30", "Khai mạc hội nghị của tỉnh", "Sở Nội vụ"),
            ("8h30", "Báo cáo kết quả năm 2025", "Sở Y tế"),
        ],
        [
            ("Số ký hiệu", "Ngày ban hành", "Cơ quan ban hành", "Trích yếu"),
            ("12/QĐ-SNV", "05/01/2026", "Sở Nội vụ", "Ban hành quy chế làm việc của sở"),
            ("13/QĐ-SYT", "06/01/2026", "Sở Y tế", "Phân bổ kinh phí năm của ngành"),
        ],
        [
            ("12/QĐ-SNV", "05/01/2026", "Sở Nội vụ", "Ban hành quy chế làm việc của sở"),
            ("13/QĐ-SYT", "06/01/2026", "Sở Y tế", "Phân bổ kinh phí năm của ngành"),
        ],
        [("Sở Nội vụ", "Nguyễn Văn An", "0912345678"), ("Sở Y tế", "Trần Văn Ba", "0912345679")],
        [
            ("1", "Nguyễn Văn An", "15/3/1980", "Sở Nội vụ", "Chuyên viên"),
            ("2", "Trần Thị Bình", "20/4/1985", "Sở Y tế", "Chuyên viên"),
        ],
        [("1", "Rà soát thủ tục hành chính", "Sở Nội vụ", "Quý II/2026")],
        [
            ("1", "Chuyên viên", "Sở Nội vụ", "01/01/2026"),
            ("2", "Kế toán", "Sở Y tế", "01/02/2026"),
        ],
    ],
)
def test_tables_of_other_things_are_refused(rows: list[tuple[str, ...]]) -> None:
    body = table(*(row(*cells) for cells in rows))

    assert "Không tìm thấy bảng nhiệm vụ" in refusal(docx(body)).detail.vi


def test_sentences_that_give_more_work_than_such_a_table_are_proposed() -> None:
    sentences = "".join(
        paragraph(f"- Giao {body} chủ trì, phối hợp với Sở Tài chính {work} trước ngày 30/6/2026.")
        for body in ("Sở Nội vụ", "Sở Y tế", "Sở Xây dựng")
        for work in ("rà soát thủ tục hành chính",)
    )
    body = sentences + table(*(row(*cells) for cells in TASKS))

    reading = reading_of(docx(body), "plan.docx")

    assert len(reading.rows) == 3
    assert [one.reason.code for one in reading.document.left_out] == ["no_heading"] * 2
