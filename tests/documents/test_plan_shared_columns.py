"""Deadlines and leads that stand in several columns: nothing of a row is lost, and what makes no
one time is left to a person."""

import pytest

from tests.documents.test_plan_kinds import IN_BOTH, Read, codes, in_excel, in_word, lines
from tests.support.plan_files import below, docx, row, span, table, top
from tests.support.plan_readings import reading_of
from tests.support.sample_facts import HEALTH, HOME_AFFAIRS

UNKNOWN = "None – None | lead: SNV “Sở Nội vụ” | ! time_frame_needs_person"


def told_times(read: Read, names: tuple[str, ...], cells: tuple[str, ...]) -> str:
    """The reading of one row with these columns of times."""
    reading = read(
        [("STT", "Nhiệm vụ", "Cơ quan chủ trì", *names), ("1", "Một", "Sở Nội vụ", *cells)]
    )
    assert codes(reading) == ["columns_joined"]
    return lines(reading)[0].removeprefix("task 1 Một | ")


@IN_BOTH
@pytest.mark.parametrize(
    ("names", "cells", "time"),
    [
        (("Tháng", "Năm"), ("6", "2026"), "month: 2026-06-01 – 2026-06-30"),
        (("Tháng", "Năm"), ("Tháng 12", "2027"), "month: 2027-12-01 – 2027-12-31"),
        (("Năm", "Tháng"), ("2026", "6-9"), "month: 2026-06-01 – 2026-09-30"),
        (("Tháng", "Năm"), ("", "2026"), "year: 2026-01-01 – 2026-12-31"),
        (("Tháng", "Năm"), ("6", "Hằng năm"), "annual: None – None 30/6"),
        (("Tháng", "Năm"), ("", "Hằng năm"), "annual: None – None"),
        (("Quý", "Năm"), ("II", "2026"), "quarter: 2026-04-01 – 2026-06-30"),
        (("Quý hoàn thành", "Năm"), ("Quý 4", "2026"), "quarter: 2026-10-01 – 2026-12-31"),
        (("Ngày", "Tháng", "Năm"), ("15", "6", "2026"), "date: None – 2026-06-15"),
        (("Ngày", "Tháng", "Năm"), ("Trước 15", "6", "2026"), "date: None – 2026-06-14"),
        (("Ngày", "Tháng", "Năm"), ("", "6", "2026"), "month: 2026-06-01 – 2026-06-30"),
        (("Ngày, tháng", "Năm"), ("15/6", "2026"), "date: None – 2026-06-15"),
        (("Bắt đầu", "Kết thúc"), ("01/3/2026", "30/6/2026"), "date: 2026-03-01 – 2026-06-30"),
        (("Từ tháng", "Đến tháng"), ("3/2026", "6/2026"), "month: 2026-03-01 – 2026-06-30"),
        (("Từ", "Đến"), ("Quý I/2026", "Quý II/2026"), "quarter: 2026-01-01 – 2026-06-30"),
        (("Từ năm", "Đến năm"), ("2026", "2028"), "year_range: 2026-01-01 – 2028-12-31"),
        (("Ngày bắt đầu", "Ngày kết thúc"), ("", "30/6/2026"), "date: None – 2026-06-30"),
        (("Bắt đầu", "Kết thúc"), ("2026", "Hằng năm"), "annual: 2026-01-01 – None"),
        (("Bắt đầu", "Kết thúc"), ("Thường xuyên", "Thường xuyên"), "continuous: None – None"),
    ],
)
def test_the_parts_of_a_row_are_one_time(
    read: Read, names: tuple[str, ...], cells: tuple[str, ...], time: str
) -> None:
    assert told_times(read, names, cells) == f"{time} | lead: SNV “Sở Nội vụ”"


@IN_BOTH
@pytest.mark.parametrize(
    ("names", "cells"),
    [
        (("Tháng", "Năm"), ("6, 9", "2026")),
        (("Tháng", "Năm"), ("6", "2026-2030")),
        (("Tháng", "Năm"), ("6/2025", "2026")),
        (("Ngày", "Tháng", "Năm"), ("15, 20", "6", "2026")),
        (("Ngày", "Tháng", "Năm"), ("31", "2", "2026")),
        (("Ngày", "Tháng", "Năm"), ("cuối", "tháng sau", "2026")),
        (("Quý", "Tháng", "Năm"), ("I", "6", "2026")),
        (("Bắt đầu", "Kết thúc"), ("Quý I/2026", "")),
        (("Bắt đầu", "Kết thúc"), ("Quý IV/2026", "Quý I/2026")),
        (("Bắt đầu", "Kết thúc"), ("Khi có yêu cầu", "30/6/2026")),
    ],
)
def test_parts_that_make_no_time_are_left_to_a_person(
    read: Read, names: tuple[str, ...], cells: tuple[str, ...]
) -> None:
    assert told_times(read, names, cells).split(": ", 1)[1] == UNKNOWN


@pytest.mark.parametrize(
    ("names", "cells", "time"),
    [
        (("Tháng", "Năm"), ("6", "2026"), "month: 2026-06-01 – 2026-06-30"),
        (("Bắt đầu", "Kết thúc"), ("4/2026", "6/2026"), "month: 2026-04-01 – 2026-06-30"),
        (("Quý I", "Quý II/2026"), ("", "x"), "quarter: 2026-04-01 – 2026-06-30"),
        (("Năm 2026", "Năm 2027"), ("x", ""), "year: 2026-01-01 – 2026-12-31"),
        (("2026", "2027"), ("Trước 15/3/2026", ""), "date: None – 2026-03-14"),
    ],
)
def test_parts_under_one_heading_are_one_time(
    names: tuple[str, str], cells: tuple[str, str], time: str
) -> None:
    body = table(
        row(top("STT"), top("Nhiệm vụ"), top("Chủ trì"), span(2, "Thời gian thực hiện")),
        row(below(), below(), below(), *names),
        row("1", "Một", "Sở Nội vụ", *cells),
        row("2", "Hai", "Sở Y tế", span(2, "Thường xuyên")),
    )

    reading = reading_of(docx(body), "plan.docx")

    assert lines(reading) == [
        f"task 1 Một | {time} | lead: SNV “Sở Nội vụ”",
        "task 2 Hai | continuous: None – None | lead: SYT “Sở Y tế”",
    ]


def test_targets_by_year_are_no_deadlines() -> None:
    body = table(
        row(top("STT"), top("Chỉ tiêu"), top("Chủ trì"), span(2, "Lộ trình")),
        row(below(), below(), below(), "2026", "2027"),
        row("1", "Một", "Sở Nội vụ", "80", "90 %"),
        row("2", "Hai", "Sở Nội vụ", "", "90 %"),
    )

    reading = reading_of(docx(body), "plan.docx")

    assert [each.row.time_frame for each in reading.rows] == ["2026: 80; 2027: 90 %", "2027: 90 %"]
    assert [each.time_frame and each.time_frame.needs_person for each in reading.rows] == [True] * 2


@pytest.mark.parametrize(
    ("over", "names", "time"),
    [
        ("Tiến độ năm 2026", ("Q1", "Q2"), "quarter: 2026-04-01 – 2026-06-30"),
        ("Thời gian: quý/2026", ("I", "II"), "quarter: 2026-04-01 – 2026-06-30"),
        ("Thời gian thực hiện (tháng) năm 2026", ("5", "6"), "month: 2026-06-01 – 2026-06-30"),
    ],
)
def test_numbers_under_a_unit_are_its_quarters_or_months(
    over: str, names: tuple[str, str], time: str
) -> None:
    body = table(
        row(top("STT"), top("Nhiệm vụ"), top("Chủ trì"), span(2, over)),
        row(below(), below(), below(), *names),
        row("1", "Một", "Sở Nội vụ", "", "x"),
    )

    assert lines(reading_of(docx(body), "plan.docx")) == [
        f"task 1 Một | {time} | lead: SNV “Sở Nội vụ”"
    ]


@IN_BOTH
@pytest.mark.parametrize(
    ("name", "cell", "text", "asked"),
    [
        ("Tháng thực hiện", "6", "Tháng 6", True),
        ("Tháng", "6/2026", "6/2026", False),
        ("Quý", "II", "Quý II", True),
        ("Năm", "2026", "2026", False),
        ("Thời gian (tháng)", "6", "6", True),
        ("Thời gian thực hiện (ngày)", "30", "30", True),
    ],
)
def test_a_number_in_a_column_of_months_is_one(
    read: Read, name: str, cell: str, text: str, *, asked: bool
) -> None:
    reading = read([("STT", "Nhiệm vụ", "Chủ trì", name), ("1", "Một", "Sở Nội vụ", cell)])

    assert reading.rows[0].row.time_frame == text
    assert reading.rows[0].time_frame is not None
    assert reading.rows[0].time_frame.needs_person == asked  # no year is said anywhere


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        (("Số", "Ngày"), ("12/QĐ-UBND", "15/01/2026")),
        (("Ngày", "Tháng"), ("15", "1")),
    ],
)
def test_the_day_of_another_document_is_no_part_of_the_deadline(
    names: tuple[str, str], cells: tuple[str, str]
) -> None:
    body = table(
        row(*map(top, ("STT", "Nhiệm vụ")), span(2, "Văn bản giao"), *map(top, ("Chủ trì", "Hạn"))),
        row(below(), below(), *names, below(), below()),
        row("1", "Một", *cells, "Sở Nội vụ", "Quý I/2026"),
    )

    assert lines(reading_of(docx(body), "plan.docx")) == [
        "task 1 Một | quarter: 2026-01-01 – 2026-03-31 | lead: SNV “Sở Nội vụ”"
    ]


LEADS = ("lead: SNV “Sở Nội vụ”", "lead: UBND-CAP-XA “UBND các xã, phường”")


@pytest.mark.parametrize("over", ["Cơ quan chủ trì", "Đơn vị thực hiện", "Phân công thực hiện"])
@pytest.mark.parametrize("names", [("Cấp tỉnh", "Cấp xã"), ("Sở, ngành", "Địa phương"), ("", "")])
def test_leads_by_level_under_one_heading_are_all_leads(over: str, names: tuple[str, str]) -> None:
    body = table(
        row(top("STT"), top("Nhiệm vụ"), span(2, over), top("Thời hạn")),
        row(below(), below(), *names, below()) if any(names) else "",
        row("1", "Một", "Sở Nội vụ", "UBND các xã, phường", "2026"),
        row("2", "Hai", "", "UBND các xã, phường", "2026"),
        row("3", "Ba", "Sở Nội vụ", "", "2026"),
    )

    told = lines(reading_of(docx(body), "plan.docx"))

    year = "year: 2026-01-01 – 2026-12-31"
    assert told == [
        f"task 1 Một | {year} | {LEADS[0]} | {LEADS[1]}",
        f"task 2 Hai | {year} | {LEADS[1]}",
        f"task 3 Ba | {year} | {LEADS[0]}",
    ]


@IN_BOTH
def test_two_columns_that_both_say_who_leads_are_of_leads(read: Read) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Sở, ngành chủ trì", "Địa phương chủ trì", "Thời hạn"),
            ("1", "Một", "Sở Nội vụ", "UBND các xã, phường", "2026"),
        ]
    )

    assert lines(reading) == [
        f"task 1 Một | year: 2026-01-01 – 2026-12-31 | {LEADS[0]} | {LEADS[1]}"
    ]


def test_a_mark_under_a_body_stands_for_it() -> None:
    body = table(
        row(top("STT"), top("Nhiệm vụ"), span(2, "Cơ quan chủ trì"), top("Thời hạn")),
        row(below(), below(), "Sở Nội vụ", "Sở Y tế", below()),
        row("1", "Một", "x", "", "2026"),
        row("2", "Hai", "x", "X", "2026"),
    )

    leads = [
        [one.mention.code for one in each.assignees]
        for each in reading_of(docx(body), "plan.docx").rows
    ]

    assert leads == [[HOME_AFFAIRS], [HOME_AFFAIRS, HEALTH]]


def test_letters_under_a_body_say_its_part() -> None:
    body = table(
        row(top("STT"), top("Nhiệm vụ"), span(3, "Phân công thực hiện"), top("Thời hạn")),
        row(below(), below(), "Sở Nội vụ", "Sở Y tế", "Sở Tài chính", below()),
        row("1", "Một", "CT", "PH", "", "2026"),
        row("2", "Hai", "PH", "Chủ trì", "PH", "2026"),
    )

    told = [line.split(" | ", 2)[2] for line in lines(reading_of(docx(body), "plan.docx"))]

    assert told == [
        "lead: SNV “Sở Nội vụ” | coordinating: SYT “Sở Y tế”",
        "lead: SYT “Sở Y tế” | coordinating: SNV “Sở Nội vụ” | coordinating: STC “Sở Tài chính”",
    ]


@IN_BOTH
@pytest.mark.parametrize("name", ["Thời gian bắt đầu", "Khởi công", "Từ ngày"])
def test_the_beginning_of_the_work_alone_is_no_deadline(read: Read, name: str) -> None:
    reading = read([("STT", "Nhiệm vụ", "Chủ trì", name), ("1", "Một", "Sở Nội vụ", "1/2026")])

    assert lines(reading) == [f"task 1 Một | unknown: {UNKNOWN}"]


@IN_BOTH
@pytest.mark.parametrize("names", [("Số văn bản", "Ngày tháng"), ("Số, ký hiệu", "Ngày")])
def test_the_day_behind_a_number_is_that_of_a_document(read: Read, names: tuple[str, str]) -> None:
    reading = read(
        [
            ("STT", *names, "Nhiệm vụ", "Chủ trì", "Thời hạn"),
            ("1", "12/UBND", "05/01/2026", "Một", "Sở Nội vụ", "Quý I/2026"),
        ]
    )

    assert lines(reading) == [
        "task 1 Một | quarter: 2026-01-01 – 2026-03-31 | lead: SNV “Sở Nội vụ”"
    ]


def test_a_column_of_people_under_the_leads_is_no_column_of_leads() -> None:
    body = table(
        row(top("STT"), top("Nhiệm vụ"), span(2, "Cơ quan chủ trì"), top("Thời hạn")),
        row(below(), below(), "Đơn vị", "Người phụ trách", below()),
        row("1", "Một", "Sở Nội vụ", "Nguyễn Văn An", "2026"),
    )

    assert lines(reading_of(docx(body), "plan.docx"))[0].split(" | ")[2:] == [
        LEADS[0],
        "! people_left_out",
    ]


@pytest.mark.parametrize("read", [in_word, in_excel])
def test_bodies_that_are_in_no_part_are_pointed_out(read: Read) -> None:
    reading = read(
        [
            ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Đơn vị thực hiện", "Thời hạn"),
            ("1", "Một", "Sở Nội vụ", "UBND các xã, phường", "2026"),
        ]
    )

    assert "several_lead_columns" in codes(reading)
