from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.plans.time_frames import Occurrence, TimeFrame, occurrences, read_time_frame
from app.kinds import TimeFrameKind as Kind

PLAN = Path(__file__).parents[3] / "app/sample/ke-hoach-thong-tin-doi-ngoai.txt"
PLAN_STARTS_ON, PLAN_ENDS_ON = date(2024, 4, 15), date(2030, 12, 31)

# text, kind, first day, last day in time (the plan's year is 2024)
SPANS = [
    ("2024", Kind.YEAR, "2024-01-01", "2024-12-31"),
    ("2024 ", Kind.YEAR, "2024-01-01", "2024-12-31"),
    ("2024.0", Kind.YEAR, "2024-01-01", "2024-12-31"),
    ("Năm 2024", Kind.YEAR, "2024-01-01", "2024-12-31"),
    ("Trong năm 2024.", Kind.YEAR, "2024-01-01", "2024-12-31"),
    ("Năm 2026 (theo từng hệ thống)", Kind.YEAR, "2026-01-01", "2026-12-31"),
    ("2024-2024", Kind.YEAR, "2024-01-01", "2024-12-31"),
    ("2024-2030", Kind.YEAR_RANGE, "2024-01-01", "2030-12-31"),
    ("2024 – 2030", Kind.YEAR_RANGE, "2024-01-01", "2030-12-31"),
    ("2024\u00a0— 2030", Kind.YEAR_RANGE, "2024-01-01", "2030-12-31"),
    ("Giai đoạn 2021-2025", Kind.YEAR_RANGE, "2021-01-01", "2025-12-31"),
    ("Trong giai đoạn 2021 - 2025", Kind.YEAR_RANGE, "2021-01-01", "2025-12-31"),
    ("Từ năm 2024 đến năm 2030", Kind.YEAR_RANGE, "2024-01-01", "2030-12-31"),
    ("Từ 2024 đến hết năm 2030", Kind.YEAR_RANGE, "2024-01-01", "2030-12-31"),
    ("Năm 2024 và 2025", Kind.YEAR_RANGE, "2024-01-01", "2025-12-31"),
    ("2024, 2025, 2026", Kind.YEAR_RANGE, "2024-01-01", "2026-12-31"),
    ("Đến năm 2030", Kind.UNTIL_YEAR, None, "2030-12-31"),
    ("ĐẾN NĂM 2030", Kind.UNTIL_YEAR, None, "2030-12-31"),
    ("den nam 2030", Kind.UNTIL_YEAR, None, "2030-12-31"),
    ("Đến hết năm 2025", Kind.UNTIL_YEAR, None, "2025-12-31"),
    ("Cuối năm 2025", Kind.UNTIL_YEAR, None, "2025-12-31"),
    ("Trước năm 2026", Kind.UNTIL_YEAR, None, "2025-12-31"),
    ("Quý II/2024 đến hết năm 2025", Kind.UNTIL_YEAR, "2024-04-01", "2025-12-31"),
    ("6 tháng đầu năm 2025", Kind.HALF_YEAR, "2025-01-01", "2025-06-30"),
    ("06 tháng cuối năm 2025", Kind.HALF_YEAR, "2025-07-01", "2025-12-31"),
    ("6 tháng cuối năm", Kind.HALF_YEAR, "2024-07-01", "2024-12-31"),
    ("Quý I/2026", Kind.QUARTER, "2026-01-01", "2026-03-31"),
    ("Quí 1 năm 2026", Kind.QUARTER, "2026-01-01", "2026-03-31"),
    ("Quý IV", Kind.QUARTER, "2024-10-01", "2024-12-31"),
    ("Quý II-III/2024", Kind.QUARTER, "2024-04-01", "2024-09-30"),
    ("Quý II, III/2024", Kind.QUARTER, "2024-04-01", "2024-09-30"),
    ("Quý IV/2024 - Quý I/2025", Kind.QUARTER, "2024-10-01", "2025-03-31"),
    ("Hết Quý I/2026", Kind.QUARTER, None, "2026-03-31"),
    ("Trước Quý I/2026", Kind.QUARTER, None, "2025-12-31"),
    ("Tháng 6/2024", Kind.MONTH, "2024-06-01", "2024-06-30"),
    ("06/2024", Kind.MONTH, "2024-06-01", "2024-06-30"),
    ("Tháng 6", Kind.MONTH, "2024-06-01", "2024-06-30"),
    ("Tháng \n 01/ 2026", Kind.MONTH, "2026-01-01", "2026-01-31"),
    ("Trong tháng 01/2026", Kind.MONTH, "2026-01-01", "2026-01-31"),
    ("Tháng 6 - 9/2024", Kind.MONTH, "2024-06-01", "2024-09-30"),
    ("Từ tháng 6 đến tháng 9 năm 2024", Kind.MONTH, "2024-06-01", "2024-09-30"),
    ("Tháng 11/2024 - 02/2025", Kind.MONTH, "2024-11-01", "2025-02-28"),
    ("Trước tháng 6/2025", Kind.MONTH, None, "2025-05-31"),
    ("31/03/2026", Kind.DATE, None, "2026-03-31"),
    ("31-3-2026", Kind.DATE, None, "2026-03-31"),
    ("31.3.2026", Kind.DATE, None, "2026-03-31"),
    ("2026-03-31 00:00:00", Kind.DATE, None, "2026-03-31"),
    ("Ngày 20 tháng 11 năm 2025", Kind.DATE, None, "2025-11-20"),
    ("Trước 10/02/2026", Kind.DATE, None, "2026-02-09"),
    ("Trước ngày 30/6/2025", Kind.DATE, None, "2025-06-29"),
    ("Hoàn thành trước 30/6", Kind.DATE, None, "2024-06-29"),
    ("Chậm nhất ngày 20/12/2024", Kind.DATE, None, "2024-12-20"),
    ("Chậm nhất là ngày 20/12/2024", Kind.DATE, None, "2024-12-20"),
    ("Không quá 20/12/2024", Kind.DATE, None, "2024-12-20"),
    ("Đến ngày 20/12/2024", Kind.DATE, None, "2024-12-20"),
    ("Từ 15/5 đến 30/6/2025", Kind.DATE, "2025-05-15", "2025-06-30"),
    ("15-20/5/2025", Kind.DATE, "2025-05-15", "2025-05-20"),
    ("Thường xuyên", Kind.CONTINUOUS, None, None),
    ("Thực hiện thường xuyên", Kind.CONTINUOUS, None, None),
    ("Nhiệm vụ thường xuyên", Kind.CONTINUOUS, None, None),
    ("Thường xuyên, đột xuất", Kind.CONTINUOUS, None, None),
    ("Thường xuyên trong năm 2026", Kind.CONTINUOUS, "2026-01-01", "2026-12-31"),
    ("Thường xuyên đến năm 2030", Kind.CONTINUOUS, None, "2030-12-31"),
    ("Thường xuyên, từ năm 2026", Kind.CONTINUOUS, "2026-01-01", None),
    ("Thường xuyên (từ năm 2026)", Kind.CONTINUOUS, "2026-01-01", None),
    ("Từ năm 2026, thường xuyên", Kind.CONTINUOUS, "2026-01-01", None),
    ("Bắt đầu thực hiện từ năm 2026", Kind.CONTINUOUS, "2026-01-01", None),
    ("Cả năm 2026", Kind.YEAR, "2026-01-01", "2026-12-31"),
    ("Trong năm", Kind.YEAR, "2024-01-01", "2024-12-31"),
    ("Thực hiện trong năm 2026", Kind.YEAR, "2026-01-01", "2026-12-31"),
    ("T6/2026", Kind.MONTH, "2026-06-01", "2026-06-30"),
    ("T12", Kind.MONTH, "2024-12-01", "2024-12-31"),
    ("Tháng6/2026", Kind.MONTH, "2026-06-01", "2026-06-30"),
    ("30/6/26", Kind.DATE, None, "2026-06-30"),
    ("Xong trước 30/6/26", Kind.DATE, None, "2026-06-29"),
    # An hour of that day is on that day.
    ("Trước 17 giờ ngày 30/6/2026", Kind.DATE, None, "2026-06-30"),
    ("Trước 17h30 ngày 30/6/2026", Kind.DATE, None, "2026-06-30"),
    ("17 giờ 00 ngày 30/6/2026", Kind.DATE, None, "2026-06-30"),
    ("Từ nay đến hết năm 2026", Kind.UNTIL_YEAR, None, "2026-12-31"),
    ("Từ nay đến 30/6/2026", Kind.DATE, None, "2026-06-30"),
    ("Hoàn thành lắp đặt xong trước ngày 01/01/2030", Kind.DATE, None, "2029-12-31"),
    ("Hoàn thành xây dựng trong Quý II/2026", Kind.QUARTER, "2026-04-01", "2026-06-30"),
    ("Báo cáo kết quả trước ngày 15/12/2026", Kind.DATE, None, "2026-12-14"),
    ("Thực hiện hằng năm", Kind.ANNUAL, None, None),
    ("1 lần/năm", Kind.ANNUAL, None, None),
    ("Giai đoạn 2026-2030, hằng năm", Kind.ANNUAL, "2026-01-01", "2030-12-31"),
    ("Hằng năm, đến năm 2030", Kind.ANNUAL, None, "2030-12-31"),
    ("Thường xuyên, 2024-2030", Kind.CONTINUOUS, "2024-01-01", "2030-12-31"),
    ("Từ 2024", Kind.CONTINUOUS, "2024-01-01", None),
    ("Từ năm 2024 trở đi", Kind.CONTINUOUS, "2024-01-01", None),
    ("2024 và những năm tiếp theo", Kind.CONTINUOUS, "2024-01-01", None),
    ("Từ Quý I/2026", Kind.CONTINUOUS, "2026-01-01", None),
    ("Hằng năm", Kind.ANNUAL, None, None),
    ("Hàng  năm ", Kind.ANNUAL, None, None),
    ("HẰNG NĂM", Kind.ANNUAL, None, None),
    ("hang nam", Kind.ANNUAL, None, None),
    ("Hằng\nnăm", Kind.ANNUAL, None, None),
    ("Định kỳ hằng năm", Kind.ANNUAL, None, None),
    ("Thường xuyên, hằng năm", Kind.ANNUAL, None, None),
    ("Hằng năm (2025-2026)", Kind.ANNUAL, "2025-01-01", "2026-12-31"),
    ("Hằng năm, từ 2025", Kind.ANNUAL, "2025-01-01", None),
]

YEARLY_DAYS = [
    ("Trước 31/12 hằng năm", 12, 30),
    ("Hằng năm, trước ngày 15/12", 12, 14),
    ("Chậm nhất ngày 20/12 hàng năm", 12, 20),
    ("Hằng năm (trước 31/12)", 12, 30),
    ("Trước 15/12 (hằng năm)", 12, 14),
    ("Tháng 12 (hàng năm)", 12, 31),
    ("Hàng năm, hoàn thành trước ngày 15/12", 12, 14),
    ("Quý IV hàng năm", 12, 31),
    ("Quý I hằng năm", 3, 31),
    ("Tháng 6 hằng năm", 6, 30),
    ("Tháng 2 hằng năm", 2, 29),
    ("Trước 1/3 hằng năm", 2, 29),
]

FOR_A_PERSON = [
    ("", Kind.UNKNOWN),
    ("nt", Kind.UNKNOWN),
    ("//", Kind.UNKNOWN),
    ("31/02/2025", Kind.UNKNOWN),
    ("2025 (chuyển tiếp)", Kind.UNKNOWN),
    ("Quý II/2026 (tạm dừng)", Kind.UNKNOWN),
    ("Trước 31/4/2025", Kind.UNKNOWN),
    ("Tháng 13/2024", Kind.UNKNOWN),
    ("Quý V/2024", Kind.UNKNOWN),
    ("Tháng năm 2024", Kind.UNKNOWN),
    ("2030-2024", Kind.UNKNOWN),
    ("1850", Kind.UNKNOWN),
    ("Đến năm 2130", Kind.UNKNOWN),
    ("1850-2024", Kind.UNKNOWN),
    ("Năm học 2024-2025", Kind.UNKNOWN),
    ("Trước 1/1 hằng năm", Kind.UNKNOWN),
    ("31/4 hằng năm", Kind.UNKNOWN),
    ("Quý I/2026 lựa chọn nhiệm vụ", Kind.UNKNOWN),
    ("Thường xuyên, đến khi xong 3 việc", Kind.UNKNOWN),
    ("2024 " * 200, Kind.UNKNOWN),
    ("Quý I/2026 lựa chọn nhiệm vụ. Quý IV/2026 báo cáo kết quả thực hiện", Kind.MULTIPLE),
    ("Quý I/2026\nQuý III/2026", Kind.MULTIPLE),
    ("Trước 30/6/2025 và 31/12/2025", Kind.MULTIPLE),
    ("Tháng 6, 9/2024", Kind.MULTIPLE),
    ("Quý I và Quý III hằng năm", Kind.MULTIPLE),
    # A time with a period is never merely continuous.
    ("Thường xuyên, định kỳ báo cáo theo Quý", Kind.MULTIPLE),
    ("Định kỳ", Kind.UNKNOWN),
    ("Thường xuyên, định kỳ", Kind.UNKNOWN),
    ("Định kỳ trước ngày 10 tháng cuối quý", Kind.UNKNOWN),
    ("Định kỳ hằng tháng", Kind.MULTIPLE),
    ("Định kỳ hằng quý", Kind.MULTIPLE),
    ("Định kỳ theo quý", Kind.MULTIPLE),
    ("Định kỳ 6 tháng, hằng năm", Kind.MULTIPLE),
    ("6 tháng, năm", Kind.MULTIPLE),
    ("06 tháng/lần", Kind.MULTIPLE),
    ("02 lần/năm", Kind.MULTIPLE),
    ("Mỗi quý một lần", Kind.MULTIPLE),
    ("Thường xuyên, hằng tháng", Kind.MULTIPLE),
    ("Thường xuyên, hằng quý", Kind.MULTIPLE),
    ("Hằng tháng", Kind.MULTIPLE),
    # Once, or in every year from then on?
    ("Năm 2026 (hằng năm)", Kind.UNKNOWN),
    ("31/12/2026 (hằng năm báo cáo)", Kind.UNKNOWN),
    ("Thường xuyên, xong trước 30/6/2026", Kind.UNKNOWN),
    ("12/2026 báo cáo kết quả", Kind.UNKNOWN),
    ("- Quý I/2026\n- Quý II/2026", Kind.MULTIPLE),
    ("a) Tháng 3/2026\nb) Tháng 4/2026", Kind.MULTIPLE),
    ("Quý I/2026, Quý II/2026", Kind.MULTIPLE),
    ("Quý I, Quý II/2026", Kind.MULTIPLE),
    ("Hằng quý", Kind.MULTIPLE),
    ("Trước ngày 15 hằng tháng", Kind.MULTIPLE),
    ("10 ngày làm việc sau khi Nghị quyết được ban hành", Kind.RELATIVE),
    ("Trong thời hạn 15 ngày kể từ ngày ký", Kind.RELATIVE),
    ("30 ngày", Kind.RELATIVE),
    ("Khi có yêu cầu", Kind.CONDITIONAL),
    ("Sau khi có hướng dẫn của Bộ", Kind.CONDITIONAL),
    ("Theo hướng dẫn của Trung ương", Kind.CONDITIONAL),
    ("Theo tiến độ xây dựng KPI", Kind.CONDITIONAL),
]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(("text", "kind", "first", "last"), SPANS)
def test_what_a_cell_means(text: str, kind: Kind, first: str | None, last: str | None) -> None:
    frame = read_time_frame(text, plan_year=2024)

    assert frame == TimeFrame(kind, day(first), day(last))


@pytest.mark.parametrize(("text", "month", "due_day"), YEARLY_DAYS)
def test_a_yearly_task_may_have_a_day_of_its_own(text: str, month: int, due_day: int) -> None:
    frame = read_time_frame(text, plan_year=2026)

    assert frame == TimeFrame(Kind.ANNUAL, due_month=month, due_day=due_day)


@pytest.mark.parametrize(("text", "kind"), FOR_A_PERSON)
def test_what_is_not_wholly_understood_waits_for_a_person(text: str, kind: Kind) -> None:
    frame = read_time_frame(text, plan_year=2024)

    assert frame == TimeFrame(kind, needs_person=True)


@pytest.mark.parametrize("text", ["Quý I", "Tháng 6", "Trước ngày 30/6", "6 tháng cuối năm"])
def test_without_a_year_and_a_plan_nobody_knows_the_day(text: str) -> None:
    assert read_time_frame(text).kind is Kind.UNKNOWN


def test_the_source_plan_is_understood_whole() -> None:
    rows = PLAN.read_text(encoding="utf-8").split("\tSTT\n")[1]
    cells = [cell.strip() for cell in rows.split("\n\t")]

    kinds = Counter(read_time_frame(cell).kind for cell in cells[4:] if is_time_cell(cell))

    assert kinds == {
        Kind.ANNUAL: 18,
        Kind.YEAR_RANGE: 9,
        Kind.YEAR: 2,
        Kind.UNTIL_YEAR: 1,
    }


def is_time_cell(cell: str) -> bool:
    return cell in {"Hằng năm", "Đến năm 2030", "2024"} or cell.startswith("2024-20")


def test_a_yearly_task_is_owed_once_a_year_of_the_plans_life() -> None:
    owed = occurrences(
        read_time_frame("Hằng năm"), plan_starts_on=PLAN_STARTS_ON, plan_ends_on=PLAN_ENDS_ON
    )

    assert [one.name for one in owed] == ["2024", "2025", "2026", "2027", "2028", "2029", "2030"]
    assert owed[0] == Occurrence("2024", PLAN_STARTS_ON, date(2024, 12, 31), date(2024, 12, 31))
    assert owed[-1].deadline_on == date(2030, 12, 31)


def test_a_yearly_day_follows_the_calendar_and_the_plan() -> None:
    frame = read_time_frame("Tháng 2 hằng năm")

    owed = occurrences(frame, plan_starts_on=date(2024, 4, 15), plan_ends_on=date(2028, 2, 10))

    assert [one.deadline_on for one in owed] == [
        None,  # passed before the plan began
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 10),
    ]


def test_a_yearly_task_keeps_to_the_years_its_cell_names() -> None:
    frame = read_time_frame("Hằng năm, từ 2029")

    owed = occurrences(frame, plan_starts_on=PLAN_STARTS_ON, plan_ends_on=PLAN_ENDS_ON)

    assert [one.name for one in owed] == ["2029", "2030"]


@pytest.mark.parametrize(
    ("text", "first", "last", "deadline"),
    [
        ("2024-2025", "2024-04-15", "2025-12-31", "2025-12-31"),
        ("Đến năm 2035", "2024-04-15", "2030-12-31", "2035-12-31"),
        ("Trước 10/02/2020", "2024-04-15", "2030-12-31", "2020-02-09"),
        ("Thường xuyên 2024-2026", "2024-04-15", "2026-12-31", None),
        ("Từ Quý I/2026", "2026-01-01", "2030-12-31", None),
        ("Khi có yêu cầu", "2024-04-15", "2030-12-31", None),
        ("nt", "2024-04-15", "2030-12-31", None),
    ],
)
def test_every_other_task_is_owed_once(
    text: str, first: str, last: str, deadline: str | None
) -> None:
    frame = read_time_frame(text)

    owed = occurrences(frame, plan_starts_on=PLAN_STARTS_ON, plan_ends_on=PLAN_ENDS_ON)

    assert owed == (
        Occurrence("once", date.fromisoformat(first), date.fromisoformat(last), day(deadline)),
    )


VOCABULARY = """
    năm quý tháng ngày trước đến từ hằng hết chậm nhất 6 31/02 2/2025 2024 I IV - – / , . ( ) và
    thường xuyên đầu cuối khi sau theo định kỳ trở đi ٣ ²
"""
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.text() | st.lists(WORDS, max_size=12).map(" ".join), st.none() | st.integers())
def test_no_text_breaks_it(text: str, plan_year: int | None) -> None:
    frame = read_time_frame(text, plan_year=plan_year)

    owed = occurrences(frame, plan_starts_on=PLAN_STARTS_ON, plan_ends_on=PLAN_ENDS_ON)
    unsure = {Kind.MULTIPLE, Kind.UNKNOWN, Kind.RELATIVE, Kind.CONDITIONAL}
    assert frame.needs_person == (frame.kind in unsure)
    assert all(PLAN_STARTS_ON <= one.starts_on <= one.ends_on <= PLAN_ENDS_ON for one in owed)
    assert not (frame.needs_person and owed[0].deadline_on)


DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


@given(DAYS, DAYS, st.sampled_from(["Hằng năm", "Quý I hằng năm", "Trước 31/12 hằng năm"]))
def test_yearly_occurrences_tile_the_plans_life(start: date, end: date, text: str) -> None:
    assume(start <= end)

    owed = occurrences(read_time_frame(text), plan_starts_on=start, plan_ends_on=end)

    assert (owed[0].starts_on, owed[-1].ends_on) == (start, end)
    assert all(
        left.ends_on + timedelta(days=1) == right.starts_on for left, right in pairwise(owed)
    )
    assert all(one.name == str(one.starts_on.year) == str(one.ends_on.year) for one in owed)


YEARS = st.integers(min_value=1991, max_value=2099)


@given(YEARS, YEARS, st.sampled_from(["{}-{}", "{} – {}", "Giai đoạn {}-{}", "Từ {} đến {}"]))
def test_years_are_read_back_from_every_spelling(first: int, last: int, spelling: str) -> None:
    assume(first < last)

    frame = read_time_frame(spelling.format(first, last))

    assert frame == TimeFrame(Kind.YEAR_RANGE, date(first, 1, 1), date(last, 12, 31))


@given(
    DAYS.filter(lambda day: day.year > 1990),
    st.sampled_from(
        ["{0.day}/{0.month}/{0.year}", "{0:%d-%m-%Y}", "ngày {0:%d} tháng {0.month} năm {0.year}"]
    ),
    st.sampled_from([("Trước ", 1), ("Chậm nhất ", 0), ("đến ", 0), ("", 0)]),
)
def test_a_day_is_read_back_from_every_spelling(
    due_on: date, spelling: str, lead: tuple[str, int]
) -> None:
    words, days_before = lead

    frame = read_time_frame(words + spelling.format(due_on))

    assert frame == TimeFrame(Kind.DATE, None, due_on - timedelta(days=days_before))


@given(YEARS, st.integers(min_value=1, max_value=4), st.sampled_from(["/", " năm ", "/ "]))
def test_a_quarter_is_read_back_from_every_spelling(year: int, quarter: int, between: str) -> None:
    numeral = ["I", "II", "III", "IV"][quarter - 1]

    roman = read_time_frame(f"Quý {numeral}{between}{year}")
    arabic = read_time_frame(f"quý {quarter}{between}{year}")

    assert roman == arabic
    assert roman.kind is Kind.QUARTER
    assert roman.starts_on == date(year, 3 * quarter - 2, 1)


@given(YEARS, st.integers(min_value=1, max_value=12), st.sampled_from(["/", " năm ", " / "]))
def test_a_month_is_read_back_from_every_spelling(year: int, month: int, between: str) -> None:
    frame = read_time_frame(f"Tháng {month:02}{between}{year}")

    assert frame.kind is Kind.MONTH
    assert frame.starts_on == date(year, month, 1)
    assert frame.ends_on is not None
    assert (frame.ends_on + timedelta(days=1)).day == 1
