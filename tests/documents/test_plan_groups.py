"""The rows that are groups, and the values that they give to the rows under them."""

import pytest

from app.documents.tables.plan_table import RowKind
from tests.documents.test_plan_kinds import Read, in_excel, in_word
from tests.support.plan_files import (
    HEADING,
    below,
    codes,
    docx,
    outline,
    read_docx,
    read_rows,
    row,
    span,
    table,
    top,
)
from tests.support.plan_readings import reading_of
from tests.support.sample_facts import FINANCE, HEALTH, HOME_AFFAIRS

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


@pytest.mark.parametrize("head", ["I. SỞ NỘI VỤ", "I. Sở Nội vụ:", "I. SNV"])
def test_rows_under_a_body_without_a_lead_of_their_own_are_that_bodys(head: str) -> None:
    body = table(
        row("TT", "Nhiệm vụ", "Phối hợp", "Thời gian"),
        row(span(4, head)),
        row("1", "Một", "Sở Y tế", "2026"),
        row(span(4, "II. LĨNH VỰC KHÁC")),
        row("1", "Hai", "Sở Y tế", "2026"),
    )

    _, one, _, two = reading_of(docx(body), "plan.docx").rows

    assert [named.mention.code for named in one.assignees] == [HOME_AFFAIRS, HEALTH]
    assert [warning.code for warning in one.warnings] == ["lead_from_heading"]
    assert [named.mention.code for named in two.assignees] == [HEALTH]
    assert "lead_missing" in [warning.code for warning in two.warnings]


def test_a_part_of_a_task_with_a_lead_is_not_given_to_the_body_that_heads_both() -> None:
    body = table(
        row(*HEADING),
        row(span(5, "I. SỞ NỘI VỤ")),
        row("1", "Một", "Sở Y tế", "", "2026"),
        row("", "- Phần một", "", "", "2026"),
        row("", "- Phần hai", "Sở Tài chính", "", "2026"),
    )

    rows = reading_of(docx(body), "plan.docx").rows

    assert [[one.mention.code for one in each.assignees] for each in rows] == [
        [],
        [HEALTH],
        [],
        [FINANCE],
    ]


@pytest.mark.parametrize("read", [in_word, in_excel])
def test_rows_under_a_month_or_a_quarter_are_due_in_it(read: Read) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Chủ trì", "Thời gian"),
            ("", "Tháng 01/2026", "", ""),
            ("1", "Một", "Sở Nội vụ", ""),
            ("2", "Hai", "Sở Nội vụ", "Trước 15/01/2026"),
            ("", "Quý II/2026", "", ""),
            ("3", "Ba", "Sở Nội vụ", ""),
        ]
    )

    due = [
        (each.row.title, each.time_frame.ends_on and each.time_frame.ends_on.isoformat())
        for each in reading.rows
        if each.time_frame
    ]
    assert due == [("Một", "2026-01-31"), ("Hai", "2026-01-14"), ("Ba", "2026-06-30")]
    assert [[one.code for one in each.warnings] for each in reading.rows if each.time_frame] == [
        ["time_from_heading"],
        [],
        ["time_from_heading"],
    ]


HEADS = ("", "Về thể chế", "", "", "")


@pytest.mark.parametrize("read", [in_word, in_excel])
@pytest.mark.parametrize("ordinals", [("1", "2", "3"), ("1.1", "1.2", "1.3"), ("", "", "")])
def test_a_row_with_a_title_alone_heads_the_rows_below_it_with_a_doubt(
    read: Read, ordinals: tuple[str, str, str]
) -> None:
    tasks = [(one, "Việc", "Sở Nội vụ", "", "Quý I/2026") for one in ordinals]

    rows = read([HEADING, tasks[0], HEADS, *tasks[1:]]).rows

    assert [each.row.kind for each in rows] == [TASK, GROUP, TASK, TASK]
    assert [each.row.parent for each in rows] == [None, None, 1, 1]
    assert codes(rows[1].row) == ["group_in_doubt"]


@pytest.mark.parametrize("read", [in_word, in_excel])
@pytest.mark.parametrize(
    "rows",
    [
        [HEADS, ("", "Về nhân lực", "", "", "")],
        [("", "Về thể chế", "Sở Nội vụ", "", "")],
        [("", "Về thể chế", "", "", "2026")],
        [("2", "Về thể chế", "", "", "")],
    ],
)
def test_a_row_that_heads_nothing_stays_a_task_that_asks(
    read: Read, rows: list[tuple[str, ...]]
) -> None:
    task = ("9", "Việc", "Sở Nội vụ", "", "Quý I/2026")

    told = read([HEADING, ("1", *task[1:]), *rows, *([] if len(rows) > 1 else [task])]).rows

    assert GROUP not in [each.row.kind for each in told]


@pytest.mark.parametrize("read", [in_word, in_excel])
def test_work_that_begins_like_a_sum_is_a_row(read: Read) -> None:
    reading = read(
        [HEADING, ("1", "Một", "Sở Nội vụ", "", "2026"), ("", "Công bố kết quả", "", "")]
    )

    assert [each.row.title for each in reading.rows] == ["Một", "Công bố kết quả"]


@pytest.mark.parametrize("name", ["Nhóm nhiệm vụ", "Lĩnh vực", "Mục tiêu"])
@pytest.mark.parametrize("ordinals", [("1", "2", "3"), ("", "", "")])
def test_a_merged_column_beside_the_titles_heads_its_rows(
    name: str, ordinals: tuple[str, str, str]
) -> None:
    body = table(
        row("TT", name, "Nhiệm vụ cụ thể", "Chủ trì", "Thời hạn"),
        row(ordinals[0], top("Hạ tầng"), "Một", "Sở Xây dựng", "2026"),
        row(ordinals[1], below(), "Hai", "Sở Y tế", "2026"),
        row(ordinals[2], top("Nhân lực"), "Ba", "Sở Nội vụ", "2026"),
    )

    rows = reading_of(docx(body), "plan.docx").rows

    assert [(each.row.kind, each.row.ordinal, each.row.title) for each in rows] == [
        (GROUP, "", "Hạ tầng"),
        (TASK, "1", "Một"),
        (TASK, "2", "Hai"),
        (GROUP, "", "Nhân lực"),
        (TASK, "3", "Ba"),
    ]
    assert [each.row.parent for each in rows] == [None, 0, 0, None, 3]


def test_a_column_that_says_something_of_each_row_heads_none() -> None:
    body = table(
        row("TT", "Mục tiêu", "Giải pháp", "Chủ trì", "Thời hạn"),
        row("1", "Tăng", "Một", "Sở Xây dựng", "2026"),
        row("2", "Giảm", "Hai", "Sở Y tế", "2026"),
    )

    assert [each.row.kind for each in reading_of(docx(body), "plan.docx").rows] == [TASK] * 2
