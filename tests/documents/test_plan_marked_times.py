"""Marks in columns of quarters, months and years: one moment, a span, or several milestones."""

import pytest

from tests.documents.test_plan_kinds import IN_BOTH, Read, codes, lines
from tests.support.plan_files import below, docx, row, span, table, top
from tests.support.plan_readings import reading_of

QUARTERS = ("Quý I", "Quý II", "Quý III", "Quý IV")
ASKED = "multiple: None – None | lead: SNV “Sở Nội vụ” | ! time_frame_needs_person"


def told(over: str, names: tuple[str, ...], marks: tuple[str, ...]) -> str:
    body = table(
        row(top("STT"), top("Nhiệm vụ"), top("Chủ trì"), span(len(names), over)),
        row(below(), below(), below(), *names),
        row("1", "Một", "Sở Nội vụ", *marks),
    )
    return lines(reading_of(docx(body), "plan.docx"))[0].removeprefix("task 1 Một | ")


@pytest.mark.parametrize(
    ("over", "names", "marks", "time"),
    [
        ("Năm 2026", QUARTERS, ("x", "x", "", ""), "quarter: 2026-01-01 – 2026-06-30"),
        ("Thời gian năm 2026", QUARTERS, ("", "x", "X", "x"), "quarter: 2026-04-01 – 2026-12-31"),
        (
            "Tháng/2026",
            tuple("123456"),
            ("", "x", "x", "", "", ""),
            "month: 2026-02-01 – 2026-03-31",
        ),
        (
            "Lộ trình",
            ("2026", "2027", "2028"),
            ("", "x", "x"),
            "year_range: 2027-01-01 – 2028-12-31",
        ),
    ],
)
def test_marks_beside_one_another_are_a_span_with_a_doubt(
    over: str, names: tuple[str, ...], marks: tuple[str, ...], time: str
) -> None:
    assert told(over, names, marks) == f"{time} | lead: SNV “Sở Nội vụ” | ! marks_joined"


@pytest.mark.parametrize(
    ("over", "names", "marks"),
    [
        ("Thời gian năm 2026", QUARTERS, ("x", "", "x", "")),
        ("Thời gian năm 2026", QUARTERS, ("x", "x", "", "x")),
        ("Thời gian năm 2026", QUARTERS, ("x", "x", "x", "x")),
        ("Thời gian năm 2026", QUARTERS, ("x", "Trước 15/5", "", "")),
        ("Tháng/2026", tuple(map(str, range(1, 13))), ("x",) * 12),
        ("Lộ trình", ("2026", "2027", "2028"), ("x", "x", "x")),
    ],
)
def test_marks_apart_and_marks_everywhere_are_several_milestones(
    over: str, names: tuple[str, ...], marks: tuple[str, ...]
) -> None:
    assert told(over, names, marks) == ASKED


@IN_BOTH
def test_columns_of_quarters_need_no_heading_over_them(read: Read) -> None:
    names = [f"{quarter}/2026" for quarter in QUARTERS]
    reading = read(
        [
            ("STT", "Nhiệm vụ", "Cơ quan chủ trì", *names),
            ("1", "Một", "Sở Nội vụ", "", "x", "", ""),
            ("2", "Hai", "Sở Nội vụ", "x", "x", "", ""),
        ]
    )

    assert lines(reading) == [
        "task 1 Một | quarter: 2026-04-01 – 2026-06-30 | lead: SNV “Sở Nội vụ”",
        "task 2 Hai | quarter: 2026-01-01 – 2026-06-30 | lead: SNV “Sở Nội vụ” | ! marks_joined",
    ]
    assert codes(reading) == ["columns_joined"]


@pytest.mark.parametrize("sign", ["x", "+", "*", "v", "●", "✗", "þ"])
def test_any_sign_alone_in_a_column_is_a_mark(sign: str) -> None:
    body = table(
        row(top("STT"), top("Nhiệm vụ"), top("Chủ trì"), span(2, "Phối hợp"), span(2, "Năm 2026")),
        row(below(), below(), below(), "Sở Y tế", "Công an tỉnh", "Quý I", "Quý II"),
        row("1", "Một", "Sở Nội vụ", sign, "", "", sign),
    )

    assert lines(reading_of(docx(body), "plan.docx")) == [
        "task 1 Một | quarter: 2026-04-01 – 2026-06-30 | lead: SNV “Sở Nội vụ” | "
        "coordinating: SYT “Sở Y tế”"
    ]


def test_marks_under_amounts_are_no_times() -> None:
    told_time = told("Kinh phí năm 2026", QUARTERS, ("x", "", "", ""))

    assert told_time.startswith("unknown: None – None")
