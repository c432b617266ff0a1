"""What tables of tasks look like, whatever the file: headings, groups, broken rows."""

import pytest

from app.documents.plan_table import PlanDocument, RowKind, read_plan_document
from app.errors import UnreadableFileError
from tests.documents.plan_files import (
    HEADING,
    below,
    codes,
    docx,
    outline,
    paragraph,
    read_docx,
    row,
    span,
    table,
    top,
)

GROUP = RowKind.GROUP
TASK = RowKind.TASK


def read(*rows: tuple[str, ...]) -> PlanDocument:
    return read_docx(*(row(*cells) for cells in rows))


def kinds(plan: PlanDocument) -> list[tuple[str, RowKind]]:
    return [(each.ordinal, each.kind) for each in plan.rows]


@pytest.mark.parametrize("ordinal", ["STT", "Stt", "TT", "Số TT", "S TT", "SỐ\nTHỨ TỰ", "Mã số"])
@pytest.mark.parametrize(
    "title",
    [
        *("Nhiệm vụ", "NỘI DUNG NHIỆM VỤ", "Nhiệm vụ, giải pháp", "Nội dung công việc", "Nhiệmvụ"),
        *("Tên nhiệm vụ/Đề án", "Danh mục nhiệm vụ", "Công việc", "Nội dung hoạt động"),
    ],
)
def test_headings_of_ordinals_and_titles(ordinal: str, title: str) -> None:
    plan = read((ordinal, title, "Chủ trì"), ("1", "Việc", "Sở A"))

    assert (plan.rows[0].ordinal, plan.rows[0].title, plan.warnings) == ("1", "Việc", ())


@pytest.mark.parametrize(
    ("field", "heading"),
    [
        ("lead", "Đơn vị chủ trì"),
        ("lead", "CƠ QUAN\nCHỦ TRÌ"),
        ("lead", "Đơn vị thực hiện"),
        ("lead", "Sở, ngành chủ trì tham mưu"),
        ("lead", "Cơ quan, đơn vị chủ trì thực hiện nhiệm vụ"),
        ("lead", "Cơ quan, đơn vị thực hiện"),
        ("lead", "Đơn vị được giao"),
        ("coordinating", "Phối hợp"),
        ("coordinating", "Cơ quan, đơn vị phối hợp"),
        ("coordinating", "Cơ quan phối hợp với cơ quan chủ trì"),
        ("time_frame", "Thời hạn"),
        ("time_frame", "Thời gian hoàn thành"),
        ("time_frame", "Thời hạn hoàn thành nhiệm vụ"),
        ("time_frame", "Tiến độ thực hiện"),
        ("time_frame", "Số ngày dự kiến"),
        ("expected_result", "Sản phẩm"),
        ("expected_result", "Kết quả cần đạt"),
        ("expected_result", "Dự kiến sản phẩm"),
        ("note", "Ghi chú"),
    ],
)
def test_headings_of_the_other_columns(field: str, heading: str) -> None:
    beside = ("Thời gian", "2024") if field == "lead" else ("Chủ trì", "Sở A")
    plan = read(("STT", "Nhiệm vụ", heading, beside[0]), ("1", "Việc", "Nội dung ô", beside[1]))

    assert getattr(plan.rows[0], field) == "Nội dung ô"
    assert plan.warnings == ()


@pytest.mark.parametrize(
    "heading", ["Kinh phí thực hiện", "Lãnh đạo phụ trách", "Căn cứ giao nhiệm vụ", "Đơn vị tính"]
)
def test_columns_that_are_not_known_are_kept_and_named(heading: str) -> None:
    plan = read(("STT", heading, "Nhiệm vụ", "Chủ trì"), ("1", "nguyên văn", "Việc", "Sở A"))

    (only,) = plan.rows
    assert (only.title, only.lead) == ("Việc", "Sở A")
    assert only.cells[1] == (heading, "nguyên văn")
    assert codes(plan) == ["column_unknown"]
    assert heading in plan.warnings[0].detail.vi


def test_one_column_for_leads_and_coordinating_is_pointed_out() -> None:
    plan = read(("STT", "Nhiệm vụ", "Cơ quan chủ trì, phối hợp"), ("1", "Việc", "Sở A; Sở B"))

    assert plan.rows[0].lead == "Sở A; Sở B"
    assert codes(plan) == ["column_combined"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("Thời gian bắt đầu", "Kết thúc"),
        ("Bắt đầu", "Kết thúc"),
        ("Bắt đầu từ", "Hoàn thành trong"),
    ],
)
def test_the_better_of_two_columns_is_taken(start: str, end: str) -> None:
    plan = read(
        ("STT", "Nhiệm vụ", "Đơn vị giao việc", start, end, "Chủ trì"),
        ("1", "Việc", "Sở A", "2024", "2025", "Sở B"),
    )

    assert (plan.rows[0].lead, plan.rows[0].time_frame) == ("Sở B", "2025")


def test_a_heading_over_two_columns_helps_where_theirs_say_nothing() -> None:
    plan = read_docx(
        row(top("TT"), top("Nhiệm vụ"), top("Chủ trì"), span(2, "Thời hạn hoàn thành")),
        row(below(), below(), below(), "Hoàn thành", "Ghi chú"),
        row("1", "Việc", "Sở A", "2024", "gấp"),
    )
    other = read_docx(
        row(top("TT"), top("Nhiệm vụ"), span(2, "Thời hạn"), span(2, "Đơn vị")),
        row(below(), below(), "Theo kế hoạch", "Gia hạn", "Chủ trì", "Phối hợp"),
        row("1", "Việc", "2024", "2025", "Sở A", "Sở B"),
    )

    assert (plan.rows[0].time_frame, plan.rows[0].note) == ("2024", "gấp")
    assert (other.rows[0].time_frame, other.rows[0].lead) == ("2024", "Sở A")


def test_a_heading_of_titles_over_two_columns_holds_the_ordinals_too() -> None:
    plan = read_docx(
        row(span(2, "Nhiệm vụ"), "Chủ trì"),
        row("1", "Nhóm", ""),
        row("1.1", "Việc", "Sở A"),
    )

    assert outline(plan) == [("group", "1", "Nhóm"), ("task", "1.1", "Việc")]


def test_a_heading_of_two_rows_an_index_row_and_repeated_headings() -> None:
    upper = row(top("TT"), top("Nhiệm vụ"), span(2, "Cơ quan thực hiện"), top("Thời hạn"))
    lower = row(below(), below(), "Chủ trì", "Phối hợp", below())
    index = row("(1)", "(2)", "(3)", "(4)", "(5)")
    plan = read_docx(
        *(upper, lower, index),
        row("1", "Việc một", "Sở A", "Sở B", "2024"),
        *(upper, lower, index),
        row("2", "Việc hai", "Sở C", "Sở D", "2025"),
    )

    assert [(r.number, r.ordinal, r.lead, r.coordinating, r.time_frame) for r in plan.rows] == [
        (4, "1", "Sở A", "Sở B", "2024"),
        (8, "2", "Sở C", "Sở D", "2025"),
    ]
    assert plan.rows[0].cells[3] == ("Cơ quan thực hiện / Phối hợp", "Sở B")
    assert plan.warnings == ()


def test_a_table_without_a_column_of_ordinals() -> None:
    plan = read(
        ("Nhiệm vụ", "Chủ trì"),
        ("1. Nhóm", ""),
        ("1.1. Việc một", "Sở A"),
        ("Việc không số", "Sở B"),
    )

    assert outline(plan) == [
        ("group", "1", "Nhóm"),
        ("task", "1.1", "Việc một"),
        ("task", "", "Việc không số"),
    ]
    assert codes(plan.rows[2]) == ["ordinal_missing"]


def test_one_level_is_all_tasks() -> None:
    plan = read(HEADING, *((str(n), f"Việc {n}", "Sở A", "", "2024") for n in range(1, 13)))

    assert {each.kind for each in plan.rows} == {TASK}
    assert [each.ordinal for each in plan.rows] == [str(n) for n in range(1, 13)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["I", "1*", "2*", "II", "1*"], [GROUP, TASK, TASK, GROUP, TASK]),
        (["A", "I", "1*", "II", "1*", "B", "1*"], [GROUP, GROUP, TASK, GROUP, TASK, GROUP, TASK]),
        (["1", "1.1", "1.1.1*", "1.2*", "2", "2.1*"], [GROUP, GROUP, TASK, TASK, GROUP, TASK]),
        (["1", "a)*", "b)*", "đ)*", "2", "a)*"], [GROUP, TASK, TASK, TASK, GROUP, TASK]),
        (["1.", "1.1.*", "2.", "2.1.*"], [GROUP, TASK, GROUP, TASK]),
        (["G", "1*", "H", "1*", "I", "1*"], [GROUP, TASK, GROUP, TASK, GROUP, TASK]),
        (["1.1*", "1.2*", "2", "2.1*"], [TASK, TASK, GROUP, TASK]),
        (["I", "II", "1*"], [GROUP, GROUP, TASK]),
        (["NV01*", "NV02*"], [TASK, TASK]),
        (["KH20_N01", "KH20_N01.1*", "KH20_N01.2*"], [GROUP, TASK, TASK]),
        (["1", "a)*", "2", "2.1*"], [GROUP, TASK, GROUP, TASK]),
    ],
)
def test_which_rows_are_groups(given: list[str], expected: list[RowKind]) -> None:
    rows = [(o.rstrip("*"), "Việc", "Sở A" if o.endswith("*") else "") for o in given]

    plan = read(("STT", "Nhiệm vụ", "Chủ trì"), *rows)

    assert [each.kind for each in plan.rows] == expected
    assert "ordinal_duplicate" not in [code for each in plan.rows for code in codes(each)]


def test_a_group_without_an_ordinal() -> None:
    plan = read_docx(
        row(*HEADING),
        row("1", "Việc ngoài nhóm", "Sở A", "", "2024"),
        row(span(5, "Nhóm gộp ô")),
        row("2", "Việc một", "Sở A", "", "2024"),
        row("", "NHÓM KHÔNG GỘP", "", "", ""),
        row("3", "Việc hai", "Sở A", "", "2024"),
    )

    assert [each.kind for each in plan.rows] == [TASK, GROUP, TASK, GROUP, TASK]
    assert [each.warnings for each in plan.rows] == [()] * 5


def test_a_group_whose_parts_are_bullets() -> None:
    plan = read(
        HEADING,
        ("1", "Việc gồm", "", "", "2024"),
        ("", "- Phần một", "Sở A", "", ""),
        ("", "- Phần hai", "Sở B", "", ""),
        ("2", "Việc hai", "Sở C", "", "2025"),
    )

    assert [each.kind for each in plan.rows] == [GROUP, TASK, TASK, TASK]
    assert [each.time_frame for each in plan.rows] == ["2024", "2024", "2024", "2025"]


def test_a_part_lettered_i_is_not_inside_the_part_h() -> None:
    plan = read(
        HEADING,
        ("G", "Phần", "", "", ""),
        ("1", "Việc", "Sở A", "", "2024"),
        ("H", "Phần", "", "", "2025"),
        ("1", "Việc", "Sở A", "", ""),
        ("I", "Phần", "", "", ""),
        ("1", "Việc", "Sở A", "", ""),
    )

    assert [each.time_frame for each in plan.rows] == ["", "2024", "2025", "2025", "", ""]


def test_a_group_title_in_the_narrow_column() -> None:
    plan = read(HEADING, ("I. Nhóm một", *[""] * 4), ("1", "Việc", "Sở A", "", "2024"))

    assert outline(plan) == [("group", "I", "Nhóm một"), ("task", "1", "Việc")]


def test_a_row_without_an_ordinal_has_no_parts() -> None:
    plan = read_docx(
        row(*HEADING),
        row(span(5, "Nhóm")),
        row("", "Việc không số", "Sở A", "", "2024"),
        row("1", "Việc không ai làm", "", "", "2024"),
    )

    assert [each.kind for each in plan.rows] == [GROUP, TASK, TASK]
    assert plan.rows[2].lead == ""


def test_an_ordinal_merged_over_several_titles_is_the_first_ones() -> None:
    plan = read_docx(
        row(*HEADING),
        row(top("1"), "Việc một", "Sở A", "", "2024"),
        row(below(), "Việc hai", "Sở B", "", "2024"),
    )

    assert [each.ordinal for each in plan.rows] == ["1", ""]
    assert codes(plan.rows[1]) == ["ordinal_missing"]


def test_cells_of_spaces_are_empty() -> None:
    plan = read(HEADING, ("1", "Nhóm", " ", "\u00a0", "  "), ("1.1", "Việc", "Sở A", " ", "2024 "))

    assert [each.kind for each in plan.rows] == [GROUP, TASK]
    assert (plan.rows[0].lead, plan.rows[1].coordinating) == ("", "")


def test_a_row_that_sounds_like_a_heading_is_still_a_row() -> None:
    plan = read(HEADING, ("1", "Hoạt động chung", "Đơn vị thực hiện", "", "Thời gian: 2024"))

    assert outline(plan) == [("task", "1", "Hoạt động chung")]


def test_a_row_with_work_of_its_own_is_a_task_though_it_has_parts() -> None:
    plan = read(
        HEADING,
        ("1", "Việc lớn", "Sở A", "", "2024"),
        ("1.1", "Phần một", "Sở B", "", "2024"),
        ("1.2", "Phần hai", "Sở C", "", "2024"),
    )

    assert {each.kind for each in plan.rows} == {TASK}


def test_a_group_speaks_for_the_empty_rows_under_it() -> None:
    plan = read(
        HEADING,
        ("1", "Nhóm", "Sở A", "Sở B", "2024"),
        ("1.1", "Việc một", "", "", ""),
        ("1.2", "Việc hai", "", "", "2025"),
        ("2", "Nhóm", "", "", "2026"),
        ("2.1", "Việc ba", "Sở C", "", ""),
    )

    assert kinds(plan)[0] == ("1", GROUP)
    assert [(r.lead, r.coordinating, r.time_frame) for r in plan.rows if r.kind is TASK] == [
        ("Sở A", "Sở B", "2024"),
        ("Sở A", "Sở B", "2025"),
        ("Sở C", "", "2026"),
    ]
    assert all("inherited_from_group" in codes(r) for r in plan.rows if r.kind is TASK)
    assert plan.rows[1].cells[2] == ("Cơ quan chủ trì", "")


def test_a_row_cut_by_a_page_is_joined_to_the_one_above() -> None:
    plan = read(
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
    plan = read(
        HEADING,
        ("1", "Việc một", "Sở A", "", "2024"),
        ("", "Việc hai", "Sở A", "", "2024"),
        ("1", "Việc ba", "Sở A", "", "2024"),
        ("2", "", "Sở A", "", "2024"),
        ("3", "Việc bốn", "", "", "2024"),
    )

    assert [each.kind for each in plan.rows] == [TASK] * 5
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
    plan = read((*HEADING,), ("1", "Việc", "Sở A", "", "2024", "thừa"))

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
