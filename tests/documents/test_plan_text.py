"""The text form: a table dumped cell by cell."""

import unicodedata

import pytest

from app.documents.tables.plan_table import read_plan_document
from app.errors import FileTooLargeError, UnreadableFileError
from tests.support.plan_files import HEADING, codes, outline, read_text


def dumped(*rows: tuple[str, ...]) -> str:
    return "\n\n".join("\n".join(f"\t{text}" for text in row) for row in rows) + "\n"


ONE = ("1", "Việc một", "Sở A", "", "2024")
TWO = ("2", "Việc hai", "Sở B", "", "2025")
PROSE = "\tNơi nhận:\n- Lưu: VT.\n\tTM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPhụ lục\nDANH MỤC\n"


def test_the_table_is_found_by_its_heading_among_other_lines_with_tabs() -> None:
    plan = read_text(PROSE + "\n" + dumped(HEADING, ONE, TWO) + "\n" + PROSE)

    assert outline(plan) == [("task", "1", "Việc một"), ("task", "2", "Việc hai")]


def test_a_heading_right_under_a_line_of_prose_is_found() -> None:
    plan = read_text("Danh mục nhiệm vụ\n" + dumped(HEADING, ONE))

    assert outline(plan) == [("task", "1", "Việc một")]


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
def test_any_kind_of_line_break_is_read(breaks: str) -> None:
    text = dumped(HEADING, ("1", "Việc\nmột", "Sở\nA", "", "2024")).replace("\n", breaks)

    plan = read_plan_document(text.encode(), file_name="plan.txt")

    assert (plan.rows[0].title, plan.rows[0].lead) == ("Việc một", "Sở\nA")


def test_decomposed_letters_are_composed_in_prose_too() -> None:
    text = "KẾ HOẠCH\nChuyển đổi số\n\n" + dumped(HEADING, ONE)

    plan = read_text(unicodedata.normalize("NFD", text))

    assert plan.title == "Chuyển đổi số"
    assert plan.rows[0].cells[1] == ("Nhiệm vụ", "Việc một")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_utf_16_with_its_mark_are_read(encoding: str) -> None:
    plan = read_plan_document(dumped(HEADING, ONE).encode(encoding), file_name="plan.txt")

    assert plan.rows[0].title == "Việc một"


def test_a_blank_line_inside_a_cell_ends_no_row() -> None:
    plan = read_text(
        dumped(HEADING) + "\n\t1\n\tViệc\n\nmột\n\tSở A\n\n\tSở B\n\t2024\n\n\n" + dumped(TWO)
    )

    assert [each.title for each in plan.rows] == ["Việc một", "Việc hai"]
    assert (plan.rows[0].coordinating, plan.rows[0].time_frame) == ("Sở B", "2024")


def test_a_paragraph_after_a_blank_line_goes_on_with_its_cell() -> None:
    plan = read_text(dumped(HEADING, ONE) + "\n(hai kỳ)\n\n" + dumped(TWO))

    assert [each.time_frame for each in plan.rows] == ["2024\n\n(hai kỳ)", "2025"]


def test_rows_without_blank_lines_between_them() -> None:
    plan = read_text("".join(dumped(row) for row in (HEADING, ONE, TWO)))

    assert outline(plan) == [("task", "1", "Việc một"), ("task", "2", "Việc hai")]


def test_merged_rows_of_a_dump_are_groups() -> None:
    plan = read_text(dumped(HEADING, ("I. Nhóm một",), ONE, ("II", "Nhóm hai"), ("1", *TWO[1:])))

    assert [each.kind.value for each in plan.rows] == ["group", "task", "group", "task"]
    assert [each.ordinal for each in plan.rows] == ["I", "1", "II", "1"]
    assert [codes(each) for each in plan.rows] == [[], [], [], []]


def test_a_heading_of_two_rows() -> None:
    plan = read_text(
        dumped(
            ("TT", "Nhiệm vụ", "Cơ quan thực hiện", "Thời hạn"),
            ("", "", "Chủ trì", "Phối hợp", ""),
            ("1", "Việc", "Sở A", "Sở B", "2024"),
        )
    )

    (only,) = plan.rows
    assert (only.lead, only.coordinating, only.time_frame) == ("Sở A", "Sở B", "2024")
    assert only.number == 3


def test_a_row_that_lacks_cells_is_kept_and_pointed_out() -> None:
    plan = read_text(dumped(HEADING, ("1", "Việc một", "Sở A"), TWO))

    assert [each.title for each in plan.rows] == ["Việc một", "Việc hai"]
    assert codes(plan.rows[0]) == ["row_too_short"]


def test_rows_pasted_from_a_spreadsheet() -> None:
    lines = ["KẾ HOẠCH", "Năm 2024", *("\t".join(row) for row in (HEADING, ONE, TWO)), "Hết"]

    plan = read_text("\n".join(lines))

    assert outline(plan) == [("task", "1", "Việc một"), ("task", "2", "Việc hai")]
    assert plan.title == "Năm 2024"


@pytest.mark.parametrize(
    "content",
    [
        dumped(HEADING, ONE).encode("utf-16-le"),
        dumped(HEADING, ONE).encode("cp1258", "replace"),
        dumped(HEADING, ONE).encode() + b"\xff",
        dumped(HEADING, ONE).encode() + b"\0\x01",
        dumped(HEADING, ONE).encode("utf-16")[:-1],
        "Không có bảng nào ở đây.".encode(),
        dumped(HEADING).encode(),
    ],
)
def test_what_is_no_text_or_holds_no_tasks_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        read_plan_document(content, file_name="plan.txt")


@pytest.mark.parametrize(
    "text", [dumped(HEADING, *[ONE] * 5_000), "\n" * 300_000 + "x", "x" * 16_000_000]
)
def test_texts_beyond_the_limits_are_refused(text: str) -> None:
    with pytest.raises(FileTooLargeError):
        read_text(text)
