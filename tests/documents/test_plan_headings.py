"""The words by which offices head the columns of their task tables."""

import pytest

from tests.support.plan_files import below, codes, outline, read_docx, read_rows, row, span, top


@pytest.mark.parametrize("ordinal", ["STT", "Stt", "TT", "Số TT", "S TT", "SỐ\nTHỨ TỰ", "Mã số"])
@pytest.mark.parametrize(
    "title",
    [
        *("Nhiệm vụ", "NỘI DUNG NHIỆM VỤ", "Nhiệm vụ, giải pháp", "Nội dung công việc", "Nhiệmvụ"),
        *("Tên nhiệm vụ/Đề án", "Danh mục nhiệm vụ", "Công việc", "Nội dung hoạt động"),
    ],
)
def test_headings_of_ordinals_and_titles(ordinal: str, title: str) -> None:
    plan = read_rows((ordinal, title, "Chủ trì"), ("1", "Việc", "Sở A"))

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
    plan = read_rows(
        ("STT", "Nhiệm vụ", heading, beside[0]), ("1", "Việc", "Nội dung ô", beside[1])
    )

    assert getattr(plan.rows[0], field) == "Nội dung ô"
    assert plan.warnings == ()


@pytest.mark.parametrize(
    "heading", ["Kinh phí thực hiện", "Lãnh đạo phụ trách", "Căn cứ giao nhiệm vụ", "Đơn vị tính"]
)
def test_columns_that_are_not_known_are_kept_and_named(heading: str) -> None:
    plan = read_rows(("STT", heading, "Nhiệm vụ", "Chủ trì"), ("1", "nguyên văn", "Việc", "Sở A"))

    (only,) = plan.rows
    assert (only.title, only.lead) == ("Việc", "Sở A")
    assert only.cells[1] == (heading, "nguyên văn")
    assert codes(plan) == ["column_unknown"]
    assert heading in plan.warnings[0].detail.vi


def test_one_column_for_leads_and_coordinating_is_pointed_out() -> None:
    plan = read_rows(("STT", "Nhiệm vụ", "Cơ quan chủ trì, phối hợp"), ("1", "Việc", "Sở A; Sở B"))

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
def test_the_first_and_the_last_day_in_two_columns_are_one_time(start: str, end: str) -> None:
    plan = read_rows(
        ("STT", "Nhiệm vụ", "Đơn vị giao việc", start, end, "Chủ trì"),
        ("1", "Việc", "Sở A", "2024", "2025", "Sở B"),
    )

    assert (plan.rows[0].lead, plan.rows[0].time_frame) == ("Sở B", "Từ 2024 đến 2025")


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
    assert (other.rows[0].time_frame, other.rows[0].lead) == ("2025", "Sở A")  # it was extended


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
    plan = read_rows(
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


@pytest.mark.parametrize(
    "names",
    [
        ("Stt", "N.vụ", "ĐV chủ trì", "T.gian"),
        ("TT", "NV", "CQ thực hiện", "TG hoàn thành"),
        ("TT", "Nội dung", "ĐV được giao", "TGHT"),
    ],
)
def test_headings_that_are_shortened_are_understood(names: tuple[str, ...]) -> None:
    plan = read_rows(names, ("1", "Việc", "Sở Nội vụ", "2026"))

    assert (plan.rows[0].title, plan.rows[0].lead, plan.rows[0].time_frame) == (
        "Việc",
        "Sở Nội vụ",
        "2026",
    )
    assert codes(plan) == []


@pytest.mark.parametrize("name", ["Sở NV", "Số NĐ", "Tên CT", "DV công", "NV-01"])
def test_letters_that_shorten_other_words_name_no_column(name: str) -> None:
    plan = read_rows(
        ("TT", "Nội dung", name, "Chủ trì", "Thời hạn"), ("1", "Việc", "a", "Sở Nội vụ", "2026")
    )

    assert plan.rows[0].title == "Việc"
    assert codes(plan) == ["column_unknown"]
