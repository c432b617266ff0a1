"""Times outside of the time cell and bodies in brackets are not read, and nobody has to find that
out alone."""

import pytest

from tests.documents.test_plan_kinds import IN_BOTH, Read

NAMES = ("STT", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Thời gian", "Ghi chú")


def warned(read: Read, lead: str, others: str, note: str) -> bool:
    [only] = read([NAMES, ("1", "Một", lead, others, "Quý I/2026", note)]).rows
    assert only.time_frame is not None
    assert str(only.time_frame.ends_on) == "2026-03-31"
    return "time_elsewhere" in [warning.code for warning in only.warnings]


@IN_BOTH
@pytest.mark.parametrize(
    ("lead", "others", "note"),
    [
        ("Sở Nội vụ (trước 15/02/2026)", "", ""),
        ("Sở Nội vụ", "Sở Y tế (báo cáo hằng quý)", ""),
        ("Sở Nội vụ", "Sở Y tế: trong tháng 02", ""),
        ("Sở Nội vụ", "", "Hoàn thành trước ngày 15/2/2026"),
        ("Sở Nội vụ", "", "Gia hạn đến 30/6"),
        ("Sở Nội vụ", "", "Quý II/2026"),
    ],
)
def test_another_time_in_a_row_is_pointed_out(
    read: Read, lead: str, others: str, note: str
) -> None:
    assert warned(read, lead, others, note)


@IN_BOTH
@pytest.mark.parametrize(
    ("lead", "note"),
    [
        ("Sở Nội vụ", "Theo Công văn số 12/UBND-NC ngày 05/01/2026"),
        ("Sở Nội vụ (Nghị quyết 12/NQ-HĐND)", "Quý I/2026"),
        ("Sở Nội vụ", "Kinh phí năm 2026"),
    ],
)
def test_the_day_of_a_document_and_the_same_time_are_not(read: Read, lead: str, note: str) -> None:
    assert not warned(read, lead, "", note)


@IN_BOTH
@pytest.mark.parametrize(
    ("name", "cell", "asked"),
    [
        ("Tần suất", "Hằng quý", True),
        ("Kỳ báo cáo", "6 tháng, hằng năm", True),
        ("Kinh phí", "Theo dự toán hằng năm", True),
        ("Kinh phí", "100", False),
        ("Căn cứ", "Kế hoạch phát triển " * 6 + "hằng năm", False),
    ],
)
def test_a_period_in_another_column_beside_one_year_is_pointed_out(
    read: Read, name: str, cell: str, *, asked: bool
) -> None:
    names = ("STT", "Nhiệm vụ", "Chủ trì", name, "Thời gian")

    [only] = read([names, ("1", "Một", "Sở Nội vụ", cell, "Năm 2026")]).rows

    assert ("recurrence_in_doubt" in [warning.code for warning in only.warnings]) == asked


@IN_BOTH
@pytest.mark.parametrize(
    ("lead", "asked"),
    [
        ("UBND tỉnh (Sở Nội vụ tham mưu)", True),
        ("Sở Y tế, UBND tỉnh (giao Sở Nội vụ)", True),
        ("Sở Nội vụ (SNV)", False),
        ("Sở Nội vụ (Phòng Cải cách hành chính)", False),
        ("Sở Nội vụ (chủ trì), Sở Y tế (phối hợp)", False),
    ],
)
def test_another_body_in_brackets_is_pointed_out(read: Read, lead: str, *, asked: bool) -> None:
    [only] = read([NAMES, ("1", "Một", lead, "", "Quý I/2026", "")]).rows

    assert ("bodies_in_brackets" in [warning.code for warning in only.warnings]) == asked
