"""Columns in the place of others: what was adjusted is in force, and the row says so."""

from collections.abc import Callable

import pytest

from tests.documents.test_plan_kinds import IN_BOTH, Read, codes, lines
from tests.support.costs import times_as_dear
from tests.support.plan_files import xlsx
from tests.support.plan_readings import reading_of
from tests.support.sample_facts import HEALTH, HOME_AFFAIRS

COMMON = ("STT", "Nhiệm vụ", "Cơ quan chủ trì")
JUNE, SEPTEMBER = "date: None – 2026-06-30", "date: None – 2026-09-30"
LEAD = "lead: SNV “Sở Nội vụ”"
DOUBT = "! adjusted_value"


def told_times(read: Read, names: tuple[str, ...], cells: tuple[str, ...]) -> str:
    reading = read([(*COMMON, *names), ("1", "Một", "Sở Nội vụ", *cells)])
    return lines(reading)[0].removeprefix("task 1 Một | ")


@IN_BOTH
@pytest.mark.parametrize(
    "names",
    [
        ("Thời hạn ban đầu", "Thời hạn điều chỉnh"),
        ("Thời gian theo KH", "Thời gian gia hạn"),
        ("Thời hạn cũ", "Thời hạn"),
        ("Thời hạn", "Thời hạn mới"),
        ("Hạn hoàn thành", "Gia hạn đến"),
        ("Thời hạn trước khi điều chỉnh", "Thời hạn hiện nay"),
        ("THOI HAN BAN DAU", "THOI HAN DIEU CHINH"),
    ],
)
def test_the_adjusted_deadline_is_in_force_and_the_row_says_so(
    read: Read, names: tuple[str, str]
) -> None:
    for ends in ("30/9/2026", "Gia hạn đến 30/9/2026"):
        assert told_times(read, names, ("30/6/2026", ends)) == f"{SEPTEMBER} | {LEAD} | {DOUBT}"
    for empty in ("", "-", "30/6/2026"):
        assert told_times(read, names, ("30/6/2026", empty)) == f"{JUNE} | {LEAD}"


@IN_BOTH
def test_a_row_tells_both_values_and_which_was_taken(read: Read) -> None:
    reading = read(
        [
            (*COMMON, "Thời hạn ban đầu", "Thời hạn điều chỉnh"),
            ("1", "Một", "Sở Nội vụ", "30/6/2026", "30/9/2026"),
            ("2", "Hai", "Sở Y tế", "Quý I/2026", "Không gia hạn"),
            ("3", "Ba", "Sở Y tế", "Quý I/2026", ""),
        ]
    )

    said = [[one.detail.vi for one in each.warnings] for each in reading.rows]
    assert "ban đầu “30/6/2026”" in said[0][0]
    assert "lấy “30/9/2026”" in said[0][0]
    assert "lấy “Quý I/2026”" in said[1][0]
    assert said[2] == []
    assert reading.rows[0].row.cells[3:] == (
        ("Thời hạn ban đầu", "30/6/2026"),
        ("Thời hạn điều chỉnh", "30/9/2026"),
    )
    assert codes(reading) == []


@IN_BOTH
def test_one_adjusted_deadline_among_many_that_are_not_is_in_force(read: Read) -> None:
    ends = ("Không", "Không", "30/9/2026", "Giữ nguyên")
    reading = read(
        [
            (*COMMON, "Thời hạn", "Thời hạn điều chỉnh"),
            *((str(at), "Việc", "Sở Nội vụ", "30/6/2026", end) for at, end in enumerate(ends)),
        ]
    )

    told = [line.split(" | ", 1)[1] for line in lines(reading)]
    assert told == [f"{one} | {LEAD} | {DOUBT}" for one in (JUNE, JUNE, SEPTEMBER, JUNE)]


@IN_BOTH
@pytest.mark.parametrize(
    ("cells", "ends"),
    [
        (("30/6/2026", "", "30/9/2026"), SEPTEMBER),
        (("31/3/2026", "30/6/2026", "30/9/2026"), SEPTEMBER),
        (("31/3/2026", "30/6/2026", ""), JUNE),
    ],
)
def test_the_last_of_several_extensions_is_in_force(
    read: Read, cells: tuple[str, str, str], ends: str
) -> None:
    names = ("Thời hạn", "Gia hạn lần 1", "Gia hạn lần 2")

    assert told_times(read, names, cells) == f"{ends} | {LEAD} | {DOUBT}"


@IN_BOTH
def test_the_side_on_which_the_adjusted_one_stands_does_not_matter(read: Read) -> None:
    names = ("Thời hạn điều chỉnh", "Thời hạn ban đầu")

    assert told_times(read, names, ("30/9/2026", "30/6/2026")) == f"{SEPTEMBER} | {LEAD} | {DOUBT}"


@IN_BOTH
@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Đề nghị gia hạn thời hạn", "30/9/2026"),
        ("Lý do điều chỉnh thời hạn", "Chờ hướng dẫn từ 01/5/2026"),
        ("Thời gian mời họp", "15/4/2026"),
    ],
)
def test_what_is_only_asked_for_is_not_in_force(read: Read, name: str, cell: str) -> None:
    told = told_times(read, ("Thời hạn", name), ("30/6/2026", cell))

    assert told == f"{JUNE} | {LEAD} | ! time_in_other_column"


@IN_BOTH
@pytest.mark.parametrize("part", ["chủ trì", "phối hợp"])
def test_a_body_that_replaces_another_one_is_taken_alone(read: Read, part: str) -> None:
    reading = read(
        [
            ("STT", "Nhiệm vụ", f"Cơ quan {part} (cũ)", f"Cơ quan {part} (mới)", "Hạn"),
            ("1", "Một", "Sở Y tế", "Sở Nội vụ", "2026"),
            ("2", "Hai", "Sở Y tế", "", "2026"),
        ]
    )

    named = [[one.mention.code for one in each.assignees] for each in reading.rows]
    assert named == [[HOME_AFFAIRS], [HEALTH]]
    assert "adjusted_value" in [one.code for one in reading.rows[0].warnings]
    assert codes(reading) == []


@IN_BOTH
def test_the_lead_of_a_programme_replaces_nobody(read: Read) -> None:
    reading = read(
        [
            ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Chủ trì Chương trình nông thôn mới", "Hạn"),
            ("1", "Một", "Sở Nội vụ", "Sở Y tế", "2026"),
        ]
    )

    assert [one.mention.code for one in reading.rows[0].assignees] == [HOME_AFFAIRS, HEALTH]
    assert "adjusted_value" not in [one.code for one in reading.rows[0].warnings]


def reading(names: list[str]) -> Callable[[], object]:
    """What reads 200 rows with these further columns."""
    rows = [[str(at), "Việc", "Sở Nội vụ", *["30/9/2026"] * len(names)] for at in range(200)]
    content = xlsx([[*COMMON, *names], *rows])
    return lambda: reading_of(content, "plan.xlsx")


def test_many_columns_of_times_cost_little_more_than_others() -> None:
    columns = range(20)
    times = reading(["Thời hạn", *(f"Thời hạn điều chỉnh {at}" for at in columns)])
    others = reading(["Thời hạn", *(f"Cột {at}" for at in columns)])

    assert times_as_dear(times, others) < 2.5
