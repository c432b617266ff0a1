"""Which rows are groups, and what they say for the rows under them."""

import pytest

from app.documents.plan_table import RowKind
from tests.support.plan_files import (
    HEADING,
    below,
    codes,
    outline,
    read_docx,
    read_rows,
    row,
    span,
    top,
)

GROUP = RowKind.GROUP
TASK = RowKind.TASK


def test_one_level_is_all_tasks() -> None:
    plan = read_rows(HEADING, *((str(n), f"Việc {n}", "Sở A", "", "2024") for n in range(1, 13)))

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

    plan = read_rows(("STT", "Nhiệm vụ", "Chủ trì"), *rows)

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
    plan = read_rows(
        HEADING,
        ("1", "Việc gồm", "", "", "2024"),
        ("", "- Phần một", "Sở A", "", ""),
        ("", "- Phần hai", "Sở B", "", ""),
        ("2", "Việc hai", "Sở C", "", "2025"),
    )

    assert [each.kind for each in plan.rows] == [GROUP, TASK, TASK, TASK]
    assert [each.time_frame for each in plan.rows] == ["2024", "2024", "2024", "2025"]


def test_a_part_lettered_i_is_not_inside_the_part_h() -> None:
    plan = read_rows(
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
    plan = read_rows(HEADING, ("I. Nhóm một", *[""] * 4), ("1", "Việc", "Sở A", "", "2024"))

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
    plan = read_rows(
        HEADING, ("1", "Nhóm", " ", "\u00a0", "  "), ("1.1", "Việc", "Sở A", " ", "2024 ")
    )

    assert [each.kind for each in plan.rows] == [GROUP, TASK]
    assert (plan.rows[0].lead, plan.rows[1].coordinating) == ("", "")


def test_a_row_that_sounds_like_a_heading_is_still_a_row() -> None:
    plan = read_rows(HEADING, ("1", "Hoạt động chung", "Đơn vị thực hiện", "", "Thời gian: 2024"))

    assert outline(plan) == [("task", "1", "Hoạt động chung")]


def test_a_row_with_work_of_its_own_is_a_task_though_it_has_parts() -> None:
    plan = read_rows(
        HEADING,
        ("1", "Việc lớn", "Sở A", "", "2024"),
        ("1.1", "Phần một", "Sở B", "", "2024"),
        ("1.2", "Phần hai", "Sở C", "", "2024"),
    )

    assert {each.kind for each in plan.rows} == {TASK}


def test_a_group_speaks_for_the_empty_rows_under_it() -> None:
    plan = read_rows(
        HEADING,
        ("1", "Nhóm", "Sở A", "Sở B", "2024"),
        ("1.1", "Việc một", "", "", ""),
        ("1.2", "Việc hai", "", "", "2025"),
        ("2", "Nhóm", "", "", "2026"),
        ("2.1", "Việc ba", "Sở C", "", ""),
    )

    assert plan.rows[0].kind is GROUP
    assert [(r.lead, r.coordinating, r.time_frame) for r in plan.rows if r.kind is TASK] == [
        ("Sở A", "Sở B", "2024"),
        ("Sở A", "Sở B", "2025"),
        ("Sở C", "", "2026"),
    ]
    assert all("inherited_from_group" in codes(r) for r in plan.rows if r.kind is TASK)
    assert plan.rows[1].cells[2] == ("Cơ quan chủ trì", "")
