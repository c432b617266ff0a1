"""Broken rows, odd cells and tables in several pieces."""

import pytest

from app.documents.tables.plan_table import RowKind, read_plan_document
from app.errors import UnreadableFileError
from tests.support.plan_files import (
    HEADING,
    below,
    codes,
    docx,
    paragraph,
    read_docx,
    read_rows,
    row,
    span,
    table,
    top,
)


def test_a_row_cut_by_a_page_is_joined_to_the_one_above() -> None:
    plan = read_rows(
        HEADING,
        ("1", "Xây dựng kế hoạch", "Sở A,", "", "2024"),
        ("", "", "Sở B", "Sở C", ""),
        ("", "và tổ chức thực hiện", "", "", ""),
        ("2", "Việc hai", "Sở D", "", "2025"),
    )

    assert [each.title for each in plan.rows] == [
        "Xây dựng kế hoạch và tổ chức thực hiện",
        "Việc hai",
    ]
    assert (plan.rows[0].lead, plan.rows[0].coordinating) == ("Sở A,\nSở B", "Sở C")
    assert plan.rows[0].cells[2] == ("Cơ quan chủ trì", "Sở A,\nSở B")
    assert codes(plan.rows[0]) == ["row_joined", "row_joined"]


def test_a_task_merged_over_several_rows_is_one_task() -> None:
    plan = read_docx(
        row(*HEADING),
        row(top("1"), top("Việc"), "Sở A", "", top("2024")),
        row(below(), below(), "Sở B", "Sở C", below()),
    )

    (only,) = plan.rows
    assert (only.lead, only.coordinating, only.time_frame) == ("Sở A\nSở B", "Sở C", "2024")


def test_missing_and_repeated_ordinals_drop_no_row() -> None:
    plan = read_rows(
        HEADING,
        ("1", "Việc một", "Sở A", "", "2024"),
        ("", "Việc hai", "Sở A", "", "2024"),
        ("1", "Việc ba", "Sở A", "", "2024"),
        ("2", "", "Sở A", "", "2024"),
        ("3", "Việc bốn", "", "", "2024"),
    )

    assert [each.kind for each in plan.rows] == [RowKind.TASK] * 5
    assert [codes(each) for each in plan.rows] == [
        [],
        ["ordinal_missing"],
        ["ordinal_duplicate"],
        ["title_missing"],
        ["lead_missing"],
    ]


def test_a_cell_over_several_columns_is_pointed_out() -> None:
    plan = read_docx(row(*HEADING), row("1", "Việc", span(2, "Sở A"), "2024"))

    (only,) = plan.rows
    assert (only.lead, only.coordinating, only.time_frame) == ("Sở A", "", "2024")
    assert codes(only) == ["cell_spans_columns"]


def test_cells_beyond_the_heading_are_kept() -> None:
    plan = read_rows((*HEADING,), ("1", "Việc", "Sở A", "", "2024", "thừa"))

    assert plan.rows[0].cells[5] == ("", "thừa")
    assert codes(plan.rows[0]) == ["cell_without_heading"]


FIRST = table(row(*HEADING), row("1", "Việc một", "Sở A", "", "2024"))


@pytest.mark.parametrize(
    "second",
    [
        paragraph("Phụ lục II") + table(row(*HEADING), row("2", "Việc hai", "Sở B", "", "2025")),
        paragraph("") + table(row("2", "Việc hai", "Sở B", "", "2025")),
    ],
)
def test_a_table_in_several_pieces_is_read_as_one(second: str) -> None:
    signed = table(row("Nơi nhận:", "TM. ỦY BAN NHÂN DÂN"))

    plan = read_plan_document(docx(FIRST + second + signed), file_name="plan.docx")

    assert [each.title for each in plan.rows] == ["Việc một", "Việc hai"]
    assert codes(plan) == ["several_task_tables"]


def test_a_table_without_a_heading_after_prose_is_another_matter() -> None:
    other = table(row("1", "Việc khác", "a", "b", "c"))

    plan = read_plan_document(docx(FIRST + paragraph("Bảng phụ") + other), file_name="plan.docx")

    assert [each.title for each in plan.rows] == ["Việc một"]
    assert plan.warnings == ()


def test_a_table_of_another_form_is_left_out_and_named() -> None:
    other = table(row("TT", "Nội dung", "Thời gian"), row("1", "Họp", "8 giờ"))

    plan = read_plan_document(docx(FIRST + paragraph("x") + other), file_name="plan.docx")

    assert [each.title for each in plan.rows] == ["Việc một"]
    assert codes(plan) == ["task_table_left_out"]


@pytest.mark.parametrize(
    "second",
    [
        [("TT", "Nội dung", "Chủ trì"), ("1", "Việc khác", "Sở Y tế")],
        [("TT", "Nội dung", "Chủ trì", "Thời hạn"), ("1", "Việc khác", "Sở Y tế", "2025")],
        [("TT", "Nội dung", "Thực hiện", "Phối hợp"), ("1", "Việc khác", "Sở Y tế", "Sở A")],
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_table_that_lacks_a_column_is_read_if_it_says_who_leads(
    second: list[tuple[str, ...]], *, is_first: bool
) -> None:
    tables = [
        table(
            row(*HEADING),
            row("1", "Việc một", "Sở A", "", "2024"),
            row("2", "Việc hai", "Sở A", "", "2024"),
        ),
        table(*(row(*cells) for cells in second)),
    ]
    body = paragraph("Phụ lục").join(tables[::-1] if is_first else tables)

    plan = read_plan_document(docx(body), file_name="plan.docx")

    assert sorted(each.title for each in plan.rows) == ["Việc hai", "Việc khác", "Việc một"]
    assert [each.lead for each in plan.rows if each.title == "Việc khác"] == ["Sở Y tế"]
    assert {"several_task_tables", "task_tables_differ"} <= set(codes(plan))
    assert plan.left_out == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Tình trạng", "Đã hoàn thành"),
        ("Kinh phí (triệu đồng)", "100"),
        ("ĐVT", "%"),
    ],
)
def test_a_list_of_results_costs_or_targets_is_no_part_of_the_plan(name: str, said: str) -> None:
    other = table(row("TT", "Nội dung", "Chủ trì", name), row("1", "Họp", "Sở Y tế", said))

    plan = read_plan_document(docx(FIRST + paragraph("x") + other), file_name="plan.docx")

    assert [each.title for each in plan.rows] == ["Việc một"]
    assert [one.reason.code for one in plan.left_out] == ["other_form"]


@pytest.mark.parametrize(
    "rows",
    [
        [row("Nơi nhận:", "TM. ỦY BAN NHÂN DÂN")],
        [row("STT", "Nội dung", "Kinh phí"), row("1", "Việc", "10")],
        [row(*HEADING)],
        [],
    ],
)
def test_a_file_without_tasks_is_refused(rows: list[str]) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        read_docx(*rows)

    assert refused.value.detail.vi.startswith("Không tìm thấy bảng nhiệm vụ")
